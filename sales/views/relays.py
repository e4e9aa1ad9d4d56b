"""A message as it is to be shown in one staff chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.clients import Client
from sales.ids import ClientId, MessageId, PostId, StaffId
from sales.messages import Media, Message
from sales.ports import Work
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.views.places import Place, place_of


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an album, or the only one. ``media`` is set when it has a file."""

    message: Message
    media: Media | None


@dataclass(frozen=True, slots=True)
class RelayView:
    """``client`` is loaded where the name is shown or a test must be marked; ``author`` unless the client wrote."""

    place: Place
    parts: Sequence[Part]
    client: Client
    author: Staff | None
    reply_to: PostId | None


def relay_view(work: Work, staff_id: StaffId, client_id: ClientId, message_id: MessageId) -> RelayView | None:
    """``None`` when the view was withdrawn or the message is not there."""
    place = place_of(work, staff_id, client_id)
    if place is None or not place.seen:
        return None
    message = work.messages.get(message_id)
    client = work.clients.get(client_id)
    if message is None or client is None:
        return None
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
    if message.author_id is None or message.author_id == place.staff.id:
        return place.staff if message.author_id is not None else None
    return work.staff.get(message.author_id)


def _answered(work: Work, message: Message, staff_id: StaffId) -> PostId | None:
    if message.reply_to is None:
        return None
    return next((copy.post_id for copy in work.copies.of_message(message.reply_to, staff_id)), None)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A message that changed, and the post that shows it."""

    place: Place
    part: Part
    client: Client
    author: Staff | None
    copy: MessageCopy


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
    return ChangeView(place, part, client, _author(work, message, place), shown[-1])
