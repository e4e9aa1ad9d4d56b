"""The board: who sees which leads on it, who moves them, and what stays of every move."""

from functools import partial

import pytest

from crm.builtin.adapter import BuiltinCrm
from sales.errors import Forbidden, Invalid, NotFound, NotYours, SalesError
from sales.ids import ClientId, LeadId, Moment, later
from sales.leads import LeadState, StageKind
from sales.outbox import RowKind, RowState, Sent
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.pipeline import MoveLead, current_lead, move_lead
from sales.views.pipeline import Board, LeadCard, StagePage, board, lead_card, stage_page
from screens.language import Language
from screens.pages import lead as lead_page
from screens.pages import pipeline as pipeline_page
from screens.pages import stage as stage_screen
from screens.pages.page import Reader
from screens.post import Post
from tests.crm.shop import One, Shop


class Desk:
    """The shop, with its CRM answering at once."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.crm = One(BuiltinCrm(shop.transactions))

    async def client(self, name: str, owner: Staff | None = None) -> ClientId:
        client_id = await self.shop.client(name, owner)
        if owner is None:
            await self.shop.offered(client_id)
        await self.settle()
        return client_id

    async def settle(self) -> None:
        done = await self.shop.drain(self.crm)
        assert all(isinstance(outcome, Sent) for _, outcome in done), done

    async def move(self, staff: Staff, client_id: ClientId, kind: StageKind, at: int = 0) -> None:
        lead = await self.shop.lead(client_id)
        place = [place for place, stage in enumerate(await self.stages()) if stage is kind][at]
        await self.shop.transactions.write(lambda work: move_lead(work, staff, MoveLead(lead.id, place)))

    async def stages(self) -> list[StageKind]:
        pipelines = await self.shop.transactions.read(lambda work: work.deals.pipelines())
        return [stage.kind for stage in pipelines[0].stages]

    async def board(self, staff: Staff) -> Board:
        return await self.shop.transactions.read(lambda work: board(work, staff, None))

    async def counts(self, staff: Staff) -> list[int]:
        return [column.count for column in (await self.board(staff)).columns]

    async def stage(self, staff: Staff, place: int | None, page: int = 0) -> StagePage:
        """``None``: the incoming ones."""

        def look(work: Work) -> StagePage:
            pipeline = work.deals.pipelines()[0]
            stage_id = pipeline.stages[place].id if place is not None else None
            return stage_page(work, staff, pipeline.id, stage_id, page)

        return await self.shop.transactions.read(look)

    async def card(self, staff: Staff, client_id: ClientId) -> LeadCard:
        lead = await self.shop.lead(client_id)
        return await self.shop.transactions.read(lambda work: lead_card(work, staff, lead.id))


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def reader(staff: Staff, args: str = "") -> Reader:
    return Reader(staff, Language("en"), args, Moment(1_790_000_000_000))


def labels(post: Post) -> list[str]:
    return [button.text for row in post.keyboard for button in row]


async def test_the_owner_moves_the_lead_and_the_crm_follows(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.client("Anna", boris)

    await desk.move(boris, anna, StageKind.WON)
    assert (await desk.shop.lead(anna)).state is LeadState.WON
    await desk.settle()

    lead = await desk.shop.lead(anna)
    there = await desk.crm.adapter.read(lead.external_id or "")
    assert there is not None
    assert (there.state, there.stage_id) == (LeadState.WON, lead.stage_id)


async def test_every_move_stays_in_the_history_with_who_did_it(desk: Desk) -> None:
    boris, maria = await desk.shop.hire("Boris", Role.REP), await desk.shop.hire("Maria", Role.MANAGER)
    anna = await desk.client("Anna", boris)

    await desk.move(maria, anna, StageKind.OPEN, 1)
    await desk.move(boris, anna, StageKind.LOST)
    await desk.settle()

    history = (await desk.card(boris, anna)).history
    assert [(line.what, line.by) for line in history] == [("lost", "Boris"), ("stage", "Maria"), ("created", "Boris")]


async def test_two_moves_before_the_crm_answers_end_at_the_second(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.shop.client("Anna", boris)

    await desk.move(boris, anna, StageKind.OPEN, 1)
    await desk.move(boris, anna, StageKind.OPEN, 2)
    await desk.settle()

    card = await desk.card(boris, anna)
    assert card.place == 2
    assert card.lead.state is LeadState.OPEN


async def test_moving_it_where_it_stands_sends_nothing(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.client("Anna", boris)

    await desk.move(boris, anna, StageKind.OPEN, 0)

    assert await desk.shop.drain(desk.crm) == []


async def test_a_moved_lead_brings_the_clients_headers_up_to_date(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.client("Anna", boris)
    await _clear_staff_lane(desk.shop)

    await desk.move(boris, anna, StageKind.OPEN, 1)

    rows = await desk.shop.transactions.write(lambda work: work.outbox.claim("staff", later(work.now, 60), 50))
    assert [row.kind for row in rows] == [RowKind.HEADER]


async def _clear_staff_lane(shop: Shop) -> None:
    """Nobody's chat is connected here: what was for it is given up."""

    def clear(work: Work) -> None:
        while rows := work.outbox.claim("staff", work.now, 200):
            for row in rows:
                work.outbox.finish(row.id, RowState.DROPPED)

    await shop.transactions.write(clear)


@pytest.mark.parametrize(
    ("role", "error"),
    [(Role.REP, NotYours), (Role.QUALITY_CONTROL, Forbidden), (None, Forbidden)],
)
async def test_nobody_else_moves_it(desk: Desk, role: Role | None, error: type[SalesError]) -> None:
    anna = await desk.client("Anna", await desk.shop.hire("Boris", Role.REP))
    other = await desk.shop.hire("Oleg", role)

    with pytest.raises(error):
        await desk.move(other, anna, StageKind.WON)

    assert (await desk.shop.lead(anna)).state is LeadState.OPEN


async def test_an_incoming_lead_is_accepted_not_moved(desk: Desk) -> None:
    maria = await desk.shop.hire("Maria", Role.MANAGER)
    anna = await desk.client("Anna")

    with pytest.raises(Invalid) as caught:
        await desk.move(maria, anna, StageKind.WON)

    assert caught.value.problem == "lead_not_accepted"


async def test_a_stage_that_is_not_there_is_not_found(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    lead = await desk.shop.lead(await desk.client("Anna", boris))

    for wrong in (MoveLead(lead.id, -1), MoveLead(lead.id, 99), MoveLead(LeadId(999), 0)):
        with pytest.raises(NotFound):
            await desk.shop.transactions.write(partial(move_lead, staff=boris, command=wrong))


async def test_a_lost_lead_stays_lost_once_there_is_a_newer_one(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.client("Anna", boris)
    old = await desk.shop.lead(anna)
    await desk.move(boris, anna, StageKind.LOST)
    await desk.shop.offered(anna)
    await desk.settle()

    with pytest.raises(Invalid) as caught:
        await desk.shop.transactions.write(lambda work: move_lead(work, boris, MoveLead(old.id, 0)))

    assert caught.value.problem == "newer_lead"


async def test_a_lost_lead_comes_back_where_there_is_no_other(desk: Desk) -> None:
    boris = await desk.shop.hire("Boris", Role.REP)
    anna = await desk.client("Anna", boris)
    await desk.move(boris, anna, StageKind.LOST)
    assert (await desk.shop.transactions.read(lambda work: current_lead(work, anna))).state is LeadState.LOST

    await desk.move(boris, anna, StageKind.OPEN)
    await desk.settle()

    assert (await desk.shop.lead(anna)).state is LeadState.OPEN


async def test_reps_count_their_own_leads_and_managers_and_quality_control_all(desk: Desk) -> None:
    boris, carla = await desk.shop.hire("Boris", Role.REP), await desk.shop.hire("Carla", Role.REP)
    maria, olga = await desk.shop.hire("Maria", Role.MANAGER), await desk.shop.hire("Olga", Role.QUALITY_CONTROL)
    await desk.client("Anna", boris)
    await desk.client("Dora", carla)
    await desk.client("Emil")

    assert sum(await desk.counts(boris)) == 1
    assert (await desk.counts(maria))[:2] == [1, 2]
    assert await desk.counts(olga) == await desk.counts(maria)


async def test_people_without_a_role_see_no_board(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await desk.board(await desk.shop.hire("Adam", None))


async def test_a_stage_lists_its_leads_page_by_page(desk: Desk) -> None:
    boris, maria = await desk.shop.hire("Boris", Role.REP), await desk.shop.hire("Maria", Role.MANAGER)
    for number in range(10):
        await desk.client(f"Client {number}", boris)

    first, second = await desk.stage(maria, 0), await desk.stage(maria, 0, 1)

    assert (len(first.leads), first.more, len(second.leads), second.more) == (8, True, 2, False)
    assert len({line.lead_id for line in (*first.leads, *second.leads)}) == 10
    assert labels(stage_screen.render(second, reader(maria)))[-2:] == ["‹ Board", "◀"]


async def test_reps_find_only_their_own_leads_in_a_stage(desk: Desk) -> None:
    boris, carla = await desk.shop.hire("Boris", Role.REP), await desk.shop.hire("Carla", Role.REP)
    await desk.client("Anna", boris)
    await desk.client("Dora", carla)
    await desk.client("Emil")

    assert [line.title for line in (await desk.stage(boris, 0)).leads] == ["Anna"]
    assert (await desk.stage(boris, None)).leads == []


async def test_reps_do_not_open_the_lead_of_a_colleague(desk: Desk) -> None:
    anna = await desk.client("Anna", await desk.shop.hire("Boris", Role.REP))

    with pytest.raises(Forbidden):
        await desk.card(await desk.shop.hire("Carla", Role.REP), anna)


async def test_the_board_shows_stages_with_their_counts(desk: Desk) -> None:
    maria = await desk.shop.hire("Maria", Role.MANAGER)
    await desk.client("Anna", maria)
    await desk.client("Emil")

    post = pipeline_page.render(await desk.board(maria), reader(maria))

    assert post.text.endswith("2 open leads")
    assert labels(post)[:2] == ["Incoming · 1", "Initial contact · 1"]


async def test_the_card_of_a_lead_offers_its_stages_to_those_who_may_move_it(desk: Desk) -> None:
    boris, olga = await desk.shop.hire("Boris", Role.REP), await desk.shop.hire("Olga", Role.QUALITY_CONTROL)
    anna = await desk.client("Anna <3", boris)

    own = lead_page.render(await desk.card(boris, anna), reader(boris))
    watched = lead_page.render(await desk.card(olga, anna), reader(olga))

    assert own.text.startswith("Anna <3 · lead #")
    assert "responsible: Boris" in own.text
    assert "created: Initial contact · Boris" in own.text
    assert labels(own)[0] == "• Initial contact"
    assert labels(watched) == ["‹ Board", "History"]
