"""A lead: where it stands, its history, and the stages it can go to. ``args``: the lead."""

from aiogram.utils.formatting import Bold, Text

from sales.errors import NotFound
from sales.ids import LeadId
from sales.leads import LeadState, StageKind
from sales.ports import Work
from sales.staff import Staff
from sales.views.pipeline import HistoryLine, LeadCard, lead_card
from screens import utf16
from screens.buttons import Earlier, SetStage, Turn
from screens.language import Language, mark
from screens.pages.page import Reader
from screens.pages.pipeline import NAME_LIMIT
from screens.post import Button, Keyboard, Post, lines, post, rows

TEXT_LIMIT = 120

STATES = {
    LeadState.WANTED: mark("on its way to the CRM"),
    LeadState.INCOMING: mark("incoming: nobody has accepted it yet"),
    LeadState.WON: mark("won"),
    LeadState.LOST: mark("lost"),
    LeadState.DECLINED: mark("declined"),
    LeadState.JOINED: mark("joined: the client turned out to be another, whose lead goes on"),
}
"""Where the state says more than the stage."""

SIGNS = {StageKind.WON: "🏆 ", StageKind.LOST: "✖️ ", StageKind.OPEN: ""}

HISTORY = {
    "incoming": mark("came in"),
    "created": mark("created: {text}"),
    "accepted": mark("accepted: {text}"),
    "declined": mark("declined"),
    "responsible": mark("responsible: {text}"),
    "stage": mark("moved to {text}"),
    "won": mark("won: {text}"),
    "lost": mark("lost: {text}"),
    "note": mark("note: {text}"),
}


def load(work: Work, staff: Staff, args: str) -> LeadCard:
    if not args.isdecimal():
        raise NotFound("lead")
    return lead_card(work, staff, LeadId(int(args)))


def render(view: LeadCard, reader: Reader) -> Post:
    language = reader.language
    number = language.t("lead #{number}", number=view.lead.external_id) if view.lead.external_id is not None else ""
    name = utf16.cut(view.client.name.strip() or language.t("Client"), NAME_LIMIT)
    history = [_event(language, reader, line) for line in view.history]
    return post(
        lines(
            Text(Bold(name), f" · {number}" if number else ""),
            _standing(language, view),
            _people(language, view),
            Text("\n", lines(*history)) if history else None,
        ),
        keyboard=_buttons(language, view),
    )


def _standing(language: Language, view: LeadCard) -> str:
    stage = view.pipeline.stages[view.place].name if view.place is not None else ""
    state = language.t(STATES[view.lead.state]) if view.lead.state in STATES else ""
    facts = (view.pipeline.name, "" if stage.casefold() == state.casefold() else stage, state)
    return " · ".join(utf16.cut(fact, NAME_LIMIT) for fact in facts if fact)


def _people(language: Language, view: LeadCard) -> str:
    whose = (
        language.t("responsible: {name}", name=utf16.cut(view.responsible, NAME_LIMIT))
        if view.responsible
        else language.t("nobody is responsible")
    )
    return " · ".join(part for part in (f"«{view.channel}»" if view.channel else "", whose) if part)


def _event(language: Language, reader: Reader, line: HistoryLine) -> str:
    text = utf16.cut(line.text, TEXT_LIMIT) or language.t("nobody")
    what = language.t(HISTORY[line.what], text=text) if line.what in HISTORY else line.what
    by = f" · {utf16.cut(line.by, NAME_LIMIT)}" if line.by else ""
    return f"{language.clock(line.at, reader.now)} {what}{by}"


def _buttons(language: Language, view: LeadCard) -> Keyboard:
    stages = [
        Button(
            f"{'• ' if place == view.place else ''}{SIGNS[stage.kind]}{utf16.cut(stage.name, NAME_LIMIT)}",
            SetStage(lead=view.lead.id, stage=place),
        )
        for place, stage in enumerate(view.pipeline.stages)
    ]
    moves = rows(*stages, width=2) if view.moves else ()
    ways = (
        Button(language.t("‹ Board"), Turn(name="pipeline", args=view.pipeline.id)),
        Button(language.t("History"), Earlier(client=view.client.id, before=0)),
    )
    return (*moves, ways)
