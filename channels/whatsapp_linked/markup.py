"""Formatting as WhatsApp writes it: ``*bold*``, ``_italic_``, ``~struck out~``, ````` ```fixed``` `````."""

from collections.abc import Sequence

from sales.messages import Entity

_FIXED = "```"
_MARKS = {
    "bold": "*",
    "italic": "_",
    "strikethrough": "~",
    "code": _FIXED,
    "pre": _FIXED,
}


_Insert = tuple[int, int, int, str]
"""Where, and the order of what comes to one place: what closes (the inner first), links, what opens (the outer first).
"""


def to_markup(text: str, entities: Sequence[Entity]) -> str:
    """Marks stand right at the words, or WhatsApp shows them as they are. A link behind words follows them."""
    units = text.encode("utf-16-le")
    inserts = [insert for entity in entities for insert in _around(units, entity)]
    for place, _, _, mark in sorted(inserts, reverse=True):
        units = units[: place * 2] + mark.encode("utf-16-le") + units[place * 2 :]
    return units.decode("utf-16-le", "replace")


def _around(units: bytes, entity: Entity) -> list[_Insert]:
    """What runs over several lines is left without marks: WhatsApp knows only fixed type there."""
    inside = units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le", "replace")
    words = inside.strip()
    start = entity.offset + len(inside) - len(inside.lstrip())
    end = start + len(words.encode("utf-16-le")) // 2
    if entity.type == "text_link" and words and entity.url and entity.url != words:
        return [(end, 1, 0, f" ({entity.url})")]
    mark = _MARKS.get(entity.type)
    if mark is None or not words or ("\n" in words and mark != _FIXED):
        return []
    return [(start, 2, -len(words), mark), (end, 0, len(words), mark)]
