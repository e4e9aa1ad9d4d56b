"""What may be said of a client before someone has accepted them."""

import re

from sales.clients import Client

_DIGITS = re.compile(r"\d")
PHONE_DIGITS = 7
"""A name with this many digits is taken for a phone number."""


def safe_name(client: Client) -> str | None:
    """The name without phone and username; ``None`` when it is nothing but those (WhatsApp names a stranger so)."""
    name = client.name.strip()
    if client.username and client.username.casefold() in name.casefold():
        return None
    if name.startswith("@") or len(_DIGITS.findall(name)) >= PHONE_DIGITS:
        return None
    return name or None
