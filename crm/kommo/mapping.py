"""Between Kommo's JSON and what the port speaks of. Pure. Kommo's ids are numbers there and texts here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crm.reading import Node
from sales.leads import CrmUser, LeadState, Pipeline, Stage, StageKind
from sales.ports.crm import LeadRef

WON, LOST = 142, 143
"""Of every pipeline (PLATFORMS.md D5)."""
INCOMING_TYPE = 1
"""The stage where leads lie that nobody has accepted."""

_KINDS = {WON: StageKind.WON, LOST: StageKind.LOST}
OVER = frozenset({LeadState.WON, LeadState.LOST, LeadState.DECLINED})
_STATES = {WON: LeadState.WON, LOST: LeadState.LOST}


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline, the stage of its incoming leads, and whether that is switched on."""

    pipeline: Pipeline
    incoming_stage: int | None
    takes_incoming: bool
    is_main: bool


@dataclass(frozen=True, slots=True)
class Contact:
    id: int
    responsible: str | None
    phones: tuple[str, ...]
    lead_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A lead that nobody has accepted. ``uid`` is what it is accepted and declined by."""

    uid: str
    mark: str
    lead_id: str | None
    contact_id: str | None = None
    pipeline_id: str | None = None

    def ref(self) -> LeadRef | None:
        """The lead behind it."""
        if self.lead_id is None:
            return None
        return LeadRef(self.lead_id, self.contact_id, LeadState.INCOMING, self.pipeline_id)


def from_kommo_board(node: Node) -> Board:
    stages = list(node.inner("_embedded").many("statuses"))
    incoming = next((stage.number("id") for stage in stages if stage.maybe_number("type") == INCOMING_TYPE), None)
    shown = tuple(_stage(stage) for stage in _sorted(stages) if stage.number("id") != incoming)
    pipeline = Pipeline(str(node.number("id")), node.text("name"), shown)
    return Board(pipeline, incoming, node.flag("is_unsorted_on") and incoming is not None, node.flag("is_main"))


def _sorted(stages: list[Node]) -> list[Node]:
    return sorted(stages, key=lambda stage: stage.maybe_number("sort") or 0)


def _stage(node: Node) -> Stage:
    stage_id = node.number("id")
    return Stage(str(stage_id), node.text("name"), _KINDS.get(stage_id, StageKind.OPEN))


def from_kommo_lead(node: Node, incoming_stages: frozenset[int]) -> LeadRef:
    """Nobody is responsible for an incoming lead, whomever Kommo names meanwhile."""
    stage_id, pipeline_id = node.number("status_id"), str(node.number("pipeline_id"))
    lead_id, contact_id = str(node.number("id")), _main_contact(node)
    if stage_id in incoming_stages:
        return LeadRef(lead_id, contact_id, LeadState.INCOMING, pipeline_id)
    state = _STATES.get(stage_id, LeadState.OPEN)
    return LeadRef(lead_id, contact_id, state, pipeline_id, str(stage_id), from_kommo_id(node, "responsible_user_id"))


def _main_contact(node: Node) -> str | None:
    contacts = list(node.inner("_embedded").many("contacts"))
    main = next((one for one in contacts if one.flag("is_main")), contacts[0] if contacts else None)
    return str(main.number("id")) if main is not None else None


def from_kommo_id(node: Node, name: str) -> str | None:
    """Kommo writes 0 for nobody."""
    return str(node.maybe_number(name) or "") or None


def from_kommo_contact(node: Node) -> Contact:
    """Nobody chose whom Kommo names for the contact of an incoming lead."""
    leads = tuple(lead.number("id") for lead in node.inner("_embedded").many("leads"))
    responsible = from_kommo_id(node, "responsible_user_id") if not node.flag("is_unsorted") else None
    return Contact(node.number("id"), responsible, tuple(_values(node, "PHONE")), leads)


def _values(node: Node, code: str) -> Iterator[str]:
    """The texts of a custom field."""
    for field in node.many("custom_fields_values"):
        if field.text("field_code") == code:
            yield from (str(value.fields.get("value") or "") for value in field.many("values"))


def has_mark(node: Node, code: str, mark: str) -> bool:
    return mark in _values(node, code)


def from_kommo_incoming(node: Node) -> Incoming:
    pipeline_id = from_kommo_id(node, "pipeline_id")
    return Incoming(
        node.text("uid"), node.text("source_uid"), _first(node, "leads"), _first(node, "contacts"), pipeline_id
    )


def _first(node: Node, kind: str) -> str | None:
    found = next(node.inner("_embedded").many(kind), None)
    return str(found.number("id")) if found is not None else None


def from_kommo_user(node: Node) -> CrmUser | None:
    """``None`` for one who can't log in any more."""
    if node.inner("rights").fields.get("is_active") is False:
        return None
    phone = node.fields.get("phone_number")
    return CrmUser(
        str(node.number("id")), node.text("name"), node.text("email") or None, str(phone) if phone is not None else None
    )


def made_complex(body: object) -> str:
    """The lead that ``leads/complex`` has made. The answer is an array; older texts show ``_embedded``."""
    items: object = body
    if isinstance(body, Mapping):
        items = Node(body, "complex").inner("_embedded").fields.get("leads")
    first = next(Node({"items": items}, "complex").many("items"), Node({}, "complex"))
    return str(first.number("id"))


def made_incoming(body: object) -> str | None:
    """The lead behind an incoming one that was made."""
    found = next(Node(body, "unsorted").inner("_embedded").many("unsorted"), Node({}, "unsorted"))
    return _first(found, "leads")


def made_id(body: object, key: str) -> str:
    """Of the only thing that was made."""
    first = next(Node(body, key).inner("_embedded").many(key), Node({}, key))
    return str(first.number("id"))
