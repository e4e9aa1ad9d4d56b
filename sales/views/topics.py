"""A staff member's topic, and what it is to be called."""

from dataclasses import dataclass

from sales.channels import Channel
from sales.clients import Client
from sales.ids import ClientId, StaffId
from sales.ports import Work
from sales.views.places import Place, place_of


@dataclass(frozen=True, slots=True)
class TopicView:
    """``client`` is ``None`` for the Inbox."""

    place: Place
    client: Client | None
    channel: Channel | None


def topic_view(work: Work, staff_id: StaffId, client_id: ClientId | None) -> TopicView | None:
    """``None`` when the view was withdrawn. The Inbox needs no record to be made."""
    place = place_of(work, staff_id, client_id)
    if place is None or (client_id is not None and not place.seen):
        return None
    if client_id is None:
        return TopicView(place, None, None)
    conversations = work.conversations.of_client(client_id)
    channel = work.channels.get(conversations[0].channel_id) if conversations else None
    return TopicView(place, work.clients.get(client_id), channel)
