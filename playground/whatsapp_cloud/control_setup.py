"""The part of the control client that makes things: accounts, numbers, templates, people, their past."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playground.kit.control_client import ControlClient
from playground.kit.control_talk import Do
from playground.whatsapp_cloud import control_types
from playground.whatsapp_cloud.control_talk import Talk
from playground.whatsapp_cloud.control_types import Business, Json, PhoneNumber


@dataclass(frozen=True)
class PersonAccount:
    """A person whom the test plays. `key` is the first number they had, and stays."""

    do: Do
    download: Callable[[int], Awaitable[bytes]]
    key: str
    wa_id: str
    name: str

    def chat(self, number: PhoneNumber) -> Talk:
        """This person facing a business number."""
        return Talk(self.do, self.download, {"person": self.key, "number": number.id})

    async def change(self, **changes: Any) -> None:
        """`name`, `username`, `hidden`, `online`, `receipts`, `on_whatsapp`, `refuses_marketing`; nobody is told."""
        await self.do("set_person", person=self.key, **changes)


class Setup(ControlClient):
    """See `control.py`."""

    async def business(self, name: str = "Acme", **given: str) -> Business:
        """A new account with an app and a token."""
        return Business(**await self.do("business", name=name, **given))

    async def set_business(self, business: Business, **changes: Any) -> Business:
        """`token`, `app_secret`, `revoked`, `failure` (a code for every call, 0 for none), `subscribed`."""
        return Business(**await self.do("set_business", business=business.id, **changes))

    async def number(self, phone: str, business: Business | None = None, **given: Any) -> PhoneNumber:
        """A phone number; without `business` in an account of its own."""
        owner = business.id if business else ""
        return control_types.number(await self.do("number", phone=phone, business=owner, **given))

    async def set_number(self, number: PhoneNumber, **changes: Any) -> PhoneNumber:
        """`coexistence`, `registered`, `allowed` (recipients of a test number), `verified_name`; none: look at it."""
        return control_types.number(await self.do("set_number", number=number.id, **changes))

    async def callback(
        self,
        owner: PhoneNumber | Business,
        url: str,
        verify_token: str = "",
        fields: Sequence[str] | None = None,
        unchecked: bool = False,
    ) -> None:
        """The app's callback, as set in the dashboard; raises ControlFailed when the challenge is not answered."""
        business = owner.business if isinstance(owner, PhoneNumber) else owner
        values = {"url": url, "verify_token": verify_token, "unchecked": unchecked}
        await self.do("callback", business=business.id, fields=list(fields) if fields else None, **values)

    async def template(self, business: Business, name: str, body: str = "", **given: Any) -> Json:
        """An approved template with a body alone, or with `components` as the API lists them."""
        template: Json = await self.do("template", business=business.id, name=name, body=body, **given)
        return template

    async def remove_template(self, business: Business, name: str) -> None:
        """Delete it in all languages."""
        await self.do("remove_template", business=business.id, name=name)

    async def template_status(
        self, business: Business, name: str, status: str, language: str = "en_US", reason: str = "NONE"
    ) -> None:
        """`APPROVED`, `PAUSED`, `DISABLED`, `REJECTED` …; the account is told."""
        values = {"name": name, "status": status, "language": language, "reason": reason}
        await self.do("template_status", business=business.id, **values)

    async def account_update(self, business: Business, event: str, **details: Any) -> None:
        """A ban, a restriction and so on."""
        await self.do("account_update", business=business.id, event=event, details=details)

    async def person(self, phone: str, name: str = "", **given: Any) -> PersonAccount:
        """Somebody with WhatsApp, or a change of who there is."""
        view = await self.do("person", phone=phone, name=name, **given)
        return PersonAccount(self.do, self.download, view["key"], view["wa_id"], view["name"])

    async def people(self, first: int, count: int) -> None:
        """Many at once, for load."""
        await self.do("people", first=first, count=count)

    async def write_many(self, number: PhoneNumber, texts: Sequence[tuple[str, str]]) -> list[str]:
        """Many people write at once, in one request: `(phone, text)` each."""
        ids: list[str] = await self.do("write_many", number=number.id, texts=texts)
        return ids

    async def history(self, number: PhoneNumber, threads: Sequence[Json] = (), **how: Any) -> None:
        """A chunk of the history: `{"person": phone, "messages": [{"text", "outgoing", "at"}, …]}` per thread."""
        await self.do("history", number=number.id, threads=list(threads), **how)

    async def contacts(self, number: PhoneNumber, people: Sequence[PersonAccount], action: str = "add") -> None:
        """The phone's address book."""
        await self.do("contacts", number=number.id, people=[person.key for person in people], action=action)
