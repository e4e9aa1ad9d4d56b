"""How WhatsApp and WAHA name chats and messages, and the ids that we choose for messages of ours.

A message is ``{fromMe}_{chat}_{ID}[_{participant}]``, or the bare ``{ID}``; the bare one is what we keep.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from sales.ids import MessageId, OutboxId

_SERVERS = {"s.whatsapp.net": "c.us"}
"""The engine's own name of a server, and the one that WAHA's API takes."""
PHONE = "@c.us"
LID = "@lid"
_PERSON = re.compile(r"[0-9]{5,20}(@c\.us|@lid)")
_FULL = re.compile(r"(true|false)_([^_\s]+)_([^_\s]+)(?:_\S+)?")
_BARE = re.compile(r"[!-^`-~]{1,128}")
"""Visible ASCII without ``_``."""
_OWN = re.compile(r"3EB0([0-9A-F]{8,12})([0-9A-F]{4})([0-9A-F]{6})")
_WHO_ELSE = {"g.us": "group", "newsletter": "newsletter", "broadcast": "broadcast"}


@dataclass(frozen=True, slots=True)
class MessageName:
    """``ours`` and ``chat`` are unknown where only the bare id was told."""

    id: str
    ours: bool | None = None
    chat: str | None = None


def read_name(text: str) -> MessageName | None:
    """``None``: it is no id of a message."""
    full = _FULL.fullmatch(text)
    if full is not None:
        found = full[3]
        return MessageName(found, full[1] == "true", to_chat(full[2])) if _BARE.fullmatch(found) else None
    return MessageName(text) if _BARE.fullmatch(text) else None


def full_name(ours: bool, chat: str, bare: str) -> str:
    """As WAHA's calls want it."""
    return f"{'true' if ours else 'false'}_{chat}_{bare}"


def to_chat(text: str) -> str:
    """A chat id as WAHA's API has it: without the device, at ``c.us``."""
    user, _, server = text.partition("@")
    return f"{user.partition(':')[0]}@{_SERVERS.get(server, server)}"


def no_person(chat: str) -> str | None:
    """What a chat is that is no client; ``None``: it is somebody."""
    if _PERSON.fullmatch(chat):
        return None
    if chat == "status@broadcast":
        return "status"
    return _WHO_ELSE.get(chat.partition("@")[2], "other_chat")


def is_phone(chat: str) -> bool:
    return chat.endswith(PHONE)


def is_lid(chat: str) -> bool:
    return chat.endswith(LID)


def number_of(chat: str) -> str:
    """The digits before the ``@``."""
    return chat.partition("@")[0]


class OwnIds:
    """Ids for what we send, so that a repeat and an echo are known: the form that linked devices use (``3EB0`` and 18
    hexadecimal digits), made of the row, the end of the message's number, and a mark that nobody else's ids carry.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def make(self, row_id: OutboxId, message_id: MessageId) -> str:
        about = f"{row_id:08X}{message_id & 0xFFFF:04X}"
        return f"3EB0{about}{self._mark(about)}"

    def row_of(self, bare: str) -> OutboxId | None:
        found = _OWN.fullmatch(bare)
        if found is None or not hmac.compare_digest(self._mark(found[1] + found[2]), found[3]):
            return None
        return OutboxId(int(found[1], 16))

    def _mark(self, about: str) -> str:
        return hmac.new(self._key, b"dibs message " + about.encode(), hashlib.sha256).hexdigest()[:6].upper()
