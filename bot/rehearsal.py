"""`dibs channel test`: a made-up client goes the whole way inside this process, beside a running bot or without one.

The same use cases run on the real database, and the platform is really asked about the account. Only what would leave
is caught: rows for the outbox stay in memory, so neither a staff chat nor the customers' platform hears of it. The
lead's rows go to the CRM from here, the reply through the channel's loop back. Then everything is removed again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex
from typing import TypeVar, cast

from bot.books import Books
from bot.findings import about, fails, in_words
from bot.problems import Failed, explain
from channels.kinds import Connected
from channels.testing import check_patiently, made_up_event
from channels.words import english
from crm.adapters import CrmAdapters
from crm.sender import CrmSender
from sales.channels import Channel
from sales.clients import Client
from sales.errors import SalesError
from sales.ids import Moment, OfferId, OutboxId, PostId
from sales.leads import Lead, LeadState
from sales.messages import Content, MessageKind, MessageStatus
from sales.outbox import NewRow, Row, RowKind, Sent
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest, ChannelTestState
from sales.ports.crm import CrmError
from sales.rights import may_see_offer
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.use_cases.accept import accept_offer
from sales.use_cases.receive import receive
from sales.use_cases.settle_crm import crm_sent
from sales.use_cases.settle_messages import message_sent
from sales.use_cases.talk import StaffPost, staff_wrote
from sales.use_cases.team_lookup import client_or_fail
from sales.views.leads import crm_user

T = TypeVar("T")
WORDS = "Thank you, this is only a test."
CRM_KINDS = frozenset({RowKind.CRM_INCOMING, RowKind.CRM_ACCEPT})


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried: ``words`` say what came of it, and what to do if it failed."""

    ok: bool
    code: str
    words: str


class _Failed(Exception):
    """A hop was not reached; the rest makes no sense then. The message says what to do."""


class _Caught:
    """An outbox whose rows never leave: stands in for the real one while a use case runs."""

    def __init__(self) -> None:
        self.rows: list[NewRow] = []

    def put(self, rows: Sequence[NewRow]) -> None:
        self.rows += rows


class _Offstage:
    """A unit of work with its outbox caught; everything else is the real thing."""

    def __init__(self, work: Work, outbox: _Caught) -> None:
        self._work = work
        self.outbox = outbox

    def __getattr__(self, name: str) -> object:
        return getattr(self._work, name)


@dataclass
class Rehearsal:
    """One test of one channel. ``run`` yields each step as it has been taken."""

    books: Books
    channel: Channel
    adapter: Connected
    outbox: _Caught = field(default_factory=_Caught)
    sent: int = 0

    async def run(self) -> AsyncIterator[Step]:
        for finding in about(await check_patiently(self.adapter), channel=f"«{self.channel.name}»"):
            yield Step(not fails(finding), finding.code, in_words(finding))
        tester = self.books.read(_tester)
        if tester is None:
            yield Step(False, "received", "nobody is on the team who could answer: dibs staff add --help")
            return
        test = ChannelTest(tester.id, self.channel.id, token_hex(4), ChannelTestState.RUNNING, _now(self.books))
        try:
            async for step in self._hops(test, tester):
                yield step
        finally:
            removed = await self._remove(test)
        yield removed

    async def _hops(self, test: ChannelTest, tester: Staff) -> AsyncIterator[Step]:
        """Until one fails."""
        code = "received"
        try:
            client = self._receive(test)
            yield Step(True, code, "received: a made-up client's message came in")
            code = "card"
            offer_id = self._card(client, tester)
            yield Step(True, code, f"card: offered to {tester.name} alone{_when_reachable(tester)}")
            code = "accept"
            self._do(lambda work: accept_offer(work, tester, offer_id))
            yield Step(True, code, f"accept: {tester.name} owns the client")
            code = "lead"
            yield Step(True, code, f"lead: read back from the CRM, {await self._lead(client, tester)}")
            code = "reply"
            self._reply(client, tester)
            yield Step(True, code, "reply: written and on its way")
            code = "delivered"
            await self._deliver(client)
            yield Step(True, code, "delivered: through the loop back; nothing reached the platform")
        except (_Failed, SalesError, CrmError, Failed) as error:
            yield Step(False, code, f"{code}: {explain(error) or error}")

    # --- hops ---

    def _receive(self, test: ChannelTest) -> Client:
        event = made_up_event(test, self.channel.kind, self.adapter, english)
        self._do(lambda work: receive(work, [event]))
        key = (self.channel.id, test.address)
        found = self.books.read(lambda work: work.conversations.by_address([key]).get(key))
        if found is None:
            raise _Failed("the message was taken, but no conversation came of it; please report this")
        return self.books.read(lambda work: client_or_fail(work, found.client_id))

    def _card(self, client: Client, tester: Staff) -> OfferId:
        offer = self.books.read(lambda work: work.offers.open_of([client.id]).get(client.id))
        if offer is None or not may_see_offer(tester, None, offer):
            raise _Failed("the client was not offered to anybody; please report this")
        return offer.id

    async def _lead(self, client: Client, tester: Staff) -> str:
        """As the CRM itself has it now."""
        crms = CrmAdapters(self.books.transactions)
        try:
            sender = CrmSender(self.books.transactions, crms)
            for row in self._take(CRM_KINDS):
                outcome = await sender.send(row)
                if not isinstance(outcome, Sent):
                    raise _Failed(f"the CRM did not take it ({_reason(outcome)}): dibs crm check {self.channel.crm_id}")
                self._do(partial(crm_sent, row=row, sent=outcome))
            lead, responsible = self.books.read(lambda work: _newest_lead(work, client, tester))
            ref = await (await crms.get(lead.crm_id)).read(lead.external_id or "")
        finally:
            await crms.close()
        if ref is None or ref.state is not LeadState.OPEN or ref.responsible != responsible:
            raise _Failed(f"the CRM has it otherwise than expected: dibs crm check {lead.crm_id}")
        return f"number {ref.lead_id}, open, {tester.name} responsible"

    def _reply(self, client: Client, tester: Staff) -> None:
        """As an answer to a post that nobody sees: posts of people have positive numbers."""
        shown, own = PostId(-2 * client.id), PostId(-2 * client.id - 1)
        content = Content(MessageKind.TEXT, WORDS)

        def write(work: Work) -> None:
            work.copies.add([MessageCopy(tester.id, shown, CopyKind.ABOUT, client.id, posted_at=work.now)])
            staff_wrote(work, tester, StaffPost(own, content, reply_to=shown))

        self._do(write)

    async def _deliver(self, client: Client) -> None:
        for row in self._take(frozenset({RowKind.MESSAGE})):
            outcome = await self.adapter.send(row)
            if not isinstance(outcome, Sent):
                raise _Failed(f"the loop back did not take it ({_reason(outcome)}); please report this")
            self._do(partial(message_sent, row=row, sent=outcome))
            messages = self.books.read(lambda work: work.messages.of_client(client.id, 5))
            if any(one.status is MessageStatus.SENT for one in messages):
                return
        raise _Failed("the reply is not marked as sent; please report this")

    # --- the stage ---

    def _do(self, use_case: Callable[[Work], T]) -> T:
        return self.books.write(lambda work: use_case(cast(Work, _Offstage(work, self.outbox))))

    def _take(self, kinds: frozenset[RowKind]) -> list[Row]:
        """The caught rows of these kinds, as if claimed."""
        taken = [row for row in self.outbox.rows if row.kind in kinds]
        self.outbox.rows = [row for row in self.outbox.rows if row.kind not in kinds]
        return [self._claimed(row) for row in taken]

    def _claimed(self, row: NewRow) -> Row:
        self.sent += 1
        now = _now(self.books)
        row_id, priority = OutboxId(self.sent), int(row.priority)
        return Row(row_id, row.lane, row.stream, row.kind, row.payload, priority, row.bucket, 1, False, now, now)

    async def _remove(self, test: ChannelTest) -> Step:
        """Whatever was made, also by a test that failed."""
        key = (self.channel.id, test.address)
        found = self.books.read(lambda work: work.conversations.by_address([key]).get(key))
        if found is None:
            return Step(True, "removed", "removed: nothing was made")
        try:
            await self._remove_leads(self.books.read(lambda work: work.leads.of_client(found.client_id)))
        except CrmError as error:
            words = f"removed: not the lead in the CRM ({error.reason}); delete it there by hand"
            return Step(False, "removed", words)
        finally:
            self.books.write(lambda work: work.clients.remove(found.client_id))
        return Step(True, "removed", "removed: everything that the test made")

    async def _remove_leads(self, leads: Sequence[Lead]) -> None:
        crms = CrmAdapters(self.books.transactions)
        try:
            for lead in leads:
                adapter = await crms.get(lead.crm_id)
                if lead.external_id is not None:
                    await adapter.remove(lead.external_id)
        finally:
            await crms.close()


def _tester(work: Work) -> Staff | None:
    """An admin, if there is one; whoever it is has a rep's rights on the made-up client, and hears nothing of it."""
    people = sorted(work.staff.list(), key=lambda one: (not one.admin, not one.reachable, one.id))
    return people[0] if people else None


def _when_reachable(tester: Staff) -> str:
    return "" if tester.reachable else " (real cards reach them once they have pressed Start in the staff bot)"


def _now(books: Books) -> Moment:
    return books.read(lambda work: work.now)


def _reason(outcome: object) -> str:
    return str(getattr(outcome, "reason", "") or getattr(outcome, "code", "") or type(outcome).__name__)


def _newest_lead(work: Work, client: Client, tester: Staff) -> tuple[Lead, str | None]:
    lead = work.leads.newest_open(client.id)
    if lead is None:
        raise _Failed("no lead was made; please report this")
    return lead, crm_user(work, lead.crm_id, tester.id)
