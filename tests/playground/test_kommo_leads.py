"""Leads and contacts over the API: shapes, refusals, search, paging."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from .kommo_stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


def errors(answer: Any) -> dict[str, list[tuple[str, str]]]:
    """Code and path of each validation error, by request id."""
    assert (answer["title"], answer["status"], answer["detail"]) == ("Bad Request", 400, "Request validation failed")
    found = answer["validation-errors"]
    return {item["request_id"]: [(error["code"], error["path"]) for error in item["errors"]] for item in found}


async def test_a_new_lead_is_answered_with_its_id_and_the_request_id(stage: Stage) -> None:
    answer = await stage.raw("POST", "leads", [{"name": "WhatsApp: Ann", "price": 5, "request_id": "local-77"}])
    assert answer.headers["Content-Type"].startswith("application/hal+json")
    assert answer.headers["X-Request-Id"]
    made = answer.json()
    lead = made["_embedded"]["leads"][0]
    assert lead["request_id"] == "local-77"
    assert lead["_links"]["self"]["href"] == f"{stage.server.url}/api/v4/leads/{lead['id']}"
    assert made["_links"]["self"]["href"] == f"{stage.server.url}/api/v4/leads"


async def test_a_request_id_is_no_key(stage: Stage) -> None:
    assert await stage.lead(request_id="x") != await stage.lead(request_id="x")


async def test_a_new_lead_stands_in_the_first_stage_of_the_main_pipeline(stage: Stage) -> None:
    seen = await stage.kommo.lead(await stage.lead())
    assert (seen.pipeline, seen.status, seen.responsible) == ("Pipeline", "Initial contact", "Admin")


async def test_a_lead_is_read_back_with_everything(stage: Stage) -> None:
    contact_id = await stage.contact()
    lead_id = await stage.lead(
        pipeline_id=stage.sales.id,
        status_id=stage.sales.stages["Talks"],
        responsible_user_id=stage.anna.id,
        tags_to_add=[{"name": "whatsapp"}],
        custom_fields_values=[{"field_code": "UTM_SOURCE", "values": [{"value": "ads"}]}],
        _embedded={"contacts": [{"id": contact_id, "is_main": True}]},
    )
    lead = await stage.get(f"leads/{lead_id}", wanted="contacts")
    assert lead["status_id"] == stage.sales.stages["Talks"]
    assert lead["responsible_user_id"] == stage.anna.id
    assert lead["_embedded"]["tags"][0]["name"] == "whatsapp"
    assert lead["custom_fields_values"][0]["field_code"] == "UTM_SOURCE"
    main = lead["_embedded"]["contacts"][0]
    assert (main["id"], main["is_main"]) == (contact_id, True)
    assert "contacts" not in (await stage.get(f"leads/{lead_id}"))["_embedded"]


async def test_what_is_wrong_is_told_by_request_id_and_path_and_nothing_is_made(stage: Stage) -> None:
    bad = [
        {"name": "fine"},
        {"name": 5, "status_id": 1, "responsible_user_id": 2, "request_id": "b"},
        {"nmae": "x", "custom_fields_values": [{"field_id": 1, "values": []}, {"values": [{"value": 5}]}]},
    ]
    answer = await stage.raw("POST", "leads", bad)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert errors(answer.json()) == {
        "b": [
            ("InvalidType", "name"),
            ("NotSupportedChoice", "responsible_user_id"),
            ("NotSupportedChoice", "status_id"),
        ],
        "2": [
            ("NotSupportedField", "nmae"),
            ("NotSupportedChoice", "custom_fields_values.0.field_id"),
            ("FieldMissing", "custom_fields_values.1.field_id"),
        ],
    }
    assert await stage.kommo.leads() == []


@pytest.mark.parametrize("body", [{}, [], ["x"], [{"name": "x"}] * 251])
async def test_a_batch_is_an_array_of_1_to_250_objects(stage: Stage, body: Any) -> None:
    await stage.call("POST", "leads", body, 400)


async def test_unknown_fields_are_ignored_when_lenient(stage: Stage) -> None:
    await stage.kommo.options(strict_fields=False)
    assert await stage.lead(nmae="x")


async def test_no_lead_is_made_in_incoming_leads_by_hand(stage: Stage) -> None:
    body = [{"name": "x", "pipeline_id": stage.sales.id, "status_id": stage.sales.incoming}]
    assert errors(await stage.call("POST", "leads", body, 400)) == {"0": [("NotSupportedChoice", "status_id")]}


async def test_a_stage_belongs_to_its_pipeline(stage: Stage) -> None:
    lead_id = await stage.lead()
    foreign = {"status_id": stage.sales.stages["New"]}
    await stage.call("PATCH", f"leads/{lead_id}", foreign, 400)
    only_pipeline = await stage.call("PATCH", f"leads/{lead_id}", {"pipeline_id": stage.sales.id}, 400)
    assert errors(only_pipeline) == {"0": [("FieldMissing", "status_id")]}
    await stage.call("PATCH", f"leads/{lead_id}", foreign | {"pipeline_id": stage.sales.id})
    assert (await stage.kommo.lead(lead_id)).pipeline == "Sales"


async def test_won_and_lost_are_the_same_in_every_pipeline_and_close_the_lead(stage: Stage) -> None:
    lead_id = await stage.lead(pipeline_id=stage.sales.id)
    changed = await stage.call("PATCH", f"leads/{lead_id}", {"status_id": 142})
    assert changed["id"] == lead_id
    seen = await stage.kommo.lead(lead_id)
    assert (seen.pipeline, seen.status) == ("Sales", "Closed - won")
    assert seen.closed_at


async def test_many_leads_are_changed_at_once(stage: Stage) -> None:
    first, second = await stage.lead(), await stage.lead()
    body = [{"id": first, "price": 1}, {"id": second, "responsible_user_id": stage.boris.id}]
    await stage.call("PATCH", "leads", body)
    assert (await stage.kommo.lead(first)).price == 1
    assert (await stage.kommo.lead(second)).responsible == "Boris"


async def test_a_lead_that_is_not_there_is_204_to_read_and_404_to_change(stage: Stage) -> None:
    await stage.get("leads/5", 204)
    await stage.call("PATCH", "leads/5", {"price": 1}, 404)
    lead_id = await stage.lead()
    await stage.kommo.delete(lead_id)
    await stage.get(f"leads/{lead_id}", 204)
    await stage.get("leads", 204)
    trash = await stage.get("leads", wanted="only_deleted")
    assert trash["_embedded"]["leads"][0]["is_deleted"] is True


async def test_an_empty_list_is_204(stage: Stage) -> None:
    for path in ("leads", "contacts", "tasks", "leads/notes", "leads/tags", "leads/unsorted", "webhooks"):
        await stage.get(path, 204)


async def test_lists_are_paged_with_links(stage: Stage) -> None:
    await stage.call("POST", "leads", [{"name": f"Deal {number}"} for number in range(5)])
    first = await stage.get("leads", limit=2, query="Deal")
    assert [lead["name"] for lead in first["_embedded"]["leads"]] == ["Deal 0", "Deal 1"]
    seen, link = 2, first["_links"]["next"]["href"]
    while link:
        page = await stage.get(link.removeprefix(f"{stage.server.url}/api/v4/"))
        seen, link = seen + len(page["_embedded"]["leads"]), page["_links"].get("next", {}).get("href")
    assert seen == 5
    await stage.get("leads", 204, page=4, limit=2)
    await stage.get("leads", 400, limit=251)


async def test_leads_are_filtered_and_ordered(stage: Stage) -> None:
    await stage.lead(name="old", updated_at=1000)
    await stage.lead(name="new", updated_at=2000, pipeline_id=stage.sales.id, responsible_user_id=stage.anna.id)

    async def names(**params: Any) -> list[str]:
        return [lead["name"] for lead in (await stage.get("leads", **params))["_embedded"]["leads"]]

    assert await names(**{"filter[updated_at][from]": 1001}) == ["new"]
    assert await names(**{"filter[updated_at][from]": 1000, "filter[updated_at][to]": 1000}) == ["old"]
    assert await names(**{"filter[responsible_user_id][]": stage.anna.id}) == ["new"]
    where = {
        "filter[statuses][0][pipeline_id]": stage.sales.id,
        "filter[statuses][0][status_id]": stage.sales.stages["New"],
    }
    assert await names(**where) == ["new"]
    assert await names(**{"order[updated_at]": "desc"}) == ["new", "old"]
    await stage.get("leads", 400, **{"filter[nothing]": 1})


async def test_contacts_are_found_by_a_part_of_the_phone_however_it_is_written(stage: Stage) -> None:
    contact_id = await stage.contact(phone="+7 (900) 111-22-33")
    await stage.contact("Boris", "+7 900 555 66 77")
    for query in ("9001112233", "111-22", "Ann"):
        found = (await stage.get("contacts", query=query))["_embedded"]["contacts"]
        assert [item["id"] for item in found] == [contact_id], query
    await stage.get("contacts", 204, query="9001112234")


async def test_a_contact_shows_its_leads_and_its_phone(stage: Stage) -> None:
    contact_id = await stage.contact()
    lead_id = await stage.lead(_embedded={"contacts": [{"id": contact_id}]})
    contact = await stage.get(f"contacts/{contact_id}", wanted="leads")
    assert [lead["id"] for lead in contact["_embedded"]["leads"]] == [lead_id]
    field = contact["custom_fields_values"][0]
    assert (field["field_code"], field["values"][0]["enum_code"]) == ("PHONE", "MOB")
    assert (contact["first_name"], contact["is_unsorted"]) == ("Ann", False)


async def test_a_deleted_contact_is_on_no_lead(stage: Stage) -> None:
    contact_id = await stage.contact()
    lead_id = await stage.lead(_embedded={"contacts": [{"id": contact_id}]})
    await stage.kommo.delete(contact_id, "contacts")
    assert (await stage.get(f"leads/{lead_id}", wanted="contacts"))["_embedded"]["contacts"] == []


async def test_a_custom_field_is_made_used_and_found(stage: Stage) -> None:
    field = {"name": "Mark", "type": "text", "code": "MARK", "is_api_only": True}
    made = (await stage.call("POST", "leads/custom_fields", [field]))["_embedded"]["custom_fields"][0]
    assert (made["code"], made["is_api_only"], made["entity_type"]) == ("MARK", True, "leads")
    lead_id = await stage.lead(custom_fields_values=[{"field_code": "MARK", "values": [{"value": "dibs-7"}]}])
    assert [lead["id"] for lead in (await stage.get("leads", query="dibs-7"))["_embedded"]["leads"]] == [lead_id]
    await stage.call("PATCH", f"leads/{lead_id}", {"custom_fields_values": [{"field_id": made["id"], "values": None}]})
    assert (await stage.get(f"leads/{lead_id}"))["custom_fields_values"] is None
    await stage.call("POST", "leads/custom_fields", [{"name": "x", "type": "magic"}], 400)


async def test_choices_are_given_by_id_or_by_words(stage: Stage) -> None:
    field_id = await stage.kommo.field("leads", "Channel", "select", enums=["WhatsApp", "Telegram"])

    async def chosen(value: dict[str, Any], status: int = 200) -> Any:
        body = [{"name": "x", "custom_fields_values": [{"field_id": field_id, "values": [value]}]}]
        return await stage.call("POST", "leads", body, status)

    made = await chosen({"value": "Telegram"})
    seen = await stage.kommo.lead(made["_embedded"]["leads"][0]["id"])
    assert seen.fields == {"Channel": ["Telegram"]}
    wrong = errors(await chosen({"value": "Pigeon"}, 400))
    assert wrong == {"0": [("NotSupportedChoice", "custom_fields_values.0.values.0.value")]}


async def test_a_search_may_lag(stage: Stage) -> None:
    await stage.kommo.options(search_lag=5)
    lead_id = await stage.lead(name="marked abc")
    await stage.get("leads", 204, query="abc")
    assert (await stage.get(f"leads/{lead_id}"))["id"] == lead_id
    await stage.kommo.advance(6)
    assert (await stage.get("leads", query="abc"))["_embedded"]["leads"][0]["id"] == lead_id


async def test_complex_makes_lead_and_contact_and_answers_an_array(stage: Stage) -> None:
    contact = {"first_name": "Ann", "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+7900"}]}]}
    body = [{"name": "Deal", "request_id": "q", "_embedded": {"contacts": [contact], "companies": [{"name": "ACME"}]}}]
    made = await stage.call("POST", "leads/complex", body)
    assert made[0]["request_id"] == ["q"]
    assert made[0]["merged"] is False
    seen = await stage.kommo.lead(made[0]["id"])
    assert [item.id for item in seen.contacts] == [made[0]["contact_id"]]
    two = [{"name": "Deal", "_embedded": {"contacts": [contact, contact]}}]
    assert errors(await stage.call("POST", "leads/complex", two, 400)) == {"0": [("TooMany", "_embedded.contacts")]}


async def test_complex_joins_twins_only_when_the_account_wants_it(stage: Stage) -> None:
    contact = {"name": "Ann", "custom_fields_values": [{"field_code": "PHONE", "values": [{"value": "+7900"}]}]}
    body = [{"name": "Deal", "_embedded": {"contacts": [contact]}}]
    first = (await stage.call("POST", "leads/complex", body))[0]
    second = (await stage.call("POST", "leads/complex", body))[0]
    await stage.kommo.options(duplicate_control=True)
    third = (await stage.call("POST", "leads/complex", body))[0]
    assert first["contact_id"] != second["contact_id"]
    assert (third["contact_id"], third["merged"]) == (first["contact_id"], True)


async def test_tags_are_added_and_taken_away(stage: Stage) -> None:
    lead_id = await stage.lead(tags_to_add=[{"name": "a"}, {"name": "b"}])
    await stage.call("PATCH", f"leads/{lead_id}", {"tags_to_delete": [{"name": "a"}], "tags_to_add": [{"name": "c"}]})
    assert (await stage.kommo.lead(lead_id)).tags == ["b", "c"]
    await stage.call("PATCH", f"leads/{lead_id}", {"_embedded": {"tags": []}})
    assert (await stage.kommo.lead(lead_id)).tags == []
    assert len((await stage.get("leads/tags"))["_embedded"]["tags"]) == 3


async def test_links_are_made_and_removed(stage: Stage) -> None:
    lead_id, first, second = await stage.lead(), await stage.contact(), await stage.contact("Bob", "+79002")
    ends = [{"to_entity_id": number, "to_entity_type": "contacts"} for number in (first, second)]
    ends[1]["metadata"] = {"is_main": True}
    made = await stage.call("POST", f"leads/{lead_id}/link", ends)
    assert made["_total_items"] == 2
    assert [item.id for item in (await stage.kommo.lead(lead_id)).contacts] == [second, first]
    await stage.call("POST", f"leads/{lead_id}/unlink", [ends[0]], 204)
    assert [item.id for item in (await stage.kommo.lead(lead_id)).contacts] == [second]
    await stage.call("POST", f"leads/{lead_id}/link", [{"to_entity_id": 1, "to_entity_type": "contacts"}], 400)


async def test_contacts_belong_to_companies_from_either_side(stage: Stage) -> None:
    contact_id, lead_id = await stage.contact(), await stage.lead()
    made = await stage.call("POST", "companies", [{"name": "ACME"}])
    company_id = made["_embedded"]["companies"][0]["id"]
    await stage.call(
        "POST", f"companies/{company_id}/link", [{"to_entity_id": contact_id, "to_entity_type": "contacts"}]
    )
    await stage.call("POST", f"leads/{lead_id}/link", [{"to_entity_id": company_id, "to_entity_type": "companies"}])
    contact = await stage.get(f"contacts/{contact_id}")
    assert [item["id"] for item in contact["_embedded"]["companies"]] == [company_id]
    assert (await stage.get(f"leads/{lead_id}/links"))["_embedded"]["links"][0]["to_entity_type"] == "companies"
    two = [{"to_entity_id": lead_id, "to_entity_type": "leads"}]
    await stage.call("POST", f"leads/{lead_id}/link", two, 400)


async def test_notes_are_written_and_read(stage: Stage) -> None:
    lead_id = await stage.lead()
    note = {"note_type": "common", "params": {"text": "Hello\nthere"}}
    made = await stage.call("POST", f"leads/{lead_id}/notes", [note | {"request_id": "n"}])
    assert made["_embedded"]["notes"][0]["request_id"] == "n"
    await stage.call("POST", "leads/notes", [note | {"entity_id": lead_id, "created_at": 1000}])
    read = (await stage.get(f"leads/{lead_id}/notes"))["_embedded"]["notes"]
    assert [item["params"]["text"] for item in read] == ["Hello\nthere"] * 2
    assert [item.created_at for item in (await stage.kommo.lead(lead_id)).notes][1] == 1000


@pytest.mark.parametrize(
    ("note", "wrong"),
    [
        ({"params": {"text": "x"}}, ("FieldMissing", "note_type")),
        ({"note_type": "chat", "params": {"text": "x"}}, ("NotSupportedChoice", "note_type")),
        ({"note_type": "common"}, ("FieldMissing", "params")),
        ({"note_type": "common", "params": {"text": 5}}, ("InvalidType", "params.text")),
        ({"note_type": "sms_in", "params": {"text": "x"}}, ("FieldMissing", "params.phone")),
    ],
)
async def test_a_note_has_the_parameters_of_its_type(stage: Stage, note: Any, wrong: tuple[str, str]) -> None:
    lead_id = await stage.lead()
    assert wrong in errors(await stage.call("POST", f"leads/{lead_id}/notes", [note], 400))["0"]


async def test_tasks_are_made_and_closed(stage: Stage) -> None:
    lead_id = await stage.lead()
    body = {"text": "Call", "complete_till": 1588885140, "entity_id": lead_id, "entity_type": "leads"}
    task_id = (await stage.call("POST", "tasks", [body]))["_embedded"]["tasks"][0]["id"]
    assert (await stage.kommo.lead(lead_id)).tasks == ["Call"]
    assert (await stage.get(f"leads/{lead_id}"))["closest_task_at"] == 1588885140
    await stage.call("PATCH", f"tasks/{task_id}", {"is_completed": True, "result": {"text": "done"}})
    assert (await stage.get(f"tasks/{task_id}"))["result"] == {"text": "done"}
    await stage.get("tasks", 204, **{"filter[is_completed]": 0})
    bad = await stage.call("POST", "tasks", [{"entity_id": lead_id}], 400)
    assert set(errors(bad)["0"]) == {
        ("FieldMissing", "text"),
        ("FieldMissing", "complete_till"),
        ("FieldMissing", "entity_type"),
    }
