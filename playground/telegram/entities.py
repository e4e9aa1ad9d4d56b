"""Text and its entities: cleaning, trimming, checks in UTF-16 code units, detection, and the HTML parse mode.

The rules are TDLib's (`fix_formatted_text`, `clean_input_string`).
"""

from __future__ import annotations

import re
from typing import Any

from .errors import BadRequest
from .html_mode import parse_html

Json = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
MAX_RAW_BYTES = 32_768

_DIRTY = re.compile("[\x00-\x08\x0b-\x1f\u2028-\u202e]")
_DROPPED = re.compile("[\r\u2028-\u202e]")
_HINTS = re.compile(r"[/@#.:]")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<![\w@])@[A-Za-z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#\w*[^\W\d]\w*)"
    r"|(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)]|(?<![\w.@])(?:[\w-]+\.)+(?:com|org|net|ru|me|io|example)\b(?:/\S*)?)"
)
_TYPES = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)


def utf16(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_unicode(text: str) -> None:
    """A lone surrogate cannot be UTF-8, and Telegram refuses the string."""
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        raise BadRequest("strings must be encoded in UTF-8") from None


def formatted(text: str, mode: str, entities: list[Any], limit: int, too_long: str) -> tuple[str, list[Json]]:
    """Text ready to be stored. `limit` counts UTF-16 units after parsing; `too_long` words the refusal."""
    check_unicode(text)
    if mode:
        text, found = _parse(text, mode)
    else:
        found = [dict(check_entity(text, item)) for item in entities]
    text, found = clean(text, found)
    if utf16(text) > limit:
        raise BadRequest(too_long)
    return text, (found + detect(text) if _HINTS.search(text) else found)[:MAX_ENTITIES]


def _parse(text: str, mode: str) -> tuple[str, list[Json]]:
    if mode.lower() == "html":
        return parse_html(text)
    if mode.lower() in ("markdown", "markdownv2"):
        raise BadRequest(f"can't parse entities: the stand-in has no {mode}; send text with entities")
    raise BadRequest("unsupported parse_mode")


def check_entity(text: str, entity: Any) -> Json:
    """Refuse what TDLib refuses: wrong shapes, and offsets outside the text or inside a surrogate pair."""
    if not isinstance(entity, dict):
        raise BadRequest("can't parse MessageEntity: expected an Object")
    offset, length, kind = entity.get("offset"), entity.get("length"), entity.get("type")
    if not isinstance(offset, int) or not isinstance(length, int) or not isinstance(kind, str):
        raise BadRequest('can\'t parse MessageEntity: Can\'t find field "type", "offset" or "length"')
    if kind not in _TYPES:
        raise BadRequest(f'can\'t parse MessageEntity: Unsupported type "{kind}" specified')
    if offset < 0:
        raise BadRequest("receive an entity with incorrect offset")
    if length < 0:
        raise BadRequest("receive an entity with incorrect length")
    _check_bounds(text, offset, offset + length)
    return entity


def _check_bounds(text: str, begin: int, end: int) -> None:
    raw = text.encode("utf-16-le", "surrogatepass")
    size = len(raw) // 2
    where = f"entity beginning at UTF-16 offset {begin}"
    if begin > size or end > size:
        raise BadRequest(f"{where} ends after the end of the text at UTF-16 offset {size}")
    for edge in (begin, end):
        if 0 < edge < size and 0xDC <= raw[2 * edge + 1] <= 0xDF:
            raise BadRequest(f"{where} {'begins' if edge == begin else 'ends'} in a middle of a UTF-16 symbol")


def clean(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Control characters become spaces, invisible separators vanish, the ends are trimmed; entities follow."""
    if _DIRTY.search(text):
        cuts = [utf16(text[: found.start()]) for found in _DROPPED.finditer(text)]
        text = _DIRTY.sub(" ", _DROPPED.sub("", text))
        entities = [_without(cuts, entity) for entity in entities]
    if text[:1].isspace() or text[-1:].isspace():
        return _trim(text, entities)
    return text, [entity for entity in entities if entity["length"] > 0]


def _without(cuts: list[int], entity: Json) -> Json:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    before = sum(cut < begin for cut in cuts)
    return entity | {"offset": begin - before, "length": end - sum(cut < end for cut in cuts) - begin + before}


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    size = utf16(text)
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] + entity["length"] - lead)
        if end > begin:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return text, kept


def detect(text: str) -> list[Json]:
    """What every client highlights by itself: commands, mentions, addresses, hashtags."""
    found = []
    for match in _FOUND.finditer(text):
        part = match.group()
        found.append({"offset": utf16(text[: match.start()]), "length": utf16(part), "type": match.lastgroup})
    return found
