"""Ids as Meta makes them: wamids, business-scoped user ids, numbers of objects."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

WAMID = re.compile(r"wamid\.[A-Za-z0-9+/_-]{8,}={0,2}\Z")
BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}\Z")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}\Z")
WA_ID = re.compile(r"[1-9][0-9]{6,14}\Z")


def wamid(phone: str, outgoing: bool) -> str:
    """A new message id. As the real ones it is base64 of a small record with the customer's number in it."""
    number = phone.encode()
    head = b"\x1c\x18" + bytes([len(number)]) + number + b"\x15\x02\x00"
    tail = b"\x11\x18\x12" + secrets.token_hex(9).upper().encode() if outgoing else _incoming_tail()
    return "wamid." + base64.b64encode(head + tail + b"\x00").decode()


def _incoming_tail() -> bytes:
    return b"\x12\x18\x14" + secrets.token_hex(10).upper().encode()


def bsuid(country: str, person: str, business: str) -> str:
    """The id of a person for one business: the same one every time, another one for another business."""
    digest = hashlib.sha256(f"{person}:{business}".encode()).digest()
    return f"{country}.{int.from_bytes(digest[:8], 'big'):020d}"


def digits(phone: str) -> str:
    """A number as typed, without what is not a digit."""
    return re.sub(r"\D", "", phone)


def object_id() -> str:
    """A number for a new account, media or template."""
    return str(secrets.randbelow(9 * 10**14) + 10**14)
