"""A phone is linked to a channel: a page shows the code to scan, or one to type, for as long as somebody may do so.

Where it stands lies in the person's dialog, and the code with it, encrypted: whoever has the code has the account.
``channels.linking`` asks the platform meanwhile, and tells here.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sales import outbox
from sales.channels import ChannelState
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId, PostId, StaffId, later
from sales.outbox import Row, Sent
from sales.ports import Work
from sales.ports.channels import Link, LinkState
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_form import LINK_FORM, SETUP, channel_of, close_form, open_form, page_of
from sales.use_cases.channel_problem import tell_well_again
from sales.use_cases.channel_setup import ask_for_name
from sales.use_cases.channels import SetChannel, channel_or_fail, set_channel
from sales.use_cases.row_payload import post_of, staff_of
from sales.use_cases.talk import StaffPost
from sales.use_cases.team import check_admin

PAGE = "channel_phone"
LINK_SECONDS = 5 * 60
"""How long a code is shown without anybody asking for it anew."""
SCAN, PHONE, PAIR = "scan", "phone", "pair"
"""What the page does: shows the code to scan; asks for the phone's number; shows the code to type."""


def begin_link(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None, *, setup: bool) -> None:
    """The page is posted anew: what has no picture can't be edited into one. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    close_form(work, staff, None)
    data = {"channel": str(channel.id), "setup": "1" if setup else "", "page": "", "way": SCAN, "state": "starting"}
    form = Dialog(staff.id, LINK_FORM, data, later(work.now, LINK_SECONDS))
    work.dialogs.set(form)
    if page is not None:
        work.outbox.put([outbox.erase(staff.id, page)])
    work.outbox.put([outbox.screen(staff.id, PAGE, args_of(form))])


def args_of(form: Dialog) -> str:
    return f"{form.data['channel']}{SETUP if form.data.get('setup') else ''}"


def link_form(work: Work, staff_id: StaffId, channel_id: ChannelId) -> Dialog | None:
    """Of this channel, while it is open."""
    form = open_form(work, staff_id, LINK_FORM)
    return form if form is not None and channel_of(form) == channel_id else None


def open_links(work: Work) -> Sequence[Dialog]:
    """Asked every few seconds, so it is cheap when there is nothing."""
    return work.dialogs.of_kind(LINK_FORM)


def end_links(work: Work) -> None:
    """A code that nobody has used is taken away."""
    for form in open_links(work):
        if form.expires_at is not None and form.expires_at <= work.now:
            _leave(work, form)
            work.outbox.put([outbox.screen(form.staff_id, PAGE, args_of(form))])


def note_link(work: Work, staff_id: StaffId, channel_id: ChannelId, link: Link) -> None:
    """What the platform says now."""
    form, staff = link_form(work, staff_id, channel_id), work.staff.get(staff_id)
    if form is None or staff is None:
        return
    if not _may_go_on(work, staff, channel_id):
        _leave(work, form)
        return
    if link.state is LinkState.WORKING:
        _linked(work, staff, form, link.account)
        return
    picture = b64encode(link.picture).decode() if link.picture is not None else ""
    secrets = {**form.secrets, "picture": picture}
    if form.data["state"] != link.state or form.secrets.get("picture", "") != picture:
        _change(work, form, secrets, state=link.state)


def _may_go_on(work: Work, staff: Staff, channel_id: ChannelId) -> bool:
    """Meanwhile they may have lost the right, or the channel may have been disconnected."""
    channel = work.channels.get(channel_id)
    admin = staff.admin and staff.removed_at is None
    return admin and channel is not None and channel.state is not ChannelState.REMOVED


def note_code(work: Work, staff_id: StaffId, channel_id: ChannelId, code: str | None) -> None:
    """The code to type; ``None``: the platform wants another number."""
    form = link_form(work, staff_id, channel_id)
    if form is None or form.data["way"] != PAIR:
        return
    if code is None:
        _change(work, form, {}, way=PHONE, problem="1")
    else:
        _change(work, form, {**form.secrets, "code": code})


def ask_for_phone(work: Work, staff: Staff, channel_id: ChannelId) -> None:
    """A code to type instead of one to scan. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    form = link_form(work, staff.id, channel_id)
    if form is None:
        raise NotFound("dialog")
    _change(work, form, {}, way=PHONE, problem="")


def take_phone(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """Raises ``Invalid``; then the number is still awaited."""
    if dialog.data["way"] == SCAN:
        raise Invalid("phone_is_linked")
    digits = re.sub(r"[\s()./-]", "", post.content.text).removeprefix("+")
    if not re.fullmatch(r"[1-9]\d{6,14}", digits):
        raise Invalid("no_phone")
    work.outbox.put([outbox.erase(staff.id, post.post_id)])
    _change(work, dialog, {"phone": f"+{digits}"}, way=PAIR, problem="")


def link_page_sent(work: Work, row: Row, sent: Sent) -> None:
    """The page stands: from now on it is edited. One that could not be edited stands anew, and the old one goes."""
    post_id = post_of(sent.facts)
    if row.payload.get("name") != PAGE or post_id is None:
        return
    form = open_form(work, staff_of(row), LINK_FORM)
    if form is None or args_of(form) != row.payload.get("args"):
        return
    former = page_of(form)
    if former is not None and former != post_id:
        work.outbox.put([outbox.erase(form.staff_id, former)])
    _change(work, form, form.secrets, page=str(post_id))


def _change(work: Work, form: Dialog, secrets: Mapping[str, str], **data: str) -> None:
    changed = replace(form, secrets=secrets, data={**form.data, **data})
    work.dialogs.set(changed)
    page = page_of(changed)
    if page is not None:
        work.outbox.put([outbox.screen(form.staff_id, PAGE, args_of(form), page)])


def _leave(work: Work, form: Dialog) -> None:
    """The form is over, and the picture goes: it can't be edited into words."""
    work.dialogs.clear(form.staff_id)
    page = page_of(form)
    if page is not None:
        work.outbox.put([outbox.erase(form.staff_id, page)])


def _linked(work: Work, staff: Staff, form: Dialog, account: str | None) -> None:
    """On with the set-up; or a channel that had lost its phone works again."""
    channel = channel_or_fail(work, ChannelId(int(form.data["channel"])))
    _leave(work, form)
    if account is not None and account != channel.account:
        work.channels.save(replace(channel, account=account))
    work.audit.add("channel.link", f"channel:{channel.id}", staff_id=staff.id)
    if form.data.get("setup"):
        ask_for_name(work, staff, channel.id, None, setup=True)
        return
    if channel.state is ChannelState.BROKEN:
        set_channel(work, SetChannel(channel.id, paused=False, by_id=staff.id))
        tell_well_again(work, channel, staff.id)
    work.outbox.put([outbox.screen(staff.id, "channel", str(channel.id))])
