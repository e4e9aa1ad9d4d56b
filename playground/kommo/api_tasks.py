"""Tasks."""

from __future__ import annotations

from typing import Any

from .call import Call
from .entities import KINDS, Task
from .errors import bad_request, not_found
from .filters import in_order, values, within
from .payloads import task_payload
from .reading import Reader
from .views import links, task_view

Json = dict[str, Any]

NAMES = ("text", "complete_till", "entity_id", "entity_type", "task_type_id", "responsible_user_id", "request_id")
OTHERS = ("id", "is_completed", "result", "duration", "created_by", "updated_by", "created_at", "updated_at")
FILTERS = {"id", "is_completed", "entity_type", "entity_id", "responsible_user_id", "task_type", "updated_at"}
LONGEST = 65_000


def create_tasks(call: Call) -> Json:
    """`POST tasks`."""
    world, made, now = call.world, [], call.world.now()
    for request_id, item in call.batch(lambda reader: _read(call, reader, new=True)):
        about: Json = {"created_by": call.by, "created_at": now, "updated_at": now, "entity_id": None}
        about |= {"entity_type": None, "task_type_id": 1, "responsible_user_id": call.by}
        about |= item
        task = Task(id=world.new_id(), **about)
        world.tasks[task.id] = task
        world.events.add("add_task", task_payload(world, task))
        made.append({"id": task.id, "request_id": request_id} | links(world, f"tasks/{task.id}"))
    return call.made("tasks", made)


def _read(call: Call, reader: Reader, new: bool) -> Json:
    """Only what was given."""
    reader.only(*NAMES, *OTHERS)
    users = call.world.users.keys()
    found: Json = {"text": reader.text("text", required=new, longest=LONGEST)}
    found |= {"complete_till": reader.whole("complete_till", required=new)}
    found |= {"responsible_user_id": reader.whole("responsible_user_id", among=users)}
    found |= {"created_by": reader.whole("created_by", among=users | {0}), "created_at": reader.whole("created_at")}
    found |= {"task_type_id": reader.whole("task_type_id", among=(1, 2)), "duration": reader.whole("duration")}
    found |= {"entity_type": reader.text("entity_type", among=KINDS), "is_completed": reader.flag("is_completed")}
    found |= {"entity_id": _entity(call, reader, found["entity_type"])}
    if "result" in reader:
        found["result"] = {"text": reader.inner("result").text("text", required=True, longest=LONGEST)}
    return {name: value for name, value in found.items() if value is not None}


def _entity(call: Call, reader: Reader, kind: str | None) -> int | None:
    entity_id = reader.whole("entity_id")
    if entity_id is not None and kind is None:
        reader.missing("entity_type")
    elif entity_id is not None and entity_id not in call.world.cards(kind or ""):
        reader.no_choice("entity_id")
    return entity_id


def update_task(call: Call) -> Json:
    """`PATCH tasks/{id}`."""
    world, task = call.world, call.world.tasks.get(call.number())
    if task is None:
        raise not_found()
    for name, value in call.one(lambda reader: _read(call, reader, new=False)).items():
        setattr(task, name, value)
    task.updated_at = world.now()
    world.events.add("update_task", task_payload(world, task))
    return {"id": task.id, "updated_at": task.updated_at} | links(world, f"tasks/{task.id}")


def list_tasks(call: Call) -> Json | None:
    """`GET tasks`."""
    wanted = call.filters
    if wanted.keys() - FILTERS:
        raise bad_request(f"unknown filters {sorted(wanted.keys() - FILTERS)}")
    found = [task for task in call.world.tasks.values() if _fits(task, wanted)]
    return call.page("tasks", in_order(call, found), lambda task: task_view(call.world, task))


def _fits(task: Task, wanted: Json) -> bool:
    has = {name: str(getattr(task, name, "")) for name in wanted} | {"is_completed": str(int(task.is_completed))}
    has |= {"task_type": str(task.task_type_id)}
    exact = all(has[name] in values(given) for name, given in wanted.items() if name != "updated_at")
    return exact and ("updated_at" not in wanted or within(wanted["updated_at"], task.updated_at))


def get_task(call: Call) -> Json | None:
    """`GET tasks/{id}`; 204 where there is none."""
    task = call.world.tasks.get(call.number())
    return None if task is None else task_view(call.world, task)
