"""A message from nobody to an account, as Telegram would deliver it: for channel tests."""

import json

from channels.kinds import MadeUp
from channels.telegram import made_up as bots


def made_up_update(who: MadeUp) -> bytes:
    """As to a bot, but by a connection that nobody has."""
    update = json.loads(bots.made_up_update(who))
    message = update.pop("message") | {"business_connection_id": "made-up"}
    return json.dumps(update | {"business_message": message}).encode()


def link(account: str) -> str | None:
    """The bot is not whom clients write to, and the accounts are their owners' own."""
    return None
