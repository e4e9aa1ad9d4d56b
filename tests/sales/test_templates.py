"""A template is chosen, filled in, looked at and sent; what was entered survives, and rights are asked at the end."""

from dataclasses import replace

import pytest

from sales.errors import Forbidden, Invalid, NotFound, NotYours, Unsupported
from sales.ids import ClientId, PostId
from sales.messages import MessageStatus, TemplateUse
from sales.outbox import RowKind
from sales.ports import Work
from sales.ports.channels import Template, TemplateVariable
from sales.staff import Staff
from sales.templates import clean_value, content_of, from_text, rendered, to_text
from sales.use_cases.talk import InDialog, StaffPost, Wrote, staff_wrote
from sales.use_cases.template_form import (
    cancel_form,
    choose_template,
    chosen,
    offer_templates,
    send_template,
    take_value,
    template_receiver,
    turn_page,
)
from sales.use_cases.viewing import open_view
from tests.sales.outside import DAY, said, wrote
from tests.sales.shop import Shop

ORDER = Template(
    "order_ready",
    "en",
    "UTILITY",
    "Hello {{1}}, your order {{2}} is ready.",
    header="Order {{1}}",
    footer="Shop Ltd",
    variables=(TemplateVariable("header.1", "77"), TemplateVariable("body.1", "Ann"), TemplateVariable("body.2")),
    buttons=("Track",),
)
PLAIN = Template("hello", "en", "MARKETING", "Hello again!")


async def shut(shop: Shop) -> ClientId:
    """Anna's client, who wrote two days ago; her topic with them is thread 77."""
    client_id = await shop.accepted()
    await shop.hears(wrote(shop, "Do you have shoes?", "2"))
    await shop.answers(client_id, wrote(shop, "Yes", "x").content)
    shop.time.move(2 * DAY)
    await shop.rows()
    return client_id


async def offered(shop: Shop, client_id: ClientId, *templates: Template, staff: Staff | None = None) -> int:
    """The list is before them; returns the form's mark."""
    who = staff or shop.anna

    def offer(work: Work) -> int:
        offer_templates(work, who, template_receiver(work, who, client_id, lambda channel: True), templates)
        dialog = work.dialogs.get(who.id)
        assert dialog is not None
        return int(dialog.data["mark"])

    return await shop.do(offer)


async def fills_in(shop: Shop, words: str, thread_id: int | None = 77, post: int = 950) -> object:
    def write(work: Work) -> object:
        new = StaffPost(PostId(post), wrote(shop, words, "x").content, thread_id)
        outcome = staff_wrote(work, shop.anna, new)
        if isinstance(outcome, InDialog):
            take_value(work, shop.anna, outcome.dialog, new)
        return outcome

    return await shop.do(write)


async def steps(shop: Shop) -> list[str]:
    rows = await shop.rows(RowKind.NOTICE)
    return [str(row.payload["name"]) for row in rows]


async def test_from_the_list_to_the_client(shop: Shop) -> None:
    client_id = await shut(shop)
    form = await offered(shop, client_id, PLAIN, ORDER)
    assert await shop.do(lambda work: chosen(work, shop.anna, form, 1)) == (shop.channel_id, "order_ready", "en")
    await shop.do(lambda work: choose_template(work, shop.anna, form, ORDER))
    assert await steps(shop) == ["template_list", "template_blank"]
    for words in ("77", "Ann", "77-B"):
        assert isinstance(await fills_in(shop, words), InDialog)
    assert await steps(shop) == ["template_blank", "template_blank", "template_preview"]
    await shop.do(lambda work: send_template(work, shop.anna, form))
    message = (await said(shop, client_id))[-1]
    assert message.content.text == "Order 77\n\nHello Ann, your order 77-B is ready.\n\nShop Ltd"
    values = (("header.1", "77"), ("body.1", "Ann"), ("body.2", "77-B"))
    assert message.content.template == TemplateUse("order_ready", "en", values)
    assert message.status is MessageStatus.QUEUED, "a template goes although the window is shut"
    rows = await shop.rows(RowKind.MESSAGE, RowKind.RELAY)
    assert {row.kind for row in rows} == {RowKind.MESSAGE, RowKind.RELAY}
    assert {row.payload.get("staff_id") for row in rows if row.kind is RowKind.RELAY} == {shop.anna.id}


async def test_a_template_without_blanks_is_looked_at_at_once(shop: Shop) -> None:
    client_id = await shut(shop)
    form = await offered(shop, client_id, PLAIN)
    await shop.do(lambda work: choose_template(work, shop.anna, form, PLAIN))
    assert (await steps(shop))[-1] == "template_preview"


async def test_what_is_written_in_another_topic_or_as_a_reply_is_no_blank(shop: Shop) -> None:
    client_id = await shut(shop)
    form = await offered(shop, client_id, ORDER)
    assert isinstance(await fills_in(shop, "before one was chosen"), Wrote), "the list waits for a tap, not for words"
    await shop.do(lambda work: choose_template(work, shop.anna, form, ORDER))
    other = await shop.writes("Hello", 9, "222")
    offers = await shop.do(lambda work: work.offers.open_of([other]))

    def theirs(work: Work) -> None:
        work.clients.claim(other, shop.anna.id)
        open_view(work, shop.anna.id, work.clients.get_many([other])[other], sound=False)
        topic = work.topics.get(shop.anna.id, other)
        assert topic is not None
        work.topics.save(replace(topic, thread_id=88))

    assert offers
    await shop.do(theirs)
    assert isinstance(await fills_in(shop, "For Ben", 88, 951), Wrote)
    assert isinstance(await fills_in(shop, "77", None, 952), InDialog), "in the Inbox it can only be the answer"


async def test_a_value_is_one_line(shop: Shop) -> None:
    client_id = await shut(shop)
    form = await offered(shop, client_id, ORDER)
    await shop.do(lambda work: choose_template(work, shop.anna, form, ORDER))
    for words in ("two\nlines", "", "x" * 1025, "a      gap"):
        with pytest.raises(Invalid):
            await fills_in(shop, words)
    assert isinstance(await fills_in(shop, "77"), InDialog), "it is still asked for"
    assert clean_value("  77 ") == "77"


async def test_buttons_of_an_older_form_do_nothing(shop: Shop) -> None:
    client_id = await shut(shop)
    old = await offered(shop, client_id, PLAIN)
    shop.time.move(1)
    new = await offered(shop, client_id, PLAIN, ORDER)
    for tap in (
        lambda work: chosen(work, shop.anna, old, 0),
        lambda work: turn_page(work, shop.anna, old, 1),
        lambda work: send_template(work, shop.anna, old),
        lambda work: chosen(work, shop.anna, new, 7),
        lambda work: send_template(work, shop.anna, new),
    ):
        with pytest.raises(NotFound):
            await shop.do(tap)
    await shop.do(lambda work: cancel_form(work, shop.anna, old))
    assert await shop.do(lambda work: work.dialogs.get(shop.anna.id)) is not None
    await shop.do(lambda work: cancel_form(work, shop.anna, new))
    assert await shop.do(lambda work: work.dialogs.get(shop.anna.id)) is None


async def test_who_may_not_write_may_not_send_a_template(shop: Shop) -> None:
    client_id = await shut(shop)
    with pytest.raises(Forbidden):
        await offered(shop, client_id, PLAIN, staff=shop.ada)
    form = await offered(shop, client_id, PLAIN)
    await shop.do(lambda work: choose_template(work, shop.anna, form, PLAIN))
    await shop.do(lambda work: work.clients.hand_over(client_id, shop.anna.id, shop.maria.id))
    with pytest.raises(NotYours):
        await shop.do(lambda work: send_template(work, shop.anna, form))


async def test_where_there_are_no_templates(shop: Shop) -> None:
    client_id = await shut(shop)
    with pytest.raises(Unsupported):
        await shop.do(lambda work: template_receiver(work, shop.anna, client_id, lambda channel: False))
    with pytest.raises(Invalid):
        await offered(shop, client_id)


def test_a_template_comes_back_from_a_dialog_as_it_was() -> None:
    assert from_text(to_text(ORDER)) == ORDER
    assert rendered(ORDER, {"body.1": "{{2}}"}) == "Order {{1}}\n\nHello {{2}}, your order {{2}} is ready.\n\nShop Ltd"
    with pytest.raises(Invalid):
        content_of(ORDER, {"body.1": "Ann"})
