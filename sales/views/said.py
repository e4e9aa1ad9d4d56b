"""What is known of messages by the platform's ids: for adapters whose platform says less than we need."""

from collections.abc import Callable, Sequence

from sales.ids import ConversationId
from sales.messages import Direction
from sales.ports import Work


def written_by_us(conversation_id: ConversationId, external_id: str) -> Callable[[Work], bool]:
    """One that is not known is the client's: ours are all kept."""

    def view(work: Work) -> bool:
        message = work.messages.by_external(conversation_id, external_id)
        return message is not None and message.direction is Direction.OUT

    return view


def unknown_among(conversation_id: ConversationId, external_ids: Sequence[str]) -> Callable[[Work], list[str]]:
    """Those of a handful that no message of the conversation has, in their order."""
    return lambda work: [one for one in external_ids if work.messages.by_external(conversation_id, one) is None]
