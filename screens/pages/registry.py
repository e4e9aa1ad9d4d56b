"""Every page by the name that ``outbox.screen`` and ``buttons.Turn`` use: one line each."""

from typing import Any

from screens.pages import chat, chats, invite, lead, pipeline, stage, start, team, transfer, which_client, why
from screens.pages import help as help_page
from screens.pages.page import Page

PAGES: dict[str, Page[Any]] = {
    "help": Page(help_page.load, help_page.render),
    "lead": Page(lead.load, lead.render),
    "pipeline": Page(pipeline.load, pipeline.render),
    "stage": Page(stage.load, stage.render),
    "start": Page(start.load, start.render),
    "chat": Page(chat.load, chat.render),
    "chats": Page(chats.load, chats.render),
    "find": Page(chats.load_found, chats.render),
    "invite": Page(invite.load, invite.render),
    "person": Page(team.load_person, team.render_person),
    "remove": Page(team.load_person, team.render_remove),
    "team": Page(team.load, team.render),
    "transfer": Page(transfer.load, transfer.render),
    "which_client": Page(which_client.load, which_client.render),
    "why": Page(why.load, why.render),
}
