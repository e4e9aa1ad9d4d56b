"""What the gateway could not deliver: it gives a webhook up after half a minute, but keeps the chats.

Each message is put into the envelope in which it would have come, so it is read the same way and known by the same
update id: what had come after all changes nothing.
"""

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from channels.whatsapp_linked.client import AnswerLost, Gateway, in_path
from channels.whatsapp_linked.lookup import id_in
from channels.whatsapp_linked.names import no_person, to_chat
from sales.ids import Moment

log = logging.getLogger(__name__)

CHATS = 50
MESSAGES = 100
"""On a page."""
MOST_PAGES = 500
"""Of one list: a gateway that ignores ``offset`` must not keep us for ever."""


@dataclass(frozen=True, slots=True)
class Span:
    """``since`` when; files are loaded only from ``files_since`` on. A file of ours said after ``ours_until`` may be
    one that we are just sending, so it is left for the next time. ``all_chats``: to the end of the list, whatever its
    order; else up to the first page on which nothing is new (chats come with the newest first).
    """

    since: Moment
    files_since: Moment
    ours_until: Moment
    all_chats: bool

    def leaves(self, message: Mapping[str, object]) -> bool:
        """Engines that say what came by the API (``source``) leave no doubt."""
        at = message.get("timestamp")
        unsure = message.get("fromMe") is True and message.get("hasMedia") is True and message.get("source") is None
        return unsure and isinstance(at, int | float) and at * 1000 > self.ours_until


async def read_back(gateway: Gateway, span: Span) -> AsyncIterator[list[bytes]]:
    """Envelopes, chat by chat and page by page, the oldest of each chat first. Raises ``GatewayError``."""
    seen: set[str] = set()
    for page in range(MOST_PAGES):
        chats = await _list(gateway, "chats/overview", {"limit": str(CHATS), "offset": str(page * CHATS)})
        fresh = [chat for chat in dict.fromkeys(_changed(chats, span.since)) if chat not in seen]
        for chat in fresh:
            seen.add(chat)
            async for envelopes in _chat(gateway, chat, span):
                yield envelopes
        if len(chats) < CHATS or not (fresh or span.all_chats):
            return


def _changed(chats: list[Mapping[str, object]], since: Moment) -> Iterator[str]:
    """People's chats in which something was said since then, or where that is not told."""
    for chat in chats:
        chat_id, last = chat.get("id"), chat.get("lastMessage")
        if not isinstance(chat_id, str) or no_person(to_chat(chat_id)) is not None:
            continue
        at = last.get("timestamp") if isinstance(last, Mapping) else None
        if not isinstance(at, int | float) or at * 1000 >= since - 1000:
            yield to_chat(chat_id)


async def _chat(gateway: Gateway, chat: str, span: Span) -> AsyncIterator[list[bytes]]:
    """Its pages come with the newest first, so they are turned round."""
    for files, since, until in _halves(span):
        pages = [page async for page in _pages(gateway, chat, files, since, until)]
        for page in reversed(pages):
            yield [
                envelope
                for item in reversed(page)
                if not span.leaves(item)
                for envelope in _envelopes(gateway.session, item)
            ]


def _halves(span: Span) -> list[tuple[bool, int, int | None]]:
    """Whether with files, since when and until when, in seconds."""
    border = span.files_since // 1000
    if span.files_since <= span.since:
        return [(True, span.since // 1000, None)]
    return [(False, span.since // 1000, border - 1), (True, border, None)]


async def _pages(
    gateway: Gateway, chat: str, files: bool, since: int, until: int | None
) -> AsyncIterator[list[Mapping[str, object]]]:
    about = {"limit": str(MESSAGES), "downloadMedia": "true" if files else "false", "filter.timestamp.gte": str(since)}
    if until is not None:
        about["filter.timestamp.lte"] = str(until)
    known: set[str | None] = set()
    for page in range(MOST_PAGES):
        found = await _list(gateway, f"chats/{in_path(chat)}/messages", {**about, "offset": str(page * MESSAGES)})
        new = [item for item in found if id_in(item) not in known]
        known |= {id_in(item) for item in found}
        if new:
            yield new
        if len(found) < MESSAGES or not new:
            return
    log.warning("a chat has more messages than are read back")


def _envelopes(session: str, message: Mapping[str, object]) -> Iterator[bytes]:
    """The message, and for one of ours how far it has come."""
    yield _envelope(session, "message.any", "", message)
    if message.get("fromMe") is True and message.get("ack") in (-1, 2, 3, 4):
        ack = {name: message.get(name) for name in ("id", "from", "to", "fromMe", "ack", "_data")}
        yield _envelope(session, "message.ack", f"ack:{id_in(message)}:{message['ack']}", ack)


def _envelope(session: str, event: str, event_id: str, payload: Mapping[str, object]) -> bytes:
    return json.dumps({"id": event_id, "event": event, "session": session, "payload": payload}).encode()


async def _list(gateway: Gateway, rest: str, params: Mapping[str, str]) -> list[Mapping[str, object]]:
    found = await gateway.get(gateway.path(rest), params)
    if not isinstance(found, list):
        raise AnswerLost("no list")
    return [item for item in found if isinstance(item, Mapping)]
