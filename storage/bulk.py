"""Many rows with one statement, on SQLite.

``executemany`` makes SQLite step once for each row, and at each step the driver lets go of the interpreter: while the
event loop is busy, the writer thread then waits for its turn row by row. So the rows go over as one JSON array, and
SQLite takes it apart by itself: one step, however many rows.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from storage.texts import dump

_BIND = re.compile(r"(?<![:\w]):(\w+)")
_VALUES = re.compile(r" VALUES \((.*?)\)(?= ON CONFLICT|$)", re.DOTALL)
_GIVEN = " FROM json_each(:given_rows) AS given"
_NUL = "\\u0000"


def bulk_text(text: str, names: Sequence[str]) -> str | None:
    """The INSERT or UPDATE of one row, made to read ``names`` from JSON; ``None`` for any other shape of statement."""
    if text.startswith("INSERT ") and " RETURNING " not in text:
        found = _VALUES.search(text)
        if found is None:
            return None
        head, values, tail = text[: found.start()], found[1], text[found.end() :]
        return f"{head} SELECT {_from_json(values, names)}{_GIVEN} WHERE true{tail}"
    if text.startswith("UPDATE ") and text.count(" WHERE ") == 1:
        head, _, condition = text.partition(" WHERE ")
        return f"{_from_json(head, names)}{_GIVEN} WHERE {_from_json(condition, names)}"
    return None


def _from_json(sql: str, names: Sequence[str]) -> str:
    place = {name: number for number, name in enumerate(names)}
    return _BIND.sub(
        lambda found: f"json_extract(given.value, '$[{place[found[1]]}]')" if found[1] in place else found[0], sql
    )


def bulk_rows(rows: Collection[Mapping[str, Any]], names: Sequence[str]) -> str | None:
    """The parameter. ``None`` if a text has a NUL in it: SQLite's JSON would cut it there."""
    whole = dump([[row[name] for name in names] for row in rows])
    return None if _NUL in whole else whole
