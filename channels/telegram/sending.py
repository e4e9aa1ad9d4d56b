"""The calls of one bot, for ``channels.outbound``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from telegram import Bot, Message

from channels.outbound import Run
from channels.telegram.calls import Call, albums, has_new_file, to_edit, to_send, to_send_album
from channels.telegram.capabilities import CAPABILITIES
from channels.telegram.outcomes import outcome_of
from sales.channels import Capabilities
from sales.messages import Content, MessageKind
from sales.outbox import Outcome, Refused, Row, Sent
from sales.views.outgoing import Part, Receiver

Target = Callable[[str], Mapping[str, Any]]
"""The arguments that say where a call goes, from a conversation's address."""


def own_chat(address: str) -> Mapping[str, Any]:
    """The bot's own chat with somebody."""
    return {"chat_id": int(address)}


class TelegramWire:
    """Implements ``channels.outbound.Wire``."""

    def __init__(self, bot: Bot, target: Target = own_chat, capabilities: Capabilities = CAPABILITIES) -> None:
        self.capabilities = capabilities
        self._bot = bot
        self._target = target

    def runs(self, kinds: Sequence[MessageKind]) -> Sequence[range]:
        return albums(kinds)

    def fit(self, part: Part) -> Part:
        """A photo too big to be sent as one goes as a file."""
        size = part.media.size if part.media is not None else None
        if part.content.kind is not MessageKind.PHOTO or (size or 0) <= self.capabilities.sizes[MessageKind.PHOTO]:
            return part
        return replace(part, content=replace(part.content, kind=MessageKind.DOCUMENT))

    async def send(self, run: Run) -> tuple[str, ...]:
        contents = [part.content for part in run.parts]
        if len(contents) == 1:
            return _ids([await self._call(run.to, to_send(contents[0], run.files[0], run.reply_to))])
        present = [file for file in run.files if file is not None]
        return _ids(await self._call(run.to, to_send_album(contents, present, run.reply_to)))

    async def say(self, to: Receiver, text: str, reply_to: str | None, row: Row) -> str:
        answer = await self._call(to, to_send(Content(MessageKind.TEXT, text), None, reply_to))
        return _ids([answer])[0]

    def needs_file(self, part: Part) -> bool:
        return has_new_file(part.content, part.former)

    async def edit(self, to: Receiver, part: Part, file: BinaryIO | None) -> Outcome:
        call = to_edit(part.content, file, int(part.external_id or 0))
        if call is None:
            return Refused("unsupported", f"a {part.content.kind} can't be edited")
        await self._call(to, call)
        return Sent()

    async def delete(self, to: Receiver, external_id: str) -> Outcome:
        await self._call(to, Call("delete_message", {"message_id": int(external_id)}))
        return Sent()

    async def react(self, to: Receiver, external_id: str, emoji: str | None) -> Outcome:
        about = {"message_id": int(external_id), "reaction": emoji}
        await self._call(to, Call("set_message_reaction", about))
        return Sent()

    def outcome_of(self, error: Exception, row: Row) -> Outcome:
        return outcome_of(error, row)

    async def _call(self, to: Receiver, call: Call) -> Any:
        return await getattr(self._bot, call.method)(**self._target(to.address), **call.arguments)


def _ids(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(str(message.message_id) for message in messages)
