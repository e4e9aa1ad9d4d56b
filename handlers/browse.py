"""Looking around: /chats, /chat N, /find, /unanswered, and opening a conversation that is not one's own."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from handlers.act import Act
from handlers.conversation import which
from sales import outbox
from sales.errors import Invalid
from sales.ids import ClientId, MessageId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.team_lookup import check_sees, client_or_fail
from sales.use_cases.watching import note_look, show_earlier, stop_watching, watch
from screens import buttons

SHORTEST_SEARCH = 2


async def on_chats(message: Message, act: Act, command: CommandObject) -> None:
    which_ones = "waiting.0" if command.command == "unanswered" else "all.0"
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "chats", which_ones)]))


async def on_chat(message: Message, act: Act, command: CommandObject) -> None:
    def show(work: Work, staff: Staff) -> None:
        client_id = which(work, staff, message, command)
        check_sees(work, staff, client_or_fail(work, client_id))
        note_look(work, staff, client_id)
        work.outbox.put([outbox.screen(staff.id, "chat", str(client_id))])

    await act.do(show)


async def on_find(message: Message, act: Act, command: CommandObject) -> None:
    text = (command.args or "").strip()
    if len(text) < SHORTEST_SEARCH:
        raise Invalid("find_needs_text")
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "find", text[:100])]))


async def on_watch(query: CallbackQuery, callback_data: buttons.Watch, act: Act) -> None:
    await act.do(lambda work, staff: watch(work, staff, ClientId(callback_data.client)))


async def on_stop(query: CallbackQuery, callback_data: buttons.StopWatching, act: Act) -> None:
    await act.do(lambda work, staff: stop_watching(work, staff, ClientId(callback_data.client)))


async def on_earlier(query: CallbackQuery, callback_data: buttons.Earlier, act: Act) -> None:
    before = MessageId(callback_data.before) if callback_data.before else None
    await act.do(lambda work, staff: show_earlier(work, staff, ClientId(callback_data.client), before))


def setup() -> Router:
    router = Router(name="browse")
    router.message.register(on_chats, Command("chats", "unanswered"))
    router.message.register(on_chat, Command("chat"))
    router.message.register(on_find, Command("find"))
    router.callback_query.register(on_watch, buttons.Watch.filter())
    router.callback_query.register(on_stop, buttons.StopWatching.filter())
    router.callback_query.register(on_earlier, buttons.Earlier.filter())
    return router
