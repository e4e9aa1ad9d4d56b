"""Text from outside, made safe to store and to show. Used by every mapping, on every string it takes."""

import re

NO_NAME = "No name"
NAME_LIMIT = 128
"""Telegram allows 64 characters for each of the two names; a database column and a card need some bound."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REORDERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff\uffa0]+"
)


def clean(text: str) -> str:
    """Replace NUL (PostgreSQL refuses it) and lone surrogates (UTF-8 has no form for them) by U+FFFD.

    Each is one UTF-16 code unit, as U+FFFD is, so the offsets of entities stay right.
    """
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def clean_name(*candidates: str | None) -> str:
    """The first that shows anything, in one line and of bounded length; else ``No name``.

    Marks that change the direction of writing are taken out: they would turn the rest of a card around.
    """
    for candidate in candidates:
        name = " ".join(_REORDERING.sub("", clean(candidate or "")).split())[:NAME_LIMIT].strip()
        if _INVISIBLE.sub("", name):
            return name
    return NO_NAME
