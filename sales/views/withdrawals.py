"""What stands in a chat of a client whose view is to be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.ids import ClientId, Moment, PostId, StaffId
from sales.ports import Work
from sales.topics import MessageCopy, TopicState
from sales.views.places import Place, place_of

PAGE = 100
"""As many posts as Telegram deletes in one call."""


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """``copies`` are the next ones by post id. ``owner`` is whom the client belongs to now."""

    place: Place
    copies: Sequence[MessageCopy]
    header_post: PostId | None
    owner: str | None
    now: Moment


def withdrawal_view(work: Work, staff_id: StaffId, client_id: ClientId, after: int) -> WithdrawalView | None:
    """``None`` when there is nothing to withdraw."""
    place = place_of(work, staff_id, client_id)
    if place is None or place.topic is None or place.topic.state is not TopicState.CLOSING:
        return None
    client = work.clients.get(client_id)
    owner = work.staff.get(client.owner_id) if client is not None and client.owner_id is not None else None
    copies = work.copies.of_client(staff_id, client_id, PAGE, after)
    return WithdrawalView(place, copies, place.topic.header_post, owner.name if owner is not None else None, work.now)
