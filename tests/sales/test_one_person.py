"""Two clients who may be one person: when they are joined, who is asked, who may decide, and what is remembered."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sales.clients import Identity, IdentityKind
from sales.errors import Forbidden, Invalid, NotYours
from sales.ids import ChannelId, ClientId, MergeId, ProposalId, TelegramId
from sales.incoming import ClientMoved, ClientWrote, Incoming, Sender
from sales.merging import ProposalState
from sales.messages import Content, MessageKind, SharedContact
from sales.outbox import Row, RowKind, Sent
from sales.ports import Work
from sales.staff import ChannelRole, Role, Staff
from sales.use_cases.accept import accept_offer, not_a_client
from sales.use_cases.channels import AddChannel, add_channel
from sales.use_cases.handing import transfer
from sales.use_cases.merge_choices import ask_again, same_person, two_people, undo_merge
from sales.use_cases.receive import receive
from sales.use_cases.settle import settle_rows
from sales.use_cases.talk import StaffPost, staff_wrote
from sales.use_cases.team import AddStaff, RemoveStaff, add_staff, remove_staff
from tests.sales.shop import Shop

PHONE = Identity(IdentityKind.PHONE, "+4915112345678")
CARD = SharedContact("+4915112345678", "Ann")
ANN, WHATSAPP = ClientId(1), ClientId(2)


@pytest.fixture
async def branch(shop: Shop) -> ChannelId:
    add = AddChannel("whatsapp_cloud", "WA", "700", {"token": "x"}, "+49")
    return await shop.do(lambda work: add_channel(work, add))


@pytest.fixture
async def boris(shop: Shop) -> Staff:
    def hire(work: Work) -> Staff:
        staff = add_staff(work, AddStaff(TelegramId(14), "Boris", Role.REP, False, True))
        work.staff.save(replace(staff, reachable=True))
        return replace(staff, reachable=True)

    return await shop.do(hire)


async def hears(shop: Shop, channel: ChannelId, address: str, *known_by: Identity, card: bool = False) -> None:
    shop.updates += 1
    number = shop.updates
    content = Content(MessageKind.CONTACT, contact=CARD) if card else Content(MessageKind.TEXT, f"Words {number}")
    event = ClientWrote(address, f"x{number}", Sender(f"At {address}", known_by), content, shop.time.now)
    await shop.do(lambda work: receive(work, [Incoming(channel, str(number), event, b"")]))


async def ann(shop: Shop, *more: Identity) -> None:
    """Client 1, on Telegram."""
    await hears(shop, shop.channel_id, "111", Identity(IdentityKind.TELEGRAM, "111"), *more)


async def on_whatsapp(shop: Shop, branch: ChannelId, *more: Identity, card: bool = False) -> None:
    """Client 2, who may turn out to be client 1."""
    await hears(shop, branch, "wa", Identity(IdentityKind.WA_ID, "4915112345678"), *more, card=card)


async def accepts(shop: Shop, staff: Staff, client_id: ClientId) -> None:
    await shop.do(lambda work: accept_offer(work, staff, work.offers.open_of([client_id])[client_id].id))


async def two_owners(shop: Shop, branch: ChannelId, boris: Staff) -> ProposalId:
    """Anna's and Boris's, of whom it is told that they are one."""
    await ann(shop, PHONE)
    await accepts(shop, shop.anna, ANN)
    await on_whatsapp(shop, branch)
    await accepts(shop, boris, WHATSAPP)
    await shop.rows()
    await on_whatsapp(shop, branch, PHONE)
    proposal = await shop.do(lambda work: work.merges.between(ANN, WHATSAPP))
    assert proposal is not None
    return proposal.id


async def notices(shop: Shop, name: str) -> Sequence[Row]:
    return [row for row in await shop.rows(RowKind.NOTICE) if row.payload["name"] == name]


async def test_the_first_contact_with_a_known_phone_is_the_known_client(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await hears(shop, branch, "wa", Identity(IdentityKind.WA_ID, "4915112345678"), PHONE)
    conversations = await shop.do(lambda work: work.conversations.of_client(ANN))
    assert len(conversations) == 2
    assert not await notices(shop, "clients_joined")


async def test_with_one_owner_they_are_joined_and_the_owner_is_told(shop: Shop, branch: ChannelId) -> None:
    await on_whatsapp(shop, branch)
    await ann(shop, PHONE)
    first, second = ClientId(1), ClientId(2)
    await accepts(shop, shop.anna, second)
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(first)).merged_into == second
    assert (await shop.client(second)).owner_id == shop.anna.id
    assert [row.payload["staff_id"] for row in await notices(shop, "clients_joined")] == [shop.anna.id]


async def test_both_of_one_owner_are_joined_at_once(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await accepts(shop, shop.anna, ANN)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, WHATSAPP)
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(WHATSAPP)).merged_into == ANN


async def test_two_owners_are_not_joined_but_managers_are_asked_once(
    shop: Shop, branch: ChannelId, boris: Staff
) -> None:
    await two_owners(shop, branch, boris)
    await on_whatsapp(shop, branch, PHONE)
    assert [row.payload["staff_id"] for row in await notices(shop, "merge_question")] == [shop.maria.id]
    assert (await shop.client(ANN)).owner_id == shop.anna.id
    assert (await shop.client(WHATSAPP)).owner_id == boris.id


async def test_only_managers_decide_and_only_once(shop: Shop, branch: ChannelId, boris: Staff) -> None:
    proposal = await two_owners(shop, branch, boris)
    for person in (shop.anna, boris, shop.ada):
        with pytest.raises(Forbidden):
            await shop.do(lambda work, by=person: same_person(work, by, proposal, ANN))
        with pytest.raises(Forbidden):
            await shop.do(lambda work, by=person: two_people(work, by, proposal))
    merge = await shop.do(lambda work: same_person(work, shop.maria, proposal, WHATSAPP))
    assert (await shop.client(WHATSAPP)).owner_id == boris.id
    assert (await shop.client(ANN)).merged_into == WHATSAPP
    told = {row.payload["staff_id"] for row in await notices(shop, "clients_joined")}
    assert told == {shop.anna.id, boris.id, shop.maria.id}
    for again in (
        lambda work: same_person(work, shop.maria, proposal, ANN),
        lambda work: two_people(work, shop.maria, proposal),
    ):
        with pytest.raises(Invalid, match="merge_decided"):
            await shop.do(again)
    for person in (shop.anna, boris, shop.ada):
        with pytest.raises(Forbidden):
            await shop.do(lambda work, by=person: undo_merge(work, by, merge.id))


async def test_whoever_loses_the_client_can_no_longer_write_to_them(
    shop: Shop, branch: ChannelId, boris: Staff
) -> None:
    proposal = await two_owners(shop, branch, boris)
    await shop.do(lambda work: same_person(work, shop.maria, proposal, ANN))

    def writes(work: Work) -> None:
        topic = work.topics.get(boris.id, WHATSAPP)
        assert topic is not None
        work.topics.save(replace(topic, thread_id=55))
        staff_wrote(work, boris, StaffPost(1, Content(MessageKind.TEXT, "Mine still?"), 55))  # type: ignore[arg-type]

    with pytest.raises(NotYours):
        await shop.do(writes)


async def test_an_old_button_is_about_the_joined_client(shop: Shop, branch: ChannelId, boris: Staff) -> None:
    proposal = await two_owners(shop, branch, boris)
    await shop.do(lambda work: same_person(work, shop.maria, proposal, ANN))
    await shop.do(lambda work: transfer(work, shop.maria, WHATSAPP, boris.id))
    assert (await shop.client(ANN)).owner_id == boris.id
    assert (await shop.client(WHATSAPP)).owner_id is None


async def test_two_people_stay_two_whatever_is_told_later(shop: Shop, branch: ChannelId, boris: Staff) -> None:
    proposal = await two_owners(shop, branch, boris)
    await shop.do(lambda work: two_people(work, shop.maria, proposal))
    assert not await notices(shop, "clients_distinct"), "neither owner was asked, nor learns of the other's client"
    await on_whatsapp(shop, branch, PHONE)
    await on_whatsapp(shop, branch, card=True)
    assert (await shop.client(WHATSAPP)).merged_into is None
    assert not await notices(shop, "merge_question")


async def test_what_was_undone_is_not_joined_again(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch)
    await on_whatsapp(shop, branch, PHONE)
    await shop.do(lambda work: undo_merge(work, shop.maria, MergeId(1)))
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(WHATSAPP)).merged_into is None
    said = await shop.do(lambda work: work.merges.between(ANN, WHATSAPP))
    assert said is not None
    assert said.state is ProposalState.DISTINCT


async def test_a_card_with_a_known_number_is_asked_about_and_joins_nobody(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch, card=True)
    assert (await shop.client(WHATSAPP)).merged_into is None
    assert [row.payload["staff_id"] for row in await notices(shop, "merge_question")] == [shop.maria.id]


async def test_ones_own_card_asks_nobody(shop: Shop) -> None:
    await ann(shop, PHONE)
    await hears(shop, shop.channel_id, "111", Identity(IdentityKind.TELEGRAM, "111"), card=True)
    assert not await notices(shop, "merge_question")


async def test_who_owns_both_may_join_them(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await accepts(shop, shop.anna, ANN)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, WHATSAPP)
    await shop.rows()
    await on_whatsapp(shop, branch, card=True)
    asked = {row.payload["staff_id"]: row.payload["proposal_id"] for row in await notices(shop, "merge_question")}
    assert set(asked) == {shop.anna.id, shop.maria.id}
    await shop.do(lambda work: same_person(work, shop.anna, ProposalId(1), ANN))
    assert (await shop.client(WHATSAPP)).merged_into == ANN


async def test_who_owns_both_is_told_that_they_are_two(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await accepts(shop, shop.anna, ANN)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, WHATSAPP)
    await on_whatsapp(shop, branch, card=True)
    await shop.rows()
    await shop.do(lambda work: two_people(work, shop.maria, ProposalId(1)))
    assert [row.payload["staff_id"] for row in await notices(shop, "clients_distinct")] == [shop.anna.id]


async def role_on(shop: Shop, staff: Staff, channel: ChannelId, role: Role) -> None:
    await shop.do(lambda work: work.staff.save_channel_role(ChannelRole(staff.id, channel, role)))


async def test_a_manager_of_one_of_the_channels_is_not_asked_but_admins_are_to_appoint_one(
    shop: Shop, branch: ChannelId, boris: Staff
) -> None:
    await role_on(shop, shop.maria, branch, Role.QUALITY_CONTROL)
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, ANN)
    await accepts(shop, boris, WHATSAPP)
    await shop.rows()
    await on_whatsapp(shop, branch, PHONE)
    rows = await shop.rows(RowKind.NOTICE)
    asked = [(row.payload["name"], row.payload["staff_id"]) for row in rows if "proposal_id" in row.payload]
    assert asked == [("merge_undecidable", shop.ada.id)]
    proposal = ProposalId(1)
    assert not await shop.do(lambda work: ask_again(work, shop.ada, proposal))
    with pytest.raises(Forbidden):
        await shop.do(lambda work: ask_again(work, shop.anna, proposal))
    await role_on(shop, shop.maria, branch, Role.MANAGER)
    assert await shop.do(lambda work: ask_again(work, shop.ada, proposal))
    assert [row.payload["staff_id"] for row in await notices(shop, "merge_question")] == [shop.maria.id]


async def test_only_a_manager_of_both_undoes_a_merge(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch)
    await on_whatsapp(shop, branch, PHONE)
    for channel in (branch, shop.channel_id):
        await role_on(shop, shop.maria, channel, Role.QUALITY_CONTROL)
        with pytest.raises(Forbidden):
            await shop.do(lambda work: undo_merge(work, shop.maria, MergeId(1)))
        await role_on(shop, shop.maria, channel, Role.MANAGER)
    assert (await shop.do(lambda work: undo_merge(work, shop.maria, MergeId(1)))).id in (ANN, WHATSAPP)


async def test_a_new_number_that_another_client_has_joins_them(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch)
    moved = ClientMoved("wa", "wa2", (PHONE,))
    await shop.do(lambda work: receive(work, [Incoming(branch, "moved", moved, b"")]))
    assert (await shop.client(WHATSAPP)).merged_into == ANN


async def test_test_clients_are_never_joined(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    event = ClientWrote(
        f"t-{shop.ada.id}", "t1", Sender("Test", (PHONE,)), Content(MessageKind.TEXT, "T"), shop.time.now
    )
    tester = Identity(IdentityKind.WA_ID, "test-1")
    event = replace(event, sender=Sender("Test", (tester,)))
    await shop.do(lambda work: receive(work, [Incoming(branch, "t1", event, b"", test=True)]))
    event = replace(event, external_id="t2", sender=Sender("Test", (tester, PHONE)))
    await shop.do(lambda work: receive(work, [Incoming(branch, "t2", event, b"", test=True)]))
    clients = [await shop.client(id_) for id_ in (ANN, WHATSAPP)]
    assert [client.merged_into for client in clients] == [None, None]


async def test_no_client_stays_so_only_if_both_are_none(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await shop.do(lambda work: not_a_client(work, shop.maria, work.offers.open_of([ANN])[ANN].id))
    await on_whatsapp(shop, branch)
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(ANN)).merged_into == WHATSAPP
    assert (await shop.client(WHATSAPP)).not_client_at is None


async def test_undoing_gives_nobody_to_who_has_left(shop: Shop, branch: ChannelId, boris: Staff) -> None:
    proposal = await two_owners(shop, branch, boris)
    merge = await shop.do(lambda work: same_person(work, shop.maria, proposal, ANN))
    await shop.do(lambda work: remove_staff(work, RemoveStaff(boris.id)))
    await shop.do(lambda work: undo_merge(work, shop.maria, merge.id))
    assert (await shop.client(WHATSAPP)).owner_id is None
    await on_whatsapp(shop, branch)
    assert WHATSAPP in await shop.do(lambda work: work.offers.open_of([WHATSAPP]))


async def test_what_was_on_its_way_during_the_merge_is_shown_with_the_joined_client(
    shop: Shop, branch: ChannelId, boris: Staff
) -> None:
    """Its post went to the old topic, and goes with it."""
    await shop.do(lambda work: work.workspace.set("staff.topics", "1"))
    await ann(shop, PHONE)
    await accepts(shop, shop.anna, ANN)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, WHATSAPP)
    await shop.rows()
    await on_whatsapp(shop, branch)

    def sending(work: Work) -> Row:
        topic = work.topics.get(shop.anna.id, WHATSAPP)
        assert topic is not None
        work.topics.save(replace(topic, thread_id=55))
        return next(row for row in work.outbox.claim("staff", work.now, 100) if row.kind is RowKind.RELAY)

    row = await shop.do(sending)
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(WHATSAPP)).merged_into == ANN
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("77",), {"thread": 55}))]))
    withdrawal = (await shop.rows(RowKind.WITHDRAW))[0]
    assert withdrawal.payload["client_id"] == WHATSAPP
    await shop.do(lambda work: settle_rows(work, [(withdrawal, Sent())]))
    shown = {row.payload["message_id"]: row.payload["client_id"] for row in await shop.rows(RowKind.RELAY)}
    assert shown[row.payload["message_id"]] == ANN


async def test_what_is_being_sent_is_not_sent_again(shop: Shop, branch: ChannelId) -> None:
    await ann(shop, PHONE)
    await on_whatsapp(shop, branch)
    await accepts(shop, shop.anna, ANN)

    def sending(work: Work) -> None:
        """Everything before the relay has left."""
        while rows := work.outbox.claim("staff", work.now, 100):
            work.outbox.finish_sent([row.id for row in rows if row.kind is not RowKind.RELAY])

    await shop.do(sending)
    await on_whatsapp(shop, branch, PHONE)
    assert (await shop.client(WHATSAPP)).merged_into == ANN
    relays = await shop.do(lambda work: [*work.outbox.relays_under_way(f"staff:{shop.anna.id}:client:1")])
    waiting = await shop.do(lambda work: [*work.outbox.take_relays(f"staff:{shop.anna.id}:client:1")])
    messages = [row.payload["message_id"] for row in (*relays, *waiting)]
    assert sorted(messages) == sorted(set(messages))  # type: ignore[type-var]
    assert len(relays) == 1
