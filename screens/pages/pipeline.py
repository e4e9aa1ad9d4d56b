"""The built-in CRM's board: how many leads stand where. ``args``: a pipeline, or nothing for the first."""

from aiogram.utils.formatting import Bold

from sales.ports import Work
from sales.staff import Staff
from sales.views.pipeline import Board, Column, board
from screens import utf16
from screens.buttons import Turn
from screens.language import Language
from screens.pages.page import Reader
from screens.post import Button, Post, lines, post, rows

NAME_LIMIT = 40
INCOMING = "in"
"""Stands for the stage of leads that nobody accepted yet."""


def load(work: Work, staff: Staff, args: str) -> Board:
    return board(work, staff, args or None)


def render(view: Board, reader: Reader) -> Post:
    language = reader.language
    total = sum(column.count for column in view.columns)
    whose = (
        language.n("{count} open lead", "{count} open leads", total)
        if view.whole
        else language.n("{count} open lead of yours", "{count} open leads of yours", total)
    )
    title = lines(Bold(utf16.cut(view.pipeline.name, NAME_LIMIT)), whose)
    stages = [_stage_button(language, view, column) for column in view.columns]
    others = [
        Button(f"{utf16.cut(other.name, NAME_LIMIT)} ›", Turn(name="pipeline", args=other.id)) for other in view.others
    ]
    return post(title, keyboard=rows(*stages, *others, width=1))


def _stage_button(language: Language, view: Board, column: Column) -> Button:
    name = utf16.cut(column.stage.name, NAME_LIMIT) if column.stage is not None else language.t("Incoming")
    stage = column.stage.id if column.stage is not None else INCOMING
    return Button(f"{name} · {column.count}", Turn(name="stage", args=f"{view.pipeline.id},{stage},0"))
