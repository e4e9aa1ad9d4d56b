"""PHP's bracket keys, `a[b][0]=c`: in query strings that come in, and in bodies of webhooks that go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

PART = re.compile(r"\[([^\]]*)\]")


def parse(pairs: Iterable[tuple[str, str]]) -> Json:
    """Nested dicts of strings; `a[]` counts from "0", as PHP does. A later value of a key wins."""
    found: Json = {}
    for key, value in pairs:
        head = key.partition("[")[0]
        _put(found, [head, *PART.findall(key[len(head) :])], value)
    return found


def _put(into: Json, path: list[str], value: str) -> None:
    for part in path[:-1]:
        inner = into.setdefault(part or str(len(into)), {})
        if not isinstance(inner, dict):
            return
        into = inner
    into[path[-1] or str(len(into))] = value


def encode(values: Json) -> bytes:
    """A body of `application/x-www-form-urlencoded`."""
    return urlencode(list(_flat(values))).encode()


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All values are strings; nothing is an empty one, true is "1"."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in items:
            yield from _flat(inner, f"{path}[{name}]" if path else str(name))
    elif isinstance(value, bool):
        yield path, "1" if value else "0"
    else:
        yield path, "" if value is None else str(value)
