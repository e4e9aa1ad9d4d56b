"""One client: open, hand over, close, note, why. As commands in the client's topic (or as a reply), and as buttons."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from handlers.act import Act, post_of, tell
from handlers.posts import reply_of, thread_of
from sales import outbox
from sales.channels import Channel
from sales.clients import Client
from sales.errors import Invalid
from sales.ids import ClientId, ConversationId, PostId, StaffId, later
from sales.ports import Work
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.use_cases.asking import ask_owner
from sales.use_cases.continuing import continue_on
from sales.use_cases.handing import (
    close_conversation,
    no_reply_needed,
    open_transferred,
    receivers,
    reopen_conversation,
    transfer,
)
from sales.use_cases.talk import NOTE, StaffPost, add_note, client_at
from screens import buttons
from screens.language import Languages

FORM_SECONDS = 3600


def which(work: Work, staff: Staff, message: Message, command: CommandObject | None = None) -> ClientId:
    """The client a command is about: a number after it, the answered post, or the topic. Raises ``Invalid``."""
    number = (command.args or "").split(maxsplit=1)[0] if command is not None and command.args else ""
    if number.isdecimal():
        return ClientId(int(number))
    found = client_at(work, staff, thread_of(message), reply_of(message))
    if found is None:
        raise Invalid("which_client")
    return found


async def on_close(message: Message, act: Act, command: CommandObject) -> None:
    def close(work: Work, staff: Staff) -> None:
        client = close_conversation(work, staff, which(work, staff, message, command))
        tell(work, staff, "closed", message, about_client=client.id)

    await act.do(close)


async def on_transfer(message: Message, act: Act, command: CommandObject) -> None:
    def ask(work: Work, staff: Staff) -> None:
        client_id = which(work, staff, message, command)
        receivers(work, staff, client_id)
        work.outbox.put([outbox.screen(staff.id, "transfer", str(client_id))])

    await act.do(ask)


async def on_note(message: Message, act: Act, command: CommandObject) -> None:
    text = (command.args or "").strip()

    def note(work: Work, staff: Staff) -> None:
        client_id = which(work, staff, message)
        if not text:
            ask_for_note(work, staff, client_id)
            return
        add_note(work, staff, client_id, text, PostId(message.message_id), thread_of(message))
        tell(work, staff, "noted", message, about_client=client_id)

    await act.do(note)


def ask_for_note(work: Work, staff: Staff, client_id: ClientId) -> None:
    work.dialogs.set(Dialog(staff.id, NOTE, {"client": str(client_id)}, later(work.now, FORM_SECONDS)))
    work.outbox.put([outbox.notice(staff.id, "write_note", client_id, sound=False)])


def take_note(work: Work, staff: Staff, dialog: Dialog, post: StaffPost) -> None:
    """The answer to "write the note": it stays inside."""
    if not post.content.text:
        raise Invalid("note_needs_text")
    work.dialogs.clear(staff.id)
    client_id = ClientId(int(dialog.data["client"]))
    add_note(work, staff, client_id, post.content.text, post.post_id, post.thread_id)
    work.outbox.put([outbox.notice(staff.id, "noted", about_client=client_id, reply_to=post.post_id, sound=False)])


async def on_why(message: Message, act: Act, command: CommandObject) -> None:
    await act.do(
        lambda work, staff: work.outbox.put([outbox.screen(staff.id, "why", str(which(work, staff, message, command)))])
    )


async def on_open(query: CallbackQuery, callback_data: buttons.OpenClient, act: Act) -> None:
    await act.do(lambda work, staff: open_transferred(work, staff, ClientId(callback_data.client)))


async def on_show_transfer(query: CallbackQuery, callback_data: buttons.ShowTransfer, act: Act) -> None:
    def ask(work: Work, staff: Staff) -> None:
        receivers(work, staff, ClientId(callback_data.client))
        work.outbox.put([outbox.screen(staff.id, "transfer", str(callback_data.client))])

    await act.do(ask)


async def on_transfer_to(
    query: CallbackQuery, callback_data: buttons.TransferTo, act: Act, languages: Languages
) -> None:
    def hand(work: Work, staff: Staff) -> tuple[str, Staff]:
        client = transfer(work, staff, ClientId(callback_data.client), StaffId(callback_data.staff))
        post_id = post_of(query)
        if post_id is not None:
            work.outbox.put([outbox.erase(staff.id, post_id)])
        return client.name, staff

    name, staff = await act.do(hand)
    act.say(languages.of(staff.language).t("{client} was handed over.", client=name))


async def on_add_note(query: CallbackQuery, callback_data: buttons.AddNote, act: Act) -> None:
    await act.do(lambda work, staff: ask_for_note(work, staff, ClientId(callback_data.client)))


async def on_close_button(query: CallbackQuery, callback_data: buttons.CloseClient, act: Act) -> None:
    await act.do(lambda work, staff: close_conversation(work, staff, ClientId(callback_data.client)))


async def on_reopen(query: CallbackQuery, callback_data: buttons.ReopenClient, act: Act) -> None:
    await act.do(lambda work, staff: reopen_conversation(work, staff, ClientId(callback_data.client)))


async def on_ask_owner(query: CallbackQuery, callback_data: buttons.AskOwner, act: Act, languages: Languages) -> None:
    def ask(work: Work, staff: Staff) -> Staff:
        ask_owner(work, staff, ClientId(callback_data.client))
        return staff

    act.say(languages.of((await act.do(ask)).language).t("The owner has been asked."))


async def on_who_may_write(query: CallbackQuery, callback_data: buttons.WhoMayWrite, act: Act) -> None:
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "writers", str(callback_data.client))]))


async def on_no_reply(query: CallbackQuery, callback_data: buttons.NoReplyNeeded, act: Act) -> None:
    await act.do(lambda work, staff: no_reply_needed(work, staff, ClientId(callback_data.client)))


async def on_continue(query: CallbackQuery, callback_data: buttons.ContinueOn, act: Act, languages: Languages) -> None:
    """Once it is chosen, the question goes away."""

    def choose(work: Work, staff: Staff) -> tuple[Client, Channel, Staff]:
        client, channel = continue_on(work, staff, ConversationId(callback_data.conversation))
        post_id = post_of(query)
        if post_id is not None:
            work.outbox.put([outbox.erase(staff.id, post_id)])
        return client, channel, staff

    client, channel, staff = await act.do(choose)
    words = languages.of(staff.language).t(
        "What you write to {client} goes to «{channel}» now.", client=client.name, channel=channel.name
    )
    act.say(words)


def setup() -> Router:
    router = Router(name="conversation")
    router.message.register(on_close, Command("close"))
    router.message.register(on_transfer, Command("transfer"))
    router.message.register(on_note, Command("note"))
    router.message.register(on_why, Command("why"))
    router.callback_query.register(on_open, buttons.OpenClient.filter())
    router.callback_query.register(on_show_transfer, buttons.ShowTransfer.filter())
    router.callback_query.register(on_transfer_to, buttons.TransferTo.filter())
    router.callback_query.register(on_add_note, buttons.AddNote.filter())
    router.callback_query.register(on_close_button, buttons.CloseClient.filter())
    router.callback_query.register(on_reopen, buttons.ReopenClient.filter())
    router.callback_query.register(on_ask_owner, buttons.AskOwner.filter())
    router.callback_query.register(on_who_may_write, buttons.WhoMayWrite.filter())
    router.callback_query.register(on_no_reply, buttons.NoReplyNeeded.filter())
    router.callback_query.register(on_continue, buttons.ContinueOn.filter())
    return router
