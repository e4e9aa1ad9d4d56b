"""Rows of the outbox on their way to clients: what is the same on every platform.

What is sent is read at this moment, not when the row was made. Each kind of channel gives a ``Wire``: its calls, and
what its answers mean.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from channels.loopback import loop_back
from sales.channels import Capabilities
from sales.ids import MessageId
from sales.messages import MediaState, MessageKind
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowKind, Sent
from sales.ports import Transactions
from sales.ports.files import FileGone, MediaStore
from sales.use_cases.row_payload import conversation_of, message_of
from sales.views.outgoing import (
    Outgoing,
    Part,
    Receiver,
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


@dataclass(frozen=True, slots=True)
class Run:
    """Parts that leave in one call. ``files`` are open handles, closed by the caller; ``None`` for parts without one.

    ``reply_to`` is the platform's id of the answered message; ``row`` the row they leave for.
    """

    to: Receiver
    parts: Sequence[Part]
    files: Sequence[BinaryIO | None]
    reply_to: str | None
    row: Row


class Wire(Protocol):
    """One platform's calls. They raise what ``outcome_of`` understands."""

    capabilities: Capabilities

    def runs(self, kinds: Sequence[MessageKind]) -> Sequence[range]:
        """Neighbours that may leave in one call."""

    def fit(self, part: Part) -> Part:
        """The same in a form that the platform takes (a photo too big to be one goes as a file)."""

    async def send(self, run: Run) -> tuple[str, ...]:
        """The platform's ids, one per part."""

    async def say(self, to: Receiver, text: str, reply_to: str | None, row: Row) -> str:
        """What Dibs itself says to a client."""

    def needs_file(self, part: Part) -> bool:
        """Whether an edit of this part has to upload its file again."""

    async def edit(self, to: Receiver, part: Part, file: BinaryIO | None) -> Outcome: ...
    async def delete(self, to: Receiver, external_id: str) -> Outcome: ...
    async def react(self, to: Receiver, external_id: str, emoji: str | None) -> Outcome: ...
    def outcome_of(self, error: Exception, row: Row) -> Outcome:
        """What an error of the platform means for a row. Raises what is a mistake of ours."""


class Outbound:
    """Sends what a row names. ``words`` puts what Dibs itself says into words, by name."""

    def __init__(
        self, wire: Wire, transactions: Transactions, store: MediaStore, words: Callable[[str], str | None]
    ) -> None:
        self._wire = wire
        self._transactions = transactions
        self._store = store
        self._words = words

    async def send(self, row: Row) -> Outcome:
        """Never raises for what the platform does."""
        try:
            return await self._dispatch(row)
        except (FileGone, FileNotFoundError):
            return Refused("gone", "the file is no longer kept")
        except Exception as error:
            return self._wire.outcome_of(error, row)

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

    # --- messages ---

    async def _message(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_message(message_of(row)))
        if outgoing is None:
            return GONE
        deleted = [part.message_id for part in outgoing.parts if part.deleted]
        if deleted:
            await self._transactions.write(parts_dropped(deleted))
        parts = [self._wire.fit(part) for part in outgoing.parts if not part.deleted]
        if not parts:
            return Dropped("deleted before it left, or sent already")
        if outgoing.to.test:
            return loop_back(row, len(parts))
        if outgoing.shut and any(part.content.template is None for part in parts):
            return Refused("window", "the client has not written for too long")
        return self._hindrance(parts) or await self._parts(row, outgoing, parts)

    async def _parts(self, row: Row, outgoing: Outgoing, parts: Sequence[Part]) -> Sent:
        """All of them, in as few calls as the platform allows. What has left of several calls is noted at once.

        ``Sent`` names the ids of the last call only: settling counts from the parts that are still queued.
        """
        runs = self._wire.runs([part.content.kind for part in parts])
        for place, run in enumerate(runs):
            reply_to = outgoing.reply_to if place == 0 else None
            sent = await self._run(row, outgoing.to, parts[run.start : run.stop], reply_to)
            if place == len(runs) - 1:
                return Sent(sent)
            for part, external_id in zip(parts[run.start : run.stop], sent, strict=True):
                await self._transactions.write(part_left(part.message_id, external_id))
        raise AssertionError("no parts")

    async def _run(self, row: Row, to: Receiver, parts: Sequence[Part], reply_to: str | None) -> tuple[str, ...]:
        with ExitStack() as opened:
            files = [self._open(opened, part) for part in parts]
            return await self._wire.send(Run(to, parts, files, reply_to, row))

    def _open(self, opened: ExitStack, part: Part) -> BinaryIO | None:
        """The stored file, closed with ``opened``. Raises FileNotFoundError when it has been tidied away."""
        if part.media is None or part.media.sha256 is None:
            return None
        return opened.enter_context(self._store.path(part.media.sha256).open("rb"))

    # --- changes ---

    async def _edit(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_change(message_of(row)))
        if outgoing is None:
            return GONE
        part = outgoing.parts[0]
        if part.external_id is None or part.deleted:
            return Dropped("never sent, or deleted")
        if outgoing.to.test:
            return loop_back(row)
        return await self._change(outgoing.to, part)

    async def _change(self, to: Receiver, part: Part) -> Outcome:
        """The file is needed only where it changed; by now the store may have tidied it away."""
        new_file = self._wire.needs_file(part)
        hindrance = self._too_much(part) or (self._file_hindrance(part) if new_file else None)
        if hindrance is not None:
            return hindrance
        with ExitStack() as opened:
            return await self._wire.edit(to, part, self._open(opened, part) if new_file else None)

    async def _delete(self, row: Row) -> Outcome:
        outgoing = await self._transactions.read(outgoing_change(message_of(row)))
        if outgoing is None or outgoing.parts[0].external_id is None:
            return GONE
        if outgoing.to.test:
            return Sent()
        return await self._wire.delete(outgoing.to, outgoing.parts[0].external_id)

    async def _react(self, row: Row) -> Outcome:
        reacting = await self._transactions.read(outgoing_reaction(message_of(row)))
        if reacting is None or reacting.external_id is None:
            return GONE
        emoji = reacting.reaction.replace("\ufe0f", "") if reacting.reaction is not None else None
        known = self._wire.capabilities.reactions
        if emoji is not None and known is not None and emoji not in known:
            return Refused("unsupported", f"{self._wire.capabilities.title} has no such reaction")
        if reacting.to.test:
            return Sent()
        return await self._wire.react(reacting.to, reacting.external_id, emoji)

    async def _text(self, row: Row) -> Outcome:
        reply_to = row.payload.get("reply_to")
        answered = MessageId(int(reply_to)) if reply_to is not None else None
        found = await self._transactions.read(outgoing_text(conversation_of(row), answered))
        text = row.payload.get("text") or self._words(str(row.payload.get("name")))
        if found is None or not isinstance(text, str):
            return Dropped("nobody to say it to, or nothing to say")
        to, external_id = found
        if to.test:
            return loop_back(row)
        return Sent((await self._wire.say(to, text, external_id, row),))

    # --- what stands in the way ---

    def _hindrance(self, parts: Sequence[Part]) -> Outcome | None:
        """Why these can't be sent, or not yet. Looked at before the first call, so that no half of an album leaves."""
        for part in parts:
            reason = self._too_much(part) or self._file_hindrance(part)
            if reason is not None:
                return reason
        return None

    def _too_much(self, part: Part) -> Outcome | None:
        """Counted in characters; what slips through is refused by the platform."""
        content, can = part.content, self._wire.capabilities
        if content.kind not in can.kinds:
            return Refused("unsupported", content.label or str(content.kind))
        limit = can.text_limit if content.file is None else can.caption_limit
        if len(content.text) > limit:
            return Refused("too_long", f"{len(content.text)} of {limit} characters")
        return None

    def _file_hindrance(self, part: Part) -> Outcome | None:
        media, kind = part.media, part.content.kind
        if part.content.file is None:
            return None
        if media is None or media.state in (MediaState.FAILED, MediaState.EXPIRED):
            return Refused("gone", "the file could not be fetched")
        if media.state is MediaState.WANTED:
            return Retry("its file is still on its way", FILE_WAIT)
        if media.state is MediaState.TOO_BIG or (media.size or 0) > self._wire.capabilities.sizes[kind]:
            return Refused("too_big", f"{media.size or media.remote.size} bytes")
        return None
