"""Every kind of channel × everything that can be said or done × both ways: it is as ``docs/channels.md`` says.

One process serves all the channels for the whole module (so no other worker takes a part of it). Anna owns a client on
each; a row is one story.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from sales.messages import MessageKind
from tests.end_to_end.conftest import World
from tests.end_to_end.matrix import BIG_FILE, FILES, Becomes, Cannot, Row, Way, What, Works, matrix
from tests.end_to_end.matrix_page import PAGE, page
from tests.end_to_end.scenes import rows
from tests.end_to_end.sides import PHONE, PLACE, File, Heard, Look, MessageId, Side, wait_for
from tests.end_to_end.stage import Stage, set_up
from tests.end_to_end.trouble import until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("matrix")]

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

    async def told(self, text: str) -> tuple[MessageId, Heard]:
        """Something that the speaker has said: its id with them, and how it is heard."""
        mine = await self.speaker.write(text)
        heard = await self.hears(lambda one: text in one.text)
        await self.quiet()
        return mine, heard

    async def refused(self, cannot: Cannot, about: MessageId, seen: Heard | None = None) -> None:
        """The rep is told under their words. A client is not: nobody knows what they did, and what was seen stays."""
        if self.row.way is Way.OUT:
            told = await wait_for(self.speaker, lambda heard: not heard.mine and heard.reply_to == about)
            assert cannot.words in told.text
            return
        await self.told(f"after {self.words}")
        assert seen in await self.listener.wait_until(lambda all_: True)


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


async def _big_file(chat: Chat) -> None:
    mine = await chat.speaker.send(File(MessageKind.DOCUMENT, size=BIG_FILE + chat.number))
    if not isinstance(chat.row.promise, Cannot):
        heard = await chat.hears(lambda one: one.size == BIG_FILE + chat.number)
        assert await chat.listener.download(heard.id) == await chat.speaker.download(mine)
    elif chat.row.way is Way.OUT:
        await chat.refused(chat.row.promise, mine)
    else:
        words = chat.row.promise.words
        await chat.hears(lambda one: words in one.text)


async def _album(chat: Chat) -> None:
    data = [f"{place} of {chat.number}".encode() * 99 for place in "12"]
    await chat.speaker.send_album([File(MessageKind.PHOTO, one, chat.words) for one in data])

    def pictures_in(all_: Sequence[Heard]) -> list[Heard]:
        return [one for one in all_ if not one.mine and chat.words in one.text and one.kind == MessageKind.PHOTO]

    pictures = pictures_in(await chat.listener.wait_until(lambda all_: len(pictures_in(all_)) == len(data)))
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
    poll = await chat.speaker.send_poll()
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, poll)
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
        await chat.refused(chat.row.promise, mine, heard)
    else:
        await chat.hears(lambda one: one.id == heard.id and f"Green {chat.words}" in one.text)


async def _delete(chat: Chat) -> None:
    mine, heard = await chat.told(f"Forget {chat.words}")
    await chat.speaker.delete(mine)
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, mine, heard)
    else:
        await chat.listener.wait_until(lambda all_: all(one.deleted for one in all_ if one.id == heard.id))


async def _react(chat: Chat) -> None:
    question, there = await chat.asked()
    await chat.speaker.react(there.id, "🔥")
    if isinstance(chat.row.promise, Cannot):
        await chat.refused(chat.row.promise, there.id, question)
    else:
        await wait_for(chat.listener, lambda one: one.id == question.id and one.emojis == ("🔥",))


STORIES: Mapping[What, Callable[[Chat], Awaitable[None]]] = {
    **dict.fromkeys(FILES, _file),
    What.BIG_FILE: _big_file,
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as open_:
        yield await set_up(open_, seeded, tmp_path_factory.mktemp("matrix") / "house")


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_it_is_as_the_docs_say(stage: Stage, row: Row) -> None:
    client, anna = stage.sides[row.channel]
    speaker, listener = (client, anna) if row.way is Way.IN else (anna, client)
    await STORIES[row.what](Chat(stage.world, row, 1000 + ROWS.index(row), speaker, listener))


async def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.end_to_end.matrix_page"
