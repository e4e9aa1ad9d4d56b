"""Kommo's JSON as the port understands it."""

from dataclasses import replace

import pytest

from crm.http import Answer
from crm.kommo import bodies
from crm.kommo.client import words
from crm.kommo.mapping import (
    from_kommo_board,
    from_kommo_contact,
    from_kommo_lead,
    from_kommo_user,
    has_mark,
    made_complex,
    made_id,
)
from crm.reading import Node, Unreadable
from sales.clients import Identity, IdentityKind
from sales.ids import ClientId, Moment
from sales.leads import CrmUser, LeadState, Stage, StageKind
from sales.ports.crm import CrmError, LeadDraft, LeadRef
from tests.crm.kommo.recorded import body, node

NOWHERE: frozenset[int] = frozenset()
DRAFT = LeadDraft(
    "dibs-1",
    "Anna",
    ClientId(1),
    "Anna",
    [Identity(IdentityKind.PHONE, "+79123456789"), Identity(IdentityKind.TELEGRAM, "5")],
    "Shop",
    "31634",
    "142000",
    Moment(1_790_000_000_999),
    "504141",
)


def test_a_lead_is_read_with_its_main_contact() -> None:
    lead = from_kommo_lead(node("lead"), NOWHERE)

    assert lead == LeadRef("10185151", "16522451", LeadState.OPEN, "5059931", "47520013", "504141")
    assert has_mark(node("lead"), "DIBS", "dibs-0123456789abcdef")
    assert not has_mark(node("lead"), "DIBS", "dibs-0123456789abcde")


def test_nobody_is_responsible_for_an_incoming_lead() -> None:
    lead = from_kommo_lead(node("lead"), frozenset({47520013}))

    assert (lead.state, lead.stage_id, lead.responsible) == (LeadState.INCOMING, None, None)


@pytest.mark.parametrize(("stage", "state"), [(142, LeadState.WON), (143, LeadState.LOST)])
def test_won_and_lost_are_the_same_stages_everywhere(stage: int, state: LeadState) -> None:
    moved = Node({**node("lead").fields, "status_id": stage}, "lead")

    assert from_kommo_lead(moved, NOWHERE).state is state


def test_the_stage_of_incoming_leads_is_none_to_choose() -> None:
    board = from_kommo_board(next(node("pipelines").inner("_embedded").many("pipelines")))

    assert board.pipeline.stages == (
        Stage("47520013", "Initial contact", StageKind.OPEN),
        Stage("142", "Closed - won", StageKind.WON),
        Stage("143", "Closed - lost", StageKind.LOST),
    )
    assert (board.incoming_stage, board.takes_incoming, board.is_main) == (47520010, True, True)


def test_a_contact_has_phones_as_they_were_typed() -> None:
    contact = from_kommo_contact(node("contact"))

    assert contact.phones == ("8 (912) 345-67-89", "4915112345678")
    assert (contact.responsible, contact.lead_ids) == ("504141", (10185151, 10185160))


def test_who_can_log_in_no_more_is_no_user() -> None:
    users = [from_kommo_user(user) for user in node("users").inner("_embedded").many("users")]

    assert users == [
        CrmUser("504141", "Boris", "boris@example.com", "+4915112345000"),
        None,
        CrmUser("504143", "Carla"),
    ]


@pytest.mark.parametrize("name", ["complex_array", "complex_embedded"])
def test_both_ways_of_answering_a_complex_lead_are_understood(name: str) -> None:
    assert made_complex(body(name)) == "92353"


@pytest.mark.parametrize("found", [None, [], {}, {"_embedded": {"leads": []}}, {"_embedded": {"leads": [{"id": "x"}]}}])
def test_what_is_no_answer_may_have_been_done_all_the_same(found: object) -> None:
    with pytest.raises(Unreadable) as caught:
        made_id(found, "leads")
    assert caught.value.unknown


def test_a_new_lead_carries_the_mark_the_channel_and_the_contact() -> None:
    made = bodies.lead_with_contact(DRAFT)

    assert made == {
        "name": "Anna",
        "created_at": 1_790_000_000,
        "pipeline_id": 31634,
        "status_id": 142000,
        "responsible_user_id": 504141,
        "custom_fields_values": [{"field_code": "DIBS", "values": [{"value": "dibs-1"}]}],
        "_embedded": {
            "tags": [{"name": "Shop"}],
            "contacts": [
                {
                    "name": "Anna",
                    "custom_fields_values": [
                        {"field_code": "PHONE", "values": [{"value": "+79123456789", "enum_code": "WORK"}]}
                    ],
                    "responsible_user_id": 504141,
                }
            ],
        },
    }


def test_what_is_no_id_of_kommos_is_refused_before_it_is_sent() -> None:
    with pytest.raises(CrmError, match="no such user: boris"):
        bodies.lead(replace(DRAFT, responsible="boris"))


def test_a_refusal_is_told_by_the_fields_that_were_wrong() -> None:
    said = words(Answer(400, body("validation_errors")))

    assert said == "status_id: The value you selected is not a valid choice.; pipeline_id: FieldMissing"


@pytest.mark.parametrize(
    ("status", "found", "part"),
    [
        (401, {"detail": "Неверный логин или пароль"}, "long-lived token"),
        (402, None, "subscription has ended"),
        (403, {"detail": "Access denied"}, "(Access denied)"),
        (404, {"title": "Not Found"}, "Not Found"),
        (418, ["?"], "HTTP 418"),
    ],
)
def test_every_refusal_has_words(status: int, found: object, part: str) -> None:
    assert part in words(Answer(status, found))
