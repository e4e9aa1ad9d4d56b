"""The typed client of `/control`, for tests. Needs httpx; talks to a server in this process or another.

    async with Server(Options(limits=False)) as server, Control(server.url) as whatsapp:
        number = await whatsapp.number("15550001111", verified_name="Acme")    # .id, .token, .app_secret, .business.id
        await whatsapp.callback(number, "http://127.0.0.1:8080/webhooks/whatsapp/1", verify_token="…")
        ann = (await whatsapp.person("15551234567", "Ann")).chat(number)       # a Talk: this person facing this number
        await ann.write("hello"); await ann.wait_for(lambda m: m.by == "api" and "price" in m.text)

Control
    business(name, id=, app_id=, app_secret=, token=) → Business; set_business(business, token=, revoked=, failure=, …)
    number(phone, business=, verified_name=, id=, coexistence=, registered=, allowed=) → PhoneNumber; set_number(…)
    callback(number or business, url, verify_token, fields=) asks for the challenge; unchecked=True does not
    template(business, name, body= or components=, language=, category=, status=, parameter_format=); remove_template;
    template_status(business, name, status, language=, reason=); account_update(business, event, **details)
    person(phone, name, country=, username=, hidden=) → PersonAccount; people(first, count)
        hidden=True: has a username, so `wa_id` and `from` are left out; on_whatsapp=, receipts=, refuses_marketing=
    history(number, threads, phase=, chunk=, progress=) or history(number, refused=True); contacts(number, people)
    advance(seconds); options(**changes) → all options (limits=False, statuses="", links=False, …); stats() → Stats
    fault(operation, action, times=, skip=, object=, to=, code=, status=, details=, seconds=); clear_faults()
        operations: send read upload media download delete_media number configure business phone_numbers templates
        template subscribe subscribed unsubscribe debug_token, * for any
        actions: fail, fail_later (accepted, then status failed), delay, drop, refuse, hang, garbage
    status(message, "read", again=, code=) moves a sent message on, `again` only tells (repeated, late);
    hold(), release(together=, order="reversed", times=2); raw(number, body= or text=, secret=);
    value(number, field, value)
    calls(operation=, after=) → list[MadeCall]; wait_for_calls(count, operation, …); clear_calls()
    webhooks() → POSTs tried: time, url, status, error, attempt, body; settled() waits until all were taken

PersonAccount: chat(number) → Talk; change(**); Talk: see `control_talk.py`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.whatsapp_cloud.control_setup import PersonAccount, Setup
from playground.whatsapp_cloud.control_talk import Talk
from playground.whatsapp_cloud.control_types import (
    Business,
    ControlFailed,
    Json,
    MadeCall,
    PhoneNumber,
    Seen,
    Stats,
)

__all__ = ["Business", "Control", "ControlFailed", "MadeCall", "PersonAccount", "PhoneNumber", "Seen", "Stats", "Talk"]


class Control(Setup):
    """See the module's docstring."""

    async def fault(self, operation: str, action: str = "fail", **how: Any) -> None:
        """Plan what happens to the next calls of an operation (`*` is any). See `calls.Fault`."""
        await self.do("fault", operation=operation, action=action, **how)

    async def status(self, message: Seen | str, status: str, **how: Any) -> None:
        """Move a sent message on, or tell `again` of a status."""
        number = message if isinstance(message, str) else message.id
        await self.do("status", message=number, status=status, **how)

    async def hold(self) -> None:
        """Webhooks wait from now on."""
        await self.do("hold")

    async def release(self, together: bool = False, order: str = "kept", times: int = 1) -> int:
        """What waited goes out; answers how many events."""
        return int(await self.do("release", together=together, order=order, times=times))

    async def raw(self, number: PhoneNumber, **what: Any) -> None:
        """Any body (`body` as JSON or `text` as it is), signed with the app's secret or with `secret`."""
        await self.do("raw", number=number.id, **what)

    async def value(self, number: PhoneNumber, field: str, value: Json) -> None:
        """Any value of any field in a well-made envelope."""
        await self.do("value", number=number.id, field=field, value=value)

    async def calls(self, operation: str = "", after: int = 0) -> list[MadeCall]:
        """Calls that were made, oldest first."""
        return (await self._made(MadeCall, after, operation=operation))[1]

    async def wait_for_calls(
        self,
        count: int = 1,
        operation: str = "",
        where: Callable[[MadeCall], bool] = lambda call: True,
        seconds: float = 10,
    ) -> list[MadeCall]:
        """Wait until so many such calls were made; TimeoutError if they are not."""
        return await self._wait_for_made(MadeCall, count, where, seconds, operation=operation)

    async def webhooks(self) -> list[Json]:
        """POSTs tried, oldest first: time, url, status, error, attempt, body (text), key."""
        log: list[Json] = await self.do("webhooks")
        return log

    async def settled(self, seconds: float = 5) -> int:
        """Wait until every webhook was taken; answers how many were not."""
        return int(await self.do("settled", seconds=seconds))

    async def stats(self) -> Stats:
        """Counters of the whole server."""
        return Stats(**await self.do("stats"))
