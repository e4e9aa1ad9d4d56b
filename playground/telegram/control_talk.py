"""One person in one chat: what they do, and what they see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playground.kit.control_talk import Facing, file_values
from playground.telegram.control_types import Answer, Item, Json, Seen, Topic, seen, topic


def _id(message: Seen | int) -> int:
    return message if isinstance(message, int) else message.message_id


class Talk(Facing[Seen]):
    """See `control.py`. `how` everywhere: `reply_to` (message or id), `thread`, `extra` (raw message fields)."""

    def _reference(self, message: Seen | int) -> int:
        return _id(message)

    def _shown(self, chat: Json) -> list[Seen]:
        return [seen(view) for view in chat["messages"] if not view["deleted"]]

    def _line(self, message: Seen) -> str:
        return f"{message.from_name}: {message.text!r}"

    async def start(self, payload: str = "") -> Seen:
        """Press Start; also unblocks."""
        return seen(await self.act("start", payload=payload))

    async def write(self, text: str, entities: Sequence[Json] = (), **how: Any) -> Seen:
        """Write a text."""
        return seen(await self.act("write", text=text, entities=list(entities), **how))

    async def send(
        self, kind: str, size: int = 2048, data: bytes = b"", path: Path | None = None, caption: str = "", **how: Any
    ) -> Seen:
        """Send a file of a kind: made up of `size` bytes, or `data`, or what is at `path`. Also `name`, `mime`."""
        return seen(await self.act("send", kind=kind, caption=caption, **file_values(size, data, path), **how))

    async def album(self, items: Sequence[Item], **how: Any) -> list[Seen]:
        """Send several files as one album: one update for each part."""
        return [seen(view) for view in await self.act("album", items=[vars(item) for item in items], **how)]

    async def say(self, content: Json, **how: Any) -> Seen:
        """Send a message with these raw content fields."""
        return seen(await self.act("say", content=content, **how))

    async def location(self, latitude: float, longitude: float, **how: Any) -> Seen:
        """Send a place."""
        return await self.say({"location": {"latitude": latitude, "longitude": longitude}}, **how)

    async def venue(self, latitude: float, longitude: float, title: str, address: str, **how: Any) -> Seen:
        """Send a place with a name."""
        point = {"latitude": latitude, "longitude": longitude}
        return await self.say(
            {"venue": {"location": point, "title": title, "address": address}, "location": point}, **how
        )

    async def contact(self, phone_number: str, first_name: str, user_id: int = 0, **how: Any) -> Seen:
        """Send a contact; with the own `user_id` it is one's own number."""
        contact: Json = {"phone_number": phone_number, "first_name": first_name}
        return await self.say({"contact": contact | ({"user_id": user_id} if user_id else {})}, **how)

    async def poll(self, question: str, options: Sequence[str], **how: Any) -> Seen:
        """Send a poll."""
        return seen(await self.act("poll", question=question, options=list(options), **how))

    async def dice(self, emoji: str = "🎲", value: int = 4, **how: Any) -> Seen:
        """Throw a die."""
        return await self.say({"dice": {"emoji": emoji, "value": value}}, **how)

    async def edit(
        self, message: Seen | int, text: str, entities: Sequence[Json] = (), media: Json | None = None
    ) -> Seen:
        """Change an own message; `media` as {"kind": …, "size": …}."""
        changes = {"text": text, "entities": list(entities), "media": media}
        return seen(await self.act("edit", message_id=_id(message), **changes))

    async def delete(self, *messages: Seen | int) -> None:
        """Delete for everyone. A bot learns of it in business chats only."""
        await self.act("delete", message_ids=[_id(message) for message in messages])

    async def react(self, message: Seen | int, *reactions: str | Json) -> None:
        """Set all own reactions: emojis, or raw reaction types."""
        await self.act("react", message_id=_id(message), reactions=list(reactions))

    async def tap(self, label: str, message: Seen | int | None = None, seconds: float = 5) -> Answer:
        """Tap the button with this label (exact, else containing it); `seconds=0` waits for no answer."""
        number = None if message is None else _id(message)
        return Answer(**await self.act("tap", label=label, message_id=number, timeout=seconds))

    async def forge(self, message: Seen | int, data: str, seconds: float = 5) -> Answer:
        """A callback with any data, as a changed client could send it."""
        return Answer(**await self.act("tap", message_id=_id(message), data=data, timeout=seconds))

    async def block(self) -> None:
        """Block the bot."""
        await self.act("block", blocked=True)

    async def unblock(self) -> None:
        """Let the bot write again."""
        await self.act("block", blocked=False)

    async def create_topic(self, name: str, implicit: bool = False, force: bool = False) -> Topic:
        """A topic by the person; refused unless the bot allows it or `force`."""
        return topic(await self.act("create_topic", name=name, implicit=implicit, force=force))

    async def delete_topic(self, thread: int) -> None:
        """With all its messages; the bot is not told."""
        await self.act("delete_topic", thread=thread)

    async def break_topics(self, how: str, thread: int = 0) -> None:
        """`off`, `lose`, `main_chat`, or nothing to mend; with `thread` only that topic: `lose` or nothing."""
        await self.act("break_topics", how=how, thread=thread)

    async def messages(self, deleted: bool = False, last: int = 0) -> list[Seen]:
        """What is in the chat, oldest first; deleted ones only when asked for."""
        chat = await self.act("chat", last=last)
        return [seen(view) for view in chat["messages"] if deleted or not view["deleted"]]

    async def last(self) -> Seen:
        """The newest message that is no service message."""
        return [message for message in await self.messages() if not message.service][-1]

    async def seen(self, message: Seen | int) -> Seen:
        """The message as it is now, deleted or not; KeyError when it never was."""
        return {found.message_id: found for found in await self.messages(deleted=True)}[_id(message)]

    async def topics(self) -> list[Topic]:
        """The list of topics."""
        return [topic(view) for view in (await self.act("chat", last=1))["topics"]]

    async def actions(self) -> list[Json]:
        """The newest chat actions and drafts."""
        actions: list[Json] = (await self.act("chat", last=1))["actions"]
        return actions

    async def menu(self) -> list[str]:
        """The names of the commands in this person's menu."""
        return [item["command"] for item in await self.act("menu")]

    async def sounded(self) -> int:
        """How many messages of the bot made a sound so far."""
        return int(await self.act("sounded"))

    async def download(self, message: Seen) -> bytes:
        """The file of a message."""
        if message.media is None:
            raise ValueError("this message has no file")
        return await self._download(message.media.file)
