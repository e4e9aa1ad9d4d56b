"""Channel tests go on: each hop is ticked as it happens, and what a finished test made is swept up.

Called every second while there is anything to follow. The hops are read from the state, so nothing on a client's way
knows of tests, and a restart in the middle changes nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from sales import outbox
from sales.channels import ChannelState
from sales.clients import Client
from sales.ids import ClientId, later
from sales.leads import LeadState
from sales.messages import Direction, Message, MessageStatus
from sales.outbox import RowKind
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest, ChannelTestState, Hop
from sales.topics import TopicState
from sales.use_cases.channel_test import TEST_SECONDS, cards_of, close_test, condemn, live, show
from sales.use_cases.offering import withdraw_offer
from sales.use_cases.receive import source_of
from sales.use_cases.viewing import close_view

ARRIVED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ})
MESSAGES = 20
"""The newest of a test's conversation that are looked through."""


def follow_tests(work: Work) -> None:
    for listed in work.channel_tests.list():
        if live(listed, work.now):
            _follow(work, listed)
    for client in work.clients.tests():
        _sweep(work, client)


def _follow(work: Work, listed: ChannelTest) -> None:
    test = work.channel_tests.get(listed.staff_id)
    if test is None or test.mark != listed.mark:
        return
    ended = _ended(work, test)
    if ended is not None:
        close_test(work, test, ended)
        return
    advanced = _advanced(work, test)
    if advanced == test:
        return
    if test.state is ChannelTestState.RUNNING and Hop.DELIVERED in advanced.hops:
        close_test(work, advanced, ChannelTestState.PASSED)
        return
    work.channel_tests.save(advanced)
    show(work, advanced)


def _ended(work: Work, test: ChannelTest) -> ChannelTestState | None:
    """Out of time, or what it needs is gone."""
    if later(test.started_at, TEST_SECONDS) <= work.now:
        return ChannelTestState.EXPIRED
    staff, channel = work.staff.get(test.staff_id), work.channels.get(test.channel_id)
    if staff is None or not staff.admin or channel is None or channel.state is ChannelState.REMOVED:
        return ChannelTestState.CANCELLED
    client = work.clients.get(test.client_id) if test.client_id is not None else None
    given_up = client is not None and client.not_client_at is not None
    return ChannelTestState.CANCELLED if given_up and test.state is ChannelTestState.RUNNING else None


def _advanced(work: Work, test: ChannelTest) -> ChannelTest:
    key = (test.channel_id, test.address)
    conversation = work.conversations.by_address([key]).get(key)
    if conversation is not None:
        test = replace(test, client_id=conversation.client_id)
    client = work.clients.get(test.client_id) if test.client_id is not None else None
    reached = {*test.hops, *(_hops(work, test, client) if client is not None else ())}
    real_at = test.real_at
    if real_at is None and work.seen.any_since(source_of(test.channel_id), test.started_at):
        real_at = work.now
    return replace(test, hops=tuple(hop for hop in Hop if hop in reached), real_at=real_at)


def _hops(work: Work, test: ChannelTest, client: Client) -> Iterator[Hop]:
    messages = work.messages.of_client(client.id, MESSAGES)
    replies = [one for one in messages if one.direction is Direction.OUT and one.author_id == test.staff_id]
    yield from [Hop.RECEIVED] if any(one.direction is Direction.IN for one in messages) else []
    yield from [Hop.CARD] if any(card.post_id is not None for card in cards_of(work, client)) else []
    yield from [Hop.ACCEPT] if client.owner_id == test.staff_id else []
    yield from [Hop.LEAD] if _lead_read_back(work, test, client.id) else []
    yield from _reply_hops(replies)


def _reply_hops(replies: list[Message]) -> list[Hop]:
    if not replies:
        return []
    arrived = any(one.status in ARRIVED for one in replies)
    return [Hop.REPLY, Hop.DELIVERED] if arrived else [Hop.REPLY]


def _lead_read_back(work: Work, test: ChannelTest, client_id: ClientId) -> bool:
    """The CRM has the lead as accepted. One inside Dibs is read; of others, what it answered is what was read."""
    lead = work.leads.newest_open(client_id)
    if lead is None or lead.external_id is None or lead.state is not LeadState.OPEN:
        return False
    crm = work.crms.get(lead.crm_id)
    if crm is None or not crm.inside:
        return True
    deal = work.deals.get(lead.external_id)
    return deal is not None and deal.state is LeadState.OPEN and deal.responsible_id == test.staff_id


# --- sweeping ---


def _sweep(work: Work, client: Client) -> None:
    """First everything is taken back; once that has left, the client goes."""
    if client.not_client_at is None:
        if _forgotten(work, client):
            condemn(work, client.id)
        return
    if _take_back(work, client) or work.outbox.busy(list(_streams(work, client))):
        return
    work.outbox.put(
        [outbox.erase(card.staff_id, card.post_id) for card in cards_of(work, client) if card.post_id is not None]
    )
    work.clients.remove(client.id)


def _forgotten(work: Work, client: Client) -> bool:
    """Nobody's test any more: the command line died in the middle of one."""
    running = {test.client_id for test in work.channel_tests.list() if test.state is ChannelTestState.RUNNING}
    old = client.last_message_at is None or later(client.last_message_at, TEST_SECONDS) <= work.now
    return client.id not in running and old


def _take_back(work: Work, client: Client) -> bool:
    """Whether there was anything to take back."""
    offer = work.offers.open_of([client.id]).get(client.id)
    if offer is not None:
        withdraw_offer(work, offer)
    views = [view for view in work.topics.viewers(client.id) if view.state is not TopicState.CLOSING]
    for view in views:
        close_view(work, view.staff_id, client.id)
    leads = [lead for lead in work.leads.of_client(client.id) if lead.state is not LeadState.DECLINED]
    for lead in leads:
        work.leads.save(replace(lead, state=LeadState.DECLINED))
        work.outbox.put([outbox.to_crm(RowKind.CRM_REMOVE, lead.crm_id, lead.id)])
    return bool(offer or views or leads)


def _streams(work: Work, client: Client) -> Iterator[str]:
    """Where something about this client may still be on its way."""
    for card in cards_of(work, client):
        yield outbox.card(card.offer_id, card.staff_id).stream
    for view in work.topics.viewers(client.id):
        yield outbox.withdraw(view.staff_id, client.id).stream
    for lead in work.leads.of_client(client.id):
        yield outbox.to_crm(RowKind.CRM_REMOVE, lead.crm_id, lead.id).stream
