"""What I can do: the commands of this person's role, and how the rest works."""

from aiogram.utils.formatting import Bold

from sales.ports import Work
from sales.staff import Role, Staff
from screens.commands import commands_of
from screens.language import mark
from screens.pages.page import Reader
from screens.post import Post, lines, post

HOW = {
    Role.REP: (
        mark("A new client comes as a card. Tap ✅ Accept or reply to the card: whoever is first has the client."),
        mark("Write in the client's topic, or reply to one of their messages: it goes to the client."),
    ),
    Role.MANAGER: (
        mark("You see every conversation and may write in any of them. The owner stays the owner, and sees it."),
        mark("Write in the client's topic, or reply to one of their messages: it goes to the client."),
    ),
    Role.QUALITY_CONTROL: (mark("You see every conversation. Nothing you write reaches a client."),),
}


def load(work: Work, staff: Staff, args: str) -> Staff:
    return staff


def render(view: Staff, reader: Reader) -> Post:
    language = reader.language
    how = [language.t(text) for text in HOW[view.role]] if view.role is not None else []
    by_reply = language.t("as a reply")
    listed = [
        f"/{command.name} — {language.t(command.words)}" + (f" ({by_reply})" if command.reply else "")
        for command in commands_of(view)
    ]
    return post(lines(Bold(language.t("What I can do")), *how, " ", *listed))
