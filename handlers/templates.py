"""/template and /write PHONE: approved templates, and first messages. Platforms are asked between transactions."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from channels.lookups import Lookups
from channels.phones import to_e164, variants
from handlers.act import Act, post_of
from handlers.conversation import which
from sales import outbox
from sales.channels import Channel, FirstMessage
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId, ClientId
from sales.ports import Work
from sales.ports.channels import Template
from sales.staff import Staff
from sales.use_cases.first_contact import (
    Newcomer,
    ask_about,
    ask_first_text,
    begin,
    channels_for,
    first_form,
    only_channel,
)
from sales.use_cases.template_form import (
    Receiver,
    cancel_form,
    choose_template,
    chosen,
    offer_templates,
    send_template,
    template_receiver,
    turn_page,
)
from screens import buttons
from screens.abilities import abilities, knows_templates
from screens.language import Languages

# --- templates ---


async def on_template(message: Message, act: Act, command: CommandObject, lookups: Lookups) -> None:
    receiver = await act.look(
        lambda work, staff: template_receiver(work, staff, which(work, staff, message, command), knows_templates)
    )
    await _offer(act, lookups, receiver)


async def on_use_template(query: CallbackQuery, callback_data: buttons.UseTemplate, act: Act, lookups: Lookups) -> None:
    client_id = ClientId(callback_data.client)
    receiver = await act.look(lambda work, staff: template_receiver(work, staff, client_id, knows_templates))
    await _offer(act, lookups, receiver)


async def _offer(act: Act, lookups: Lookups, receiver: Receiver) -> None:
    templates = await lookups.templates(receiver.channel_id)
    await act.do(lambda work, staff: offer_templates(work, staff, receiver, templates))


async def on_pick(query: CallbackQuery, callback_data: buttons.PickTemplate, act: Act, lookups: Lookups) -> None:
    """What it says now counts, not what it said when the list was shown."""
    form, number = callback_data.form, callback_data.number
    channel_id, name, language = await act.look(lambda work, staff: chosen(work, staff, form, number))
    template = _named(await lookups.templates(channel_id), name, language)

    def choose(work: Work, staff: Staff) -> None:
        choose_template(work, staff, form, template)
        _erase(work, staff, query)

    await act.do(choose)


def _named(templates: Sequence[Template], name: str, language: str) -> Template:
    found = next((one for one in templates if (one.name, one.language) == (name, language)), None)
    if found is None:
        raise NotFound("template")
    return found


async def on_turn(query: CallbackQuery, callback_data: buttons.TurnTemplates, act: Act) -> None:
    def turn(work: Work, staff: Staff) -> None:
        turn_page(work, staff, callback_data.form, callback_data.page)
        _erase(work, staff, query)

    await act.do(turn)


async def on_send(query: CallbackQuery, callback_data: buttons.SendTemplate, act: Act, languages: Languages) -> None:
    def send(work: Work, staff: Staff) -> tuple[str, Staff]:
        client = send_template(work, staff, callback_data.form)
        _erase(work, staff, query)
        return client.name, staff

    name, staff = await act.do(send)
    act.say(languages.of(staff.language).t("Sent to {client}.", client=name))


async def on_cancel(query: CallbackQuery, callback_data: buttons.CancelForm, act: Act) -> None:
    def cancel(work: Work, staff: Staff) -> None:
        cancel_form(work, staff, callback_data.form)
        _erase(work, staff, query)

    await act.do(cancel)


def _erase(work: Work, staff: Staff, query: CallbackQuery) -> None:
    """The step that is done goes away."""
    post_id = post_of(query)
    if post_id is not None:
        work.outbox.put([outbox.erase(staff.id, post_id)])


# --- first messages ---


def way_of(channel: Channel) -> FirstMessage:
    can = abilities(channel)
    return can.first_message if can is not None else FirstMessage.NEVER


async def on_write(message: Message, act: Act, command: CommandObject, lookups: Lookups) -> None:
    phone = to_e164(command.args or "")
    if phone is None:
        raise Invalid("not_a_phone")
    phones = variants(phone)
    channel = await act.look(lambda work, staff: only_channel(work, staff, phones, way_of))
    if channel is None:
        await act.do(lambda work, staff: begin(work, staff, phones, way_of))
        return
    await _write_on(act, lookups, channel, phones)


async def on_write_on(query: CallbackQuery, callback_data: buttons.WriteOn, act: Act, lookups: Lookups) -> None:
    def look(work: Work, staff: Staff) -> tuple[Channel, Sequence[str]]:
        phones = first_form(work, staff, callback_data.form)
        found = [one for one in channels_for(work, staff, way_of) if one.id == ChannelId(callback_data.channel)]
        if not found:
            raise NotFound("channel")
        return found[0], phones

    channel, phones = await act.look(look)
    await _write_on(act, lookups, channel, phones, query)


async def _write_on(
    act: Act, lookups: Lookups, channel: Channel, phones: Sequence[str], query: CallbackQuery | None = None
) -> None:
    """By a template where the platform wants one; else the number is looked up, and the first text asked for."""
    can = abilities(channel)
    windowed = can is not None and can.window is not None
    newcomer = Newcomer(channel.id, tuple(phones), await lookups.address_of(channel.id, phones[0]), windowed)
    templates = await lookups.templates(channel.id) if way_of(channel) is FirstMessage.TEMPLATE else None

    def ask(work: Work, staff: Staff) -> None:
        if templates is None:
            ask_first_text(work, staff, newcomer)
        else:
            offer_templates(work, staff, Receiver(channel.id, newcomer=newcomer), templates)
        if query is not None:
            _erase(work, staff, query)

    await act.do(ask)


async def on_ask_about(query: CallbackQuery, callback_data: buttons.AskAbout, act: Act, languages: Languages) -> None:
    def ask(work: Work, staff: Staff) -> tuple[Staff, bool]:
        return staff, ask_about(work, staff, ClientId(callback_data.client), manager=callback_data.manager)

    staff, asked = await act.do(ask)
    words = languages.of(staff.language)
    if not asked:
        act.say(words.t("There is nobody who could be asked."))
        return
    act.say(words.t("The managers have been asked.") if callback_data.manager else words.t("The owner has been asked."))


def setup() -> Router:
    router = Router(name="templates")
    router.message.register(on_template, Command("template"))
    router.message.register(on_write, Command("write"))
    router.callback_query.register(on_use_template, buttons.UseTemplate.filter())
    router.callback_query.register(on_pick, buttons.PickTemplate.filter())
    router.callback_query.register(on_turn, buttons.TurnTemplates.filter())
    router.callback_query.register(on_send, buttons.SendTemplate.filter())
    router.callback_query.register(on_cancel, buttons.CancelForm.filter())
    router.callback_query.register(on_write_on, buttons.WriteOn.filter())
    router.callback_query.register(on_ask_about, buttons.AskAbout.filter())
    return router
