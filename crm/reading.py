"""Reading a CRM's JSON by hand: what is used is checked, and an error says where it stands, never what it holds."""

import re
from collections.abc import Iterator, Mapping

from sales.ports.crm import CrmError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(CrmError):
    """Not what the CRM's documentation says. Whatever was asked for may have been done."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"unreadable answer ({path}: {expected})", unknown=True)


class Node:
    """A JSON object and where it stands. Every reader raises ``Unreadable``."""

    __slots__ = ("_path", "fields")

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise Unreadable(path, "not an object")
        self.fields: Mapping[str, object] = value
        self._path = path

    def inner(self, name: str) -> "Node":
        """An object; an empty one where there is none. (PHP writes an empty object as ``[]``.)"""
        return Node(self.fields.get(name) or {}, f"{self._path}.{name}")

    def many(self, name: str) -> Iterator["Node"]:
        value = self.fields.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise Unreadable(f"{self._path}.{name}", "not an array")
        for place, item in enumerate(value):
            yield Node(item, f"{self._path}.{name}[{place}]")

    def number(self, name: str) -> int:
        value = self.maybe_number(name)
        if value is None:
            raise Unreadable(f"{self._path}.{name}", "missing")
        return value

    def maybe_number(self, name: str) -> int | None:
        value = self.fields.get(name)
        if value is not None and type(value) is not int:
            raise Unreadable(f"{self._path}.{name}", "not a whole number")
        return value

    def text(self, name: str) -> str:
        """Empty where there is none."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise Unreadable(f"{self._path}.{name}", "not a text")
        return _UNSTORABLE.sub("\ufffd", value or "")

    def flag(self, name: str) -> bool:
        return self.fields.get(name) is True
