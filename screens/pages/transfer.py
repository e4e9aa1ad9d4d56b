"""Whom to give a client to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.clients import Client
from sales.ids import ClientId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.handing import receivers
from sales.use_cases.team_lookup import client_or_fail
from screens.buttons import TransferTo
from screens.clients import plain_name
from screens.pages.page import Reader
from screens.post import Button, Post, post, rows


@dataclass(frozen=True, slots=True)
class TransferView:
    client: Client
    people: Sequence[Staff]


def load(work: Work, staff: Staff, args: str) -> TransferView:
    """``args`` is the client. Raises ``Forbidden``, ``NotFound``."""
    client_id = ClientId(int(args))
    return TransferView(client_or_fail(work, client_id), receivers(work, staff, client_id))


def render(view: TransferView, reader: Reader) -> Post:
    language = reader.language
    name = plain_name(language, view.client)
    if not view.people:
        return post(language.t("Nobody else may write on this channel, so {client} stays.", client=name))
    buttons = [
        Button(_label(person, language.t("off duty")), TransferTo(client=view.client.id, staff=person.id))
        for person in view.people[:90]
    ]
    return post(language.t("Who gets {client}?", client=name), keyboard=rows(*buttons))


def _label(person: Staff, away: str) -> str:
    return person.name if person.on_duty and person.reachable else f"{person.name} · {away}"
