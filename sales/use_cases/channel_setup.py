"""Adding a channel step by step, in the bot. The token goes straight to the channel, which stays paused until the end.

What was entered so far lies in the channel itself; what is asked for lies in the person's dialog, never with a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sales import outbox
from sales.channels import Channel, ChannelState
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId, PostId, StaffId, later
from sales.ports import Work
from sales.ports.channels import Account
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_problem import tell_well_again
from sales.use_cases.channel_test import begin_test
from sales.use_cases.channels import AddChannel, SetChannel, add_channel, channel_or_fail, set_channel
from sales.use_cases.talk import StaffPost
from sales.use_cases.team import LONGEST_NAME, check_admin

TOKEN_FORM = "channel_token"  # noqa: S105 - the name of a dialog
NAME_FORM = "channel_name"
FORM_SECONDS = 3600
SETUP = ".setup"
"""Ends the arguments of a page that is a step of the set-up."""


@dataclass(frozen=True, slots=True)
class ConnectChannel:
    """``account`` is what the platform says of the token; ``staff_account`` the key of the staff bot itself."""

    account: Account
    secrets: Mapping[str, str] = field(repr=False)
    staff_account: str


def public_name(account: Account) -> str:
    """``@shop_bot`` where there is such a thing."""
    username = account.facts.get("username")
    return f"@{username}" if username else account.name


def ask_for_token(
    work: Work, staff: Staff, kind: str, page: PostId | None, channel_id: ChannelId | None = None
) -> None:
    """Of a new channel, or a fresh one of a channel that is there. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    if channel_id is not None:
        kind = channel_or_fail(work, channel_id).kind
    _open_form(work, staff, TOKEN_FORM, page, kind=kind, channel=str(channel_id or ""))
    work.outbox.put([outbox.screen(staff.id, "new_channel_token", f"{kind}.{channel_id or ''}", page)])


def _open_form(work: Work, staff: Staff, form: str, page: PostId | None, **data: str) -> None:
    """``page`` is the post that shows the form, and goes on as the next step."""
    found = {"page": str(page or ""), **data}
    work.dialogs.set(Dialog(staff.id, form, found, later(work.now, FORM_SECONDS)))


def open_form(work: Work, staff_id: StaffId, form: str) -> Dialog | None:
    """What this person is asked for, if it is this and still open."""
    dialog = work.dialogs.get(staff_id)
    if dialog is None or dialog.kind != form:
        return None
    return dialog if dialog.expires_at is None or dialog.expires_at > work.now else None


def close_form(work: Work, staff: Staff) -> None:
    """Another page was opened: what is written now is no answer to a form about channels any more."""
    dialog = work.dialogs.get(staff.id)
    if dialog is not None and dialog.kind in (TOKEN_FORM, NAME_FORM):
        work.dialogs.clear(staff.id)


def connect_channel(work: Work, staff: Staff, command: ConnectChannel) -> ChannelId:
    """The token was good. Raises ``Forbidden``, ``NotFound`` (the form is over), ``Invalid``; then the form stays."""
    form = open_form(work, staff.id, TOKEN_FORM)
    if form is None:
        raise NotFound("dialog")
    if command.account.key == command.staff_account:
        raise Invalid("staff_bot_token")
    if form.data["channel"]:
        return _renew(work, staff, ChannelId(int(form.data["channel"])), command, _page(form))
    account = command.account
    channel_id = add_channel(
        work,
        AddChannel(
            form.data["kind"],
            account.name[:LONGEST_NAME],
            account.key,
            command.secrets,
            public_name(account),
            paused=True,
            by_id=staff.id,
        ),
    )
    ask_for_name(work, staff, channel_id, _page(form), setup=True)
    return channel_id


def _page(form: Dialog) -> PostId | None:
    return PostId(int(form.data["page"])) if form.data.get("page") else None


def _renew(work: Work, staff: Staff, channel_id: ChannelId, command: ConnectChannel, page: PostId | None) -> ChannelId:
    """A fresh token of the same account: what was broken by the old one goes on."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    if work.channels.account_key(channel_id) != command.account.key:
        raise Invalid("other_account")
    work.channels.set_secrets(channel_id, command.secrets)
    if channel.state is ChannelState.BROKEN:
        set_channel(work, SetChannel(channel_id, paused=False, by_id=staff.id))
        tell_well_again(work, channel, staff.id)
    work.audit.add("channel.token", f"channel:{channel_id}", staff_id=staff.id)
    work.dialogs.clear(staff.id)
    work.outbox.put([outbox.screen(staff.id, "channel", str(channel_id), page)])
    return channel_id


def ask_for_name(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None, *, setup: bool) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    _open_form(work, staff, NAME_FORM, page, channel=str(channel.id), setup="1" if setup else "")
    work.outbox.put([outbox.screen(staff.id, "channel_name", f"{channel.id}{SETUP if setup else ''}", page)])


def take_name(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """The answer to "what is it to be called?". It is tidied away, so that the page stays the last thing there."""
    channel_id = ChannelId(int(dialog.data["channel"]))
    set_channel(work, SetChannel(channel_id, name=post.content.text, by_id=staff.id))
    work.outbox.put([outbox.erase(staff.id, post.post_id)])
    after_name(work, staff, channel_id, _page(dialog), setup=bool(dialog.data.get("setup")))


def after_name(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None, *, setup: bool) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    close_form(work, staff)
    name, args = ("channel_way", f"{channel.id}{SETUP}") if setup else ("channel", str(channel.id))
    work.outbox.put([outbox.screen(staff.id, name, args, page)])


def take_no_token(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """Something else was written where a token is asked for: the form stays open. Raises ``Invalid``."""
    raise Invalid("no_token")


def finish_setup(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None) -> Channel:
    """The channel starts to receive. The very first one is tested at once."""
    channel = set_channel(work, SetChannel(channel_id, paused=False, by_id=staff.id))
    first = len(work.channels.list()) == 1
    work.outbox.put([outbox.screen(staff.id, "channel_done", f"{channel.id}.{int(first)}", page)])
    if first:
        begin_test(work, staff, channel.id)
    return channel
