"""The session is kept at work, and nothing of what was written is lost. Against the stand-in, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from json import dumps

import pytest

from channels.kinds import Surroundings
from channels.whatsapp_linked.adapter import LinkedAdapter
from playground.whatsapp_gateway.control import Account, Control, Talk
from sales.errors import Unavailable
from sales.ids import later
from sales.incoming import (
    AccountChanged,
    ClientMoved,
    ClientWrote,
    Delivered,
    Event,
    Ignored,
    Incoming,
    Malformed,
    WrittenOutside,
)
from sales.messages import MessageKind
from tests.channels.books import CHANNEL, Books
from tests.channels.whatsapp_linked.conftest import ANN, QUICK


@dataclass
class Ears:
    """What an adapter hands over, each update once, as the books would have it."""

    taken: list[Incoming] = field(default_factory=list)
    reports: list[str | None] = field(default_factory=list)
    refuses: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    seen: set[str] = field(default_factory=set)

    async def take(self, items: Sequence[Incoming | Malformed]) -> None:
        if self.refuses:
            self.refuses -= 1
            raise Unavailable("the disk is full")
        for item in items:
            assert isinstance(item, Incoming), item
            if item.update_id not in self.seen:
                self.seen.add(item.update_id)
                self.taken.append(item)
        self.news.set()

    async def report(self, problem: str | None) -> None:
        self.reports.append(problem)
        self.news.set()

    @property
    def events(self) -> list[Event]:
        return [item.event for item in self.taken if not isinstance(item.event, Ignored)]

    @property
    def texts(self) -> list[str]:
        return [event.content.text for event in self.events if isinstance(event, ClientWrote | WrittenOutside)]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await self.news.wait()
                self.news.clear()

    @asynccontextmanager
    async def listening(self, adapter: LinkedAdapter) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(adapter.listen(self.take, self.report))
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def ears() -> Ears:
    return Ears()


def read_through(books: Books) -> bool:
    return CHANNEL in books.channels.offsets


async def test_what_was_written_while_nobody_listened_is_read_back(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, books: Books
) -> None:
    await ann.history([(30, False, "Hello?"), (20, True, "One moment"), (10, False, "Anybody?")])
    async with ears.listening(adapter):
        await ears.until(lambda: len(ears.texts) == 3)
    assert ears.texts == ["Hello?", "One moment", "Anybody?"]
    assert [type(event) for event in ears.events[:2]] == [ClientWrote, WrittenOutside]
    assert not any(event.history for event in ears.events if isinstance(event, ClientWrote))
    assert ears.reports[0] is None
    assert read_through(books)


async def test_what_is_older_than_the_connection_is_history(adapter: LinkedAdapter, ears: Ears, ann: Talk) -> None:
    await ann.history([(3600, False, "Long ago"), (31 * 86_400, False, "Too long ago"), (5, False, "Now")])
    async with ears.listening(adapter):
        await ears.until(lambda: len(ears.texts) == 2)
    found = {event.content.text: event.history for event in ears.events if isinstance(event, ClientWrote)}
    assert found == {"Long ago": True, "Now": False}


async def test_files_of_the_past_are_not_loaded_and_those_of_now_are(
    adapter: LinkedAdapter, ears: Ears, ann: Talk
) -> None:
    await ann.send("image", ago=3600, announce=False)
    await ann.send("image", ago=5, announce=False)
    async with ears.listening(adapter):
        await ears.until(lambda: len(ears.events) == 2)
    kinds = [event.content.kind for event in ears.events if isinstance(event, ClientWrote)]
    assert kinds == [MessageKind.UNSUPPORTED, MessageKind.PHOTO]


async def test_the_same_message_by_webhook_and_read_back_counts_once(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, waha: Control
) -> None:
    await ann.write("Hello?")
    chat = f"/api/default/chats/{ANN}%40c.us/messages"
    (message,) = (await waha.api("GET", chat)).json()
    envelope = {"id": "evt_1", "event": "message.any", "session": "default", "payload": message}
    await ears.take(adapter.parse(dumps(envelope).encode()))
    await ann.write("Anybody?", announce=False)
    async with ears.listening(adapter):
        await ears.until(lambda: "Anybody?" in ears.texts)
    assert ears.texts == ["Hello?", "Anybody?"]


async def test_many_chats_and_long_ones_are_read_to_the_end_in_order(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, shop: Account, waha: Control
) -> None:
    long = [f"Message {number}" for number in range(230)]
    for place, text in enumerate(long):
        await ann.write(text, announce=False, ago=50 - place * 0.2)
    for number in range(60):
        person = await waha.person(f"7999000{number:04}", f"P{number}")
        await person.chat(shop).write(f"From {number}", announce=False)
    async with ears.listening(adapter):
        await ears.until(lambda: len(ears.texts) == 290)
    assert [text for text in ears.texts if text.startswith("Message")] == long
    assert len(set(ears.texts)) == 290


async def test_groups_newsletters_and_status_never_come(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, shop: Account, waha: Control, books: Books
) -> None:
    person = await waha.person(ANN)
    for room in ("120363000000000000@g.us", "120363111111111111@newsletter", "status@broadcast"):
        await waha.room(room, "Room")
        await person.chat(shop, room).write("To all", announce=False)
    async with ears.listening(adapter):
        await ears.until(lambda: read_through(books))
        await ears.until(lambda: len(ears.reports) > 1)
    assert ears.texts == []


async def test_a_session_that_works_again_is_read_back_from_where_it_was(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, shop: Account, waha: Control, books: Books
) -> None:
    async with ears.listening(adapter):
        await ears.until(lambda: read_through(books))
        await waha.mute()
        await ann.write("While you were away")
        await waha.fail("default")
        await ears.until(lambda: "While you were away" in ears.texts)
    assert (await waha.session("default"))["status"] == "WORKING"


async def test_a_session_that_broke_down_and_came_back_between_two_looks_is_read_back_too(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, waha: Control, books: Books
) -> None:
    async with ears.listening(adapter):
        await ears.until(lambda: read_through(books))
        await waha.mute()
        await ann.write("While you were away")
        status = {"name": "default", "status": "WORKING", "statuses": []}
        adapter.parse(dumps({"event": "session.status", "session": "default", "payload": status}).encode())
        await ears.until(lambda: "While you were away" in ears.texts)


async def test_a_failed_session_is_restarted(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, waha: Control, books: Books
) -> None:
    await adapter.link()
    await waha.fail("default")
    async with ears.listening(adapter):
        await ears.until(lambda: None in ears.reports)
    assert len(await waha.calls("restart_session")) == 1


async def test_a_phone_that_was_logged_out_breaks_the_channel_and_ends_the_listening(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, waha: Control, books: Books
) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(adapter.listen(ears.take, ears.report))
        await ears.until(lambda: read_through(books))
        await waha.mute()
        await waha.unlink("default")
    assert ears.events[-1] == AccountChanged("logged_out", broken=True)


async def test_a_phone_that_was_never_linked_is_waited_for(
    adapter: LinkedAdapter, ears: Ears, waha: Control, books: Books
) -> None:
    async with ears.listening(adapter):
        await ears.until(lambda: AccountChanged("unlinked") in ears.events)
        await waha.scan("default", await waha.account("71111111111", "Shop"))
        await ears.until(lambda: None in ears.reports)
        await ears.until(lambda: read_through(books))


async def test_a_refused_key_ends_the_listening(
    secrets: dict[str, str], surroundings: Surroundings, ears: Ears, waha: Control
) -> None:
    adapter = LinkedAdapter(CHANNEL, {**secrets, "api_key": "wrong"}, surroundings, pace=QUICK)
    async with asyncio.timeout(10):
        await adapter.listen(ears.take, ears.report)
    await adapter.close()
    assert ears.reports == ["token"]


async def test_a_gateway_that_is_away_is_asked_again(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, waha: Control, books: Books
) -> None:
    await ann.write("Hello?", announce=False)
    await waha.fault("*", "refuse", times=2)
    async with ears.listening(adapter):
        await ears.until(lambda: "Hello?" in ears.texts)
    assert ears.reports[:3] == ["unreachable", "unreachable", None]


async def test_what_could_not_be_saved_is_read_again(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, books: Books
) -> None:
    await ann.write("Hello?", announce=False)
    ears.refuses = 2
    async with ears.listening(adapter):
        await ears.until(lambda: "Hello?" in ears.texts)
        await ears.until(lambda: read_through(books))


async def test_ticks_that_were_missed_are_caught_up(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, books: Books
) -> None:
    sent = await ann.write("Our price", owner=True, announce=False)
    await ann.read()
    async with ears.listening(adapter):
        await ears.until(lambda: read_through(books))
    message = next(event for event in ears.events if isinstance(event, WrittenOutside))
    aliases, known_by = message.aliases, message.receiver.identities
    assert Delivered(f"{ANN}@c.us", sent.id, "read", aliases=aliases, known_by=known_by) in ears.events


async def test_a_phone_behind_a_hidden_number_is_looked_up_and_the_conversation_goes_on_there(
    adapter: LinkedAdapter, ears: Ears, shop: Account, waha: Control
) -> None:
    person = await waha.person("4915112345678", "Max", by_lid=True, mapped=False)
    await person.chat(shop).write("Hello?", announce=False)
    async with ears.listening(adapter):
        await ears.until(lambda: "Hello?" in ears.texts)
        (first,) = [event for event in ears.events if isinstance(event, ClientWrote)]
        assert first.address == f"{person.lid}@lid"
        await waha.person("4915112345678", by_lid=True, mapped=True)
        chat = f"/api/default/chats/{person.lid}%40lid/messages"
        (message,) = (await waha.api("GET", chat)).json()
        message["_data"] = {}
        envelope = {"id": "evt_1", "event": "message.any", "session": "default", "payload": message}
        adapter.parse(dumps(envelope).encode())
        await ears.until(lambda: any(isinstance(event, ClientMoved) for event in ears.events))
        (moved,) = [event for event in ears.events if isinstance(event, ClientMoved)]
        assert (moved.address, moved.new_address) == (f"{person.lid}@lid", "4915112345678@c.us")
        (again,) = adapter.parse(dumps(envelope).encode())
        assert isinstance(again, Incoming)
        assert isinstance(again.event, ClientWrote)
        assert again.event.address == "4915112345678@c.us"


async def test_without_a_public_address_the_chats_are_read_again_and_again(
    secrets: dict[str, str], surroundings: Surroundings, ears: Ears, ann: Talk
) -> None:
    alone = replace(surroundings, addresses=replace(surroundings.addresses, public_url=None))
    adapter = LinkedAdapter(CHANNEL, secrets, alone, pace=QUICK)
    async with ears.listening(adapter):
        await ann.write("One")
        await ears.until(lambda: "One" in ears.texts)
        await ann.write("Two")
        await ears.until(lambda: "Two" in ears.texts)
    await adapter.close()
    assert ears.texts == ["One", "Two"]


async def test_a_file_of_ours_that_may_just_be_on_its_way_is_left_for_the_next_time(
    adapter: LinkedAdapter, ears: Ears, ann: Talk, books: Books
) -> None:
    """Engines that don't say what came by the API leave no other way to tell it from one sent on the phone."""
    await ann.send("image", owner=True, announce=False, extra={"source": None}, caption="Fresh")
    await ann.send("image", owner=True, announce=False, extra={"source": None}, caption="Older", ago=1200)
    books.channels.added[CHANNEL] = later(books.now, -3600)
    async with ears.listening(adapter):
        await ears.until(lambda: read_through(books))
    assert ears.texts == ["Older"]
