"""What connecting an account needs is asked one by one; answers go from the chat at once, and are kept sealed."""

import pytest

from sales.channels import Field
from sales.errors import Forbidden, NotFound
from sales.ids import Moment, PostId
from sales.outbox import RowKind
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.channel_form import (
    ACCOUNT_FORM,
    FORM_SECONDS,
    AskForAccount,
    ask_again,
    ask_for_account,
    close_form,
    missing,
    note_failure,
    open_form,
    take_answer,
)
from tests.sales.shop import Shop

FIELDS = (Field("number", r"\d+", "no_number", hidden=False), Field("key"), Field("words", made=True))
ONE = (Field("token"),)
PAGE = PostId(70)


async def asks(shop: Shop, fields: tuple[Field, ...] = FIELDS, staff: Staff | None = None) -> None:
    command = AskForAccount("some_kind", fields)
    await shop.do(lambda work: ask_for_account(work, staff or shop.ada, command, PAGE))


async def answers(shop: Shop, text: str, post: int = 80, fields: tuple[Field, ...] = FIELDS) -> None:
    await shop.do(lambda work: take_answer(work, shop.ada, fields, PostId(post), text))


async def form(shop: Shop) -> Dialog:
    found = await shop.do(lambda work: open_form(work, shop.ada.id, ACCOUNT_FORM))
    assert found is not None
    return found


async def pages(shop: Shop) -> list[str]:
    rows = await shop.rows(RowKind.SCREEN)
    return [f"{row.payload['name']} {row.payload['args']}".strip() for row in rows]


async def test_one_question_follows_the_other_until_all_is_there(shop: Shop) -> None:
    await asks(shop)
    assert await pages(shop) == ["channel_question some_kind..number"]
    await answers(shop, " 15 ")
    assert await pages(shop) == ["channel_question some_kind..key"]
    await answers(shop, "a-key")
    assert await pages(shop) == []
    found = await form(shop)
    assert missing(found, FIELDS) is None
    assert (found.secrets["number"], found.secrets["key"]) == ("15", "a-key")
    assert len(found.secrets["words"]) >= 32
    assert "a-key" not in str(found.data) + repr(found)


async def test_whatever_is_written_goes_from_the_chat_also_when_it_is_no_answer(shop: Shop) -> None:
    await asks(shop)
    await shop.rows()
    await answers(shop, "not a number", 81)
    rows = await shop.rows()
    assert [row.payload["post_id"] for row in rows if row.kind is RowKind.ERASE] == [81]
    [refused] = [row for row in rows if row.kind is RowKind.NOTICE]
    assert (refused.payload["name"], refused.payload["detail"]) == ("refused", "no_number")
    assert not [name for name in (await form(shop)).secrets if name != "words"]


async def test_where_it_did_not_work_one_answer_can_be_another(shop: Shop) -> None:
    await asks(shop)
    await answers(shop, "15")
    await answers(shop, "a-wrong-key")
    await shop.rows()
    assert await shop.do(lambda work: note_failure(work, shop.ada, FIELDS, "bad_token"))
    assert await pages(shop) == ["channel_answers"]
    await answers(shop, "nobody asked for this")
    assert (await form(shop)).secrets["key"] == "a-wrong-key"
    await shop.do(lambda work: ask_again(work, shop.ada, FIELDS, "key", PAGE))
    await answers(shop, "the-right-key")
    assert (await form(shop)).secrets["key"] == "the-right-key"


async def test_a_single_wrong_answer_is_forgotten_and_awaited_again(shop: Shop) -> None:
    await asks(shop, ONE)
    await answers(shop, "wrong", fields=ONE)
    assert not await shop.do(lambda work: note_failure(work, shop.ada, ONE, "bad_token"))
    assert missing(await form(shop), ONE) == ONE[0]
    await answers(shop, "right", fields=ONE)
    assert (await form(shop)).secrets == {"token": "right"}


async def test_what_we_made_up_is_never_asked_for(shop: Shop) -> None:
    await asks(shop)
    with pytest.raises(NotFound):
        await shop.do(lambda work: ask_again(work, shop.ada, FIELDS, "words", PAGE))


async def test_a_form_ends_when_another_page_is_opened_or_its_hour_is_over(shop: Shop) -> None:
    await asks(shop)
    assert await shop.do(lambda work: close_form(work, shop.ada, PAGE)) == PAGE
    with pytest.raises(NotFound):
        await answers(shop, "15")
    await asks(shop)
    shop.time.now = Moment(shop.time.now + FORM_SECONDS * 1000)
    with pytest.raises(NotFound):
        await answers(shop, "15")


async def test_only_admins_are_asked(shop: Shop) -> None:
    with pytest.raises(Forbidden):
        await asks(shop, staff=shop.anna)
