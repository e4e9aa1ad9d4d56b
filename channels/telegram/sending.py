"""Rows of the outbox, sent to clients of one bot. What is sent is read at this moment, not when the row was made."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, BinaryIO

from telegram import Bot, Message

from channels.loopback import loop_back
from channels.telegram.calls import Call, albums, has_new_file, to_edit, to_send, to_send_album
from channels.telegram.capabilities import CAPABILITIES, REACTIONS
from channels.telegram.client import AnswerLost, ApiError, NotSent
from channels.telegram.outcomes import outcome_of
from sales.ids import ConversationId, MessageId
from sales.messages import Content, MediaState, MessageKind
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowKind, Sent
from sales.ports import Transactions
from sales.ports.files import FileGone, MediaStore
from sales.views.outgoing import (
    Outgoing,
    Part,
    outgoing_change,
    outgoing_message,
    outgoing_reaction,
    outgoing_text,
    part_left,
    parts_dropped,
)

FILE_WAIT = 1.0
"""Seconds until the row looks again for a file that is still on its way into the store."""

GONE = Dropped("it is no longer there")


class Sending:
    """Sends what a row names. ``words`` puts what Dibs itself says into words, by name."""

    def __init__(self, bot: Bot, transactions: Transactions, store: MediaStore, words: Callable[[str], str | None]):
        self._bot = bot
        self._transactions = transactions
        self._store = store
        self._words = words

    async def send(self, row: Row) -> Outcome:
        """Never raises for what Telegram does."""
        try:
            return await self._dispatch(row)
        except (ApiError, NotSent, AnswerLost) as error:
            return outcome_of(error, row)
        except (FileGone, FileNotFoundError):
            return Refused("gone", "the file is no longer kept")

    async def _dispatch(self, row: Row) -> Outcome:
        match row.kind:
            case RowKind.MESSAGE:
                return await self._message(row)
            case RowKind.EDIT:
                return await self._edit(row)
            case RowKind.DELETE:
                return await self._delete(row)
            case RowKind.REACT:
                return await self._react(row)
            case RowKind.TEXT:
                return await self._text(row)
        raise ValueError(f"a channel sends no {row.kind}")

    async def _message(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_message(_message_of(row)))
        if outgoing is None:
            return GONE
        deleted = [part.message_id for part in outgoing.parts if part.deleted]
        if deleted:
            await self._transactions.write(parts_dropped(deleted))
        parts = [_as_sendable(part) for part in outgoing.parts if not part.deleted]
        if not parts:
            return Dropped("deleted before it left, or sent already")
        if outgoing.to.test:
            return loop_back(row, len(parts))
        return _hindrance(parts) or await self._parts(outgoing, parts)

    async def _parts(self, outgoing: Outgoing, parts: Sequence[Part]) -> Sent:
        """All of them, in as few calls as Telegram allows. What has left of several calls is noted at once.

        ``Sent`` names the ids of the last call only: settling counts from the parts that are still queued.
        """
        runs = albums([part.content.kind for part in parts])
        for place, run in enumerate(runs):
            sent = await self._run(outgoing, parts[run.start : run.stop], outgoing.reply_to if place == 0 else None)
            if place == len(runs) - 1:
                return Sent(sent)
            for part, external_id in zip(parts[run.start : run.stop], sent, strict=True):
                await self._transactions.write(part_left(part.message_id, external_id))
        raise AssertionError("no parts")

    async def _run(self, outgoing: Outgoing, parts: Sequence[Part], reply_to: str | None) -> tuple[str, ...]:
        contents = [part.content for part in parts]
        with ExitStack() as opened:
            files = [self._open(opened, part) for part in parts]
            if len(parts) == 1:
                answer = await self._call(outgoing.to.address, to_send(contents[0], files[0], reply_to))
                return _ids([answer])
            present = [file for file in files if file is not None]
            return _ids(await self._call(outgoing.to.address, to_send_album(contents, present, reply_to)))

    async def _edit(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_change(_message_of(row)))
        if outgoing is None:
            return GONE
        part = outgoing.parts[0]
        if part.external_id is None or part.deleted:
            return Dropped("never sent, or deleted")
        if outgoing.to.test:
            return loop_back(row)
        return await self._change(outgoing.to.address, part, int(part.external_id))

    async def _change(self, address: str, part: Part, message_id: int) -> Outcome:
        """The file is needed only where it changed; by now the store may have tidied it away."""
        new_file = has_new_file(part.content, part.former)
        hindrance = _too_much(part) or (_file_hindrance(part) if new_file else None)
        if hindrance is not None:
            return hindrance
        with ExitStack() as opened:
            call = to_edit(part.content, self._open(opened, part) if new_file else None, message_id)
            if call is None:
                return Refused("unsupported", f"a {part.content.kind} can't be edited")
            await self._call(address, call)
        return Sent()

    async def _delete(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_change(_message_of(row)))
        if outgoing is None or outgoing.parts[0].external_id is None:
            return GONE
        if not outgoing.to.test:
            message_id = int(outgoing.parts[0].external_id)
            await self._call(outgoing.to.address, Call("delete_message", {"message_id": message_id}))
        return Sent()

    async def _react(self, row: Row) -> Outcome:
        reacting = await self._transactions.read(outgoing_reaction(_message_of(row)))
        if reacting is None or reacting.external_id is None:
            return GONE
        emoji = reacting.reaction.replace("\ufe0f", "") if reacting.reaction is not None else None
        if emoji is not None and emoji not in REACTIONS:
            return Refused("unsupported", "Telegram has no such reaction")
        if not reacting.to.test:
            about = {"message_id": int(reacting.external_id), "reaction": emoji}
            await self._call(reacting.to.address, Call("set_message_reaction", about))
        return Sent()

    async def _text(self, row: Row) -> Outcome:
        reply_to = row.payload.get("reply_to")
        answered = MessageId(int(reply_to)) if reply_to is not None else None
        found = await self._transactions.read(outgoing_text(_conversation_of(row), answered))
        text = row.payload.get("text") or self._words(str(row.payload.get("name")))
        if found is None or not isinstance(text, str):
            return Dropped("nobody to say it to, or nothing to say")
        to, external_id = found
        if to.test:
            return loop_back(row)
        content = Content(MessageKind.TEXT, text)
        return Sent(_ids([await self._call(to.address, to_send(content, None, external_id))]))

    async def _call(self, address: str, call: Call) -> Any:
        return await getattr(self._bot, call.method)(chat_id=int(address), **call.arguments)

    def _open(self, opened: ExitStack, part: Part) -> BinaryIO | None:
        """The stored file, closed with ``opened``. Raises FileNotFoundError when it has been tidied away."""
        if part.media is None or part.media.sha256 is None:
            return None
        return opened.enter_context(self._store.path(part.media.sha256).open("rb"))


def _as_sendable(part: Part) -> Part:
    """A photo too big to be sent as one goes as a file."""
    size = part.media.size if part.media is not None else None
    if part.content.kind is not MessageKind.PHOTO or (size or 0) <= CAPABILITIES.sizes[MessageKind.PHOTO]:
        return part
    return replace(part, content=replace(part.content, kind=MessageKind.DOCUMENT))


def _hindrance(parts: Sequence[Part]) -> Outcome | None:
    """Why these can't be sent, or not yet. Looked at before the first call, so that no half of an album leaves."""
    for part in parts:
        reason = _too_much(part) or _file_hindrance(part)
        if reason is not None:
            return reason
    return None


def _too_much(part: Part) -> Outcome | None:
    """Counted in characters, as Telegram counts; what slips through is refused by it."""
    content = part.content
    if content.kind not in CAPABILITIES.kinds:
        return Refused("unsupported", content.label or str(content.kind))
    limit = CAPABILITIES.text_limit if content.file is None else CAPABILITIES.caption_limit
    if len(content.text) > limit:
        return Refused("too_long", f"{len(content.text)} of {limit} characters")
    return None


def _file_hindrance(part: Part) -> Outcome | None:
    media, kind = part.media, part.content.kind
    if part.content.file is None:
        return None
    if media is None or media.state in (MediaState.FAILED, MediaState.EXPIRED):
        return Refused("gone", "the file could not be fetched")
    if media.state is MediaState.WANTED:
        return Retry("its file is still on its way", FILE_WAIT)
    if media.state is MediaState.TOO_BIG or (media.size or 0) > CAPABILITIES.sizes[kind]:
        return Refused("too_big", f"{media.size or media.remote.size} bytes")
    return None


def _ids(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(str(message.message_id) for message in messages)


def _message_of(row: Row) -> MessageId:
    return MessageId(int(row.payload["message_id"] or 0))


def _conversation_of(row: Row) -> ConversationId:
    return ConversationId(int(row.payload["conversation_id"] or 0))
