"""/invite: as what? The link itself is shown once and never stored."""

from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.team import check_admin
from screens.buttons import InviteAs, Turn
from screens.language import Language
from screens.pages.page import Reader
from screens.pages.team import ROLES
from screens.post import Button, Post, post


def load(work: Work, staff: Staff, args: str) -> None:
    """Raises ``Forbidden``."""
    check_admin(work, staff.id)


def render(view: None, reader: Reader) -> Post:
    language = reader.language
    roles = tuple(Button(language.t(ROLES[role]), InviteAs(role=str(role), admin=False)) for role in Role)
    admin = Button(language.t("manager and admin"), InviteAs(role=str(Role.MANAGER), admin=True))
    back = Button(language.t("‹ Team"), Turn(name="team"))
    words = language.t("Invite someone as what? You get a link that works once, for 7 days.")
    return post(words, keyboard=(roles[:2], (roles[2], admin), (back,)))


def link_post(language: Language, link: str) -> Post:
    """Shown to the admin who asked, straight away."""
    words = language.t(
        "Send this link to your colleague. It works once, for 7 days, and is not shown again:\n{link}", link=link
    )
    return post(words, keyboard=((Button(language.t("Copy the link"), copy=link),),))
