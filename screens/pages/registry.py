"""Every page by the name that ``outbox.screen`` and ``buttons.Turn`` use: one line each."""

from typing import Any

from screens.pages import help as help_page
from screens.pages import start, why
from screens.pages.page import Page

PAGES: dict[str, Page[Any]] = {
    "help": Page(help_page.load, help_page.render),
    "start": Page(start.load, start.render),
    "why": Page(why.load, why.render),
}
