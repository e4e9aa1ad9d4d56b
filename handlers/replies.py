"""Staff write: texts, files, edits, reactions, /delete and /react as replies. Asked last: all else is a reply."""

import re
from collections.abc import Callable

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, MessageReactionUpdated, ReactionTypeEmoji

from handlers.act import Act, tell
from handlers.act import post_of as question_of
from handlers.dialogs import Dialogs
from handlers.posts import content_of, post_of, reply_of
from sales import outbox
from sales.clients import Client
from sales.errors import Invalid
from sales.ids import ClientId, MessageId, PostId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.amend import (
    delete_message,
    drop_the_rest,
    react,
    retry_message,
    send_the_rest,
    staff_edited,
)
from sales.use_cases.talk import InDialog, staff_wrote, write_kept
from sales.use_cases.window import drop_held, send_held
from screens import buttons
from screens.language import Languages

_ANY_COMMAND = re.compile(r"\w+")


async def on_written(message: Message, act: Act, dialogs: Dialogs) -> None:
    post = post_of(act, message)
    if post is None:
        return

    def write(work: Work, staff: Staff) -> str | None:
        outcome = staff_wrote(work, staff, post)
        if not isinstance(outcome, InDialog):
            return None
        dialogs.answer(work, staff, outcome.dialog, post)
        return outcome.dialog.kind

    form = await act.do(write)
    if form is not None:
        await dialogs.go_on(form, act)


async def on_edited(edited_message: Message, act: Act) -> None:
    content = content_of(act, "edited_message")
    if content is not None:
        await act.do(lambda work, staff: staff_edited(work, staff, PostId(edited_message.message_id), content))


async def on_delete(message: Message, act: Act) -> None:
    target = _target(message, "delete_needs_reply")

    def delete(work: Work, staff: Staff) -> None:
        delete_message(work, staff, target)
        tell(work, staff, "deleted", message)

    await act.do(delete)


async def on_react(message: Message, act: Act, command: CommandObject) -> None:
    target = _target(message, "react_needs_reply")
    emoji = (command.args or "").strip() or None
    await act.do(lambda work, staff: react(work, staff, target, emoji))


async def on_reaction(message_reaction: MessageReactionUpdated, act: Act) -> None:
    """Where Telegram tells of it: a staff member's reaction to the client's message goes to the client."""
    emojis = [one.emoji for one in message_reaction.new_reaction if isinstance(one, ReactionTypeEmoji)]
    post_id = PostId(message_reaction.message_id)
    await act.do(lambda work, staff: _react_if_clients(work, staff, post_id, emojis[0] if emojis else None))


def _react_if_clients(work: Work, staff: Staff, post_id: PostId, emoji: str | None) -> None:
    copy = work.copies.at(staff.id, post_id)
    if copy is not None and copy.message_id is not None:
        react(work, staff, post_id, emoji)


def _target(message: Message, problem: str) -> PostId:
    target = reply_of(message)
    if target is None:
        raise Invalid(problem)
    return target


async def on_choose(query: CallbackQuery, callback_data: buttons.ChooseClient, act: Act, languages: Languages) -> None:
    """Once it is answered, the question goes away."""

    def choose(work: Work, staff: Staff) -> tuple[Client, Staff]:
        client = write_kept(work, staff, ClientId(callback_data.client), PostId(callback_data.post))
        question = question_of(query)
        if question is not None:
            work.outbox.put([outbox.erase(staff.id, question)])
        return client, staff

    client, staff = await act.do(choose)
    act.say(languages.of(staff.language).t("Sent to {client}.", client=client.name))


async def on_retry(query: CallbackQuery, callback_data: buttons.RetryMessage | buttons.SendStale, act: Act) -> None:
    await act.do(lambda work, staff: retry_message(work, staff, MessageId(callback_data.message)))


async def on_send_rest(query: CallbackQuery, callback_data: buttons.SendRest, act: Act) -> None:
    await act.do(lambda work, staff: send_the_rest(work, staff, MessageId(callback_data.message)))


async def on_drop(query: CallbackQuery, callback_data: buttons.DropMessage | buttons.DropRest, act: Act) -> None:
    await act.do(lambda work, staff: drop_the_rest(work, staff, MessageId(callback_data.message)))


async def on_send_held(query: CallbackQuery, callback_data: buttons.SendHeld, act: Act) -> None:
    await act.do(lambda work, staff: settled(work, staff, query, send_held, MessageId(callback_data.message)))


async def on_drop_held(query: CallbackQuery, callback_data: buttons.DropHeld, act: Act) -> None:
    await act.do(lambda work, staff: settled(work, staff, query, drop_held, MessageId(callback_data.message)))


def settled(
    work: Work,
    staff: Staff,
    query: CallbackQuery,
    use_case: Callable[[Work, Staff, MessageId], object],
    message_id: MessageId,
) -> None:
    """Once it is decided, the question goes away."""
    use_case(work, staff, message_id)
    question = question_of(query)
    if question is not None:
        work.outbox.put([outbox.erase(staff.id, question)])


async def on_unknown_command(message: Message, act: Act) -> None:
    await act.do(lambda work, staff: tell(work, staff, "unknown_command", message))


def setup() -> Router:
    router = Router(name="replies")
    router.message.register(on_delete, Command("delete"))
    router.message.register(on_react, Command("react"))
    router.message.register(on_unknown_command, Command(_ANY_COMMAND))
    router.message.register(on_written)
    router.edited_message.register(on_edited)
    router.message_reaction.register(on_reaction)
    router.callback_query.register(on_choose, buttons.ChooseClient.filter())
    router.callback_query.register(on_retry, buttons.RetryMessage.filter())
    router.callback_query.register(on_retry, buttons.SendStale.filter())
    router.callback_query.register(on_send_rest, buttons.SendRest.filter())
    router.callback_query.register(on_send_held, buttons.SendHeld.filter())
    router.callback_query.register(on_drop_held, buttons.DropHeld.filter())
    router.callback_query.register(on_drop, buttons.DropMessage.filter())
    router.callback_query.register(on_drop, buttons.DropRest.filter())
    return router
