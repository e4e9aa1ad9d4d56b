"""What leaves for a CRM: in order, once, and with the facts that Dibs's own record needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from crm.adapters import CrmAdapters
from crm.builtin.adapter import BuiltinCrm
from crm.sender import CrmSender
from sales import outbox
from sales.ids import ClientId, CrmId, LeadId, Moment, OfferId, OutboxId, StaffId
from sales.leads import LeadState
from sales.offers import OfferState
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowKind, Sent, Unknown
from sales.ports import Transactions, Work
from sales.ports.crm import CrmError, Deal, LeadDraft, LeadRef
from sales.staff import Role
from tests.crm.shop import One, Shop


@dataclass
class Line:
    """How the CRM's answers get lost: each call named in ``losing`` works once, and its answer never arrives."""

    losing: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def heard(self, name: str) -> None:
        self.calls.append(name)
        if name in self.losing:
            self.losing.remove(name)
            raise CrmError("the answer was lost", unknown=True, after=0)


class FarCrm(BuiltinCrm):
    """The built-in CRM at the end of a bad line."""

    def __init__(self, transactions: Transactions, line: Line) -> None:
        super().__init__(transactions)
        self.line = line

    async def add_incoming(self, draft: LeadDraft) -> LeadRef:
        ref = await super().add_incoming(draft)
        self.line.heard("add_incoming")
        return ref

    async def create(self, draft: LeadDraft) -> LeadRef:
        ref = await super().create(draft)
        self.line.heard("create")
        return ref


async def deal(shop: Shop, client_id: ClientId) -> Deal | None:
    return await shop.transactions.read(lambda work: work.deals.newest_open(client_id))


def kinds(done: list[tuple[Row, Outcome]]) -> list[tuple[RowKind, type[Outcome]]]:
    return [(row.kind, type(outcome)) for row, outcome in done]


async def test_a_lead_waits_among_the_incoming_and_opens_for_whoever_accepts(shop: Shop) -> None:
    adapters = CrmAdapters(shop.transactions)
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna")

    await shop.offered(anna)
    await shop.drain(adapters)
    assert (await shop.lead(anna)).state is LeadState.INCOMING

    await shop.accepted(anna, boris)
    await shop.drain(adapters)

    lead, made = await shop.lead(anna), await deal(shop, anna)
    assert made is not None
    assert (lead.external_id, lead.state, lead.stage_id) == (made.id, LeadState.OPEN, made.stage_id)
    assert (made.state, made.responsible_id, made.title) == (LeadState.OPEN, boris.id, "Anna")
    await adapters.close()


async def test_accepting_without_an_incoming_lead_makes_one(shop: Shop) -> None:
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna", boris)

    await shop.drain(One(BuiltinCrm(shop.transactions)))

    made = await deal(shop, anna)
    assert made is not None
    assert made.responsible_id == boris.id


@pytest.mark.parametrize("lost", ["add_incoming", "create"])
async def test_a_lost_answer_makes_no_second_lead(shop: Shop, lost: str) -> None:
    line = Line([lost])
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna", boris if lost == "create" else None)
    if lost == "add_incoming":
        await shop.offered(anna)

    sender = CrmSender(shop.transactions, One(FarCrm(shop.transactions, line)))
    row = await _first_row(shop)
    first = await sender.send(row)
    second = await sender.send(_uncertain(row))

    assert isinstance(first, Unknown)
    assert isinstance(second, Sent)
    assert line.calls == [lost]


async def test_accept_finds_the_lead_whose_making_was_never_confirmed(shop: Shop) -> None:
    """The row that made it died without an answer; the next row of the lead does not know of it."""
    line = Line(["add_incoming"])
    crm = FarCrm(shop.transactions, line)
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna")
    lead_id = await shop.offered(anna)
    sender = CrmSender(shop.transactions, One(crm))
    await sender.send(await _first_row(shop))
    await shop.accepted(anna, boris)

    accepted = await sender.send(_row(RowKind.CRM_ACCEPT, {"lead_id": lead_id}))

    assert isinstance(accepted, Sent)
    assert accepted.facts["state"] is LeadState.OPEN
    assert line.calls == ["add_incoming"]


async def test_an_open_lead_of_the_client_is_taken_over(shop: Shop) -> None:
    """Dibs has no record of it: it was made in the CRM."""
    boris, carla = await shop.hire("Boris", Role.REP), await shop.hire("Carla", Role.REP)
    crm = BuiltinCrm(shop.transactions)
    anna = await shop.client("Anna")
    draft = LeadDraft("elsewhere", "Anna", anna, "Anna", (), "Shop", None, None, Moment(1), str(carla.id))
    theirs = await crm.create(draft)

    await shop.accepted(anna, boris)
    await shop.drain(One(crm))

    assert (await shop.lead(anna)).external_id == theirs.lead_id
    taken = await crm.read(theirs.lead_id)
    assert taken is not None
    assert (taken.responsible, taken.stage_id) == (str(boris.id), theirs.stage_id)


async def test_a_lead_that_another_record_stands_for_is_not_taken_over(shop: Shop) -> None:
    """Won here, still open there, since the CRM has not heard of it: the next purchase is a lead of its own."""
    boris = await shop.hire("Boris", Role.REP)
    crm = BuiltinCrm(shop.transactions)
    anna = await shop.client("Anna", boris)
    await shop.drain(One(crm))
    first = await shop.lead(anna)
    await shop.transactions.write(lambda work: work.leads.save(replace(first, state=LeadState.WON)))

    await shop.offered(anna)
    second = (await shop.lead(anna)).id
    await shop.transactions.write(lambda work: _make_responsible(work, second, boris.id))
    await shop.put(RowKind.CRM_ACCEPT, second)
    await shop.drain(One(crm))

    newest = await shop.lead(anna)
    assert newest.id == second
    assert newest.external_id not in (None, first.external_id)


async def test_incoming_for_a_lead_that_is_there_already_changes_nothing(shop: Shop) -> None:
    line = Line()
    crm = One(FarCrm(shop.transactions, line))
    anna = await shop.client("Anna", await shop.hire("Boris", Role.REP))
    await shop.drain(crm)

    await shop.put(RowKind.CRM_INCOMING, (await shop.lead(anna)).id)
    done = await shop.drain(crm)

    assert kinds(done) == [(RowKind.CRM_INCOMING, Sent)]
    assert line.calls == ["create"]
    assert (await shop.lead(anna)).state is LeadState.OPEN


async def test_not_a_client_declines_the_incoming_lead(shop: Shop) -> None:
    crm = One(BuiltinCrm(shop.transactions))
    anna = await shop.client("Anna")
    lead_id = await shop.offered(anna)
    await shop.drain(crm)

    await shop.put(RowKind.CRM_DECLINE, lead_id)
    await shop.drain(crm)

    assert (await shop.lead(anna)).state is LeadState.DECLINED
    assert await deal(shop, anna) is None


async def test_declining_what_the_crm_never_heard_of_is_dropped(shop: Shop) -> None:
    anna = await shop.client("Anna", await shop.hire("Boris", Role.REP))
    sender = CrmSender(shop.transactions, One(BuiltinCrm(shop.transactions)))

    outcome = await sender.send(_row(RowKind.CRM_DECLINE, {"lead_id": (await shop.lead(anna)).id}))

    assert isinstance(outcome, Dropped)


async def test_giving_an_unaccepted_client_to_someone_accepts_the_lead(shop: Shop) -> None:
    boris = await shop.hire("Boris", Role.REP)
    crm = One(BuiltinCrm(shop.transactions))
    anna = await shop.client("Anna")
    lead_id = await shop.offered(anna)
    await shop.drain(crm)

    await shop.transactions.write(lambda work: _make_responsible(work, lead_id, boris.id))
    await shop.put(RowKind.CRM_RESPONSIBLE, lead_id)
    await shop.drain(crm)

    made = await deal(shop, anna)
    assert made is not None
    assert (made.state, made.responsible_id) == (LeadState.OPEN, boris.id)


async def test_a_find_tells_who_is_responsible(shop: Shop) -> None:
    boris = await shop.hire("Boris", Role.REP)
    crm = BuiltinCrm(shop.transactions)
    anna = await shop.client("Anna", boris)
    await shop.drain(One(crm))
    offer_id = await shop.transactions.write(lambda work: _offer(work, anna))

    outcome = await CrmSender(shop.transactions, One(crm)).send(_row(RowKind.CRM_FIND, {"offer_id": offer_id}))

    lead = await shop.lead(anna)
    assert isinstance(outcome, Sent)
    assert outcome.facts == {"contact_id": str(anna), "lead_id": lead.external_id, "responsible": str(boris.id)}


async def test_a_note_for_a_lead_that_is_nowhere_is_refused_and_said(shop: Shop) -> None:
    anna = await shop.client("Anna", await shop.hire("Boris", Role.REP))
    sender = CrmSender(shop.transactions, One(BuiltinCrm(shop.transactions)))

    outcome = await sender.send(_row(RowKind.CRM_NOTE, {"lead_id": (await shop.lead(anna)).id, "text": "size 39"}))

    assert outcome == Refused("crm_no_lead", "The lead is not in the CRM.")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CrmError("too many requests", again=True, after=3), Retry("too many requests", 3, "crm:1")),
        (CrmError("bad gateway", again=True), Retry("bad gateway")),
        (CrmError("no such user"), Refused("crm", "no such user")),
        (CrmError("timeout", unknown=True), Unknown("timeout")),
    ],
)
async def test_an_error_of_the_crm_says_what_becomes_of_the_row(shop: Shop, error: CrmError, outcome: Outcome) -> None:
    class Down:
        async def get(self, crm_id: CrmId) -> BuiltinCrm:
            raise error

    assert await CrmSender(shop.transactions, Down()).send(_row(RowKind.CRM_ACCEPT, {"lead_id": 1})) == outcome


async def test_a_crm_that_is_gone_refuses_in_words(shop: Shop) -> None:
    row = _row(RowKind.CRM_ACCEPT, {"lead_id": 1}, lane="crm:77")

    outcome = await CrmSender(shop.transactions, CrmAdapters(shop.transactions)).send(row)

    assert outcome == Refused("crm", "CRM 77 is no longer connected")


async def _first_row(shop: Shop) -> Row:
    rows = await shop.transactions.write(lambda work: work.outbox.claim("crm:1", work.now, 1))
    return rows[0]


def _uncertain(row: Row) -> Row:
    return replace(row, attempts=row.attempts + 1, uncertain=True)


def _row(kind: RowKind, payload: Mapping[str, outbox.Scalar], lane: str = "crm:1") -> Row:
    return Row(OutboxId(1), lane, "lead:1", kind, payload, 20, None, 1, False, Moment(1), Moment(1))


def _make_responsible(work: Work, lead_id: LeadId, staff_id: StaffId) -> None:
    lead = work.leads.get(lead_id)
    assert lead is not None
    work.leads.save(replace(lead, responsible_id=staff_id))


def _offer(work: Work, client_id: ClientId) -> OfferId:
    conversation = work.conversations.of_client(client_id)[0]
    return work.offers.add(client_id, conversation.channel_id, conversation.id, OfferState.OPEN).id
