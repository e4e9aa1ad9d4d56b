"""How our messages fare. In any order, and more than once: whoever stores them never goes back."""

import re

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.client import reason
from channels.whatsapp_cloud.messages import Named, read_id
from channels.whatsapp_cloud.outcomes import code_of
from channels.whatsapp_cloud.people import find_person
from sales.ids import OutboxId
from sales.incoming import Delivered, Ignored

_STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
_OURS = re.compile(r"dibs:([1-9][0-9]{0,17})")


def callback_data(row_id: OutboxId) -> str:
    """Goes with a message and comes back with each of its statuses."""
    return f"dibs:{row_id}"


def read_status(value: Node, item: Node) -> Named:
    """One item of ``statuses``. Raises ``Anomalous``."""
    wamid, told = read_id(item), item.text("status")
    name = f"status:{wamid}:{told[:40]}"
    if item.fields.get("recipient_type") == "group":
        return Named(name, Ignored("group"))
    status = _STATUSES.get(told)
    if status is None:
        return Named(name, Ignored("unknown_status"))
    person = find_person(value, item.maybe_text("recipient_id"), item.maybe_text("recipient_user_id"))
    problem = _problem(item) if status == "failed" else None
    row_id, known_by = _row_id(item), person.identities()
    return Named(name, Delivered(person.address, wamid, status, problem, row_id, person.aliases, known_by))


def _row_id(item: Node) -> OutboxId | None:
    """The row of ours that it left with. Other programs on the same number put in what they like."""
    told = item.fields.get("biz_opaque_callback_data")
    found = _OURS.fullmatch(told) if isinstance(told, str) else None
    return OutboxId(int(found[1])) if found is not None else None


def _problem(item: Node) -> str:
    """Our code, then Meta's words."""
    errors = list(item.nodes("errors"))
    if not errors:
        return "undeliverable"
    error = errors[0]
    code = error.fields.get("code")
    if type(code) is not int:
        raise Anomalous(f"{error.path}.code", "not a whole number")
    data = error.maybe_node("error_data")
    words = reason(data.fields.get("details") if data else None, error.fields.get("title"), error.fields.get("message"))
    return f"{code_of(code)} {words}".strip()
