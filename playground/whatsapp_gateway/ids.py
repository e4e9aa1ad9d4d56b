"""Ids as WAHA writes them: chats, messages, envelopes."""

from __future__ import annotations

import re
import secrets
import time

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
PERSON = re.compile(r"([0-9]{5,20})(?:@c\.us|@s\.whatsapp\.net)?")
LID = re.compile(r"([0-9]{5,20})@lid")
FULL_ID = re.compile(r"(true|false)_([^_]+)_([0-9A-Za-z]+)(?:_([^_]+))?")
BARE_ID = re.compile(r"[0-9A-Za-z]{8,64}")

STATUS = "status@broadcast"


def new_message_id(from_web: bool) -> str:
    """Phones make 20 characters or 32, linked devices begin with 3EB0."""
    return "3EB0" + secrets.token_hex(9).upper() if from_web else "3A" + secrets.token_hex(9).upper()


def new_event_id() -> str:
    """`evt_` and a ULID in lower case."""
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return "evt_" + "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))


def bare(message_id: str) -> str | None:
    """The engine's own id out of `true_123@c.us_ABCD`, or as it is; None when it is neither."""
    full = FULL_ID.fullmatch(message_id)
    if full is not None:
        return full[3]
    return message_id if BARE_ID.fullmatch(message_id) else None


def full_id(from_me: bool, chat_id: str, message_id: str, participant: str | None = None) -> str:
    """`{fromMe}_{chatId}_{ID}[_{participant}]`."""
    return f"{'true' if from_me else 'false'}_{chat_id}_{message_id}" + (f"_{participant}" if participant else "")
