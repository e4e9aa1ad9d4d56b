"""Is what came to the door Meta's? Every POST is signed with the app's secret; before the first it asks for a token."""

import hashlib
import hmac
from collections.abc import Mapping

SIGNATURE_HEADER = "X-Hub-Signature-256"
_PREFIX = "sha256="


def verify(headers: Mapping[str, str], body: bytes, app_secret: str) -> bool:
    """Over the raw bytes: Meta signs its own escapes, which no second serialisation would give again.

    Without a secret nothing passes. ``headers`` as aiohttp gives them (any case); other mappings need the header as it
    is spelled here.
    """
    given = headers.get(SIGNATURE_HEADER, "")
    if not app_secret or not given.startswith(_PREFIX):
        return False
    expected = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    return _same(given.removeprefix(_PREFIX), expected)


def answer_challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """What Meta wants to hear; ``None``: whoever asks does not know the token."""
    if not verify_token or query.get("hub.mode") != "subscribe":
        return None
    if not _same(query.get("hub.verify_token", ""), verify_token):
        return None
    return query.get("hub.challenge", "")


def _same(given: str, expected: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
