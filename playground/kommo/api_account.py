"""The account, its users, pipelines and custom fields."""

from __future__ import annotations

from typing import Any

from .call import Call
from .entities import INCOMING, CustomField, Pipeline, Status
from .errors import not_found
from .reading import Reader
from .views import field_view, links, pipeline_view, status_view, user_view
from .world import World

Json = dict[str, Any]

FIELD_TYPES = ("text", "numeric", "checkbox", "select", "multiselect", "date", "date_time", "url", "textarea")
MOST_PIPELINES, MOST_STATUSES = 50, 100


def get_account(call: Call) -> Json:
    """`GET account`; `amojo_id`, `uuid` and `version` only when `with` asks for them."""
    world = call.world
    view: Json = {
        "id": world.account_id,
        "name": world.options.account_name,
        "subdomain": world.options.subdomain,
        "created_at": world.created_at,
        "created_by": 0,
        "updated_at": world.created_at,
        "updated_by": 0,
        "current_user_id": call.user.id,
        "country": "US",
        "currency": "USD",
        "currency_symbol": "$",
        "customers_mode": "unavailable",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
    }
    extra: Json = {"amojo_id": world.amojo_id, "uuid": world.uuid, "version": 13, "drive_url": f"{world.url}/drive"}
    view |= {name: value for name, value in extra.items() if name in call.wanted}
    return view | links(world, "account") | {"_embedded": _account_embedded(call)}


def _account_embedded(call: Call) -> Json:
    found: Json = {}
    if "amojo_rights" in call.wanted:
        found["amojo_rights"] = {"can_direct": True, "can_create_groups": True}
    if "task_types" in call.wanted:
        found["task_types"] = [
            {"id": number, "name": name, "color": None, "icon_id": None, "code": code}
            for number, name, code in ((1, "Follow-up", "FOLLOW_UP"), (2, "Meeting", "MEETING"))
        ]
    if "users_groups" in call.wanted:
        found["users_groups"] = [{"id": 0, "name": "Sales", "uuid": None}]
    return found


def list_users(call: Call) -> Json | None:
    """`GET users`; administrators only."""
    call.admin()
    users = list(call.world.users.values())
    return call.page("users", users, lambda user: user_view(call.world, user, call.wanted), total=True)


def get_user(call: Call) -> Json:
    """`GET users/{id}`; administrators only."""
    call.admin()
    user = call.world.users.get(call.number())
    if user is None:
        raise not_found()
    return user_view(call.world, user, call.wanted)


def list_pipelines(call: Call) -> Json:
    """`GET leads/pipelines`; not paged."""
    found = [pipeline_view(call.world, pipeline) for pipeline in call.world.pipelines.values()]
    return {"_total_items": len(found)} | call.made("pipelines", found)


def get_pipeline(call: Call) -> Json:
    """`GET leads/pipelines/{id}`."""
    return pipeline_view(call.world, _pipeline(call))


def create_pipelines(call: Call) -> Json:
    """`POST leads/pipelines`; administrators only."""
    call.admin()
    made = [_new_pipeline(call.world, item) for _request, item in call.batch(_read_pipeline, MOST_PIPELINES)]
    return {"_total_items": len(made)} | call.made("pipelines", [pipeline_view(call.world, item) for item in made])


def _read_pipeline(reader: Reader) -> Json:
    reader.only("name", "sort", "is_main", "is_unsorted_on", "_embedded", "request_id")
    statuses = reader.inner("_embedded", required=True).many("statuses", required=True)
    names = [
        status.text("name", required=True) or "" for status in statuses if status.values.get("id") not in (142, 143)
    ]
    if len(names) > MOST_STATUSES:
        reader.wrong("_embedded.statuses", "TooMany", f"This collection should contain {MOST_STATUSES} or less.")
    return {"name": reader.text("name", required=True), "stages": names, "unsorted": reader.flag("is_unsorted_on")}


def _new_pipeline(world: World, item: Json) -> Pipeline:
    return world.new_pipeline(item["name"], item["stages"] or ["New"], item["unsorted"] is not False)


def list_statuses(call: Call) -> Json:
    """`GET leads/pipelines/{id}/statuses`; not paged."""
    pipeline = _pipeline(call)
    found = [status_view(call.world, pipeline, status) for status in pipeline.statuses]
    return {"_total_items": len(found)} | call.made("statuses", found)


def get_status(call: Call) -> Json:
    """`GET leads/pipelines/{id}/statuses/{status_id}`."""
    pipeline = _pipeline(call)
    status = pipeline.status(call.number("status_id"))
    if status is None:
        raise not_found()
    return status_view(call.world, pipeline, status)


def create_statuses(call: Call) -> Json:
    """`POST leads/pipelines/{id}/statuses`; before won and lost."""
    call.admin()
    pipeline, made = _pipeline(call), []
    for _request, name in call.batch(_read_status):
        status = Status(call.world.new_id(), name, 10 * len(pipeline.statuses))
        pipeline.statuses.insert(len(pipeline.statuses) - 2, status)
        made.append(status_view(call.world, pipeline, status))
    return {"_total_items": len(made)} | call.made("statuses", made)


def _read_status(reader: Reader) -> str:
    reader.only("name", "sort", "color", "type", "request_id")
    if reader.values.get("type") == INCOMING:
        reader.no_choice("type")
    return reader.text("name", required=True) or ""


def _pipeline(call: Call) -> Pipeline:
    pipeline = call.world.pipelines.get(call.number())
    if pipeline is None:
        raise not_found()
    return pipeline


def list_fields(call: Call) -> Json | None:
    """`GET {kind}/custom_fields`."""
    fields = call.world.fields_of(call.kind)
    return call.page("custom_fields", fields, lambda field: field_view(call.world, field), total=True)


def create_fields(call: Call) -> Json:
    """`POST {kind}/custom_fields`; administrators only."""
    call.admin()
    fields = [_new_field(call, item) for _request, item in call.batch(_read_field)]
    return {"_total_items": len(fields)} | call.made("custom_fields", [field_view(call.world, item) for item in fields])


def _read_field(reader: Reader) -> Json:
    reader.only("name", "type", "code", "sort", "enums", "is_api_only", "group_id", "request_id")
    return {
        "name": reader.text("name", required=True),
        "type": reader.text("type", required=True, among=FIELD_TYPES),
        "code": reader.text("code"),
        "enums": tuple(item.text("value", required=True) for item in reader.many("enums")),
        "is_api_only": reader.flag("is_api_only") or False,
    }


def _new_field(call: Call, item: Json) -> CustomField:
    field = call.world.new_field(call.kind, item["name"], item["type"], item["code"], item["enums"])
    field.is_api_only = item["is_api_only"]
    return field
