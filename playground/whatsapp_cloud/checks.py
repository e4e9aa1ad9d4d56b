"""Small checks that all bodies share, with the texts that the Graph API answers."""

from __future__ import annotations

from typing import Any

from .errors import GraphError, invalid, missing, unknown_key

Json = dict[str, Any]


class Fields:
    """An object of a body, read strictly: unknown keys, missing and mistyped values are refused.

    `where` is its place, as `text` or `interactive['action']`.
    """

    def __init__(self, value: Any, where: str, known: str, strict: bool = True) -> None:
        if not isinstance(value, dict):
            raise GraphError(100, f"Param {where} must be a JSON object.")
        self.value: Json = {name: item for name, item in value.items() if item is not None}
        self.where = where
        self.strict = strict
        for name in value:
            if strict and name not in known.split():
                raise unknown_key(name, where)

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def place(self, name: str) -> str:
        """How refusals name a field."""
        return f"{self.where}['{name}']" if self.where else name

    def text(self, name: str, most: int, default: str | None = None) -> str:
        """A text with 1 to `most` characters, counted as JavaScript counts."""
        if name not in self.value and default is not None:
            return default
        value = self.need(name)
        if not isinstance(value, str):
            raise GraphError(100, f"Param {self.place(name)} must be a string.")
        if not value.strip():
            raise missing(self.place(name))
        if length(value) > most:
            raise GraphError(100, message=f"(#100) Param {self.place(name)} must be at most {most} characters long.")
        return value

    def number(self, name: str, least: float, most: float) -> float:
        """A number, also one that came as a text."""
        value = self.need(name)
        try:
            found = float(value)
        except (TypeError, ValueError):
            raise invalid(f"{self.place(name)} must be a number.") from None
        if isinstance(value, bool) or not least <= found <= most:
            raise invalid(f"{self.place(name)} must be between {least} and {most}.")
        return found

    def flag(self, name: str) -> bool:
        """True or false; false when it is not there."""
        value = self.value.get(name, False)
        if not isinstance(value, bool):
            raise GraphError(100, f"Param {self.place(name)} must be a boolean.")
        return value

    def items(self, name: str) -> list[Any]:
        """A list with something in it."""
        value = self.need(name)
        if not isinstance(value, list):
            raise GraphError(100, f"Param {self.place(name)} must be an array.")
        if not value:
            raise missing(self.place(name))
        return value

    def inner(self, name: str, known: str) -> Fields:
        """An object in this one."""
        return Fields(self.need(name), self.place(name), known, self.strict)

    def each(self, name: str, known: str) -> list[Fields]:
        """A list of objects in this one."""
        where = self.place(name)
        return [Fields(item, f"{where}[{at}]", known, self.strict) for at, item in enumerate(self.items(name))]

    def need(self, name: str) -> Any:
        """A value that has to be there."""
        if name not in self.value:
            raise missing(self.place(name))
        return self.value[name]


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def bounded(text: Any, what: str, most: int) -> str:
    """A text of an interactive message; refused in the words that only these have."""
    if not isinstance(text, str) or not 1 <= length(text) <= most:
        raise invalid(f"{what} length invalid. Min length: 1, Max length: {most}")
    return text
