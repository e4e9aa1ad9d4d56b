"""The board of the built-in CRM, and moving a lead on it."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.act import Act, post_of
from sales import outbox
from sales.ids import ClientId, LeadId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.pipeline import MoveLead, current_lead, move_lead, pipeline_of
from sales.use_cases.team_lookup import check_sees, client_or_fail
from screens import buttons
from screens.language import Languages


async def on_pipeline(message: Message, act: Act) -> None:
    await act.do(lambda work, staff: work.outbox.put([outbox.screen(staff.id, "pipeline")]))


async def on_show_stages(query: CallbackQuery, callback_data: buttons.ShowStages, act: Act) -> None:
    """From a client's header: where their lead stands, and where it can go."""

    def show(work: Work, staff: Staff) -> None:
        client = client_or_fail(work, ClientId(callback_data.client))
        check_sees(work, staff, client)
        lead = current_lead(work, client.id)
        pipeline_of(work, lead)
        work.outbox.put([outbox.screen(staff.id, "lead", str(lead.id))])

    await act.do(show)


async def on_set_stage(query: CallbackQuery, callback_data: buttons.SetStage, act: Act, languages: Languages) -> None:
    def move(work: Work, staff: Staff) -> tuple[str, Staff]:
        moved = move_lead(work, staff, MoveLead(LeadId(callback_data.lead), callback_data.stage))
        work.outbox.put([outbox.screen(staff.id, "lead", str(moved.id), post_of(query))])
        return pipeline_of(work, moved).stages[callback_data.stage].name, staff

    stage, staff = await act.do(move)
    act.say(languages.of(staff.language).t("Moved to {stage}.", stage=stage))


def setup() -> Router:
    router = Router(name="pipeline")
    router.message.register(on_pipeline, Command("pipeline"))
    router.callback_query.register(on_show_stages, buttons.ShowStages.filter())
    router.callback_query.register(on_set_stage, buttons.SetStage.filter())
    return router
