"""The typed client of `/control`, for tests. Needs httpx; talks to a server in this process or another.

    async with Server() as server, Control(server.url) as waha:
        shop = await waha.account("79990000000", "Shop")            # the owner's phone
        await waha.link("default", shop, webhook(url, key="k"))     # a session with it, WORKING
        chat = (await waha.person("79161112233", "Ann")).chat(shop)
        await chat.write("hello")                                   # or chat.write("…", owner=True): on the phone
        answer = await chat.wait_for(lambda m: m.source == "api")   # what Ann sees; answer.ack are the ticks

Control
    account(phone, name) → Account; person(phone, name, lid=, by_lid=, mapped=, exists=, phone_on=, others=) → Person,
    called again it changes what is given (`by_lid=True, mapped=False`: an unknown @lid); room(id, name)
    link(session, account, *webhooks, metadata=) makes a session, starts it and scans; scan(session, account, code=,
    qr=) for a session that shows a code; unlink(session); ban(account, banned=True); fail(session); session(name)
    advance(seconds) fires what comes due; speed(times); settled(); options(**changes) → all options; stats()
    fault(name, action, times=, skip=, session=, chat_id=, status=, body=, seconds=); clear_faults()
        name: sendText, reaction, get_messages, get_chats, check_exists, … or *
        actions: fail, delay (before), late (after), drop (done, no answer), refuse (not done), hang, garbage
    mute(True) loses webhooks; repeat(event_id="") delivers again; inject(session, event, payload, key=, envelope=);
    inject_raw(session, body)
    calls(name=, session=, after=, status=) → list[MadeCall]; wait_for_calls(count, name=, …); clear_calls()
    webhooks(session=) → list[Delivery]
    api(method, path, …): WAHA's own API with the key, as an httpx.Response

Talk (a customer and the account): write, send(kind), location, vcard, poll, history, edit, revoke, react, read, play,
    ack, call, types; messages, last, seen, typing, download, wait_for, wait_until, chat_id
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from playground.kit.control_client import ControlClient
from playground.whatsapp_gateway.control_talk import Talk
from playground.whatsapp_gateway.control_types import ControlFailed, Delivery, Json, MadeCall, Seen, Typing, webhook

__all__ = ["Account", "Control", "ControlFailed", "Delivery", "MadeCall", "Person", "Seen", "Talk", "Typing", "webhook"]


class Account:
    """The owner's phone."""

    def __init__(self, phone: str, name: str) -> None:
        self.phone = phone
        self.name = name


class Person:
    """A customer whom the test plays. `chat_id` is what it was when asked for; see `Talk.chat_id`."""

    def __init__(self, control: Control, view: Json) -> None:
        self.phone: str = view["phone"]
        self.name: str = view["name"]
        self.lid: str = view["lid"]
        self.chat_id: str = view["chat_id"]
        self._control = control

    def chat(self, account: Account, room: str = "") -> Talk:
        """This person and the account: alone, or in a group, a newsletter or the status."""
        where = {"account": account.phone, "person": self.phone, "room": room}
        return Talk(self._control.do, self._control.download, where)


class Control(ControlClient):
    """See the module's docstring."""

    def __init__(self, url: str, api_key: str = "waha-key") -> None:
        super().__init__(url)
        self.api_key = api_key

    async def api(self, method: str, path: str, **request: Any) -> httpx.Response:
        """WAHA's own API, with the key; `path` begins with a slash."""
        headers = {"X-Api-Key": self.api_key} | request.pop("headers", {})
        return await self._http.request(method, path, headers=headers, **request)

    async def account(self, phone: str, name: str = "Shop") -> Account:
        """The owner's WhatsApp account."""
        await self.do("account", phone=phone, push_name=name)
        return Account(phone, name)

    async def person(self, phone: str, name: str | None = None, others: Sequence[str] = (), **about: Any) -> Person:
        """A customer, made or changed."""
        return Person(self, await self.do("person", phone=phone, name=name, others=list(others), **about))

    async def room(self, room_id: str, name: str = "") -> str:
        """A group `…@g.us`, a newsletter `…@newsletter` or `status@broadcast`; give the id to `Person.chat`."""
        return str((await self.do("room", id=room_id, name=name))["id"])

    async def link(self, session: str, account: Account, *webhooks: Json, metadata: Json | None = None) -> None:
        """A new session, started and linked: WORKING at once unless `start_seconds` is set."""
        config: Json = {"webhooks": list(webhooks)} | ({"metadata": metadata} if metadata else {})
        made = await self.api("POST", "/api/sessions", json={"name": session, "start": True, "config": config})
        made.raise_for_status()
        await self.scan(session, account)

    async def scan(self, session: str, account: Account, code: str = "", qr: str = "") -> Json:
        """Scan what a session shows now (`qr`: that text, if it is still shown), or type its pairing code."""
        shown: Json = await self.do("scan", session=session, account=account.phone, code=code, qr=qr)
        return shown

    async def unlink(self, session: str) -> None:
        """The owner removes the linked device on the phone: FAILED, and a restart shows a code."""
        await self.do("unlink", session=session)

    async def ban(self, account: Account, banned: bool = True) -> None:
        """WhatsApp bans the account: FAILED, also after a restart."""
        await self.do("ban", account=account.phone, banned=banned)

    async def fail(self, session: str, data: Json | None = None) -> None:
        """A session breaks down; a restart mends it."""
        await self.do("fail", session=session, data=data)

    async def session(self, name: str) -> Json:
        """SessionInfo, with `qr`, `pairing`, `account` and all `statuses`."""
        shown: Json = await self.do("session", session=name)
        return shown

    async def speed(self, times: float) -> None:
        """Make the server's time run that much faster than real time."""
        await self.do("speed", speed=times)

    async def settled(self) -> None:
        """Wait until no webhook is under way."""
        await self.do("settled")

    async def fault(self, name: str, action: str = "fail", **how: Any) -> None:
        """Plan what happens to the next calls of a name (`*` is any). See `calls.Fault`."""
        await self.do("fault", name=name, action=action, **how)

    async def mute(self, muted: bool = True) -> None:
        """Lose webhooks, as when the gateway gave up."""
        await self.do("mute", muted=muted)

    async def repeat(self, event_id: str = "") -> str:
        """Deliver an envelope again, the newest when none is named."""
        return str(await self.do("repeat", event_id=event_id))

    async def inject(
        self, session: str, event: str, payload: Any, key: str | None = None, envelope: Json | None = None
    ) -> int:
        """Any event; `key` signs it wrongly, or not at all when empty; `envelope` overrides fields of it."""
        what = {"event": event, "payload": payload, "envelope": envelope}
        return int(await self.do("inject", session=session, key=key, **what))

    async def inject_raw(self, session: str, body: bytes, key: str | None = None) -> int:
        """Any bytes as the body of a webhook, signed."""
        return int(await self.do("inject", session=session, key=key, base64=base64.b64encode(body).decode()))

    async def calls(
        self, name: str = "", session: str = "", after: int = 0, status: int | None = None
    ) -> list[MadeCall]:
        """Calls made, oldest first; `status` 0 means that the answer was withheld."""
        return (await self._made(MadeCall, after, name=name, session=session, status=status))[1]

    async def wait_for_calls(
        self,
        count: int = 1,
        name: str = "",
        session: str = "",
        where: Callable[[MadeCall], bool] = lambda call: True,
        seconds: float = 10,
    ) -> list[MadeCall]:
        """Wait until so many such calls were made; TimeoutError if they are not."""
        return await self._wait_for_made(MadeCall, count, where, seconds, name=name, session=session)

    async def webhooks(self, session: str = "") -> list[Delivery]:
        """Deliveries tried, oldest first."""
        return [Delivery(**item) for item in await self.do("webhooks", session=session)]

    async def stats(self) -> Json:
        """Counters of the whole server."""
        stats: Json = await self.do("stats")
        return stats
