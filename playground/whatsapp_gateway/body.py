"""JSON in and out: reading what a caller sent, as strictly as it is documented. Raises 400 for the wrong field."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from .errors import bad_request

Json = dict[str, Any]

TRUE, FALSE = ("true", "1"), ("false", "0")


def to_json(value: Any) -> bytes:
    """As JavaScript writes it: plain UTF-8, and escapes for halves of surrogate pairs."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


class Fields:
    """The members of a JSON object; `path` is what error messages put before their names."""

    def __init__(self, values: Json, path: str = "") -> None:
        self.values = values
        self.path = path

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str | None = None, empty: bool = True) -> str:
        """A string; required unless there is a default."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, "must be a string")
        if not value and not empty:
            raise self._wrong(name, "should not be empty")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """A boolean."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(name, "must be a boolean value")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A number conforming to NestJS's IsNumber: no boolean, no string."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, "must be a number conforming to the specified constraints")
        return value

    def inner(self, name: str) -> Fields:
        """An object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "must be an object")
        return Fields(value, f"{self.path}{name}.")

    def items(self, name: str) -> list[Fields]:
        """An array of objects."""
        return [Fields({"0": item}, f"{self.path}{name}.").inner("0") for item in self.array(name)]

    def texts(self, name: str) -> list[str]:
        """An array of strings."""
        found = self.array(name)
        if not all(isinstance(item, str) for item in found):
            raise self._wrong(f"each value in {name}", "must be a string")
        return found

    def array(self, name: str) -> list[Any]:
        """An array of anything."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "must be an array")
        return value

    def base64(self, name: str) -> bytes:
        """Bytes given as base64, without a `data:` prefix."""
        try:
            return base64.b64decode(self.text(name, empty=False), validate=True)
        except binascii.Error:
            raise self._wrong(name, "must be base64 encoded") from None

    def only(self, known: frozenset[str], strict: bool) -> None:
        """Refuse names that the documentation doesn't have. WAHA itself ignores them."""
        unknown = sorted(self.values.keys() - known)
        if unknown and strict:
            raise bad_request(*(f"property {self.path}{name} should not exist" for name in unknown))

    def _wrong(self, name: str, what: str) -> Exception:
        return bad_request(f"{self.path}{name} {what}")


class Query(Fields):
    """Values of a query string: all are strings."""

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self.text(name, "" if default is None else str(default).lower()).lower()
        if value not in TRUE + FALSE:
            raise self._wrong(name, "must be a boolean value")
        return value in TRUE

    def whole(self, name: str, default: int) -> int:
        """A whole number, not below zero."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdecimal()):
            raise self._wrong(name, "must be a number conforming to the specified constraints")
        return int(value)
