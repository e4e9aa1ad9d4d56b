"""The calls of one number, for ``channels.outbound``."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import BinaryIO, TypeVar

from channels.outbound import Run
from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.bodies import Body, say, say_text, to_mark_read, to_react, to_send
from channels.whatsapp_cloud.capabilities import CAPABILITIES
from channels.whatsapp_cloud.client import Answered, AnswerLost, GraphClient, NotSent, WhatsAppError
from channels.whatsapp_cloud.media import WITHOUT_CAPTION, file_name, fit, looked_into, upload_mime
from channels.whatsapp_cloud.outcomes import StatusAwaited, outcome_of
from channels.whatsapp_text import with_marks
from sales.ids import ConversationId, OutboxId
from sales.messages import Content, MessageKind
from sales.outbox import Outcome, Refused, Row, Sent
from sales.ports import Transactions
from sales.views.outgoing import Part, Receiver, last_heard

log = logging.getLogger(__name__)

READ_PATIENCE = 5.0
"""Seconds that marking as read may hold an answer up."""
REMEMBERED = 500
_BAD_CONTEXT = frozenset({100, 131009})

UploadKey = tuple[str, str]
"""A file's SHA-256, and as what it was uploaded."""
K = TypeVar("K")


class WhatsAppWire:
    """Implements ``channels.outbound.Wire``."""

    capabilities = CAPABILITIES

    def __init__(self, graph: GraphClient, number_id: str, transactions: Transactions) -> None:
        self._graph = graph
        self._number_id = number_id
        self._transactions = transactions
        self._uploads: OrderedDict[UploadKey, str] = OrderedDict()
        self._read: OrderedDict[ConversationId, str] = OrderedDict()
        self._left: OrderedDict[OutboxId, str] = OrderedDict()
        self._awaited: OrderedDict[OutboxId, str] = OrderedDict()

    def runs(self, kinds: Sequence[MessageKind]) -> Sequence[range]:
        """There are no albums: neighbours appear as one by themselves when they come quickly."""
        return [range(place, place + 1) for place in range(len(kinds))]

    def fit(self, part: Part) -> Part:
        return with_marks(fit(part))

    async def send(self, run: Run) -> tuple[str, ...]:
        self._await_status(run.row)
        part, file = run.parts[0], run.files[0]
        content = looked_into(part.content, file) if file is not None else part.content
        await self._mark_read(run.to)
        if file is None:
            return (await self._message(run.to, say(content, None), run.reply_to, run.row.id),)
        if not content.text or content.kind not in WITHOUT_CAPTION:
            return (await self._with_file(run, part, content, file, run.row.id),)
        return (await self._with_words_below(run, part, content, file),)

    def _await_status(self, row: Row) -> None:
        """What was under way when Dibs ended may have left: a status would tell, and settle the row. Raises
        ``StatusAwaited``, once.
        """
        if row.uncertain and row.id not in self._awaited:
            _remember(self._awaited, row.id, "")
            raise StatusAwaited

    async def _with_file(self, run: Run, part: Part, content: Content, file: BinaryIO, row_id: OutboxId | None) -> str:
        """Where it is refused, it may be for the upload: the next attempt makes a new one."""
        key, media_id = await self._uploaded(part, content, file)
        try:
            return await self._message(run.to, say(content, media_id), run.reply_to, row_id)
        except Answered:
            self._uploads.pop(key, None)
            raise

    async def _with_words_below(self, run: Run, part: Part, content: Content, file: BinaryIO) -> str:
        """Audio and stickers have no caption: the words follow. A second attempt repeats only what is missing.

        Only the words carry the row: a status of the file's would settle it before they have left.
        """
        external_id = self._left.get(run.row.id)
        if external_id is None:
            external_id = await self._with_file(run, part, content, file, None)
            _remember(self._left, run.row.id, external_id)
        await self._message(run.to, say_text(content.text), None, run.row.id)
        self._left.pop(run.row.id, None)
        return external_id

    async def say(self, to: Receiver, text: str, reply_to: str | None, row: Row) -> str:
        return await self._message(to, say_text(text), reply_to, row.id)

    def needs_file(self, part: Part) -> bool:
        return False

    async def edit(self, to: Receiver, part: Part, file: BinaryIO | None) -> Outcome:
        return Refused("unsupported", "WhatsApp's business API can't change what was sent")

    async def delete(self, to: Receiver, external_id: str) -> Outcome:
        return Refused("unsupported", "WhatsApp's business API can't take back what was sent")

    async def react(self, to: Receiver, external_id: str, emoji: str | None) -> Outcome:
        await self._graph.post(self._messages, to_react(to.address, external_id, emoji))
        return Sent()

    def outcome_of(self, error: Exception, row: Row) -> Outcome:
        if isinstance(error, AnswerLost):
            _remember(self._awaited, row.id, "")  # waits for its status already
        return outcome_of(error, row)

    @property
    def _messages(self) -> str:
        return f"{self._number_id}/messages"

    async def _message(self, to: Receiver, said: Body, reply_to: str | None, row_id: OutboxId | None) -> str:
        """The id it got. What was answered may be gone by now: what was written must arrive all the same."""
        try:
            answer = await self._graph.post(self._messages, to_send(to.address, row_id, reply_to, said))
        except Answered as error:
            if reply_to is None or error.code not in _BAD_CONTEXT or "context" not in error.words.lower():
                raise
            answer = await self._graph.post(self._messages, to_send(to.address, row_id, None, said))
        return _sent_id(answer)

    async def _uploaded(self, part: Part, content: Content, file: BinaryIO) -> tuple[UploadKey, str]:
        """What it is remembered by, and its media id. Ids live for 30 days, so the same price list for another client
        needs no upload.
        """
        size = (part.media.size if part.media is not None else None) or 0
        mime = upload_mime(content, size)
        key = ((part.media.sha256 if part.media is not None else None) or "", mime)
        known = self._uploads.get(key) if key[0] else None
        if known is not None:
            return key, known
        file.seek(0)
        answer = await self._graph.upload(f"{self._number_id}/media", file, file_name(content), mime)
        media_id = answer.maybe_text("id")
        if not media_id:
            raise NotSent("no media id in the answer")
        _remember(self._uploads, key, media_id)
        return key, media_id

    async def _mark_read(self, to: Receiver) -> None:
        """Staff answer, so they have read. Once for each message of the client's; it never hinders the answer."""
        heard = await self._transactions.read(last_heard(to.conversation_id))
        if heard is None or self._read.get(to.conversation_id) == heard:
            return
        _remember(self._read, to.conversation_id, heard)
        try:
            async with asyncio.timeout(READ_PATIENCE):
                await self._graph.post(self._messages, to_mark_read(heard))
        except (WhatsAppError, TimeoutError) as error:
            log.info("conversation %d: not marked as read: %s", to.conversation_id, type(error).__name__)


def _sent_id(answer: Node) -> str:
    """Raises ``AnswerLost`` for what is no answer of Meta's."""
    try:
        return next(answer.nodes("messages")).text("id")
    except (Anomalous, StopIteration) as error:
        raise AnswerLost("no message id in the answer") from error


def _remember(known: OrderedDict[K, str], key: K, value: str) -> None:
    """The newest ``REMEMBERED``: enough to spare calls, and little to keep."""
    known[key] = value
    known.move_to_end(key)
    while len(known) > REMEMBERED:
        known.popitem(last=False)
