"""What Kommo's webhooks say: only that something happened to a lead."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.kommo.webhook import NotAForm, parse
from sales.crm_events import LeadChange, LeadChanged, MalformedCrmEvent, UnknownCrmEvent
from sales.ids import Moment
from tests.crm.kommo.recorded import raw
from tests.crm.kommo.world import KommoWorld
from tests.crm.worlds import draft


def test_a_lead_was_moved() -> None:
    assert parse(raw("lead_moved.form")) == [
        LeadChanged("25399013", LeadChange.MOVED, "123124", Moment(1_502_362_433_000))
    ]


def test_an_incoming_lead_was_accepted() -> None:
    assert parse(raw("incoming_accepted.form")) == [LeadChanged("9944789", LeadChange.ACCEPTED, "504141")]


def test_an_incoming_lead_was_declined() -> None:
    declined = raw("incoming_accepted.form").replace(b"accept", b"decline")

    assert parse(declined) == [LeadChanged("9944789", LeadChange.DECLINED, "504141")]


def test_several_events_in_one_body_do_not_spoil_each_other() -> None:
    assert parse(raw("several.form")) == [
        LeadChanged("25399013", LeadChange.DELETED),
        MalformedCrmEvent("leads[delete]", "no lead id"),
        LeadChanged("25399014", LeadChange.ADDED),
        UnknownCrmEvent("contacts[note]"),
    ]


@pytest.mark.parametrize("body", [b"\xff", b"{}", b"leads=1", b"leads[status][0]=1", b"leads[status][x][id]=1"])
def test_what_is_no_form_of_kommos_is_refused(body: bytes) -> None:
    with pytest.raises(NotAForm):
        parse(body)


def test_only_the_account_says_nothing() -> None:
    assert parse(b"account[id]=7777") == []


async def test_what_users_do_in_kommo_comes_as_events_that_are_understood(world: KommoWorld) -> None:
    kommo, boris = world.kommo, int(await world.user("Boris"))
    events = ["add_lead", "update_lead", "status_lead", "responsible_lead", "delete_lead", "delete_unsorted"]
    hook = {"destination": "http://127.0.0.1:9/hook", "settings": events}
    assert (await kommo.api("POST", "webhooks", world.token, json=hook)).status_code < 300
    incoming = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))

    lead = await kommo.accept(lead=int(incoming.lead_id), by=boris)
    await kommo.win(lead, by=boris)
    await kommo.delete(lead, by=boris)
    await kommo.settled()

    told = [event for delivery in await kommo.webhooks() for event in parse(delivery.body.encode())]
    assert {event.lead_id for event in told if isinstance(event, LeadChanged)} == {incoming.lead_id}
    assert not [event for event in told if isinstance(event, MalformedCrmEvent)]
    assert {LeadChange.ACCEPTED, LeadChange.MOVED, LeadChange.DELETED} <= {
        event.change for event in told if isinstance(event, LeadChanged)
    }
    assert str(boris) in {event.by for event in told if isinstance(event, LeadChanged)}


@given(st.binary(max_size=300))
def test_whatever_comes_is_an_event_or_refused(body: bytes) -> None:
    with suppress(NotAForm):
        parse(body)
