"""What gets across on which kind of channel, as data: the docs page is made from it, the end-to-end test walks it.

What staff may send follows from each kind's ``Capabilities``; what no capability says is in the tables below.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from channels.registry import KINDS
from sales.channels import Capabilities
from sales.messages import MEDIA_KINDS, MessageKind
from screens.notice_messages import CHANGES, REASONS, UNCHANGEABLE

BIG_FILE = 21 * 1024 * 1024
"""Bytes: a little more than what Telegram hands to bots."""


class Way(StrEnum):
    IN = "client → team"
    OUT = "team → client"


class What(StrEnum):
    """Everything that can be said or done in a chat. Kinds of messages are named as ``MessageKind`` names them."""

    TEXT = MessageKind.TEXT
    FORMATTING = "formatting"
    PHOTO = MessageKind.PHOTO
    VIDEO = MessageKind.VIDEO
    VIDEO_NOTE = MessageKind.VIDEO_NOTE
    VOICE = MessageKind.VOICE
    AUDIO = MessageKind.AUDIO
    DOCUMENT = MessageKind.DOCUMENT
    BIG_FILE = "big_file"
    STICKER = MessageKind.STICKER
    ANIMATION = MessageKind.ANIMATION
    LOCATION = MessageKind.LOCATION
    CONTACT = MessageKind.CONTACT
    ALBUM = "album"
    REPLY = "reply"
    EDIT = "edit"
    DELETE = "delete"
    REACTION = "reaction"
    CALL = MessageKind.CALL
    UNSUPPORTED = MessageKind.UNSUPPORTED


FILES = tuple(What(kind) for kind in MessageKind if kind in MEDIA_KINDS)
_MESSAGES = frozenset(What(kind) for kind in MessageKind)


@dataclass(frozen=True, slots=True)
class Works:
    """It arrives as what it is. ``words`` say more where there is more to say."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Becomes:
    """It arrives, but as something else: as another kind of file where ``kind`` is given."""

    words: str
    kind: MessageKind | None = None


@dataclass(frozen=True, slots=True)
class Cannot:
    """``words`` are what the rep reads, where they tried. ``tried`` is false for what nobody can even try."""

    words: str
    tried: bool = True


Promise = Works | Becomes | Cannot


@dataclass(frozen=True, slots=True)
class Row:
    channel: str
    what: What
    way: Way
    promise: Promise

    def __str__(self) -> str:
        return f"{self.channel}: {self.what} {'in' if self.way is Way.IN else 'out'}"


_VIDEO = Becomes("as a video", MessageKind.VIDEO)
_FILE = Becomes("as a file", MessageKind.DOCUMENT)
_ONE_BY_ONE = Becomes("one by one, in order")
_MARKS_SENT = Becomes("as WhatsApp writes it: `*bold*`, `_italic_`; a link behind words is written out")
_MARKS_READ = Becomes("as it was typed, with WhatsApp's marks: `*bold*`")
_NAMED = Becomes("its name, such as 📊 Poll, and the words that it has")
_UNHEARD_CALL = Cannot("Telegram tells bots of no calls", tried=False)

_IN: Mapping[str, Mapping[What, Promise]] = {
    "telegram": {What.DELETE: Cannot("Telegram does not tell bots what is deleted"), What.CALL: _UNHEARD_CALL},
    "telegram_business": {
        What.REACTION: Cannot("Telegram does not tell bots of reactions in accounts"),
        What.CALL: _UNHEARD_CALL,
    },
    "whatsapp_cloud": {
        What.FORMATTING: _MARKS_READ,
        What.VIDEO_NOTE: _VIDEO,
        What.ANIMATION: _VIDEO,
        What.ALBUM: _ONE_BY_ONE,
    },
    "whatsapp_linked": {What.FORMATTING: _MARKS_READ, What.ALBUM: _ONE_BY_ONE},
}
"""What a platform tells otherwise, or not at all. The rest arrives as what it is."""

_OUT: Mapping[str, Mapping[What, Promise]] = {
    "telegram": {},
    "telegram_business": {},
    "whatsapp_cloud": {What.FORMATTING: _MARKS_SENT, What.VIDEO_NOTE: _VIDEO, What.ANIMATION: _VIDEO},
    "whatsapp_linked": {
        What.FORMATTING: _MARKS_SENT,
        What.ANIMATION: _VIDEO,
        What.AUDIO: _FILE,
        What.STICKER: _FILE,
    },
}
"""What an adapter turns into something else. What can't go at all, the capabilities say."""


def matrix() -> Iterator[Row]:
    """Every kind of channel × everything × both ways."""
    for channel in KINDS:
        for way in Way:
            for what in What:
                yield Row(channel, what, way, promise(channel, what, way))


def promise(channel: str, what: What, way: Way) -> Promise:
    """Raises ``KeyError`` for a kind of channel that these tables do not have: they have to be told of a new one."""
    if way is Way.IN:
        return _IN[channel].get(what) or _usual_in(KINDS[channel].capabilities, what)
    return _refusal(KINDS[channel].capabilities, what) or _OUT[channel].get(what) or _usual_out(channel, what)


def _usual_in(can: Capabilities, what: What) -> Promise:
    if what is What.BIG_FILE and can.fetch_limit < BIG_FILE:
        return Cannot("too big to be fetched. Ask for a smaller file or a link.")
    if what is What.UNSUPPORTED:
        return _NAMED
    return Works("told as a missed one") if what is What.CALL else Works()


def _usual_out(channel: str, what: What) -> Promise:
    return _ONE_BY_ONE if what is What.ALBUM and not KINDS[channel].capabilities.albums else Works()


def _refusal(can: Capabilities, what: What) -> Cannot | None:
    """As the rep reads it under what they wrote."""
    if what is What.CALL:
        return Cannot("nobody can call from the staff bot", tried=False)
    if what is What.BIG_FILE:  # it comes through the staff bot, which is on Telegram
        return Cannot(f"Not sent: {REASONS['too_big']}")
    if what in _MESSAGES and MessageKind(what) not in can.kinds:
        return Cannot(f"Not sent: {REASONS['unsupported']}")
    able = {What.EDIT: can.edit, What.DELETE: can.delete, What.REACTION: can.reactions != frozenset()}
    if able.get(what, True):
        return Cannot(REASONS["unsupported"]) if what is What.REPLY and not can.replies else None
    change = "react" if what is What.REACTION else str(what)
    return Cannot(CHANGES[change].format(reason=UNCHANGEABLE[change]))
