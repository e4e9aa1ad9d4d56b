"""Kommo's webhooks (PLATFORMS.md D6): forms with PHP's brackets, every value a text, several events in one body.

They are not signed: the address is the secret. So nothing in them is believed but that something happened to a lead.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from sales.crm_events import CrmEvent, LeadChange, LeadChanged, MalformedCrmEvent, UnknownCrmEvent
from sales.ids import Moment

MOST_FIELDS = 20_000
_KEY = re.compile(r"([a-z_]{1,32})\[([a-z_]{1,32})\]\[(\d{1,6})\]\[([^\]]{1,64})\](.{0,512})", re.ASCII)
_ID = re.compile(r"[1-9]\d{0,18}", re.ASCII)
_NOT_EVENTS = frozenset({"account"})

_LEADS = {
    "add": LeadChange.ADDED,
    "update": LeadChange.UPDATED,
    "status": LeadChange.MOVED,
    "responsible": LeadChange.RESPONSIBLE,
    "delete": LeadChange.DELETED,
    "restore": LeadChange.RESTORED,
}
_ENDS = {"accept": LeadChange.ACCEPTED, "decline": LeadChange.DECLINED}

Item = Mapping[str, str]


class NotAForm(ValueError):
    """The body is none of Kommo's."""


def parse(raw: bytes) -> list[CrmEvent]:
    """Every event of a body; one that makes no sense spoils no other. Raises ``NotAForm``."""
    return [_event(entity, action, item) for (entity, action), item in _items(raw)]


def _items(raw: bytes) -> Iterator[tuple[tuple[str, str], Item]]:
    """In the order in which they begin. A nested value keeps the rest of its key: ``accept_result[leads][0]``."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, strict_parsing=True)
    except ValueError as error:
        raise NotAForm("no form") from error
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is not None:
            entity, action, place, name, rest = match.groups()
            found.setdefault((entity, action, place), {})[name + rest] = value
        elif key.partition("[")[0] not in _NOT_EVENTS:
            raise NotAForm("a key without brackets")
    for (entity, action, _), item in found.items():
        yield (entity, action), item


def _event(entity: str, action: str, item: Item) -> CrmEvent:
    name = f"{entity}[{action}]"
    if entity == "unsorted" and item.get("action") in _ENDS:
        return _end(name, item)
    if entity == "leads" and action in _LEADS:
        return _changed(name, item.get("id", ""), _LEADS[action], item)
    return UnknownCrmEvent(name)


def _end(name: str, item: Item) -> CrmEvent:
    """Of an incoming lead; the lead behind it keeps its number."""
    ended = item["action"]
    return _changed(name, item.get(f"{ended}_result[leads][0]", ""), _ENDS[ended], item)


def _changed(name: str, lead_id: str, change: LeadChange, item: Item) -> CrmEvent:
    if not _ID.fullmatch(lead_id):
        return MalformedCrmEvent(name, "no lead id")
    by = item.get("modified_user_id", "")
    return LeadChanged(lead_id, change, by if _ID.fullmatch(by) else None, _moment(item))


def _moment(item: Item) -> Moment | None:
    """Kommo says whole seconds."""
    seconds = item.get("last_modified") or item.get("updated_at") or ""
    return Moment(int(seconds) * 1000) if re.fullmatch(r"\d{9,11}", seconds, re.ASCII) else None
