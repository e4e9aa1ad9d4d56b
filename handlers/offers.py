"""Taps on an offer card."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.act import Act, post_of
from sales.clients import Client
from sales.errors import OfferTaken
from sales.ids import ClientId, OfferId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.accept import Accepted, accept_offer, card_tapped, is_a_client, not_a_client, undo_not_a_client
from screens.buttons import Accept, NotClient, SettleNotClient, UndoNotClient
from screens.errors import explain
from screens.language import Languages


async def on_accept(query: CallbackQuery, callback_data: Accept, act: Act, languages: Languages) -> None:
    def accept(work: Work, staff: Staff) -> tuple[Accepted | OfferTaken, Staff]:
        """Being late is the common end of a race and has changed nothing: it needs no transaction of its own."""
        card_tapped(work, staff, OfferId(callback_data.offer), post_of(query))
        try:
            return accept_offer(work, staff, OfferId(callback_data.offer)), staff
        except OfferTaken as late:
            return late, staff

    outcome, staff = await act.do(accept)
    words = languages.of(staff.language)
    if isinstance(outcome, OfferTaken):
        act.say(explain(outcome, words), alert=True)
    elif outcome.again:
        act.say(words.t("{client} is yours already.", client=outcome.client.name))
    else:
        act.say(words.t("{client} is yours.", client=outcome.client.name))


async def on_not_client(query: CallbackQuery, callback_data: NotClient, act: Act, languages: Languages) -> None:
    def settle(work: Work, staff: Staff) -> tuple[bool, Staff]:
        card_tapped(work, staff, OfferId(callback_data.offer), post_of(query))
        return not_a_client(work, staff, OfferId(callback_data.offer)), staff

    settled, staff = await act.do(settle)
    words = languages.of(staff.language)
    act.say(words.t("Settled: not a client.") if settled else words.t("Hidden for you. A manager decides."))


async def on_settle(query: CallbackQuery, callback_data: SettleNotClient, act: Act, languages: Languages) -> None:
    def settle(work: Work, staff: Staff) -> Staff:
        if callback_data.client:
            is_a_client(work, staff, OfferId(callback_data.offer))
        else:
            not_a_client(work, staff, OfferId(callback_data.offer))
        return staff

    words = languages.of((await act.do(settle)).language)
    act.say(words.t("Back on the table.") if callback_data.client else words.t("Settled: not a client."))


async def on_undo(query: CallbackQuery, callback_data: UndoNotClient, act: Act, languages: Languages) -> None:
    def undo(work: Work, staff: Staff) -> tuple[Client, Staff]:
        return undo_not_a_client(work, staff, ClientId(callback_data.client)), staff

    client, staff = await act.do(undo)
    act.say(languages.of(staff.language).t("{client} is offered again.", client=client.name))


def setup() -> Router:
    router = Router(name="offers")
    router.callback_query.register(on_accept, Accept.filter())
    router.callback_query.register(on_not_client, NotClient.filter())
    router.callback_query.register(on_settle, SettleNotClient.filter())
    router.callback_query.register(on_undo, UndoNotClient.filter())
    return router
