"""Setting a new channel up step by step, in the bot: its name, and the end. It stays paused until then."""

from sales import outbox
from sales.channels import Channel
from sales.ids import ChannelId, PostId
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_form import NAME_FORM, SETUP, close_form, page_of, set_form
from sales.use_cases.channel_test import begin_test
from sales.use_cases.channels import SetChannel, channel_or_fail, set_channel
from sales.use_cases.talk import StaffPost
from sales.use_cases.team import check_admin


def ask_for_name(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None, *, setup: bool) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    set_form(work, staff, NAME_FORM, page, channel=str(channel.id), setup="1" if setup else "")
    work.outbox.put([outbox.screen(staff.id, "channel_name", f"{channel.id}{SETUP if setup else ''}", page)])


def take_name(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """The answer to "what is it to be called?". It is tidied away, so that the page stays the last thing there."""
    channel_id = ChannelId(int(dialog.data["channel"]))
    set_channel(work, SetChannel(channel_id, name=post.content.text, by_id=staff.id))
    work.outbox.put([outbox.erase(staff.id, post.post_id)])
    after_name(work, staff, channel_id, page_of(dialog), setup=bool(dialog.data.get("setup")))


def after_name(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None, *, setup: bool) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    page = close_form(work, staff, page)
    name, args = ("channel_way", f"{channel.id}{SETUP}") if setup else ("channel", str(channel.id))
    work.outbox.put([outbox.screen(staff.id, name, args, page)])


def finish_setup(work: Work, staff: Staff, channel_id: ChannelId, page: PostId | None) -> Channel:
    """The channel starts to receive. The very first one is tested at once."""
    channel = set_channel(work, SetChannel(channel_id, paused=False, by_id=staff.id))
    first = len(work.channels.list()) == 1
    work.outbox.put([outbox.screen(staff.id, "channel_done", f"{channel.id}.{int(first)}", page)])
    if first:
        begin_test(work, staff, channel.id)
    return channel
