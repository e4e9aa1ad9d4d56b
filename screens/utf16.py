"""Telegram counts in UTF-16 code units; Python doesn't."""

from dataclasses import replace

from sales.messages import Entity

ELLIPSIS = "…"


def units(text: str) -> int:
    """Length of ``text`` in UTF-16 code units. Lone surrogates count one each, as Telegram would."""
    return len(text) + sum(1 for character in text if character > "\uffff") if not text.isascii() else len(text)


def head(text: str, limit: int) -> str:
    """As much from the start as ``limit`` units hold, never half a character."""
    if units(text) <= limit:
        return text
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return text[:index]
    return text


def cut(text: str, limit: int) -> str:
    """At most ``limit`` units, ending in ``…`` if something was cut, and at a word's end if one is near."""
    if units(text) <= limit:
        return text
    short = head(text, limit - 1)
    space = max(short.rfind(" "), short.rfind("\n"))
    if space > len(short) - 24 and space > 0:
        short = short[:space]
    return _whole(short).rstrip() + ELLIPSIS


def _whole(text: str) -> str:
    """Without a joiner, a variation mark or a modifier hanging at the end: they belong to what was cut."""
    return text.rstrip("\u200d\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def tail(text: str, limit: int) -> str:
    """The newest ``limit`` units, with ``…`` in front if something was cut."""
    if units(text) <= limit:
        return text
    return ELLIPSIS + head(text[::-1], limit - 1)[::-1].lstrip()


def clip(entities: tuple[Entity, ...], limit: int) -> tuple[Entity, ...]:
    """Formatting of the first ``limit`` units."""
    inside = (entity for entity in entities if entity.offset < limit)
    return tuple(
        entity if entity.offset + entity.length <= limit else replace(entity, length=limit - entity.offset)
        for entity in inside
    )


def shift(entities: tuple[Entity, ...], by: int) -> tuple[Entity, ...]:
    """Formatting of a text that got ``by`` units in front."""
    return tuple(replace(entity, offset=entity.offset + by) for entity in entities) if by else entities


def split(text: str, entities: tuple[Entity, ...], limit: int) -> list[tuple[str, tuple[Entity, ...]]]:
    """In pieces of at most ``limit`` units, broken at a line or a word where one is near; formatting goes on."""
    pieces: list[tuple[str, tuple[Entity, ...]]] = []
    while units(text) > limit:
        first = _broken(head(text, limit))
        size = units(first)
        pieces.append((first, clip(entities, size)))
        entities = _after(entities, size)
        text = text[len(first) :]
    return [*pieces, (text, entities)]


def _broken(text: str) -> str:
    """At the last line or word of the last tenth, if there is one."""
    near = len(text) - len(text) // 10
    place = max(text.rfind("\n", near), text.rfind(" ", near))
    return text[: place + 1] if place > 0 else text


def _after(entities: tuple[Entity, ...], start: int) -> tuple[Entity, ...]:
    rest = []
    for entity in entities:
        end = entity.offset + entity.length
        if end > start:
            begin = max(entity.offset, start)
            rest.append(replace(entity, offset=begin - start, length=end - begin))
    return tuple(rest)
