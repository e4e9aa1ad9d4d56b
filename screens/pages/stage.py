"""The leads of one stage, page by page. ``args``: pipeline, stage and page, with commas between."""

from aiogram.utils.formatting import Bold

from sales.errors import Invalid
from sales.ports import Work
from sales.staff import Staff
from sales.views.pipeline import LeadLine, StagePage, stage_page
from screens import utf16
from screens.buttons import Turn
from screens.language import Language
from screens.pages.page import Reader
from screens.pages.pipeline import INCOMING, NAME_LIMIT
from screens.post import Button, Post, lines, post, rows


def load(work: Work, staff: Staff, args: str) -> StagePage:
    """Raises ``Invalid`` for what no button of ours says."""
    pipeline_id, _, rest = args.partition(",")
    stage_id, _, page = rest.partition(",")
    if not page.isdecimal():
        raise Invalid("page")
    return stage_page(work, staff, pipeline_id, None if stage_id == INCOMING else stage_id, int(page))


def render(view: StagePage, reader: Reader) -> Post:
    language = reader.language
    name = view.stage.name if view.stage is not None else language.t("Incoming")
    empty = None if view.leads else language.t("No leads here.")
    title = lines(Bold(utf16.cut(name, NAME_LIMIT)), utf16.cut(view.pipeline.name, NAME_LIMIT), empty)
    leads = [
        (Button(_words(language, reader, view, line), Turn(name="lead", args=str(line.lead_id))),)
        for line in view.leads
    ]
    return post(title, keyboard=(*leads, *rows(*_ways(language, view), width=3)))


def _words(language: Language, reader: Reader, view: StagePage, line: LeadLine) -> str:
    name = utf16.cut(line.title.strip() or language.t("Client"), NAME_LIMIT)
    whose = utf16.cut(line.responsible, NAME_LIMIT) if view.whole else ""
    waits = (
        language.t("waits {time}", time=language.waiting(line.waiting_since, reader.now))
        if line.waiting_since is not None
        else ""
    )
    return " · ".join(part for part in (name, whose, waits) if part)


def _ways(language: Language, view: StagePage) -> list[Button]:
    stage = view.stage.id if view.stage is not None else INCOMING
    here = f"{view.pipeline.id},{stage}"
    ways = [Button(language.t("‹ Board"), Turn(name="pipeline", args=view.pipeline.id))]
    if view.page > 0:
        ways.append(Button("◀", Turn(name="stage", args=f"{here},{view.page - 1}")))
    if view.more:
        ways.append(Button("▶", Turn(name="stage", args=f"{here},{view.page + 1}")))
    return ways
