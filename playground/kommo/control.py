"""The typed client of `/control`, for tests. Needs httpx; talks to a server in this process or another.

    async with Server() as server, Control(server.url) as kommo:
        token = await kommo.token()                                 # long-lived, of the administrator
        anna = await kommo.user("Anna", "anna@example.com")
        await kommo.set_responsible(lead_id, anna.id, by=anna.id)   # inside Kommo: webhooks follow
        card = await kommo.lead(lead_id)                            # what users see: card.notes, card.contacts, …

Control
    user(name, email, admin=, phone=) → User; change_user(id, is_active=False, …); users(); admin_id()
    pipeline(name, stages) → Pipeline; pipelines(); field(kind, name, type, code=, enums=) → id
    integration(name, redirect_uri) → Integration; token(user=, days=, integration=); code(integration, user=);
    revoke(integration); expire(access_token); subscription(ended, days_ago=)
    channel(title, hook) → Channel; amojo_id()
    add_lead / add_contact(by=, **fields of the API) → id
    set_responsible(lead, user, by=); move(lead, status, pipeline=, by=); win(lead, by=); lose(lead, by=);
    edit(kind, id, by=, **fields of the API); delete(id, kind=, by=); restore; note(lead, text, by=)
    accept(uid=|lead=, by=, user=, status=) → lead id; decline(uid=|lead=, by=)
    write(chat, text, by=|bot=True, kind=, media=) → message id; react; types; chat(id); chats()
    lead(id) → LeadSeen; leads(deleted=); contact(id) → ContactSeen; contacts(deleted=); board()
    advance(seconds) fires what comes due; speed(times); settled(); options(**changes) → all options; stats()
    block(integration, seconds); reset_limits()
    fault(name, action, times=, skip=, status=, body=, seconds=); clear_faults()
        name: create_leads, update_lead, create_complex, create_unsorted, accept_unsorted, decline_unsorted,
        create_lead_notes, list_contacts, get_account, list_users, oauth, chat_new_message, … (see the call log) or *
        actions: fail, delay (before), late (after), drop (done, no answer), lost (done, answers `status`),
        refuse (not done), hang, garbage (done, answers no JSON)
        an outage: fault("*", "refuse", times=10**9), until clear_faults()
    mute(True) loses webhooks; repeat(event=""); inject(event, *items); inject_raw(body); hooks(); webhooks(event="")
    calls(name=, after=, status=) → list[MadeCall]; wait_for_calls(count, name=, where=); clear_calls()
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx

from playground.kit.control_client import ControlClient
from playground.kit.errors import ControlFailed
from playground.kommo.control_people import People
from playground.kommo.control_types import (
    Channel,
    ContactSeen,
    Delivery,
    Integration,
    Json,
    LeadSeen,
    MadeCall,
    Pipeline,
    User,
)

__all__ = [
    "Channel",
    "ContactSeen",
    "Control",
    "ControlFailed",
    "Delivery",
    "Integration",
    "LeadSeen",
    "MadeCall",
    "Pipeline",
    "User",
]


class Control(ControlClient, People):
    """See the module's docstring."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._integration: Integration | None = None

    async def api(self, method: str, path: str, token: str, **request: Any) -> httpx.Response:
        """Kommo's own API with a token; `path` stands below `/api/v4/`."""
        headers = {"Authorization": f"Bearer {token}"} | request.pop("headers", {})
        return await self._http.request(method, f"/api/v4/{path}", headers=headers, **request)

    async def integration(self, name: str = "Integration", redirect_uri: str = "https://example.com/cb") -> Integration:
        """A new private integration."""
        return Integration(**await self.do("integration", name=name, redirect_uri=redirect_uri))

    async def token(self, user: int | None = None, days: float = 365, integration: Integration | None = None) -> str:
        """A long-lived token of the administrator, or of another user; of one integration unless one is given."""
        self._integration = self._integration or integration or await self.integration()
        wanted = integration or self._integration
        return str(await self.do("token", client_id=wanted.client_id, user=user, days=days))

    async def code(self, integration: Integration, user: int | None = None) -> str:
        """An administrator lets the integration in: the code of the redirect."""
        return str(await self.do("code", client_id=integration.client_id, user=user))

    async def revoke(self, integration: Integration | None = None) -> None:
        """All tokens of an integration are dead; by default of the one behind `token()`."""
        await self.do("revoke", client_id=self._of(integration).client_id)

    async def expire(self, access_token: str) -> None:
        """This access token is too old."""
        await self.do("expire", token=access_token)

    async def subscription(self, ended: bool, days_ago: float = 0) -> None:
        """402 from now on (for reading after 30 days), or paid again."""
        await self.do("subscription", ended=ended, days_ago=days_ago)

    async def speed(self, times: float) -> None:
        """Make the server's time run that much faster than real time."""
        await self.do("speed", speed=times)

    async def settled(self) -> None:
        """Wait until no webhook is under way."""
        await self.do("settled")

    async def block(self, integration: Integration | None = None, seconds: float = 3600) -> None:
        """403 for all that an integration calls."""
        await self.do("block", client_id=self._of(integration).client_id, seconds=seconds)

    async def reset_limits(self) -> None:
        """Forget the requests so far, and blocks."""
        await self.do("reset_limits")

    async def fault(self, name: str, action: str = "fail", **how: Any) -> None:
        """Plan what happens to the next calls of a name (`*` is any). See `calls.Fault`."""
        await self.do("fault", name=name, action=action, **how)

    async def mute(self, muted: bool = True) -> None:
        """Lose webhooks."""
        await self.do("mute", muted=muted)

    async def repeat(self, event: str = "") -> str:
        """Deliver the newest webhook again, or the newest of an event."""
        return str(await self.do("repeat", event=event))

    async def inject(self, event: str, *items: Json) -> int:
        """Any event, many items in one body if wanted, to every subscriber."""
        return int(await self.do("inject", event=event, items=items))

    async def inject_raw(self, body: bytes) -> int:
        """Any bytes as the body of a webhook."""
        return int(await self.do("inject", base64=base64.b64encode(body).decode()))

    async def hooks(self) -> list[Json]:
        """Webhook subscriptions, with `disabled`."""
        return list(await self.do("hooks"))

    async def webhooks(self, event: str = "") -> list[Delivery]:
        """Deliveries tried, oldest first."""
        return [Delivery(**item) for item in await self.do("webhooks", event=event)]

    async def calls(self, name: str = "", after: int = 0, status: int | None = None) -> list[MadeCall]:
        """Calls made, oldest first; `status` 0 means that the answer was withheld."""
        return (await self._made(MadeCall, after, name=name, status=status))[1]

    async def wait_for_calls(
        self,
        count: int = 1,
        name: str = "",
        where: Callable[[MadeCall], bool] = lambda call: True,
        seconds: float = 10,
    ) -> list[MadeCall]:
        """Wait until so many such calls were made; TimeoutError if they are not."""
        return await self._wait_for_made(MadeCall, count, where, seconds, name=name)

    async def stats(self) -> Json:
        """Counters of the whole server."""
        stats: Json = await self.do("stats")
        return stats

    def _of(self, integration: Integration | None) -> Integration:
        found = integration or self._integration
        if found is None:
            raise ControlFailed("no integration yet: ask for a token first")
        return found
