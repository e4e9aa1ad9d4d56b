"""Taps on questions whether two clients are one person."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.act import Act
from sales.clients import Client
from sales.ids import ClientId, MergeId, ProposalId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.merge_choices import ask_again, same_person, two_people, undo_merge
from sales.use_cases.team_lookup import client_or_fail, name_of
from screens import buttons
from screens.language import Languages


async def on_same(query: CallbackQuery, callback_data: buttons.SamePerson, act: Act, languages: Languages) -> None:
    def join(work: Work, staff: Staff) -> tuple[Staff, str]:
        merge = same_person(work, staff, ProposalId(callback_data.proposal), ClientId(callback_data.keep))
        return staff, name_of(work, client_or_fail(work, merge.into_id).owner_id)

    staff, owner = await act.do(join)
    words = languages.of(staff.language)
    act.say(words.t("Joined: {owner} has the client.", owner=owner) if owner else words.t("Joined."))


async def on_not_same(
    query: CallbackQuery, callback_data: buttons.NotSamePerson, act: Act, languages: Languages
) -> None:
    def part(work: Work, staff: Staff) -> Staff:
        two_people(work, staff, ProposalId(callback_data.proposal))
        return staff

    act.say(languages.of((await act.do(part)).language).t("Two people: you won't be asked again."))


async def on_ask(query: CallbackQuery, callback_data: buttons.AskDeciders, act: Act, languages: Languages) -> None:
    def ask(work: Work, staff: Staff) -> tuple[Staff, bool]:
        return staff, ask_again(work, staff, ProposalId(callback_data.proposal))

    staff, asked = await act.do(ask)
    words = languages.of(staff.language)
    act.say(words.t("Asked.") if asked else words.t("Still nobody can be asked."))


async def on_undo(query: CallbackQuery, callback_data: buttons.UndoMerge, act: Act, languages: Languages) -> None:
    def undo(work: Work, staff: Staff) -> tuple[Staff, Client]:
        return staff, undo_merge(work, staff, MergeId(callback_data.merge))

    staff, client = await act.do(undo)
    act.say(languages.of(staff.language).t("Undone: {client} is a client of their own again.", client=client.name))


def setup() -> Router:
    router = Router(name="merging")
    router.callback_query.register(on_same, buttons.SamePerson.filter())
    router.callback_query.register(on_not_same, buttons.NotSamePerson.filter())
    router.callback_query.register(on_ask, buttons.AskDeciders.filter())
    router.callback_query.register(on_undo, buttons.UndoMerge.filter())
    return router
