"""Every kind of channel × everything that can be said or done × both ways: it is as ``docs/channels.md`` says.

One process serves all the channels for the whole module. Anna owns a client on each; a row is one story.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from playground.telegram.control import Control
from playground.telegram.options import Options
from playground.telegram.server import Server
from sales.messages import MessageKind
from tests.end_to_end.conftest import TEAM, World
from tests.end_to_end.house import ADMIN, SHOP_TOKEN, STAFF_TOKEN, House
from tests.end_to_end.matrix import FILES, PAGE, Becomes, Cannot, Row, Way, What, Works, matrix, page
from tests.end_to_end.scenes import ACCEPT, card, quiet, rows, said
from tests.end_to_end.shops import on_business_api, on_linked_phone
from tests.end_to_end.sides import (
    PHONE,
    PLACE,
    File,
    Heard,
    InTopic,
    Look,
    OnBusinessApi,
    OnTelegram,
    OnWhatsApp,
    Side,
    wait_for,
)
from tests.end_to_end.trouble import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSINESS_TOKEN = "902:account-bot-token-ccccccccccccccccccccc"
CAPTIONED = frozenset({MessageKind.PHOTO, MessageKind.VIDEO, MessageKind.DOCUMENT})
HEADS = {
    MessageKind.VOICE: b"OggS\0\0\0\0OpusHead\1\1",
    MessageKind.STICKER: b"RIFF\0\0\0\0WEBPVP8 ",
}
"""How files begin that are looked into: opus with one channel, a picture that stands still."""
ROWS = [row for row in matrix() if not isinstance(row.promise, Cannot) or row.promise.tried]


@dataclass
class Chat:
    """A client on one channel, and Anna in their topic. ``number`` makes what a row says unlike all others."""

    world: World
    row: Row
    number: int
    speaker: Side
    listener: Side

    @property
    def words(self) -> str:
        return f"number {self.number}"

    async def quiet(self) -> None:
        """Until what was said has left. Not until the header above the chat shows it: that takes its time."""
        left = "select 1 from outbox where state in ('queued', 'sending') and kind != 'header' limit 1"
        await until(lambda: rows(self.world.house, left) == [])

    async def hears(self, look: Look) -> Heard:
        return await wait_for(self.listener, lambda heard: not heard.mine and look(heard))

    async def asked(self) -> tuple[Heard, Heard]:
        """Something that the listener has said: as they see it, and as the speaker does."""
        question = f"What of {self.words}?"
        await self.listener.write(question)
        there = await wait_for(self.speaker, lambda heard: not heard.mine and question in heard.text)
        await self.quiet()
        return await wait_for(self.listener, lambda heard: heard.mine and question in heard.text), there

    async def told(self, text: str) -> tuple[int | str, Heard]:
        """Something that the speaker has said: its id with them, and how it is heard."""
        mine = await self.speaker.write(text)
        heard = await self.hears(lambda one: text in one.text)
        await self.quiet()
        return mine, heard

    async def refused(self, cannot: Cannot, about: Heard | None = None) -> None:
        """The rep is told, in these words. A client is not: what they do is not known, and what Anna sees stays."""
        if self.row.way is Way.OUT:
            await wait_for(self.speaker, lambda heard: not heard.mine and cannot.words in heard.text)
            return
        await self.told(f"after {self.words}")
        heard = await self.listener.wait_until(lambda all_: True)
        assert about is None or about in heard


@dataclass
class Stage:
    """Who talks with whom: by kind of channel, the client and Anna."""

    world: World
    sides: Mapping[str, tuple[Side, Side]]

    def chat(self, row: Row) -> Chat:
        client, anna = self.sides[row.channel]
        speaker, listener = (client, anna) if row.way is Way.IN else (anna, client)
        return Chat(self.world, row, 1000 + ROWS.index(row), speaker, listener)


# --- the stage ---


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as open_:
        world = await _world(open_, seeded, tmp_path_factory.mktemp("matrix") / "house")
        account = await _account(world)
        cloud = await open_.enter_async_context(on_business_api(world))
        linked = await open_.enter_async_context(on_linked_phone(world))
        await world.anna.start()
        clients: dict[str, Side] = {
            "telegram": OnTelegram(await world.customer(501, "Tess")),
            "telegram_business": await account(),
            "whatsapp_cloud": OnBusinessApi((await cloud.meta.person("15551234567", "Cleo")).chat(cloud.number)),
            "whatsapp_linked": OnWhatsApp((await linked.waha.person("79161112233", "Liam")).chat(linked.phone)),
        }
        yield Stage(
            world, {channel: (client, await _accepted(world, client, channel)) for channel, client in clients.items()}
        )


async def _world(open_: AsyncExitStack, seeded: Path, folder: Path) -> World:
    """As ``conftest.world``, for a whole module."""
    shutil.copytree(seeded, folder)
    server = await open_.enter_async_context(Server(Options(limits=False)))
    telegram = await open_.enter_async_context(Control(server.url))
    staff_bot = await telegram.bot(STAFF_TOKEN, username="staff_bot", topics=True)
    shop_bot = await telegram.bot(SHOP_TOKEN, username="shop_bot")
    talks = {name: (await telegram.person(id_, shown)).chat(staff_bot) for name, (id_, shown, _) in TEAM.items()}
    admin = (await telegram.person(ADMIN, "Ada")).chat(staff_bot)
    house = House(folder, server.url)
    open_.callback(house.kill)
    return World(house, telegram, server, staff_bot, shop_bot, admin=admin, **talks)


async def _account(world: World) -> Callable[[], Awaitable[Side]]:
    """An account with a bot in it; what is given back makes Zoe, who writes to it, as soon as the process runs."""
    bot = await world.telegram.bot(BUSINESS_TOKEN, username="account_bot", business=True)
    add = ("channel", "add", "telegram_business", "--name", "Olga", "--token", BUSINESS_TOKEN)
    await asyncio.to_thread(world.house.command, *add)
    olga, zoe = await world.telegram.person(900, "Olga"), await world.telegram.person(502, "Zoe")

    async def connected() -> Side:
        connection = await world.telegram.connect(bot, olga)
        return OnTelegram(zoe.chat(bot, connection=connection), lambda message: message.from_id == zoe.id)

    return connected


async def _accepted(world: World, client: Side, channel: str) -> Side:
    """Anna in the client's topic."""
    words = f"Hello by {channel}"
    await client.write(words)
    await world.anna.tap(ACCEPT, await world.anna.wait_for(card(words)))
    shown = await world.anna.wait_for(said(words))
    await quiet(world)
    return InTopic(world.anna, how={"thread": shown.thread_id})


# --- what is said ---


async def _text(chat: Chat) -> None:
    await chat.told(f"Of {chat.words}.")


async def _formatting(chat: Chat) -> None:
    text = f"🦊 {chat.words} and more"
    await chat.speaker.write(text, bold=chat.words)
    heard = await chat.hears(lambda one: chat.words in one.text)
    if isinstance(chat.row.promise, Works):
        assert text in heard.text
        assert chat.words in heard.bold
    else:
        assert text.replace(chat.words, f"*{chat.words}*") in heard.text


async def _file(chat: Chat) -> None:
    kind = MessageKind(chat.row.what)
    data = (HEADS.get(kind, b"") + str(chat.number).encode() * chat.number)[: chat.number]
    words = chat.words if kind in CAPTIONED else ""
    name = f"price list {chat.number}.pdf" if kind is MessageKind.DOCUMENT else ""
    await chat.speaker.send(File(kind, data, words, name))
    promise = chat.row.promise
    arrives = promise.kind if isinstance(promise, Becomes) else kind
    heard = await chat.hears(lambda one: one.kind == arrives and one.size == len(data))
    assert await chat.listener.download(heard.id) == data
    assert words in heard.text
    assert not name or heard.name == name


async def _album(chat: Chat) -> None:
    data = [f"{place} of {chat.number}".encode() * 99 for place in "12"]
    await chat.speaker.send_album([File(MessageKind.PHOTO, one, chat.words) for one in data])
    sizes = {len(one) for one in data}
    pictures: list[Heard] = []

    def all_there(heard: object) -> bool:
        assert isinstance(heard, list)
        pictures[:] = [one for one in heard if not one.mine and chat.words in one.text and one.size in sizes]
        return len(pictures) == len(data)

    await chat.listener.wait_until(all_there)
    assert [await chat.listener.download(one.id) for one in pictures] == data
    together = len({one.album for one in pictures}) == 1 and pictures[0].album != ""
    assert together == isinstance(chat.row.promise, Works)


async def _location(chat: Chat) -> None:
    await chat.speaker.send_place()
    assert (await chat.hears(lambda one: one.place is not None)).place == PLACE


async def _contact(chat: Chat) -> None:
    await chat.speaker.send_contact()
    assert PHONE in (await chat.hears(lambda one: one.phone != "")).phone


async def _call(chat: Chat) -> None:
    await chat.speaker.call()
    await chat.hears(lambda one: "missed call" in one.text)


async def _unsupported(chat: Chat) -> None:
    await chat.speaker.send_poll()
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise)
    else:
        await chat.hears(lambda one: "📊 Poll" in one.text)


# --- what is done ---


async def _reply(chat: Chat) -> None:
    question, there = await chat.asked()
    await chat.speaker.write(f"Answer to {chat.words}", reply_to=there.id)
    assert (await chat.hears(lambda one: f"Answer to {chat.words}" in one.text)).reply_to == question.id


async def _edit(chat: Chat) -> None:
    mine, heard = await chat.told(f"Blue {chat.words}")
    await chat.speaker.edit(mine, f"Green {chat.words}")
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, heard)
    else:
        await chat.hears(lambda one: one.id == heard.id and f"Green {chat.words}" in one.text)


async def _delete(chat: Chat) -> None:
    mine, heard = await chat.told(f"Forget {chat.words}")
    await chat.speaker.delete(mine)
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, heard)
    else:
        await chat.listener.wait_until(lambda all_: all(one.deleted for one in all_ if one.id == heard.id))


async def _react(chat: Chat) -> None:
    question, there = await chat.asked()
    await chat.speaker.react(there.id, "🔥")
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, question)
    else:
        await wait_for(chat.listener, lambda one: one.id == question.id and one.emojis == ("🔥",))


STORIES: Mapping[What, Callable[[Chat], Awaitable[None]]] = {
    **dict.fromkeys(FILES, _file),
    What.TEXT: _text,
    What.FORMATTING: _formatting,
    What.LOCATION: _location,
    What.CONTACT: _contact,
    What.ALBUM: _album,
    What.REPLY: _reply,
    What.EDIT: _edit,
    What.DELETE: _delete,
    What.REACTION: _react,
    What.CALL: _call,
    What.UNSUPPORTED: _unsupported,
}


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_it_is_as_the_docs_say(stage: Stage, row: Row) -> None:
    await STORIES[row.what](stage.chat(row))


async def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.end_to_end.matrix"
