"""Adding a channel: its account, step by step, and the phone that is linked to it. For admins."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.act import Act, post_of
from handlers.connecting import Connecting, account_form, ask, ask_anew, fields_of, kind_of
from sales import outbox
from sales.errors import NotFound
from sales.ids import ChannelId, PostId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.channel_form import ask_again, set_answer
from sales.use_cases.phone_link import ask_for_phone, begin_link
from sales.use_cases.team import check_admin
from screens import buttons


async def on_new(query: CallbackQuery, callback_data: buttons.NewChannel, act: Act) -> None:
    await act.do(lambda work, staff: _begin(work, staff, callback_data.kind, post_of(query)))


def _begin(work: Work, staff: Staff, kind: str, page: PostId | None) -> None:
    """What the platform does not approve of is said before anything is asked."""
    if not kind_of(kind).capabilities.unofficial:
        ask(work, staff, kind, page)
        return
    check_admin(work, staff.id)
    work.outbox.put([outbox.screen(staff.id, "channel_warning", kind, page)])


async def on_anyway(query: CallbackQuery, callback_data: buttons.GoOnAnyway, act: Act) -> None:
    await act.do(lambda work, staff: ask(work, staff, callback_data.kind, post_of(query)))


async def on_fresh(query: CallbackQuery, callback_data: buttons.NewToken, act: Act) -> None:
    channel_id = ChannelId(callback_data.channel)
    await act.do(lambda work, staff: ask_anew(work, staff, channel_id, post_of(query)))


async def on_field(query: CallbackQuery, callback_data: buttons.AskField, act: Act) -> None:
    def again(work: Work, staff: Staff) -> None:
        fields = fields_of(account_form(work, staff))
        ask_again(work, staff, fields, callback_data.field, post_of(query))

    await act.do(again)


async def on_default(query: CallbackQuery, callback_data: buttons.UseDefault, act: Act, connecting: Connecting) -> None:
    def use(work: Work, staff: Staff) -> None:
        check_admin(work, staff.id)
        fields = fields_of(account_form(work, staff))
        field = next((one for one in fields if one.name == callback_data.field and one.default is not None), None)
        if field is None:
            raise NotFound("dialog")
        set_answer(work, staff, fields, field, field.default or "")

    await act.do(use)
    await connecting.go_on(act)


async def on_try_again(query: CallbackQuery, act: Act, connecting: Connecting) -> None:
    await act.do(lambda work, staff: account_form(work, staff))
    await connecting.go_on(act)


async def on_link(query: CallbackQuery, callback_data: buttons.LinkPhone, act: Act) -> None:
    channel_id, setup = ChannelId(callback_data.channel), callback_data.setup
    await act.do(lambda work, staff: begin_link(work, staff, channel_id, post_of(query), setup=setup))


async def on_phone_code(query: CallbackQuery, callback_data: buttons.UsePhoneCode, act: Act) -> None:
    await act.do(lambda work, staff: ask_for_phone(work, staff, ChannelId(callback_data.channel)))


def setup() -> Router:
    router = Router(name="accounts")
    for handler, data in (
        (on_new, buttons.NewChannel),
        (on_anyway, buttons.GoOnAnyway),
        (on_fresh, buttons.NewToken),
        (on_field, buttons.AskField),
        (on_default, buttons.UseDefault),
        (on_try_again, buttons.TryAgain),
        (on_link, buttons.LinkPhone),
        (on_phone_code, buttons.UsePhoneCode),
    ):
        router.callback_query.register(handler, data.filter())
    return router
