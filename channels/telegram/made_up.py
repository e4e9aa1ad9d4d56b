"""A message from nobody, as Telegram would deliver it: for channel tests."""

import json

from channels.kinds import MadeUp

NOBODY = 1
"""Stands where a person's id would: the test puts its own mark in its place before anybody looks."""


def made_up_update(who: MadeUp) -> bytes:
    """One update with a text message."""
    person = {"id": NOBODY, "is_bot": False, "first_name": who.name}
    message = {
        "message_id": 1,
        "date": who.at // 1000,
        "chat": {"id": NOBODY, "type": "private", "first_name": who.name},
        "from": person,
        "text": who.words,
    }
    return json.dumps({"update_id": 0, "message": message}).encode()


def link(account: str) -> str | None:
    """Where anybody can write to ``@shop_bot``."""
    username = account.removeprefix("@")
    return f"https://t.me/{username}" if username != account else None
