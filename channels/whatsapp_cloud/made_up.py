"""A message from nobody, as Meta would deliver it: for channel tests."""

import json
import re

from channels.kinds import MadeUp

OBJECT = "whatsapp_business_account"
"""What every webhook of WhatsApp's says it is about."""
MADE_UP_NUMBER = "0"
"""Stands for any number of ours: a made-up message knows none. (What comes from outside is signed.)"""
NOBODY = "10000000000"
"""Stands where a number would: the test puts its own mark in its place before anybody looks."""
_NOT_DIGIT = re.compile(r"[^0-9]")


def made_up_update(who: MadeUp) -> bytes:
    """One POST with a text message."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": MADE_UP_NUMBER, "phone_number_id": MADE_UP_NUMBER},
        "contacts": [{"profile": {"name": who.name}, "wa_id": NOBODY}],
        "messages": [
            {
                "from": NOBODY,
                "id": "wamid.made-up",
                "timestamp": str(who.at // 1000),
                "type": "text",
                "text": {"body": who.words},
            }
        ],
    }
    change = {"field": "messages", "value": value}
    return json.dumps({"object": OBJECT, "entry": [{"id": MADE_UP_NUMBER, "changes": [change]}]}).encode()


def link(account: str) -> str | None:
    """Where anybody can write to ``+1 555 123 4567``."""
    digits = _NOT_DIGIT.sub("", account)
    return f"https://wa.me/{digits}" if account.startswith("+") and len(digits) >= 7 else None
