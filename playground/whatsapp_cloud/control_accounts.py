"""Control actions on accounts: apps and businesses, numbers, templates, callbacks, people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError

from . import business_app, subscribing
from .accounts import Business, Number, Person, Template
from .ids import digits, object_id
from .world import World

Json = dict[str, Any]

_PERSON = ("name", "country", "username", "hidden", "online", "receipts", "on_whatsapp", "refuses_marketing")
_NUMBER = ("coexistence", "registered", "allowed", "verified_name")
_CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")


def _set(target: Any, values: Json, names: tuple[str, ...]) -> None:
    for name in names:
        if name in values:
            setattr(target, name, values[name])


def business_view(business: Business) -> Json:
    """A business for the control client."""
    app = business.app
    return {"id": business.id, "app_id": app.id, "app_secret": app.secret, "token": business.token}


def _business(world: World, values: Json) -> Json:
    given = {name: values[name] for name in ("id", "app_id", "app_secret", "token") if values.get(name)}
    return business_view(world.add_business(values.get("name") or "Acme", **given))


def _set_business(world: World, values: Json) -> Json:
    """`token`, `app_secret`, `revoked`, `failure` (a code for every call; 0 for none), `subscribed`."""
    business = world.business(values["business"])
    _set(business, values, ("token", "revoked", "failure", "subscribed"))
    if "app_secret" in values:
        business.app.secret = values["app_secret"]
    return business_view(business)


def number_view(number: Number) -> Json:
    """A number for the control client."""
    shown = {"id": number.id, "phone": number.wa_id, "business": business_view(number.business)}
    return shown | {"callback": number.callback()}


def _number(world: World, values: Json) -> Json:
    """A number; without `business` it gets an account of its own."""
    name = values.get("verified_name") or "Acme"
    business = world.business(values["business"]) if values.get("business") else world.add_business(name)
    number = world.add_number(business, values["phone"], name, values.get("id", ""))
    _set(number, values, _NUMBER)
    return number_view(number)


def _set_number(world: World, values: Json) -> Json:
    number = world.number(values["number"])
    _set(number, values, _NUMBER)
    return number_view(number)


async def _callback(world: World, values: Json) -> bool:
    """The app's callback: asked for its challenge first, unless `unchecked`."""
    business = world.business(values["business"])
    if values.get("unchecked"):
        business.app.callback, business.subscribed = values["url"], True
    else:
        await subscribing.set_callback(world, business, values["url"], values["verify_token"], values.get("fields"))
    return True


def _template(world: World, values: Json) -> Json:
    """A template as it was approved: `components` as the API lists them, or `body` for a text alone."""
    business = world.business(values["business"])
    components = values.get("components") or [{"type": "BODY", "text": values["body"]}]
    category = values.get("category", "UTILITY")
    if category not in _CATEGORIES:
        raise ControlError(f"categories are {', '.join(_CATEGORIES)}")
    body = {"status": values.get("status", "APPROVED"), "category": category, "components": components}
    body["parameter_format"] = values.get("parameter_format", "POSITIONAL")
    template = Template(object_id(), values["name"], values.get("language", "en_US"), body)
    business.templates.append(template)
    return template.api()


def _remove_template(world: World, values: Json) -> int:
    business = world.business(values["business"])
    kept = [template for template in business.templates if template.name != values["name"]]
    removed = len(business.templates) - len(kept)
    business.templates = kept
    return removed


def _template_status(world: World, values: Json) -> bool:
    business = world.business(values["business"])
    reason = values.get("reason", "NONE")
    business_app.template_update(world, business, values["name"], values["language"], values["status"], reason)
    return True


def _account_update(world: World, values: Json) -> bool:
    business_app.account_update(world, world.business(values["business"]), values["event"], values.get("details") or {})
    return True


def person_view(person: Person) -> Json:
    """A person for the control client."""
    return {"key": person.key, "wa_id": person.wa_id, "name": person.name}


def _person(world: World, values: Json) -> Json:
    """Make somebody with this number, or change who there is. Their key is the first number they had."""
    key = digits(values["phone"])
    person = world.people.get(key)
    if person is None:
        person = world.add_person(Person(key, key, values.get("name", "")))
    _set(person, values, _PERSON)
    return person_view(person)


def _people(world: World, values: Json) -> int:
    """Many at once, for load: `count` people with numbers from `first` on."""
    for phone in range(values["first"], values["first"] + values["count"]):
        if str(phone) not in world.people:
            world.add_person(Person(str(phone), str(phone), f"Person {phone}"))
    return len(world.people)


def _set_person(world: World, values: Json) -> Json:
    person = world.person(values["person"])
    _set(person, values, _PERSON)
    return person_view(person)


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "business": _business,
    "set_business": _set_business,
    "number": _number,
    "set_number": _set_number,
    "callback": _callback,
    "template": _template,
    "remove_template": _remove_template,
    "template_status": _template_status,
    "account_update": _account_update,
    "person": _person,
    "people": _people,
    "set_person": _set_person,
}
