"""Incoming leads, and what users do with leads inside Kommo."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from playground.kommo.control import ControlFailed

from .kommo_stage import Stage, form, staged
from .test_kommo_leads import errors


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        await ready.subscribe()
        yield ready


async def test_an_incoming_lead_waits_and_its_contact_is_in_no_list(stage: Stage) -> None:
    item = await stage.incoming()
    lead_id, contact_id = (item["_embedded"][kind][0]["id"] for kind in ("leads", "contacts"))
    seen = await stage.kommo.lead(lead_id)
    assert (seen.is_incoming, seen.status, seen.uid) == (True, "Incoming leads", item["uid"])
    await stage.get("contacts", 204, query="9001112233")
    assert (await stage.get(f"contacts/{contact_id}"))["is_unsorted"] is True
    listed = (await stage.get("leads/unsorted", **{"filter[uid]": item["uid"]}))["_embedded"]["unsorted"][0]
    assert (listed["category"], listed["source_uid"], listed["metadata"]["form_id"]) == ("forms", "wa-1", "wa")
    await stage.get("leads/unsorted", 204, **{"filter[category][]": "chats"})


async def test_what_an_incoming_lead_needs(stage: Stage) -> None:
    body = form("x", "y")
    del body["source_name"], body["metadata"]["form_name"]
    answer = await stage.call("POST", "leads/unsorted/forms", [body], 400)
    assert errors(answer) == {"0": [("FieldMissing", "source_name"), ("FieldMissing", "metadata.form_name")]}
    empty = form("x", "y", _embedded={})
    assert errors(await stage.call("POST", "leads/unsorted/forms", [empty], 400)) == {
        "0": [("FieldMissing", "_embedded.leads")]
    }


async def test_a_call_is_incoming_too(stage: Stage) -> None:
    call = {"from": "79001112233", "phone": "7495", "called_at": 1, "duration": 0, "link": "l", "service_code": "s"}
    made = await stage.call("POST", "leads/unsorted/sip", [form("Call", "+7900", metadata=call)])
    assert made["_total_items"] == 1
    assert (await stage.get("leads/unsorted/summary"))["categories"]["sip"]["total"] == 1


async def test_accept_gives_it_to_a_user_in_a_stage(stage: Stage) -> None:
    item = await stage.call("POST", "leads/unsorted/forms", [form("Deal", "+79001112233", pipeline_id=stage.sales.id)])
    uid = item["_embedded"]["unsorted"][0]["uid"]
    body = {"user_id": stage.anna.id, "status_id": stage.sales.stages["Talks"]}
    answer = await stage.call("POST", f"leads/unsorted/{uid}/accept", body)
    assert (answer["uid"], answer["category"], answer["pipeline_id"]) == (uid, "forms", stage.sales.id)
    seen = await stage.kommo.lead(answer["_embedded"]["leads"][0]["id"])
    assert (seen.responsible, seen.status, seen.is_incoming) == ("Anna", "Talks", False)
    assert (await stage.get("contacts", query="9001112233"))["_embedded"]["contacts"][0]["is_unsorted"] is False
    await stage.call("POST", f"leads/unsorted/{uid}/accept", body, 404)
    await stage.get(f"leads/unsorted/{uid}", 404)
    told = (await stage.told("unsorted", "delete"))[0]
    assert (told["action"], told["uid"]) == ("accept", uid)
    assert told["accept_result"]["leads"]["0"] == str(seen.id)


async def test_accept_refuses_users_and_stages_that_do_not_exist(stage: Stage) -> None:
    uid = (await stage.incoming())["uid"]
    answer = await stage.call("POST", f"leads/unsorted/{uid}/accept", {"user_id": 5}, 400)
    assert errors(answer) == {"0": [("NotSupportedChoice", "user_id")]}
    await stage.call("POST", f"leads/unsorted/{uid}/accept", {"status_id": 5}, 400)


async def test_decline_deletes_lead_and_contact(stage: Stage) -> None:
    item = await stage.incoming()
    await stage.call("DELETE", f"leads/unsorted/{item['uid']}/decline", {"user_id": stage.anna.id})
    assert await stage.kommo.leads() == []
    assert await stage.kommo.contacts() == []
    told = (await stage.told("unsorted", "delete"))[0]
    assert (told["action"], told["modified_user_id"]) == ("decline", str(stage.anna.id))


async def test_a_form_cannot_be_linked(stage: Stage) -> None:
    uid, lead_id = (await stage.incoming())["uid"], await stage.lead()
    body = {"link": {"entity_id": lead_id, "entity_type": "leads"}}
    await stage.call("POST", f"leads/unsorted/{uid}/link", body, 400)


async def test_complex_with_metadata_is_an_incoming_lead(stage: Stage) -> None:
    metadata = form("x", "y")["metadata"] | {"category": "forms"}
    body = [{"name": "Deal", "_embedded": {"contacts": [{"name": "Ann"}], "metadata": metadata}}]
    made = (await stage.call("POST", "leads/complex", body))[0]
    assert (await stage.kommo.lead(made["id"])).is_incoming


async def test_users_accept_and_decline_inside_kommo(stage: Stage) -> None:
    first, second = await stage.incoming(), await stage.incoming("Another")
    lead_id = await stage.kommo.accept(uid=first["uid"], by=stage.boris.id)
    seen = await stage.kommo.lead(lead_id)
    assert (seen.responsible, seen.status) == ("Boris", "Initial contact")
    await stage.kommo.decline(lead=second["_embedded"]["leads"][0]["id"], by=stage.anna.id)
    told = await stage.told("unsorted", "delete")
    assert [(item["action"], item["modified_user_id"]) for item in told] == [
        ("accept", str(stage.boris.id)),
        ("decline", str(stage.anna.id)),
    ]
    with pytest.raises(ControlFailed):
        await stage.kommo.decline(uid=first["uid"])


async def test_dragging_an_incoming_lead_to_a_stage_accepts_it(stage: Stage) -> None:
    item = await stage.incoming()
    main = (await stage.kommo.pipelines())[0]
    await stage.kommo.move(item["_embedded"]["leads"][0]["id"], main.stages["Discussions"], by=stage.anna.id)
    assert (await stage.told("unsorted", "delete"))[0]["action"] == "accept"
    assert (await stage.kommo.leads())[0].responsible == "Anna"


async def test_a_new_responsible_is_told_with_the_old_one(stage: Stage) -> None:
    lead_id = await stage.lead(responsible_user_id=stage.anna.id)
    await stage.kommo.set_responsible(lead_id, stage.boris.id, by=stage.boris.id)
    told = (await stage.told("leads", "responsible"))[0]
    assert told["id"] == str(lead_id)
    assert (told["responsible_user_id"], told["old_responsible_user_id"]) == (str(stage.boris.id), str(stage.anna.id))
    assert told["modified_user_id"] == str(stage.boris.id)


async def test_closing_and_deleting_are_told(stage: Stage) -> None:
    lead_id = await stage.lead()
    before = (await stage.kommo.lead(lead_id)).status_id
    await stage.kommo.win(lead_id, by=stage.anna.id)
    await stage.kommo.delete(lead_id)
    won = (await stage.told("leads", "status"))[0]
    assert (won["status_id"], won["old_status_id"]) == ("142", str(before))
    assert (await stage.told("leads", "delete"))[0].keys() == {"id", "status_id", "pipeline_id"}
    await stage.kommo.restore(lead_id)
    assert (await stage.told("leads", "restore"))[0]["id"] == str(lead_id)


async def test_a_user_edits_a_contact(stage: Stage) -> None:
    contact_id = await stage.contact()
    values = [{"field_code": "PHONE", "values": [{"value": "+79009"}]}]
    await stage.kommo.edit("contacts", contact_id, name="Ann Lee", custom_fields_values=values)
    seen = await stage.kommo.contact(contact_id)
    assert (seen.name, seen.last_name, seen.fields["PHONE"]) == ("Ann Lee", "Lee", ["+79009"])
    told = (await stage.told("contacts", "update"))[0]
    assert (told["type"], told["custom_fields"]["0"]["values"]["0"]["value"]) == ("contact", "+79009")


async def test_the_board_has_every_lead_in_its_column(stage: Stage) -> None:
    lead_id = await stage.lead(pipeline_id=stage.sales.id, status_id=stage.sales.stages["Talks"])
    sales = (await stage.kommo.board())[1]
    where = [(column["name"], [lead["id"] for lead in column["leads"]]) for column in sales["columns"]]
    assert ("Talks", [lead_id]) in where
