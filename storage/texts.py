"""Text on its way in and out: JSON in columns, and text that no database can keep."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError

from storage.errors import StorageError


class BadText(StorageError):
    """Half a surrogate pair or a NUL character reached the database: nothing was written. Parsing must replace them."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one for each call


def dump(value: object) -> str:
    """Compact JSON. Not escaped to ASCII, so that half a surrogate pair is refused instead of being kept."""
    return _ENCODER.encode(value)


def load(text: str) -> Any:
    return json.loads(text)


def load_texts(text: str) -> Mapping[str, str]:
    """A flat object of texts."""
    return {str(key): str(value) for key, value in json.loads(text).items()}


def is_bad_text(error: BaseException) -> bool:
    """Whether it was the text. asyncpg names no type of its own for what it could not encode."""
    if isinstance(error, UnicodeEncodeError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return getattr(error.orig, "sqlstate", None) == "22021" or "surrogates not allowed" in str(error.orig)


def key_of(text: str) -> str:
    """How names are compared when someone searches."""
    return " ".join(text.casefold().split())
