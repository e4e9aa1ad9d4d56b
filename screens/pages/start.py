"""The welcome: who you are here, and what happens next."""

from dataclasses import dataclass

from aiogram.utils.formatting import Bold

from sales.ports import Work
from sales.staff import Role, Staff
from screens.buttons import Turn
from screens.language import Language, mark
from screens.pages.page import Reader
from screens.post import Button, Post, lines, post

ROLES = {
    Role.REP: mark("You are a sales rep here."),
    Role.MANAGER: mark("You are a manager here: you see every conversation and may write in any of them."),
    Role.QUALITY_CONTROL: mark("You are quality control here: you see every conversation and write in none."),
}


@dataclass(frozen=True, slots=True)
class StartView:
    staff: Staff
    channels: int


def load(work: Work, staff: Staff, args: str) -> StartView:
    return StartView(staff, len(work.channels.list()))


def render(view: StartView, reader: Reader) -> Post:
    language, staff = reader.language, view.staff
    hello = Bold(language.t("Hello, {name}.", name=staff.name))
    role = language.t(ROLES[staff.role]) if staff.role is not None else None
    admin = language.t("You are an admin: you set roles and channels.") if staff.admin else None
    nothing = None if role or admin else language.t("You have no role yet. An admin gives you one in /team.")
    keyboard = ((Button(language.t("What I can do"), Turn(name="help")),),)
    return post(
        lines(hello, role, admin, nothing, _clients(language, staff), _channels(language, view)), keyboard=keyboard
    )


def _clients(language: Language, staff: Staff) -> str | None:
    if staff.role not in (Role.REP, Role.MANAGER):
        return None
    if not staff.receives_new_clients:
        return language.t("New clients are not offered to you: that switch is off.")
    if not staff.on_duty:
        return language.t("You are off: /on when you want new clients.")
    return language.t("New clients are offered to you as cards. /off when you want none.")


def _channels(language: Language, view: StartView) -> str | None:
    """An admin of an empty house is shown the door to the first channel."""
    if not view.staff.admin or view.channels:
        return None
    return language.t("No channel is connected yet: /channels walks you through the first one.")
