"""The calls of one linked phone, for ``channels.outbound``: as a person would make them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import BinaryIO

from channels.outbound import Run
from channels.whatsapp_linked.calls import Call, goes_as_document, streamed, to_send, to_send_file, words
from channels.whatsapp_linked.capabilities import CAPABILITIES, MEDIA_LIMIT
from channels.whatsapp_linked.client import AnswerLost, Gateway, GatewayError, in_path
from channels.whatsapp_linked.lookup import Lookup, id_in
from channels.whatsapp_linked.names import OwnIds, full_name
from channels.whatsapp_linked.outcomes import outcome_of
from sales.ids import MessageId
from sales.messages import Content, MessageKind, same_file
from sales.outbox import Outcome, Refused, Row, Sent
from sales.views.outgoing import Part, Receiver

log = logging.getLogger(__name__)

SHORTEST_TYPING = 0.5
LONGEST_TYPING = 3.0
"""Seconds. Nobody types that fast, but the client waits."""
CHARACTERS_A_SECOND = 30


def typing_seconds(text: str) -> float:
    return min(max(len(text) / CHARACTERS_A_SECOND, SHORTEST_TYPING), LONGEST_TYPING)


class GatewayWire:
    """Implements ``channels.outbound.Wire``. ``typing`` says how many seconds a text is typed."""

    capabilities = CAPABILITIES

    def __init__(
        self, gateway: Gateway, own: OwnIds, lookup: Lookup, typing: Callable[[str], float] = typing_seconds
    ) -> None:
        self._gateway = gateway
        self._own = own
        self._lookup = lookup
        self._typing = typing

    def runs(self, kinds: Sequence[MessageKind]) -> Sequence[range]:
        """WAHA has no albums."""
        return [range(place, place + 1) for place in range(len(kinds))]

    def fit(self, part: Part) -> Part:
        """What can't be shown as what it is goes as a document."""
        if not goes_as_document(part, MEDIA_LIMIT):
            return part
        return replace(part, content=replace(part.content, kind=MessageKind.DOCUMENT))

    async def send(self, run: Run) -> tuple[str, ...]:
        part, file = run.parts[0], run.files[0]
        own_id = self._own.make(run.row.id, part.message_id)
        if run.row.uncertain:
            found = await self._lookup.sent(run.to, own_id, part.content, run.row)
            if found is not None:
                return (found,)
        reply_to = await self._answered(run.to, run.reply_to)
        await self._look_human(run.to, part.content, run.row)
        if file is not None:
            return (await self._upload(run.to, part.content, file, reply_to),)
        return (await self._post(run.to, to_send(part.content), own_id, reply_to),)

    async def say(self, to: Receiver, text: str, reply_to: str | None, row: Row) -> str:
        own_id, content = self._own.make(row.id, MessageId(0)), Content(MessageKind.TEXT, text)
        if row.uncertain:
            found = await self._lookup.sent(to, own_id, content, row)
            if found is not None:
                return found
        return await self._post(to, to_send(content), own_id, await self._answered(to, reply_to))

    def needs_file(self, part: Part) -> bool:
        return False

    async def edit(self, to: Receiver, part: Part, file: BinaryIO | None) -> Outcome:
        """Words and captions only."""
        if any(not same_file(version.file, part.content.file) for version in part.former):
            return Refused("unsupported", "a file can't be replaced")
        await self._gateway.call("PUT", self._path(to, part.external_id or ""), {"text": words(part.content)})
        return Sent()

    async def delete(self, to: Receiver, external_id: str) -> Outcome:
        await self._gateway.call("DELETE", self._path(to, external_id))
        return Sent()

    async def react(self, to: Receiver, external_id: str, emoji: str | None) -> Outcome:
        about = await self._answered(to, external_id)
        body = {"session": self._gateway.session, "messageId": about, "reaction": emoji or ""}
        await self._gateway.call("PUT", "api/reaction", body)
        return Sent()

    def outcome_of(self, error: Exception, row: Row) -> Outcome:
        return outcome_of(error, row)

    def _path(self, to: Receiver, external_id: str) -> str:
        """Of a message of ours."""
        name = full_name(True, to.address, external_id)
        return self._gateway.path(f"chats/{in_path(to.address)}/messages/{in_path(name)}")

    async def _answered(self, to: Receiver, external_id: str | None) -> str | None:
        """Its full name: whether it is ours, the books know."""
        if external_id is None:
            return None
        return full_name(await self._lookup.is_ours(to.conversation_id, external_id), to.address, external_id)

    async def _post(self, to: Receiver, call: Call, own_id: str, reply_to: str | None) -> str:
        body = {"chatId": to.address, **call.arguments, **_reply(reply_to)}
        if call.takes_id:
            body["id"] = own_id
        return _sent_id(await self._gateway.post(f"api/{call.method}", **body))

    async def _upload(self, to: Receiver, content: Content, file: BinaryIO, reply_to: str | None) -> str:
        call = to_send_file(content)
        about = {"session": self._gateway.session, "chatId": to.address, **call.arguments, **_reply(reply_to)}
        body, length = streamed(about, content, file)
        return _sent_id(await self._gateway.upload(f"api/{call.method}", body, length))

    async def _look_human(self, to: Receiver, content: Content, row: Row) -> None:
        """Read what was said; type a text for a while (WAHA, how to avoid blocking). A repeat was typed before.

        It is for looks, so it never keeps a message from being sent.
        """
        if row.attempts > 1:
            return
        try:
            await self._read(to)
            if content.kind is MessageKind.TEXT:
                await self._type(to, content.text)
        except GatewayError as error:
            log.info("row %d goes without typing: %s", row.id, type(error).__name__)

    async def _type(self, to: Receiver, text: str) -> None:
        await self._gateway.post("api/startTyping", chatId=to.address)
        await asyncio.sleep(self._typing(text))
        await self._gateway.post("api/stopTyping", chatId=to.address)

    async def _read(self, to: Receiver) -> None:
        last = await self._lookup.last_heard(to.conversation_id)
        if last is not None:
            names = [full_name(False, to.address, last)]
            await self._gateway.post("api/sendSeen", chatId=to.address, messageIds=names)


def _reply(reply_to: str | None) -> dict[str, object]:
    return {"reply_to": reply_to} if reply_to is not None else {}


def _sent_id(answer: object) -> str:
    """Raises ``AnswerLost`` for what names no message: it may have left."""
    found = id_in(answer)
    if found is None:
        raise AnswerLost("the answer names no message")
    return found
