"""The whole small WhatsApp: who exists, who talks to whom, and what is told to the businesses."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from playground.kit.clock import Clock
from playground.kit.errors import ControlError
from playground.kit.faults import Faults
from playground.kit.timers import Timers

from .accounts import App, Business, Number, Person
from .calls import CallLog, Fault
from .chats import Chat, Message
from .delivery import Delivery
from .envelope import Event, value_of
from .ids import BSUID, WA_ID, digits, object_id
from .limits import Limits
from .numbers import canonical
from .options import Options
from .store import MediaStore

Json = dict[str, Any]


class World:
    """State of one server. `start` runs something in the background for as long as the server lives."""

    def __init__(self, options: Options, start: Callable[[Awaitable[None]], None]) -> None:
        self.options = options
        self.start = start
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.media = MediaStore(self.clock, options)
        self.limits = Limits(options)
        self.calls = CallLog(options.call_log)
        self.faults = Faults[Fault]()
        self.apps: dict[str, App] = {}
        self.businesses: dict[str, Business] = {}
        self.people: dict[str, Person] = {}
        self._lines: dict[str, Person] = {}
        self._users: dict[tuple[str, str], Person] = {}
        self.messages: dict[str, Message] = {}
        self.webhook_log: deque[Json] = deque(maxlen=options.webhook_log)
        self.delivery = Delivery(self.timers, options, start, self.webhook_log)

    def add_business(self, name: str, **given: str) -> Business:
        """A new account with its own app and token. `given`: `id`, `app_id`, `app_secret`, `token`."""
        app_id = given.get("app_id") or object_id()
        app = self.apps.get(app_id)
        if app is None:
            app = self.apps[app_id] = App(app_id, f"{name} app", given.get("app_secret") or secrets.token_hex(16))
        token = given.get("token") or "EAA" + secrets.token_urlsafe(60)
        business = Business(given.get("id") or object_id(), name, app, token)
        if business.id in self.businesses:
            raise ControlError("this account id is taken")
        self.businesses[business.id] = business
        return business

    def add_number(self, business: Business, phone: str, verified_name: str, number_id: str = "") -> Number:
        """A new phone number of an account; `phone` as Meta would display it."""
        if not WA_ID.match(digits(phone)):
            raise ControlError(f"{phone!r} is no phone number")
        number = Number(number_id or object_id(), phone, verified_name or business.name, business)
        business.numbers[number.id] = number
        return number

    def business(self, business_id: str) -> Business:
        """The account with this id; ControlError when there is none."""
        if business_id not in self.businesses:
            raise ControlError(f"no business account {business_id}")
        return self.businesses[business_id]

    def find_number(self, number_id: str) -> Number | None:
        """The phone number with this id."""
        for business in self.businesses.values():
            if number_id in business.numbers:
                return business.numbers[number_id]
        return None

    def number(self, number_id: str) -> Number:
        """The phone number with this id; ControlError when there is none."""
        found = self.find_number(number_id)
        if found is None:
            raise ControlError(f"no phone number {number_id}")
        return found

    def person(self, key: str) -> Person:
        """The person with this key (the first number they had); ControlError when there is none."""
        if key not in self.people:
            raise ControlError(f"no person {key}")
        return self.people[key]

    def who(self, business: Business, address: str) -> Person | None:
        """Whose number or BSUID this is for a business; numbers match in any of their forms."""
        if not BSUID.match(address):
            return self._lines.get(canonical(address))
        known = self._users.get((business.id, address))
        for person in [known] if known is not None else self.people.values():
            if person.bsuid(business) == address:
                return person
        return None

    def add_person(self, person: Person) -> Person:
        """A new person. Raises ControlError when somebody has the number."""
        if not WA_ID.match(person.wa_id) or canonical(person.wa_id) in self._lines:
            raise ControlError(f"{person.wa_id} is no number, or somebody's")
        self.people[person.key] = self._lines[canonical(person.wa_id)] = person
        return person

    def renumber(self, person: Person, wa_id: str) -> None:
        """The person moves to another number; the business-scoped ids change with it."""
        if not WA_ID.match(wa_id) or canonical(wa_id) in self._lines:
            raise ControlError(f"{wa_id} is no number, or somebody's")
        del self._lines[canonical(person.wa_id)]
        person.wa_id, person.serial = wa_id, person.serial + 1
        self._lines[canonical(wa_id)] = person

    def chat(self, number: Number, person: Person) -> Chat:
        """The chat between the two, made by whoever comes first."""
        return number.chats.setdefault(person.key, Chat(number, person))

    def add(self, message: Message) -> Message:
        """Keep a new message; the oldest go when there are too many."""
        self.messages[message.id] = message
        message.chat.add(message)
        if len(self.messages) > self.options.history:
            oldest = self.messages.pop(next(iter(self.messages)))
            oldest.chat.messages.pop(oldest.id, None)
        return message

    def tell(self, chat: Chat, field: str = "messages", with_contact: bool = True, **lists: list[Json]) -> None:
        """Tell the business about a chat: `messages=[…]`, `statuses=[…]` and so on."""
        business = chat.number.business
        contacts = [chat.person.contact(business)] if with_contact else []
        for contact in contacts:
            self._users[business.id, contact["user_id"]] = chat.person
        self.tell_value(chat.number, field, value_of(chat.number, contacts, **lists), chat.key)

    def tell_value(self, number: Number, field: str, value: Json, key: str = "") -> None:
        """Tell the business anything about a number."""
        self.delivery.tell(Event(number.business, number, field, value, key or number.id))

    def tell_account(self, business: Business, field: str, value: Json) -> None:
        """Tell of the account itself; goes to the app's callback."""
        self.delivery.tell(Event(business, None, field, value, business.id, int(self.clock.now())))

    def later(self, action: Callable[[], None]) -> None:
        """Do it shortly after the answer that is being written now."""
        if self.options.status_delay:
            self.delivery.later(self.options.status_delay, action)
        else:
            action()

    def advance(self, seconds: float) -> None:
        """Move time; what became due happens now."""
        self.timers.jump(seconds)

    async def close(self) -> None:
        """Stop webhooks, delete files."""
        await self.delivery.close()
        self.timers.close()
        await asyncio.sleep(0)
        self.media.close()
