"""A message from nobody, as WAHA would deliver it: for channel tests."""

import json
import re

from channels.kinds import MadeUp

NOBODY = "10000000"
"""Stands where a phone would: the test puts its own mark in its place before anybody looks."""


def made_up_event(who: MadeUp) -> bytes:
    """One envelope with a text message."""
    chat = f"{NOBODY}@c.us"
    message = {
        "id": f"false_{chat}_MADEUP",
        "timestamp": who.at // 1000,
        "from": chat,
        "fromMe": False,
        "body": who.words,
        "hasMedia": False,
        "_data": {"pushName": who.name},
    }
    envelope = {"id": "evt_made_up", "event": "message.any", "payload": message}
    return json.dumps(envelope).encode()


def link(account: str) -> str | None:
    """Where anybody can write to a phone."""
    digits = re.sub(r"[^0-9]", "", account)
    return f"https://wa.me/{digits}" if account.startswith("+") and 7 <= len(digits) <= 15 else None
