"""Accounts: apps, WhatsApp business accounts with their numbers and templates, and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .ids import bsuid, digits

if TYPE_CHECKING:
    from .chats import Chat

Json = dict[str, Any]


@dataclass(slots=True)
class App:
    """A developer's app: its secret signs webhooks, its callback gets what no override takes."""

    id: str
    name: str
    secret: str
    callback: str = ""
    fields: set[str] | None = None


@dataclass(slots=True)
class Template:
    """A message template. `body` holds the fields of the API, `status` and `category` among them."""

    id: str
    name: str
    language: str
    body: Json

    def api(self) -> Json:
        """As the API lists it."""
        return {"name": self.name, "language": self.language, "id": self.id} | self.body


@dataclass(slots=True)
class Business:
    """A WhatsApp business account (WABA). `failure`: a code that every call on it is refused with; 0 for none."""

    id: str
    name: str
    app: App
    token: str
    subscribed: bool = False
    override: str = ""
    revoked: bool = False
    failure: int = 0
    numbers: dict[str, Number] = field(default_factory=dict)
    templates: list[Template] = field(default_factory=list)


@dataclass(slots=True)
class Number:
    """A business phone number. `allowed` are the recipients of a test number; None for a real one."""

    id: str
    phone: str
    verified_name: str
    business: Business
    coexistence: bool = False
    registered: bool = True
    override: str = ""
    allowed: list[str] | None = None
    chats: dict[str, Chat] = field(default_factory=dict)

    @property
    def wa_id(self) -> str:
        """The number's digits."""
        return digits(self.phone)

    def metadata(self) -> Json:
        """As every webhook about it says."""
        return {"display_phone_number": self.wa_id, "phone_number_id": self.id}

    def callback(self) -> str:
        """Where its messages go: the number's own override, its account's, the app's."""
        return self.override or self.business.override or self.business.app.callback


@dataclass(slots=True)
class Person:
    """Somebody with WhatsApp. `serial` changes with the phone, and the business-scoped ids with it.

    `hidden`: has a username, so businesses get no phone. `country` is the first part of the BSUID. `online`: the
    phone takes messages. `receipts`: the business is told what was read.
    """

    key: str
    wa_id: str
    name: str
    country: str = "US"
    username: str = ""
    hidden: bool = False
    on_whatsapp: bool = True
    online: bool = True
    receipts: bool = True
    refuses_marketing: bool = False
    serial: int = 0
    blocked: set[str] = field(default_factory=set)

    def bsuid(self, business: Business) -> str:
        """Who this is for one business."""
        return bsuid(self.country, f"{self.key}:{self.serial}", business.id)

    def contact(self, business: Business) -> Json:
        """An item of `contacts` in webhooks."""
        profile = {"name": self.name} | ({"username": self.username} if self.username else {})
        known = {} if self.hidden else {"wa_id": self.wa_id}
        return {"profile": profile} | known | {"user_id": self.bsuid(business)}

    def sender(self, business: Business) -> Json:
        """Who wrote, as a message says it."""
        known = {} if self.hidden else {"from": self.wa_id}
        return known | {"from_user_id": self.bsuid(business)}
