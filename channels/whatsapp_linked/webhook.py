"""Is a delivered event the gateway's? It signs the raw body with the key that was set with the webhook."""

import hashlib
import hmac
from collections.abc import Mapping

HMAC_HEADER = "X-Webhook-Hmac"


def verify(headers: Mapping[str, str], body: bytes, key: str) -> bool:
    """HMAC-SHA512 of the body as it came, in hexadecimal. Without a key nothing is believed.

    ``headers`` as aiohttp gives them (any case); other mappings need the header as it is spelled here.
    """
    given = headers.get(HMAC_HEADER, "")
    right = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return bool(key) and hmac.compare_digest(given.lower().encode("utf-8", "surrogateescape"), right.encode())
