"""Formatting written into the text itself, as WhatsApp does. A link behind words would be lost: it is written out."""

from collections.abc import Sequence

from sales.messages import Entity

_MARKS = {"bold": "*", "italic": "_", "strikethrough": "~", "code": "`", "pre": "```"}


def marked(text: str, entities: Sequence[Entity]) -> str:
    """Entities count UTF-16 code units. Marks must touch a word, so blanks at the edges stay outside of them."""
    units = text.encode("utf-16-le", "surrogatepass")
    added: dict[int, tuple[str, str]] = {}
    for entity in sorted(entities, key=lambda one: one.length, reverse=True):
        start, end = _trimmed(units, entity.offset, entity.offset + entity.length)
        if start < end:
            _add(added, entity, start, end, _slice(units, start, end))
    places = sorted(added)
    pieces, at = [], 0
    for place in places:
        closing, opening = added[place]
        pieces += [_slice(units, at, place), closing, opening]
        at = place
    return "".join([*pieces, _slice(units, at, len(units) // 2)])


def _add(added: dict[int, tuple[str, str]], entity: Entity, start: int, end: int, words: str) -> None:
    """What is inner closes first and opens last; entities come the longest first."""
    if entity.type == "text_link" and entity.url and entity.url.strip("/") != words.strip("/"):
        closing, opening = added.get(end, ("", ""))
        added[end] = (f" ({entity.url}){closing}", opening)
        return
    mark = _MARKS.get(entity.type)
    if mark is None or ("\n" in words and mark != "```"):
        return
    closing, opening = added.get(start, ("", ""))
    added[start] = (closing, opening + mark)
    closing, opening = added.get(end, ("", ""))
    added[end] = (mark + closing, opening)


def _trimmed(units: bytes, start: int, end: int) -> tuple[int, int]:
    while start < end and _slice(units, start, start + 1).isspace():
        start += 1
    while start < end and _slice(units, end - 1, end).isspace():
        end -= 1
    return start, end


def _slice(units: bytes, start: int, end: int) -> str:
    return units[start * 2 : end * 2].decode("utf-16-le", "surrogatepass")
