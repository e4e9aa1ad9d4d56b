"""Where a staff member sees a client: topics, and which post shows which message."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ClientId, MessageId, Moment, OfferId, PostId, StaffId


class TopicState(StrEnum):
    WANTED = "wanted"
    OPEN = "open"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Topic:
    """A staff member's view of a client (``client_id`` is ``None``: their Inbox).

    It exists on the flat chat too, where ``thread_id`` stays ``None``: it is the record of who sees whom.
    ``header_post`` is the pinned card.
    """

    staff_id: StaffId
    client_id: ClientId | None
    state: TopicState
    thread_id: int | None = None
    header_post: PostId | None = None
    name: str | None = None
    failed_at: Moment | None = None
    sounded_at: Moment | None = None


class CopyKind(StrEnum):
    """``own`` is what the staff member wrote themselves; ``relay`` what Dibs shows them; ``about`` any other post."""

    OWN = "own"
    RELAY = "relay"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class MessageCopy:
    """A post in a staff chat and what it is about: a message, a client, or an offer.

    ``thread_id`` is the topic it stands in, which it goes with; none on the flat chat.
    """

    staff_id: StaffId
    post_id: PostId
    kind: CopyKind
    client_id: ClientId | None = None
    message_id: MessageId | None = None
    offer_id: OfferId | None = None
    media: bool = False
    posted_at: Moment | None = None
    thread_id: int | None = None
