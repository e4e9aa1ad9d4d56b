"""Is a delivered update Telegram's? It sends the secret that was given to setWebhook back in a header."""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


@lru_cache
def webhook_secret(token: str) -> str:
    """Derived from the token, so that nothing more has to be kept; 64 of the characters that Telegram allows."""
    return hmac.new(token.encode(), b"dibs webhook", hashlib.sha256).hexdigest()


def verify(headers: Mapping[str, str], token: str) -> bool:
    """``headers`` as aiohttp gives them (any case); other mappings need the header as it is spelled here."""
    given = headers.get(SECRET_HEADER, "")
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), webhook_secret(token).encode())
