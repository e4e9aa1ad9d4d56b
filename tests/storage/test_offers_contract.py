"""Offers and cards, topics and copies, leads and the built-in CRM."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from sales.clients import Conversation
from sales.ids import CrmId, LeadId, PostId, StaffId, later
from sales.leads import Lead, LeadState, Stage, StageKind
from sales.offers import CardState, Offer, OfferCard, OfferState, Step
from sales.ports import Work
from sales.ports.crm import Deal, DealEvent
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import (
    START,
    World,
    add_channel,
    add_conversation,
    add_staff,
    incoming,
    world_on,
)


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


@pytest.fixture
async def conversation(world: World) -> Conversation:
    channel = await world.write(add_channel)
    return await world.write(lambda work: add_conversation(work, channel))


@pytest.fixture
async def anna(world: World) -> StaffId:
    return (await world.write(lambda work: add_staff(work, 1))).id


@pytest.fixture
async def boris(world: World) -> StaffId:
    return (await world.write(lambda work: add_staff(work, 2))).id


def offer_for(work: Work, at: Conversation, state: OfferState = OfferState.OPEN) -> Offer:
    return work.offers.add(at.client_id, at.channel_id, at.id, state)


async def test_an_offer_is_kept_as_it_was_saved(world: World, conversation: Conversation, anna: StaffId) -> None:
    offer = await world.write(lambda work: offer_for(work, conversation))
    changed = replace(
        offer,
        state=OfferState.TAKEN,
        opened_at=START,
        closed_at=START,
        taken_by=anna,
        widened=True,
        next_step=Step.WIDEN,
        next_step_at=START,
        only_for=anna,
    )
    await world.write(lambda work: work.offers.save(changed))
    assert await world.read(lambda work: work.offers.get(offer.id)) == changed
    assert await world.read(lambda work: work.offers.newest_of(conversation.client_id)) == changed


async def test_a_client_has_one_open_offer(world: World, conversation: Conversation, anna: StaffId) -> None:
    first = await world.write(lambda work: offer_for(work, conversation, OfferState.LOOKING_UP))
    with pytest.raises(IntegrityError):
        await world.write(lambda work: offer_for(work, conversation))
    taken = replace(first, state=OfferState.TAKEN, taken_by=anna)
    await world.write(lambda work: work.offers.save(taken))
    assert await world.read(lambda work: work.offers.open_of([conversation.client_id])) == {}
    second = await world.write(lambda work: offer_for(work, conversation))
    assert await world.read(lambda work: work.offers.open_of([conversation.client_id])) == {
        conversation.client_id: second
    }
    assert await world.read(lambda work: work.offers.open_count()) == 1
    assert await world.read(lambda work: work.offers.list_open()) == [second]


async def test_an_offer_is_taken_by_somebody(world: World, conversation: Conversation) -> None:
    offer = await world.write(lambda work: offer_for(work, conversation))
    with pytest.raises(IntegrityError):
        await world.write(lambda work: work.offers.save(replace(offer, state=OfferState.TAKEN)))


async def test_two_offers_for_one_client_at_once_become_one(world: World, conversation: Conversation) -> None:
    def offer_once(work: Work) -> Offer:
        known = work.offers.open_of([conversation.client_id])
        return known.get(conversation.client_id) or offer_for(work, conversation)

    offers = await asyncio.gather(*(world.write(offer_once) for _ in range(10)))
    assert len({offer.id for offer in offers}) == 1


async def test_offers_are_due_when_their_next_step_has_come(world: World) -> None:
    channel = await world.write(add_channel)

    def some(work: Work) -> list[Offer]:
        offers = [offer_for(work, add_conversation(work, channel, number)) for number in range(4)]
        for number, offer in enumerate(offers[:3]):
            work.offers.save(replace(offer, next_step=Step.REMIND, next_step_at=later(START, 30 - 10 * number)))
        return offers

    offers = await world.write(some)
    assert await world.read(lambda work: work.offers.due(START, 10)) == []
    due = await world.read(lambda work: work.offers.due(later(START, 20), 10))
    assert [offer.id for offer in due] == [offers[2].id, offers[1].id]
    assert len(await world.read(lambda work: work.offers.due(later(START, 60), 2))) == 2


async def test_cards(world: World, conversation: Conversation, anna: StaffId, boris: StaffId) -> None:
    offer = await world.write(lambda work: offer_for(work, conversation))
    card = OfferCard(offer.id, anna, CardState.SHOWN)
    await world.write(lambda work: work.offers.save_card(card))
    await world.write(lambda work: work.offers.save_card(OfferCard(offer.id, boris, CardState.HIDDEN, PostId(7))))
    posted = replace(card, post_id=PostId(7))
    await world.write(lambda work: work.offers.save_card(posted))
    assert await world.read(lambda work: work.offers.card(offer.id, anna)) == posted
    assert await world.read(lambda work: work.offers.card_at(anna, PostId(7))) == posted
    assert [card.staff_id for card in await world.read(lambda work: work.offers.cards(offer.id))] == [anna, boris]
    assert await world.read(lambda work: work.offers.open_cards_of(anna)) == [posted]
    await world.write(lambda work: work.offers.save(replace(offer, state=OfferState.WITHDRAWN)))
    assert await world.read(lambda work: work.offers.open_cards_of(anna)) == []


# --- what stands in staff chats ---


async def test_topics_are_kept_by_person_and_client(
    world: World, conversation: Conversation, anna: StaffId, boris: StaffId
) -> None:
    client_id = conversation.client_id
    topic = Topic(anna, client_id, TopicState.OPEN, 17, PostId(4), "Anna K", START, START)
    inbox = Topic(anna, None, TopicState.WANTED)
    other = Topic(boris, client_id, TopicState.OPEN, 17)
    for each in (Topic(anna, client_id, TopicState.WANTED), topic, inbox, replace(inbox, thread_id=3), other):
        await world.write(lambda work, each=each: work.topics.save(each))
    assert await world.read(lambda work: work.topics.get(anna, client_id)) == topic
    assert await world.read(lambda work: work.topics.get(anna, None)) == replace(inbox, thread_id=3)
    assert await world.read(lambda work: work.topics.by_thread(anna, 17)) == topic
    assert await world.read(lambda work: work.topics.viewers(client_id)) == [topic, other]
    assert await world.read(lambda work: work.topics.of_staff(anna)) == [topic, replace(inbox, thread_id=3)]
    assert await world.read(lambda work: work.topics.viewers_many([client_id])) == {client_id: [topic, other]}
    await world.write(lambda work: work.topics.remove(anna, client_id))
    await world.write(lambda work: work.topics.remove(anna, None))
    assert await world.read(lambda work: work.topics.of_staff(anna)) == []
    assert await world.read(lambda work: work.topics.viewers(client_id)) == [other]


async def test_a_thread_shows_one_client(world: World, conversation: Conversation, anna: StaffId) -> None:
    await world.write(lambda work: work.topics.save(Topic(anna, None, TopicState.OPEN, 5)))
    with pytest.raises(IntegrityError):
        await world.write(lambda work: work.topics.save(Topic(anna, conversation.client_id, TopicState.OPEN, 5)))


async def test_copies_say_which_post_shows_what(
    world: World, conversation: Conversation, anna: StaffId, boris: StaffId
) -> None:
    (message_id,) = await world.write(lambda work: work.messages.add([incoming(conversation, "1")]))
    client_id = conversation.client_id

    def copy(staff_id: StaffId, post: int) -> MessageCopy:
        return MessageCopy(
            staff_id, PostId(post), CopyKind.RELAY, client_id, message_id, media=post == 2, posted_at=START
        )

    copies = [copy(anna, 1), copy(anna, 2), copy(boris, 1)]
    await world.write(lambda work: work.copies.add(copies))
    assert await world.read(lambda work: work.copies.at(anna, PostId(2))) == copies[1]
    assert await world.read(lambda work: work.copies.at(anna, PostId(3))) is None
    assert await world.read(lambda work: work.copies.of_message(message_id)) == copies
    assert await world.read(lambda work: work.copies.of_message(message_id, boris)) == copies[2:]
    assert await world.read(lambda work: work.copies.of_client(anna, client_id, 1)) == copies[:1]
    assert await world.read(lambda work: work.copies.of_client(anna, client_id, 9, after=1)) == copies[1:2]
    await world.write(lambda work: work.copies.remove_of_client(anna, client_id))
    assert await world.read(lambda work: work.copies.of_message(message_id)) == copies[2:]


# --- leads ---


def lead_for(at: Conversation, mark: str = "m1", state: LeadState = LeadState.WANTED) -> Lead:
    return Lead(LeadId(0), at.client_id, at.channel_id, CrmId(1), state, mark, START)


async def test_a_lead_is_kept_as_it_was_saved(world: World, conversation: Conversation, anna: StaffId) -> None:
    lead = lead_for(conversation)
    lead = replace(lead, id=await world.write(lambda work: work.leads.add(lead)))
    assert await world.read(lambda work: work.leads.newest_open(conversation.client_id)) == lead
    changed = replace(
        lead,
        state=LeadState.WON,
        external_id="4711",
        contact_id="c",
        responsible_id=anna,
        pipeline_id="1",
        stage_id="2",
    )
    await world.write(lambda work: work.leads.save(changed))
    assert await world.read(lambda work: work.leads.get(lead.id)) == changed
    assert await world.read(lambda work: work.leads.by_external(CrmId(1), "4711")) == changed
    assert await world.read(lambda work: work.leads.newest_open(conversation.client_id)) is None
    assert await world.read(lambda work: work.leads.of_client(conversation.client_id)) == [changed]


async def test_a_client_has_one_open_lead_in_a_crm_and_marks_are_unique(
    world: World, conversation: Conversation
) -> None:
    await world.write(lambda work: work.leads.add(lead_for(conversation)))
    for wrong in (lead_for(conversation, "m2"), lead_for(conversation, "m1", LeadState.LOST)):
        with pytest.raises(IntegrityError):
            await world.write(lambda work, wrong=wrong: work.leads.add(wrong))
    await world.write(lambda work: work.leads.add(lead_for(conversation, "m3", LeadState.DECLINED)))


# --- the built-in CRM ---


async def test_the_built_in_crm_and_its_pipeline_are_there_from_the_start(world: World) -> None:
    crm = await world.read(lambda work: work.crms.get(CrmId(1)))
    assert crm is not None
    assert (crm.kind, crm.name, crm.inside) == ("builtin", "Dibs", True)
    (pipeline,) = await world.read(lambda work: work.deals.pipelines())
    assert pipeline.name == "Sales"
    assert [(stage.name, stage.kind) for stage in pipeline.stages] == [
        ("Initial contact", StageKind.OPEN),
        ("Qualified", StageKind.OPEN),
        ("Offer made", StageKind.OPEN),
        ("Negotiation", StageKind.OPEN),
        ("Won", StageKind.WON),
        ("Lost", StageKind.LOST),
    ]


async def test_another_crm_gets_another_id(world: World) -> None:
    crm_id = await world.write(lambda work: work.crms.add("kommo", "Kommo", {"token": "t"}))
    assert crm_id > 1
    assert [crm.id for crm in await world.read(lambda work: work.crms.list())] == [1, crm_id]
    assert await world.read(lambda work: work.crms.secrets(crm_id)) == {"token": "t"}
    await world.write(lambda work: work.crms.set_secrets(crm_id, {"token": "fresh"}))
    assert await world.read(lambda work: work.crms.secrets(crm_id)) == {"token": "fresh"}
    assert await world.read(lambda work: work.crms.secrets(CrmId(1))) == {}


async def test_a_crm_user_is_one_staff_member(world: World, anna: StaffId, boris: StaffId) -> None:
    crm_id = CrmId(1)
    await world.write(lambda work: work.crms.map_user(crm_id, anna, "u1"))
    await world.write(lambda work: work.crms.map_user(crm_id, boris, "u2"))
    await world.write(lambda work: work.crms.map_user(crm_id, boris, "u1"))
    assert await world.read(lambda work: work.crms.staff_of(crm_id, "u1")) == boris
    assert await world.read(lambda work: work.crms.staff_of(crm_id, "u2")) is None
    assert await world.read(lambda work: work.crms.user_of(crm_id, anna)) is None
    await world.write(lambda work: work.crms.map_user(crm_id, boris, None))
    assert await world.read(lambda work: work.crms.user_of(crm_id, boris)) is None


async def test_deals_on_the_board(world: World, anna: StaffId, boris: StaffId) -> None:
    channel = await world.write(add_channel)
    stages = [Stage("", "One", StageKind.OPEN), Stage("", "Two", StageKind.WON)]
    pipeline_id = await world.write(lambda work: work.deals.add_pipeline("Second", stages))
    pipeline = next(p for p in await world.read(lambda work: work.deals.pipelines()) if p.id == pipeline_id)
    one = pipeline.stages[0].id

    def some(work: Work) -> list[Deal]:
        kinds = [(anna, one, LeadState.OPEN), (boris, one, LeadState.OPEN), (None, None, LeadState.INCOMING)]
        deals = []
        for number, (staff_id, stage_id, state) in enumerate([*kinds, (anna, one, LeadState.WON)]):
            client_id = add_conversation(work, channel, number).client_id
            deal = Deal("", "T", client_id, staff_id, pipeline_id, stage_id, state, f"m{number}", START, START)
            deals.append(replace(deal, id=work.deals.add(deal)))
        return deals

    deals = await world.write(some)
    assert await world.read(lambda work: work.deals.board(pipeline_id, None)) == {one: 2, None: 1}
    assert await world.read(lambda work: work.deals.board(pipeline_id, anna)) == {one: 1}
    in_stage = await world.read(lambda work: work.deals.in_stage(pipeline_id, one, None, 1, 1))
    assert in_stage == [deals[0]]
    assert await world.read(lambda work: work.deals.in_stage(pipeline_id, one, boris, 9, 0)) == [deals[1]]
    assert await world.read(lambda work: work.deals.in_stage(pipeline_id, None, None, 9, 0)) == [deals[2]]
    assert await world.read(lambda work: work.deals.by_mark("m1")) == deals[1]
    assert await world.read(lambda work: work.deals.newest_open(deals[0].client_id)) == deals[0]
    assert await world.read(lambda work: work.deals.newest_open(deals[3].client_id)) is None
    moved = replace(deals[0], state=LeadState.LOST, updated_at=later(START, 1))
    await world.write(lambda work: work.deals.save(moved))
    assert await world.read(lambda work: work.deals.get(moved.id)) == moved


@pytest.mark.parametrize("forged", ["", "x", "-1", "1.5", "9" * 40, "١"])
async def test_a_deal_that_cannot_be_is_none(world: World, forged: str) -> None:
    assert await world.read(lambda work: work.deals.get(forged)) is None


async def test_a_deal_has_a_history_and_can_be_removed(world: World, conversation: Conversation) -> None:
    pipeline = (await world.read(lambda work: work.deals.pipelines()))[0]
    deal = Deal("", "T", conversation.client_id, None, pipeline.id, None, LeadState.INCOMING, "m", START, START)
    deal_id = await world.write(lambda work: work.deals.add(deal))
    events = [DealEvent(later(START, number), "stage", str(number), None) for number in range(3)]
    for event in events:
        await world.write(lambda work, event=event: work.deals.add_event(deal_id, event))
    assert await world.read(lambda work: work.deals.events(deal_id, 2)) == [events[2], events[1]]
    await world.write(lambda work: work.deals.remove(deal_id))
    assert await world.read(lambda work: work.deals.events(deal_id, 2)) == []
    await world.write(lambda work: work.deals.remove(deal_id))
