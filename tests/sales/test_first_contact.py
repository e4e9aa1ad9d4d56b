"""/write PHONE: a new client is the writer's; another's stays unseen; everything is checked again when it is sent."""

from dataclasses import replace

import pytest

from sales.channels import Channel, FirstMessage
from sales.clients import Identity, IdentityKind
from sales.errors import Forbidden, Invalid, NotFound
from sales.ids import ClientId, PostId, StaffId
from sales.leads import LeadState
from sales.offers import OfferState
from sales.outbox import Row, RowKind
from sales.ports import Work
from sales.ports.channels import Template
from sales.staff import Staff
from sales.use_cases.accept import not_a_client
from sales.use_cases.first_contact import (
    FIRST_TEXT,
    Newcomer,
    ask_about,
    ask_first_text,
    begin,
    channels_for,
    first_form,
    only_channel,
    take_first_text,
)
from sales.use_cases.talk import InDialog, StaffPost, staff_wrote
from sales.use_cases.template_form import Receiver, choose_template, offer_templates, send_template
from tests.sales.outside import client_of, conversation, said, text
from tests.sales.shop import Shop, photo

PHONE = "+4930123456"
PHONES = (PHONE,)


def freely(channel: Channel) -> FirstMessage:
    return FirstMessage.FREELY


def never(channel: Channel) -> FirstMessage:
    return FirstMessage.NEVER


def newcomer(shop: Shop, *, windowed: bool = False) -> Newcomer:
    return Newcomer(shop.channel_id, PHONES, "4930123456", windowed)


async def known(shop: Shop, owner: StaffId | None) -> ClientId:
    """Somebody with this phone, who has written before."""
    client_id = await shop.writes("Hello")

    def make(work: Work) -> None:
        work.clients.add_identities(client_id, [Identity(IdentityKind.PHONE, PHONE)])
        if owner is not None:
            work.clients.claim(client_id, owner)

    await shop.do(make)
    await shop.rows()
    return client_id


async def writes_first(shop: Shop, staff: Staff, words: str = "Good morning") -> None:
    def write(work: Work) -> None:
        ask_first_text(work, staff, newcomer(shop))
        post = StaffPost(PostId(900), text(words))
        outcome = staff_wrote(work, staff, post)
        assert isinstance(outcome, InDialog)
        assert outcome.dialog.kind == FIRST_TEXT
        take_first_text(work, staff, outcome.dialog, post)

    await shop.do(write)


def notices(rows: list[Row]) -> list[str]:
    return [str(row.payload["name"]) for row in rows if row.kind is RowKind.NOTICE]


async def test_a_stranger_becomes_the_writers_client(shop: Shop) -> None:
    await writes_first(shop, shop.anna)
    client_id = await client_of(shop, "4930123456")
    client = await shop.client(client_id)
    assert (client.name, client.owner_id, client.waiting_since) == (PHONE, shop.anna.id, None)
    lead = await shop.do(lambda work: work.leads.newest_open(client_id))
    assert lead is not None
    assert (lead.responsible_id, lead.state) == (shop.anna.id, LeadState.WANTED)
    rows = await shop.rows()
    assert [row.payload["message_id"] for row in rows if row.kind is RowKind.MESSAGE] == [
        (await said(shop, client_id))[0].id
    ]
    assert [row.kind for row in rows if row.lane.startswith("crm")] == [RowKind.CRM_ACCEPT]
    assert await shop.do(lambda work: work.offers.open_of([client_id])) == {}


async def test_when_they_answer_it_is_the_same_client(shop: Shop) -> None:
    await writes_first(shop, shop.anna)
    client_id = await client_of(shop, "4930123456")
    assert await shop.writes("Who is this?", 5, "4930123456") == client_id
    assert (await shop.client(client_id)).waiting_since is not None


async def test_by_template_where_the_platform_wants_one(shop: Shop) -> None:
    hello = Template("hello", "en", "MARKETING", "Hello!")

    def send(work: Work) -> None:
        receiver = Receiver(shop.channel_id, newcomer=newcomer(shop, windowed=True))
        offer_templates(work, shop.anna, receiver, [hello])
        choose_template(work, shop.anna, work.now, hello)
        send_template(work, shop.anna, work.now)

    await shop.do(send)
    found = await conversation(shop, "4930123456")
    assert found is not None
    assert found.is_shut(shop.time.now), "only what is approved may be written before they answer"
    assert (await said(shop, found.client_id))[0].content.text == "Hello!"


async def test_anothers_client_is_named_by_the_owner_and_nothing_else(shop: Shop) -> None:
    client_id = await known(shop, shop.maria.id)
    assert await shop.do(lambda work: only_channel(work, shop.anna, PHONES, freely)) is None
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    (row,) = await shop.rows()
    assert row.payload["name"] == "write_anothers"
    assert row.payload["to"] == shop.maria.id
    assert row.payload["client_id"] is None
    assert "about_client" not in row.payload
    await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=False))
    await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=True))
    asked = await shop.rows()
    assert [(row.payload["name"], row.payload["staff_id"]) for row in asked] == [
        ("asked_for_client", shop.maria.id),
        ("asked_for_client", shop.maria.id),
    ]


async def test_only_about_whom_they_could_name_may_be_asked(shop: Shop) -> None:
    client_id = await known(shop, shop.maria.id)
    with pytest.raises(NotFound):
        await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=True))


async def test_asking_twice_asks_once(shop: Shop) -> None:
    client_id = await known(shop, shop.maria.id)
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    await shop.rows()
    for _ in range(3):
        assert await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=True))
    assert notices(await shop.rows()) == ["asked_for_client"]


async def test_without_a_manager_admins_are_asked_and_without_them_nobody(shop: Shop) -> None:
    client_id = await known(shop, shop.maria.id)
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    await shop.rows()
    await shop.do(lambda work: work.staff.save(replace(shop.ada, reachable=False)))
    await shop.do(lambda work: work.staff.save(replace(shop.maria, reachable=False)))
    assert not await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=True))
    await shop.do(lambda work: work.staff.save(shop.ada))
    assert await shop.do(lambda work: ask_about(work, shop.anna, client_id, manager=True))
    assert [row.payload["staff_id"] for row in await shop.rows()] == [shop.ada.id]


async def test_whom_a_manager_called_no_client_nobody_takes_by_writing(shop: Shop) -> None:
    client_id = await known(shop, None)
    await shop.do(lambda work: not_a_client(work, shop.maria, work.offers.open_of([client_id])[client_id].id))
    await shop.rows()
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    assert notices(await shop.rows()) == ["write_anothers"]
    assert (await shop.client(client_id)).owner_id is None


async def test_while_it_is_looked_up_whose_they_are_a_manager_can_be_asked(shop: Shop) -> None:
    client_id = await known(shop, None)

    def look_up(work: Work) -> None:
        offer = work.offers.open_of([client_id])[client_id]
        work.offers.save(replace(offer, state=OfferState.LOOKING_UP))

    await shop.do(look_up)
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    assert notices(await shop.rows()) == ["write_anothers"]
    assert (await shop.client(client_id)).owner_id is None


async def test_an_album_as_the_first_message_goes_whole(shop: Shop) -> None:
    await shop.do(lambda work: ask_first_text(work, shop.anna, newcomer(shop)))

    async def sends(number: int, album: str | None = "a") -> str:
        post = StaffPost(PostId(number), photo(str(number), "staff"), album=album)

        def send(work: Work) -> str:
            outcome = staff_wrote(work, shop.anna, post)
            if isinstance(outcome, InDialog):
                take_first_text(work, shop.anna, outcome.dialog, post)
            return type(outcome).__name__

        return await shop.do(send)

    assert [await sends(number) for number in (901, 902, 903)] == ["InDialog", "Wrote", "Wrote"]
    client_id = await client_of(shop, "4930123456")
    assert [message.album for message in await said(shop, client_id)] == ["a", "a", "a"]
    assert await sends(904, "b") == "Asked", "another album may be for anybody"
    assert await sends(905, None) == "Asked"


async def test_ones_own_client_opens(shop: Shop) -> None:
    client_id = await known(shop, shop.anna.id)
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    rows = await shop.rows()
    assert notices(rows) == ["write_here"]
    assert RowKind.TOPIC in [row.kind for row in rows]
    assert (await shop.client(client_id)).owner_id == shop.anna.id


async def test_a_manager_sees_anybodys(shop: Shop) -> None:
    client_id = await known(shop, shop.anna.id)
    await shop.do(lambda work: begin(work, shop.maria, PHONES, freely))
    assert notices(await shop.rows()) == ["write_here"]
    assert (await shop.client(client_id)).owner_id == shop.anna.id


async def test_one_who_is_offered_is_accepted_by_it(shop: Shop) -> None:
    client_id = await known(shop, None)
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    assert (await shop.client(client_id)).owner_id == shop.anna.id
    assert await shop.do(lambda work: work.offers.open_of([client_id])) == {}


async def test_quality_control_writes_to_nobody(shop: Shop) -> None:
    with pytest.raises(Forbidden):
        await shop.do(lambda work: channels_for(work, shop.ada, freely))
    with pytest.raises(Forbidden):
        await shop.do(lambda work: ask_first_text(work, shop.ada, newcomer(shop)))
    await known(shop, shop.anna.id)
    with pytest.raises(Forbidden):
        await shop.do(lambda work: begin(work, shop.ada, PHONES, freely))


async def test_a_rep_who_takes_no_new_clients_makes_none(shop: Shop) -> None:
    def switch_off(work: Work) -> Staff:
        off = replace(shop.anna, receives_new_clients=False)
        work.staff.save(off)
        return off

    off = await shop.do(switch_off)
    with pytest.raises(Forbidden):
        await shop.do(lambda work: ask_first_text(work, off, newcomer(shop)))


async def test_a_channel_on_which_nobody_may_be_written_to_first(shop: Shop) -> None:
    with pytest.raises(Invalid):
        await shop.do(lambda work: only_channel(work, shop.anna, PHONES, never))


async def test_where_there_is_a_choice_they_are_asked(shop: Shop) -> None:
    await shop.do(lambda work: begin(work, shop.anna, PHONES, freely))
    (row,) = await shop.rows()
    assert row.payload["name"] == "first_channel"
    form = int(row.payload["form"] or 0)
    assert await shop.do(lambda work: first_form(work, shop.anna, form)) == PHONES
    with pytest.raises(NotFound):
        await shop.do(lambda work: first_form(work, shop.anna, form + 1))


async def test_one_who_became_a_client_meanwhile_is_not_made_twice(shop: Shop) -> None:
    await shop.do(lambda work: ask_first_text(work, shop.anna, newcomer(shop)))
    await known(shop, shop.maria.id)

    def late(work: Work) -> None:
        dialog = work.dialogs.get(shop.anna.id)
        assert dialog is not None
        take_first_text(work, shop.anna, dialog, StaffPost(PostId(900), text("Hi")))

    with pytest.raises(Invalid):
        await shop.do(late)
