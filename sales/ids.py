"""Names for numbers: the checker refuses a client where a conversation is meant."""

from typing import NewType

StaffId = NewType("StaffId", int)
ChannelId = NewType("ChannelId", int)
ClientId = NewType("ClientId", int)
ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)
MediaId = NewType("MediaId", int)
OfferId = NewType("OfferId", int)
LeadId = NewType("LeadId", int)
CrmId = NewType("CrmId", int)
OutboxId = NewType("OutboxId", int)
InboxId = NewType("InboxId", int)
InviteId = NewType("InviteId", int)
MergeId = NewType("MergeId", int)
ProposalId = NewType("ProposalId", int)

TelegramId = NewType("TelegramId", int)
"""A Telegram user's id, which is also the id of their private chat with a bot (at most 52 bits)."""

PostId = NewType("PostId", int)
"""``message_id`` of what stands in a staff member's private chat with the staff bot."""

Moment = NewType("Moment", int)
"""Milliseconds since 1970, UTC."""


def later(moment: Moment, seconds: float) -> Moment:
    """``moment`` moved by ``seconds``."""
    return Moment(moment + round(seconds * 1000))
