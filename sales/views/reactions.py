"""A client's reaction, and the post it belongs to."""

from dataclasses import dataclass

from sales.clients import Client
from sales.ids import ClientId, MessageId, PostId, StaffId
from sales.ports import Work
from sales.topics import CopyKind
from sales.views.places import Place, place_of


@dataclass(frozen=True, slots=True)
class ReactionView:
    """``reaction`` is ``None`` when it was taken back."""

    place: Place
    client: Client
    post_id: PostId
    reaction: str | None


def reaction_view(work: Work, staff_id: StaffId, client_id: ClientId, message_id: MessageId) -> ReactionView | None:
    """``None`` when the view was withdrawn, or no post shows the message."""
    place = place_of(work, staff_id, client_id)
    client = work.clients.get(client_id)
    message = work.messages.get(message_id)
    if place is None or not place.seen or client is None or message is None:
        return None
    posts = [copy for copy in work.copies.of_message(message_id, staff_id) if copy.kind is not CopyKind.ABOUT]
    return ReactionView(place, client, posts[0].post_id, message.client_reaction) if posts else None
