"""`parse_mode=HTML`, as strict as Telegram: unknown or unclosed tags are refused."""

from __future__ import annotations

import html
import re
from typing import Any

from .errors import BadRequest

Json = dict[str, Any]

_TOKEN = re.compile(r"<(/?)([A-Za-z][\w-]*)([^>]*)>|<|&(?:#\d+|#x[0-9A-Fa-f]+|lt|gt|amp|quot);")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|(\S+)))?""")
_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Text and entities, ordered by offset."""
    parts: list[str] = []
    stack: list[tuple[str, int, Json]] = []
    entities: list[Json] = []
    position = length = 0
    for token in _TOKEN.finditer(source):
        length += _append(parts, source[position : token.start()])
        position = token.end()
        if token.group().startswith("&"):
            length += _append(parts, html.unescape(token.group()))
        elif token.group(2) is None:
            raise BadRequest(f'can\'t parse entities: Unsupported start tag "" at byte offset {token.start()}')
        elif token.group(1):
            _close(token.group(2).lower(), stack, entities, length, token.start())
        else:
            stack.append((token.group(2).lower(), length, _entity(token, stack)))
    _append(parts, source[position:])
    if stack:
        raise BadRequest(f"can't parse entities: Can't find end tag corresponding to start tag \"{stack[-1][0]}\"")
    return "".join(parts), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _append(parts: list[str], piece: str) -> int:
    parts.append(piece)
    return len(piece.encode("utf-16-le", "surrogatepass")) // 2


def _close(tag: str, stack: list[tuple[str, int, Json]], entities: list[Json], length: int, at: int) -> None:
    if not stack or stack[-1][0] != tag:
        raise BadRequest(f"can't parse entities: Unexpected end tag at byte offset {at}")
    _, begin, entity = stack.pop()
    if length > begin and entity:
        entities.append({"offset": begin, "length": length - begin} | entity)


def _entity(token: re.Match[str], stack: list[tuple[str, int, Json]]) -> Json:
    tag, attributes = token.group(2).lower(), _attributes(token.group(3))
    if tag == "code" and stack and stack[-1][0] == "pre":
        stack[-1][2]["language"] = attributes.get("class", "").removeprefix("language-")
        return {}
    if tag in _SIMPLE:
        return {"type": _SIMPLE[tag]}
    if tag == "a":
        return {"type": "text_link", "url": attributes.get("href", "")}
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
    if tag == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "span" and attributes.get("class") == "tg-spoiler":
        return {"type": "spoiler"}
    raise BadRequest(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {token.start()}')


def _attributes(source: str) -> dict[str, str]:
    found = {}
    for name, double, single, bare in _ATTRIBUTE.findall(source):
        found[name.lower()] = html.unescape(double or single or bare)
    return found
