"""The typed client of `/control`, for tests. Needs httpx; talks to a server in this process or another.

    async with Server(Options(limits=False)) as server, Control(server.url) as telegram:
        bot = await telegram.bot("100:AAA", username="sales_bot", topics=True)
        ann = await telegram.person(111, "Ann", username="ann")
        chat = ann.chat(bot)                        # a Talk: this person facing this bot
        await chat.start("payload")                 # or chat.write("hello", reply_to=…, thread=…, entities=…)
        card = await chat.wait_for(lambda m: "New client" in m.text)
        answer = await chat.tap("Accept")           # the newest message with it; answer.text, answer.show_alert

Control
    bot(token, username=, first_name=, topics=, user_topics=, business=) → BotAccount; set_bot(bot, **flags or token=)
    person(id, first_name, last_name=, username=, language_code=) → PersonAccount; people(first_id, count)
    group(id, title, bots, people, is_forum=) → chat id; talk in it with person.chat(bot, group=id)
    connect(bot, owner, rights=) → connection id, a new one each time (what was connected before is disabled);
        set_connection(id, enabled=, rights=) → as it is now, and what is read. The owner writes, edits and deletes with
        owner.chat(bot, connection=id, client=…); a greeting or an away message with extra={"is_from_offline": True}
    advance(seconds); options(**changes) → all options (limits=False, chat_rate=…); stats() → Stats
    fault(method, action, times=, skip=, bot=, chat_id=, code=, description=, retry_after=, migrate_to_chat_id=,
          seconds=)
        actions: fail, delay, drop (done, but no answer), refuse (not done, no answer), hang, garbage; clear_faults()
    inject(bot, *updates, chat=) raw updates, also malformed ones → their update ids
    calls(method=, bot=, after=, code=) → list[MadeCall]; wait_for_calls(count, method=, …, seconds=); clear_calls()
    webhooks(bot=) → deliveries tried; write_many(bot, [(person_id, text), …]) for load

PersonAccount
    chat(bot, group=, connection=, client=) → Talk; deactivate()

Talk (one person in one chat)
    start(payload); write(text, …); send(kind, size=|data=|path=, caption=, name=, …); album([Item(kind, …), …], …)
    location(lat, lon); venue(…); contact(phone, first_name); poll(question, options); dice(emoji, value); say(content)
    edit(message, text); delete(*messages); react(message, "👍", …) (none removes); forward-like fields: extra={…}
    tap(label, message=, seconds=) → Answer; forge(message, data); block(); unblock()
    create_topic(name, implicit=, force=); delete_topic(thread); break_topics("off"|"lose"|"main_chat"|"", thread=)
    messages(deleted=False) → list[Seen]; last(); seen(message); topics(); actions(); menu(); sounded();
    download(message) → bytes
    wait_for(predicate, seconds=) → the newest Seen that satisfies it; wait_until(predicate on the list, seconds=)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playground.kit.control_client import ControlClient
from playground.telegram.control_talk import Talk
from playground.telegram.control_types import BotAccount, ControlFailed, Json, MadeCall, PersonId, Stats

__all__ = ["BotAccount", "Control", "ControlFailed", "MadeCall", "PersonAccount", "Stats", "Talk"]


def _id(bot: BotAccount | None) -> int:
    return bot.id if bot else 0


class PersonAccount(PersonId):
    """A person whom the test plays."""

    def __init__(self, control: Control, user: Json) -> None:
        super().__init__(user["id"], user["first_name"])
        self._control = control

    def chat(self, bot: BotAccount, group: int = 0, connection: str = "", client: int = 0) -> Talk:
        """This person facing a bot: alone, in a group, or in a business chat (`client` when the owner acts)."""
        where = {"bot_id": bot.id, "person_id": self.id, "chat_id": group, "connection": connection, "client": client}
        return Talk(self._control.do, self._control.download, where)

    async def deactivate(self) -> None:
        """Delete the account."""
        await self._control.do("deactivate", person_id=self.id)


class Control(ControlClient):
    """See the module's docstring."""

    async def bot(
        self,
        token: str,
        username: str = "",
        first_name: str = "",
        topics: bool = False,
        user_topics: bool = False,
        business: bool = False,
    ) -> BotAccount:
        """Make a bot, as BotFather does."""
        username = username or f"bot_{token.partition(':')[0]}_bot"
        flags = {
            "has_topics_enabled": topics,
            "allows_users_to_create_topics": user_topics,
            "can_connect_to_business": business,
        }
        user = await self.do("bot", token=token, username=username, first_name=first_name, **flags)
        return BotAccount(user["id"], token, username, self.url)

    async def set_bot(self, bot: BotAccount, **changes: Any) -> BotAccount:
        """`has_topics_enabled`, `allows_users_to_create_topics`, `can_connect_to_business`, `revoked`, `token`."""
        await self.do("set_bot", bot_id=bot.id, **changes)
        return BotAccount(bot.id, changes.get("token", bot.token), bot.username, self.url)

    async def person(
        self, number: int, first_name: str, last_name: str = "", username: str = "", language_code: str = ""
    ) -> PersonAccount:
        """Make a person, or rename one."""
        names = {"last_name": last_name, "username": username, "language_code": language_code}
        return PersonAccount(self, await self.do("person", id=number, first_name=first_name, **names))

    async def people(self, first_id: int, count: int) -> None:
        """Many people at once, for load."""
        await self.do("people", first_id=first_id, count=count)

    async def group(
        self, number: int, title: str, bots: Sequence[BotAccount], people: Sequence[PersonId], is_forum: bool = False
    ) -> int:
        """A group; -100… is a supergroup. The bots are its administrators."""
        members = {"bots": [bot.id for bot in bots], "people": [person.id for person in people]}
        await self.do("group", id=number, title=title, is_forum=is_forum, **members)
        return number

    async def connect(self, bot: BotAccount, owner: PersonId, rights: Json | None = None) -> str:
        """The owner connects the bot to their business account."""
        connection = await self.do("connect", bot_id=bot.id, person_id=owner.id, rights=rights)
        return str(connection["id"])

    async def set_connection(self, connection: str, **changes: Any) -> Json:
        """Change `enabled` or `rights`. The answer also says what is read: `read[chat] = message id`."""
        changed: Json = await self.do("set_connection", connection=connection, **changes)
        return changed

    async def fault(self, method: str, action: str = "fail", bot: BotAccount | None = None, **how: Any) -> None:
        """Plan what happens to the next calls of a method (`*` is any). See `calls.Fault`."""
        await self.do("fault", method=method, action=action, bot_id=_id(bot), **how)

    async def inject(self, bot: BotAccount, *updates: Any, chat: str = "injected") -> list[int]:
        """Raw updates into the bot's queue."""
        ids: list[int] = await self.do("inject", bot_id=bot.id, updates=list(updates), chat=chat)
        return ids

    async def calls(
        self, method: str = "", bot: BotAccount | None = None, after: int = 0, code: int | None = None
    ) -> list[MadeCall]:
        """Calls that bots made, oldest first; `code` 0 means that the answer was withheld."""
        return (await self._made(MadeCall, after, method=method, bot_id=_id(bot), code=code))[1]

    async def wait_for_calls(
        self,
        count: int = 1,
        method: str = "",
        bot: BotAccount | None = None,
        where: Callable[[MadeCall], bool] = lambda call: True,
        seconds: float = 10,
    ) -> list[MadeCall]:
        """Wait until so many such calls were made; TimeoutError if they are not."""
        return await self._wait_for_made(MadeCall, count, where, seconds, method=method, bot_id=_id(bot))

    async def webhooks(self, bot: BotAccount | None = None) -> list[Json]:
        """Deliveries tried: time, bot_id, update_id, status, error."""
        log: list[Json] = await self.do("webhooks", bot_id=_id(bot))
        return log

    async def write_many(self, bot: BotAccount, texts: Sequence[tuple[int, str]]) -> list[int]:
        """Many people write at once, in one request."""
        ids: list[int] = await self.do("write_many", bot_id=bot.id, texts=texts)
        return ids

    async def stats(self) -> Stats:
        """Counters of the whole server."""
        return Stats(**await self.do("stats"))
