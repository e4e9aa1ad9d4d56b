"""What is said: one neutral form for every platform. Raw JSON has ended before it gets here."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ClientId, ConversationId, MediaId, MessageId, Moment, StaffId


class MessageKind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    ANIMATION = "animation"
    LOCATION = "location"
    CONTACT = "contact"
    CALL = "call"
    UNSUPPORTED = "unsupported"


MEDIA_KINDS = frozenset(
    {
        MessageKind.PHOTO,
        MessageKind.VIDEO,
        MessageKind.VIDEO_NOTE,
        MessageKind.VOICE,
        MessageKind.AUDIO,
        MessageKind.DOCUMENT,
        MessageKind.STICKER,
        MessageKind.ANIMATION,
    }
)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    NOTE = "note"


class MessageStatus(StrEnum):
    """``received`` is a client's own message; the others are the way of one that leaves."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    DROPPED = "dropped"


class MediaState(StrEnum):
    WANTED = "wanted"
    STORED = "stored"
    TOO_BIG = "too_big"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting over ``length`` UTF-16 code units from ``offset``; ``type`` is named as Telegram names it."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that still lies on a platform. ``source`` is what the platform's adapter needs to fetch it.

    ``held_by`` names who can fetch it: ``channel:<id>`` or ``staff`` (the staff bot). ``unique_id`` stays the same for
    the same file, where a platform has such a thing: ``source`` may be another each time it is told of.
    """

    held_by: str
    source: str
    size: int | None = None
    mime: str | None = None
    file_name: str | None = None
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    unique_id: str | None = None


def same_file(one: RemoteFile | None, other: RemoteFile | None) -> bool:
    """Whether both mean one file (or none)."""
    if one is None or other is None:
        return one is other
    if one.unique_id is not None and other.unique_id is not None:
        return one.unique_id == other.unique_id
    return (one.held_by, one.source) == (other.held_by, other.source)


@dataclass(frozen=True, slots=True)
class Media:
    """A file kept once, by its content. ``sha256`` and ``size`` are known as soon as it is stored."""

    id: MediaId
    state: MediaState
    remote: RemoteFile
    sha256: str | None = None
    size: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    latitude: float
    longitude: float
    title: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A contact card. ``telegram_id`` proves the sender's own number only when it is the sender's id."""

    phone: str
    first_name: str
    last_name: str | None = None
    telegram_id: int | None = None
    vcard: str | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """The advertisement or post that brought a client. ``click_id`` is the platform's id of the click."""

    source_url: str | None = None
    source_id: str | None = None
    headline: str | None = None
    body: str | None = None
    click_id: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """An approved template, filled in: ``parameters`` by place (``header.1``, ``body.1``, ``button.0.1``), in order."""

    name: str
    language: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. ``text`` is the caption where there is a file; ``label`` names what has no counterpart.

    A missed ``call`` has neither. With ``template``, ``text`` is how it reads for the client.
    """

    kind: MessageKind
    text: str = ""
    entities: tuple[Entity, ...] = ()
    file: RemoteFile | None = None
    location: Location | None = None
    contact: SharedContact | None = None
    label: str | None = None
    referral: Referral | None = None
    template: TemplateUse | None = None


def same_content(one: Content, other: Content) -> bool:
    """Whether an edit changed nothing that anybody sees."""
    return (one.text, one.entities) == (other.text, other.entities) and same_file(one.file, other.file)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said, either way, or an internal note (``direction`` is ``note``: it never leaves).

    ``status_at`` is since when one that left has its status.
    """

    id: MessageId
    conversation_id: ConversationId
    client_id: ClientId
    direction: Direction
    content: Content
    status: MessageStatus
    created_at: Moment
    said_at: Moment
    author_id: StaffId | None = None
    media_id: MediaId | None = None
    external_id: str | None = None
    reply_to: MessageId | None = None
    album: str | None = None
    edited_at: Moment | None = None
    deleted_at: Moment | None = None
    client_reaction: str | None = None
    staff_reaction: str | None = None
    problem: str | None = None
    status_at: Moment | None = None
