"""An account is known: it becomes a channel, or its channel gets the fresh secrets."""

from dataclasses import dataclass

from sales import outbox
from sales.channels import Afterwards, ChannelState
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId
from sales.ports import Work
from sales.ports.channels import Account
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_form import ACCOUNT_FORM, SETUP, channel_of, open_form, page_of
from sales.use_cases.channel_problem import tell_well_again
from sales.use_cases.channel_setup import ask_for_name
from sales.use_cases.channels import AddChannel, SetChannel, add_channel, channel_or_fail, set_channel
from sales.use_cases.phone_link import begin_link
from sales.use_cases.team import LONGEST_NAME, check_admin


@dataclass(frozen=True, slots=True)
class ConnectChannel:
    """``account`` is what the platform says of what was entered; ``staff_account`` the key of the staff bot itself."""

    account: Account
    staff_account: str
    afterwards: Afterwards = Afterwards.NOTHING


def public_name(account: Account) -> str:
    """``@shop_bot`` where there is such a thing; else the phone, else the name."""
    username = account.facts.get("username")
    return f"@{username}" if username else account.facts.get("phone") or account.name


def connect_channel(work: Work, staff: Staff, command: ConnectChannel) -> ChannelId:
    """The answers were good. Raises ``Forbidden``, ``NotFound`` (the form is over), ``Invalid``: then it stays."""
    form = open_form(work, staff.id, ACCOUNT_FORM)
    if form is None:
        raise NotFound("dialog")
    if command.account.key == command.staff_account:
        raise Invalid("staff_bot_token")
    if channel_of(form) is not None:
        return _renew(work, staff, form, command)
    channel_id = _add(work, staff, form, command.account)
    work.dialogs.clear(staff.id)
    _go_on(work, staff, form, channel_id, command.afterwards)
    return channel_id


def _add(work: Work, staff: Staff, form: Dialog, account: Account) -> ChannelId:
    new = AddChannel(
        form.data["kind"],
        account.name[:LONGEST_NAME],
        account.key,
        form.secrets,
        public_name(account),
        paused=True,
        by_id=staff.id,
    )
    return add_channel(work, new)


def _go_on(work: Work, staff: Staff, form: Dialog, channel_id: ChannelId, afterwards: Afterwards) -> None:
    page = page_of(form)
    match afterwards:
        case Afterwards.LINK_PHONE:
            begin_link(work, staff, channel_id, page, setup=True)
        case Afterwards.AT_PLATFORM:
            work.outbox.put([outbox.screen(staff.id, "channel_steps", f"{channel_id}{SETUP}", page)])
        case Afterwards.NOTHING:
            ask_for_name(work, staff, channel_id, page, setup=True)


def _renew(work: Work, staff: Staff, form: Dialog, command: ConnectChannel) -> ChannelId:
    """Fresh secrets of the same account: what was broken by the old ones goes on."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, ChannelId(int(form.data["channel"])))
    if work.channels.account_key(channel.id) != command.account.key:
        raise Invalid("other_account")
    work.channels.set_secrets(channel.id, form.secrets)
    work.audit.add("channel.token", f"channel:{channel.id}", staff_id=staff.id)
    work.dialogs.clear(staff.id)
    if command.afterwards is Afterwards.LINK_PHONE:
        begin_link(work, staff, channel.id, page_of(form), setup=False)
        return channel.id
    if channel.state is ChannelState.BROKEN:
        set_channel(work, SetChannel(channel.id, paused=False, by_id=staff.id))
        tell_well_again(work, channel, staff.id)
    work.outbox.put([outbox.screen(staff.id, "channel", str(channel.id), page_of(form))])
    return channel.id
