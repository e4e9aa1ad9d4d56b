"""A message as it is to be shown in one staff chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.clients import Client
from sales.ids import ClientId, MessageId, PostId, StaffId
from sales.messages import Media, Message, same_file
from sales.ports import Work
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.views.places import Place, place_of, places_of


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an album, or the only one. ``media`` is set when it has a file."""

    message: Message
    media: Media | None


@dataclass(frozen=True, slots=True)
class RelayView:
    """``author`` unless the client wrote, or the account itself did. ``reply_to`` is the post of what it answers."""

    place: Place
    parts: Sequence[Part]
    client: Client
    author: Staff | None
    reply_to: PostId | None


RelayKey = tuple[StaffId, ClientId, MessageId]


def relay_views(work: Work, keys: Sequence[RelayKey]) -> Sequence[RelayView | None]:
    """For each key its view; ``None`` when the view was withdrawn or the message is not there.

    The hot path: what every relay needs is read at once for all of them.
    """
    places = places_of(work, [(staff_id, client_id) for staff_id, client_id, _ in keys])
    messages = work.messages.get_many(list({message_id for _, _, message_id in keys}))
    clients = work.clients.get_many(list({client_id for _, client_id, _ in keys}))
    return [
        _view(work, places.get((staff_id, client_id)), messages.get(message_id), clients.get(client_id))
        for staff_id, client_id, message_id in keys
    ]


def relay_view(work: Work, staff_id: StaffId, client_id: ClientId, message_id: MessageId) -> RelayView | None:
    return relay_views(work, [(staff_id, client_id, message_id)])[0]


def _view(work: Work, place: Place | None, message: Message | None, client: Client | None) -> RelayView | None:
    if place is None or not place.seen or message is None or client is None:
        return None
    staff_id = place.staff.id
    parts = tuple(Part(part, _media(work, part)) for part in _parts(work, message, staff_id))
    return RelayView(place, parts, client, _author(work, message, place), _answered(work, message, staff_id))


def _parts(work: Work, message: Message, staff_id: StaffId) -> Sequence[Message]:
    """An album's parts that this person has not been shown yet, in order."""
    if message.album is None:
        return (message,)
    parts = work.messages.of_album(message.conversation_id, message.album)
    return [part for part in parts if not work.copies.of_message(part.id, staff_id)]


def _media(work: Work, message: Message) -> Media | None:
    return work.media.get(message.media_id) if message.media_id is not None else None


def _author(work: Work, message: Message, place: Place) -> Staff | None:
    if message.author_id is None:
        return None
    return place.staff if message.author_id == place.staff.id else work.staff.get(message.author_id)


def _answered(work: Work, message: Message, staff_id: StaffId) -> PostId | None:
    if message.reply_to is None:
        return None
    return next((copy.post_id for copy in work.copies.of_message(message.reply_to, staff_id)), None)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A message that changed, and the post that shows it. ``replaced``: it had another file before."""

    place: Place
    part: Part
    client: Client
    author: Staff | None
    copy: MessageCopy
    replaced: bool = False


def change_view(work: Work, staff_id: StaffId, client_id: ClientId, message_id: MessageId) -> ChangeView | None:
    """``None`` when the view was withdrawn, or no post shows the message."""
    place = place_of(work, staff_id, client_id)
    message = work.messages.get(message_id)
    client = work.clients.get(client_id)
    if place is None or not place.seen or message is None or client is None:
        return None
    shown = [copy for copy in work.copies.of_message(message_id, staff_id) if copy.kind is not CopyKind.ABOUT]
    if not shown:
        return None
    part = Part(message, _media(work, message))
    return ChangeView(place, part, client, _author(work, message, place), shown[-1], _replaced(work, message))


def _replaced(work: Work, message: Message) -> bool:
    file = message.content.file
    if file is None or message.deleted_at is not None:
        return False
    return any(not same_file(version.content.file, file) for version in work.messages.versions(message.id))
