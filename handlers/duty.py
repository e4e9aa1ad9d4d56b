"""Being there: /start (with an invitation or the one-time code), /help, /on, /off, and turning pages."""

from collections.abc import Callable

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from handlers.act import Act, post_of, tell
from sales import outbox
from sales.errors import NotFound
from sales.ids import TelegramId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.duty import blocked_the_bot, set_duty, start
from sales.use_cases.founding import introduce
from sales.use_cases.joining import join
from screens import buttons
from screens.pages.registry import PAGES

Digest = Callable[[str], str]


async def on_start(message: Message, act: Act, command: CommandObject, digest: Digest) -> None:
    """A payload is an invitation or the one-time code of the first start: both make a stranger a colleague."""
    payload = (command.args or "").strip()
    if payload:
        await act.enter(lambda work: _join(work, act.telegram_id, _name(message), digest(payload)))
        return
    await act.do(lambda work, staff: start(work, introduce(work, staff, _name(message))))


def _join(work: Work, telegram_id: TelegramId, name: str, digest: str) -> None:
    start(work, join(work, telegram_id, name, digest))


def _name(message: Message) -> str:
    return message.from_user.full_name if message.from_user is not None else ""


async def on_help(message: Message, act: Act) -> None:
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "help")]))


async def on_duty(message: Message, act: Act, command: CommandObject) -> None:
    on = command.command == "on"

    def switch(work: Work, staff: Staff) -> None:
        set_duty(work, staff, on)
        tell(work, staff, "on_duty" if on else "off_duty", message)

    await act.do(switch)


async def on_turn(query: CallbackQuery, callback_data: buttons.Turn, act: Act) -> None:
    """A page's button: the post becomes another page. What may be seen is checked when that page is made."""
    if callback_data.name not in PAGES:
        raise NotFound("page")

    def turn(work: Work, staff: Staff) -> None:
        work.outbox.put([outbox.screen(staff.id, callback_data.name, callback_data.args, post_of(query))])

    await act.do(turn)


async def on_nothing(query: CallbackQuery) -> None:
    """The button only says something."""


async def on_membership(event: ChatMemberUpdated, act: Act) -> None:
    """They blocked the bot, or took the block back (then /start follows, or is not needed)."""
    blocked = event.new_chat_member.status == "kicked"

    def note(work: Work, staff: Staff) -> None:
        if blocked:
            blocked_the_bot(work, staff.id, work.now)

    await act.do(note)


async def on_stale_button(query: CallbackQuery, act: Act) -> None:
    """A button of an older version, or made up: the current start page instead."""
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "start")]))


def setup() -> Router:
    router = Router(name="duty")
    router.message.register(on_start, CommandStart())
    router.message.register(on_help, Command("help"))
    router.message.register(on_duty, Command("on", "off"))
    router.callback_query.register(on_turn, buttons.Turn.filter())
    router.callback_query.register(on_nothing, buttons.Nothing.filter())
    router.my_chat_member.register(on_membership)
    return router


def setup_last() -> Router:
    """After every other router: what nobody knew."""
    router = Router(name="unknown")
    router.callback_query.register(on_stale_button)
    return router
