"""Reading what a caller sent, as strictly as Kommo does: errors are gathered, and told all at once in its shape."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from .errors import Json, field_error, invalid, invalid_field

T = TypeVar("T")

LONGEST = 255
MISSING = "This field is missing."
NO_CHOICE = "The value you selected is not a valid choice."


class Reader:
    """The members of one JSON object. What is wrong goes to `errors`, and reading goes on with nothing."""

    def __init__(self, values: Json, path: str = "", errors: list[Json] | None = None, strict: bool = True) -> None:
        self.values = values
        self.path = path
        self.errors: list[Json] = [] if errors is None else errors
        self.strict = strict

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(
        self, name: str, required: bool = False, longest: int = LONGEST, among: Collection[str] | None = None
    ) -> str | None:
        """A string, not too long, one of `among`."""
        value = self._typed(name, str, "string", required)
        if value is not None and len(value) > longest:
            self.wrong(name, "TooLong", f"This value is too long. It should have {longest} characters or less.")
            return None
        return value if self._fits(name, value, among) else None

    def whole(self, name: str, required: bool = False, among: Collection[int] | None = None) -> int | None:
        """An int, one of `among`."""
        value = self._typed(name, int, "int", required)
        return value if self._fits(name, value, among) else None

    def flag(self, name: str) -> bool | None:
        """A boolean."""
        return self._typed(name, bool, "bool", False)

    def inner(self, name: str, required: bool = False) -> Reader:
        """An object; an empty one where there is none."""
        value = self._typed(name, dict, "array", required)
        return Reader(value or {}, f"{self.path}{name}.", self.errors, self.strict)

    def many(self, name: str, required: bool = False) -> list[Reader]:
        """An array of objects."""
        found = self._typed(name, list, "array", required) or []
        readers = []
        for number, value in enumerate(found):
            if isinstance(value, dict):
                readers.append(Reader(value, f"{self.path}{name}.{number}.", self.errors, self.strict))
            else:
                self.wrong(f"{name}.{number}", "InvalidType", "This value should be of type array.")
        return readers

    def texts(self, name: str, among: Collection[str]) -> list[str]:
        """An array of strings out of `among`."""
        found = self._typed(name, list, "array", True) or []
        for number, value in enumerate(found):
            self._fits(f"{name}.{number}", value if isinstance(value, str) else "", among)
        return found

    def only(self, *known: str) -> None:
        """Refuse names that the documentation doesn't have. Kommo ignores them; a stand-in that does hides mistakes."""
        for name in sorted(self.values.keys() - set(known)) if self.strict else ():
            self.wrong(name, "NotSupportedField", "This field was not expected.")

    def missing(self, name: str) -> None:
        """The field has to be there."""
        self.wrong(name, "FieldMissing", MISSING)

    def no_choice(self, name: str) -> None:
        """There is no such thing to choose."""
        self.wrong(name, "NotSupportedChoice", NO_CHOICE)

    def wrong(self, name: str, code: str, detail: str) -> None:
        """Note an error."""
        self.errors.append(field_error(code, f"{self.path}{name}", detail))

    def _typed(self, name: str, kind: type[T], called: str, required: bool) -> T | None:
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(name, "InvalidType", f"This value should be of type {called}.")
            return None
        return value

    def _fits(self, name: str, value: T | None, among: Collection[T] | None) -> bool:
        if value is not None and among is not None and value not in among:
            self.no_choice(name)
            return False
        return True


def read_one(body: Any, read: Callable[[Reader], T], strict: bool = True) -> T:
    """The only object of a body; raises 400 with all that is wrong."""
    if not isinstance(body, dict):
        raise invalid_field("InvalidType", "", "This value should be of type array.")
    reader = Reader(body, strict=strict)
    value = read(reader)
    if reader.errors:
        raise invalid({"0": reader.errors})
    return value


def read_batch(body: Any, read: Callable[[Reader], T], most: int, strict: bool = True) -> list[tuple[str, T]]:
    """Each item with its `request_id`. One that is wrong refuses them all."""
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise invalid_field("InvalidType", "", "This value should be of type array.")
    if not 1 <= len(body) <= most:
        code, limit = ("TooMany", f"{most} elements or less") if body else ("TooFew", "1 element or more")
        raise invalid_field(code, "", f"This collection should contain {limit}.")
    found, errors = [], dict[str, list[Json]]()
    for number, values in enumerate(body):
        reader, request_id = Reader(values, strict=strict), str(values.get("request_id", number))
        found.append((request_id, read(reader)))
        if reader.errors:
            errors[request_id] = reader.errors
    if errors:
        raise invalid(errors)
    return found
