"""Customers write to a person's account: the team answers there through the bot, as far as its owner allows."""

import asyncio
from dataclasses import dataclass, field

import pytest

from playground.telegram.control import BotAccount, PersonAccount, Talk
from playground.telegram.control_types import Item, Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import TOPICS, accepted, answering, posts, quiet, rows, said, shows
from tests.end_to_end.test_talk import hear_everything, say_everything
from tests.end_to_end.trouble import until

TOKEN = "902:account-bot-token-ccccccccccccccccccccc"
ZOE = 501
DAY = 24 * 3600


@dataclass
class Account:
    """Olga's account, and Zoe who writes to it. They face each other in it, whichever connection it has now."""

    world: World
    bot: BotAccount
    olga_person: PersonAccount
    zoe_person: PersonAccount
    connection: str = field(default="")

    @property
    def zoe(self) -> Talk:
        return self.zoe_person.chat(self.bot, connection=self.connection)

    @property
    def olga(self) -> Talk:
        return self.olga_person.chat(self.bot, connection=self.connection, client=ZOE)

    async def connect(self) -> None:
        """Olga connects the bot, and Dibs has heard of it."""
        await self.connect_unheard()
        await self._heard()

    async def connect_unheard(self) -> None:
        """While Dibs is down."""
        self.connection = await self.world.telegram.connect(self.bot, self.olga_person)

    async def change(self, **changes: object) -> None:
        await self.world.telegram.set_connection(self.connection, **changes)
        await self._heard()

    async def _heard(self) -> None:
        """Until all that was told so far has been taken."""
        updates = self.world.server.world.bot(self.bot.id).updates
        await until(lambda: not updates.pending())


@pytest.fixture
async def account(world: World) -> Account:
    """A second channel beside the shop's bot, added on the command line; the account is connected then."""
    bot = await world.telegram.bot(TOKEN, username="account_bot", business=True)
    await asyncio.to_thread(
        world.house.command, "channel", "add", "telegram_business", "--name", "Olga", "--token", TOKEN
    )
    olga, zoe = await world.telegram.person(900, "Olga"), await world.telegram.person(ZOE, "Zoe", username="zoe")
    found = Account(world, bot, olga, zoe)
    await found.connect()
    await world.team_starts()
    return found


async def first_words(account: Account) -> Seen:
    """Zoe's, accepted by Anna; the post that shows them."""
    return await accepted(account.world, account.world.anna, account.zoe, "Hello there")


def conversations(account: Account) -> list[tuple[object, ...]]:
    return rows(account.world.house, "select id, address from conversations order by id")


async def test_the_team_answers_from_the_account_and_sees_what_its_owner_types(account: Account) -> None:
    anna, world = account.world.anna, account.world
    post = await first_words(account)
    how = answering(post)
    mine = await anna.write("Good morning, Zoe", **how)
    heard = await account.zoe.wait_for(lambda m: m.text == "Good morning, Zoe")
    assert heard.from_id == account.olga_person.id
    assert (await world.telegram.set_connection(account.connection))["read"] == {str(ZOE): 1}

    await account.olga.write("I am here myself", reply_to=heard)
    seen = await anna.wait_for(said("I am here myself"))
    assert seen.reply_to == mine.message_id
    picture = await account.zoe.send("photo", data=b"picture" * 200, caption="this one?")
    shown = await anna.wait_for(said("this one?"))
    assert await anna.download(shown) == b"picture" * 200
    await anna.send("voice", data=b"voice" * 200, **how)
    spoken = await account.zoe.wait_for(lambda m: m.media is not None and m.media.kind == "voice")
    assert await account.zoe.download(spoken) == b"voice" * 200
    assert len(await posts(anna, said("Good morning"))) == 0, "the bot hears of its own words, too"
    await quiet(world)
    await anna.write("/react 🔥", reply_to=shown)
    assert "no such" in (await anna.wait_for(shows("did not reach the client"))).text
    assert picture.message_id > 0


@TOPICS
async def test_every_kind_goes_both_ways(account: Account) -> None:
    post = await first_words(account)
    await say_everything(account.zoe, {})
    await hear_everything(account.world.anna)
    await say_everything(account.world.anna, answering(post))
    await hear_everything(account.zoe)
    await account.olga.album([Item("photo", caption="both"), Item("photo")])
    await account.world.anna.wait_for(said("both"))


@TOPICS
async def test_by_webhook_it_is_the_same(account: Account) -> None:
    """A customer writes through a connection that was made while Dibs was down."""
    house = account.world.house
    house.kill()
    house.extra["PUBLIC_URL"] = house.url
    await account.connect_unheard()
    await house.start()
    post = await first_words(account)
    await account.olga.write("I am here myself")
    await account.world.anna.wait_for(said("I am here myself"))
    await account.world.anna.write("And so am I", **answering(post))
    await account.zoe.wait_for(shows("And so am I"))
    assert conversations(account) == [(1, f"{account.connection}/{ZOE}")]


async def test_edits_and_deletions_show_on_the_other_side(account: Account) -> None:
    anna = account.world.anna
    post = await first_words(account)
    asked = await account.zoe.write("Is it blue?")
    shown = await anna.wait_for(said("Is it blue?"))
    await account.zoe.edit(asked, "Is it green?")
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "Is it green?" in m.text)
    mine = await anna.write("Deep blue", **answering(post))
    heard = await account.zoe.wait_for(shows("Deep blue"))
    await quiet(account.world)
    await anna.edit(mine, "Deep green")
    await account.zoe.wait_for(lambda m: m.message_id == heard.message_id and m.text == "Deep green")
    typed = await account.olga.write("Wait a moment")
    hers = await anna.wait_for(said("Wait a moment"))
    await account.olga.edit(typed, "Wait two moments")
    await anna.wait_for(lambda m: m.message_id == hers.message_id and "Wait two moments" in m.text)

    await anna.write("/delete", reply_to=mine)
    await account.zoe.wait_until(lambda all_: all(m.message_id != heard.message_id for m in all_))
    await account.zoe.delete(asked)
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "deleted" in m.text)
    await account.olga.delete(typed)
    await anna.wait_for(lambda m: m.message_id == hers.message_id and "deleted" in m.text)


async def test_when_the_day_is_over_the_rep_is_told_who_can_write(account: Account) -> None:
    anna = account.world.anna
    post = await first_words(account)
    mine = await anna.write("Good morning, Zoe", **answering(post))
    heard = await account.zoe.wait_for(shows("Good morning"))
    await quiet(account.world)
    await account.world.telegram.advance(DAY + 1)
    late = await anna.write("Are you still there?", **answering(post))
    told = await anna.wait_for(lambda m: m.reply_to == late.message_id and "account itself" in m.text)
    assert told.from_bot
    await anna.edit(mine, "Good morning, dear Zoe")
    changed = await anna.wait_for(shows("still sees the old words"))
    assert "Write from the account itself" in changed.text
    assert (await account.zoe.seen(heard)).text == "Good morning, Zoe"
    await account.zoe.write("I am back")
    await anna.wait_for(said("I am back"))
    await anna.write("Welcome back", **answering(post))
    await account.zoe.wait_for(shows("Welcome back"))


async def test_without_its_owners_leave_nothing_leaves_and_admins_are_told(account: Account) -> None:
    world, anna = account.world, account.world.anna
    await world.admin.start()
    post = await first_words(account)
    await account.change(rights={"can_read_messages": True})
    assert "Olga" in (await world.admin.wait_for(shows("does not let the bot answer"))).text
    refused = await anna.write("Good morning", **answering(post))
    told = await anna.wait_for(lambda m: m.reply_to == refused.message_id and "Not sent" in m.text)
    assert "has not allowed" in told.text
    await account.change(rights={"can_reply": True})
    await world.admin.wait_for(lambda m: "Olga" in m.text and "works again" in m.text)
    await quiet(world)
    await anna.tap("Retry", told)
    await account.zoe.wait_for(shows("Good morning"))

    await account.change(enabled=False)
    await world.admin.wait_for(shows("has disconnected the bot"))
    cut = await anna.write("Still there?", **answering(post))
    told = await anna.wait_for(lambda m: m.reply_to == cut.message_id and "Not sent" in m.text)
    assert "not connected any more" in told.text
    await account.connect()
    await quiet(world)
    await anna.tap("Retry", told)
    await account.zoe.wait_for(shows("Still there?"))


async def test_an_account_that_is_connected_again_goes_on_with_the_same_talk(account: Account) -> None:
    anna = account.world.anna
    post = await first_words(account)
    asked = await account.zoe.write("Is it blue?")
    shown = await anna.wait_for(said("Is it blue?"))
    former = conversations(account)
    await quiet(account.world)
    account.world.house.kill()
    await account.connect_unheard()
    await account.zoe.edit(asked, "Is it green?")
    await account.world.house.start()
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "Is it green?" in m.text)
    await anna.write("Deep green", **answering(post))
    await account.zoe.wait_for(shows("Deep green"))
    await account.zoe.write("Thank you")
    await anna.wait_for(said("Thank you"))
    await quiet(account.world)
    assert conversations(account) == [(former[0][0], f"{account.connection}/{ZOE}")]


async def test_a_greeting_answers_nobody(account: Account) -> None:
    """What Telegram sends in the owner's name by itself is shown, and the client goes on waiting."""
    anna = account.world.anna
    await first_words(account)
    waits = "select count(*) from clients where waiting_since is not null"
    await account.zoe.write("Anybody there?")
    await account.olga.write("We answer soon", extra={"is_from_offline": True})
    await anna.wait_for(said("We answer soon"))
    assert rows(account.world.house, waits) == [(1,)]
    await account.olga.write("Now I am here")
    await anna.wait_for(said("Now I am here"))
    assert rows(account.world.house, waits) == [(0,)]


async def test_checks_say_what_the_owner_has_to_do(account: Account) -> None:
    async def check() -> str:
        return (await asyncio.to_thread(account.world.house.command, "check", check=False)).stdout

    assert "Olga's account is connected" in await check()
    await account.change(rights={})
    assert "does not let the bot answer" in await check()
    await account.change(enabled=False)
    assert "has disconnected the bot" in await check()
    done = await asyncio.to_thread(account.world.house.command, "channel", "test", "2", check=False)
    assert "✓" in done.stdout


async def test_who_writes_to_the_bot_itself_is_no_client(account: Account) -> None:
    await account.zoe_person.chat(account.bot).start()
    await account.zoe_person.chat(account.bot).write("Anybody here?")
    await first_words(account)
    assert rows(account.world.house, "select count(*) from clients") == [(1,)]


@TOPICS
async def test_two_accounts_of_one_bot_stay_apart(account: Account) -> None:
    """The same customer writes to both: one client, two conversations, and answers go where they were asked."""
    world, anna = account.world, account.world.anna
    post = await first_words(account)
    pavel = await world.telegram.person(901, "Pavel")
    other = await world.telegram.connect(account.bot, pavel)
    there = account.zoe_person.chat(account.bot, connection=other)
    await there.write("Hello Pavel")
    shown = await anna.wait_for(said("Hello Pavel"))
    await quiet(world)
    await anna.write("Pavel greets you", reply_to=shown)
    assert (await there.wait_for(shows("Pavel greets you"))).from_id == 901
    first = await anna.write("Olga greets you", reply_to=post)
    assert (await account.zoe.wait_for(shows("Olga greets you"))).from_id == 900
    assert first.thread_id == post.thread_id
    assert len(conversations(account)) == 2
