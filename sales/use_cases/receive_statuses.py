"""How messages of ours fare on the platform, after they left."""

from sales.ids import ChannelId
from sales.incoming import Delivered
from sales.messages import Message, MessageStatus
from sales.ports import Work
from sales.use_cases.channel_problem import PAYMENT, ended
from sales.use_cases.finding import find_message
from sales.use_cases.lost_answers import settle_by_row
from sales.use_cases.settle_messages import message_failed
from sales.use_cases.viewing import refresh_headers

UNDER_WAY = frozenset({MessageStatus.QUEUED, MessageStatus.SENT})
"""Only these can still fail: a failure told again, or after it arrived, is no news."""


def delivered(work: Work, channel_id: ChannelId, event: Delivered) -> None:
    """A status never goes back, in whatever order they come. A message we don't know was not sent by us."""
    message = find_message(work, channel_id, event.address, event.external_id, event.aliases, event.known_by)
    if message is None and event.row_id is not None:
        message = settle_by_row(work, channel_id, event.row_id, event.external_id)
    if message is None:
        return
    status = MessageStatus(event.status)
    if status is MessageStatus.FAILED:
        _failed(work, message, event.problem)
        return
    work.messages.settle(message.id, status, None, event.problem)
    if status is MessageStatus.DELIVERED and message.content.template is not None:
        ended(work, channel_id, PAYMENT)  # only templates cost, and an unpaid one is refused after it was taken
    refresh_headers(work, message.client_id)


def _failed(work: Work, message: Message, problem: str | None) -> None:
    """The platform took it, and says later that it never will arrive."""
    if message.status not in UNDER_WAY:
        return
    code, _, reason = (problem or "").partition(" ")
    message_failed(work, message, [message], code or "unknown", reason)
