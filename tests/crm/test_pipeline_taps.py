"""/pipeline, and the buttons behind it, as updates that arrive from Telegram."""

from collections.abc import Mapping, Sequence

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update

from crm.builtin.adapter import BuiltinCrm
from handlers import pipeline
from handlers.act import Act, Repeated
from sales.errors import Forbidden, NotFound
from sales.outbox import Payload, RowKind
from sales.staff import Role, Staff
from screens.buttons import SetStage, ShowStages
from screens.language import Languages
from tests.crm.shop import One, Shop

POST = 555


class Hands:
    """A person with the staff bot before them."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._bot = Bot("1:x")
        self._dispatcher = Dispatcher(languages=Languages())
        self._dispatcher.include_router(pipeline.setup())
        self._updates = 0

    async def types(self, staff: Staff, text: str) -> Act:
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        return await self._feed(staff, {"message": {**_message(staff), "text": text, "entities": [entity]}})

    async def taps(self, staff: Staff, data: str) -> Act:
        tap = {"id": "1", "from": _user(staff), "chat_instance": "1", "data": data, "message": _message(staff)}
        return await self._feed(staff, {"callback_query": tap})

    async def again(self, act: Act) -> None:
        """The same update once more."""
        await self._give(Act(act.transactions, act.update_id, act.telegram_id, act.raw))

    async def _feed(self, staff: Staff, event: Mapping[str, object]) -> Act:
        self._updates += 1
        raw = {"update_id": self._updates, **event}
        return await self._give(Act(self._shop.transactions, self._updates, staff.telegram_id, raw))

    async def _give(self, act: Act) -> Act:
        update = Update.model_validate(act.raw, context={"bot": self._bot})
        await self._dispatcher.feed_update(self._bot, update, act=act)
        return act

    async def pages(self) -> Sequence[Payload]:
        """What is on its way to staff chats as a page."""
        rows = await self._shop.transactions.write(lambda work: work.outbox.claim("staff", work.now, 50))
        return [row.payload for row in rows if row.kind is RowKind.SCREEN]


def _user(staff: Staff) -> dict[str, object]:
    return {"id": staff.telegram_id, "is_bot": False, "first_name": staff.name}


def _message(staff: Staff) -> dict[str, object]:
    chat = {"id": staff.telegram_id, "type": "private", "first_name": staff.name}
    return {"message_id": POST, "date": 1_790_000_000, "chat": chat, "from": _user(staff)}


@pytest.fixture
def hands(shop: Shop) -> Hands:
    return Hands(shop)


async def test_the_command_brings_the_board(shop: Shop, hands: Hands) -> None:
    boris = await shop.hire("Boris", Role.REP)

    await hands.types(boris, "/pipeline")

    assert [(page["staff_id"], page["name"]) for page in await hands.pages()] == [(boris.id, "pipeline")]


async def test_stage_on_a_clients_header_brings_their_lead(shop: Shop, hands: Hands) -> None:
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna", boris)

    await hands.taps(boris, ShowStages(client=anna).pack())

    assert [(page["name"], page["args"]) for page in await hands.pages()] == [("lead", str((await shop.lead(anna)).id))]


async def test_choosing_a_stage_moves_the_lead_and_turns_the_same_post(shop: Shop, hands: Hands) -> None:
    boris = await shop.hire("Boris", Role.REP)
    anna = await shop.client("Anna", boris)
    crm = One(BuiltinCrm(shop.transactions))
    await shop.drain(crm)
    lead = await shop.lead(anna)

    act = await hands.taps(boris, SetStage(lead=lead.id, stage=1).pack())
    await shop.drain(crm)

    assert act.answer == "Moved to Qualified."
    assert [(page["name"], page["post_id"]) for page in await hands.pages()] == [("lead", POST)]
    assert (await shop.lead(anna)).stage_id != lead.stage_id
    with pytest.raises(Repeated):
        await hands.again(act)


async def test_a_forged_tap_moves_nothing(shop: Shop, hands: Hands) -> None:
    anna = await shop.client("Anna", await shop.hire("Boris", Role.REP))
    olga = await shop.hire("Olga", Role.QUALITY_CONTROL)
    lead = await shop.lead(anna)

    with pytest.raises(Forbidden):
        await hands.taps(olga, SetStage(lead=lead.id, stage=1).pack())
    with pytest.raises(NotFound):
        await hands.taps(olga, ShowStages(client=999).pack())

    assert await shop.lead(anna) == lead
    assert await hands.pages() == []
