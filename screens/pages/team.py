"""/team: who is here, as what; one tap further, everything about one person."""

from aiogram.utils.formatting import Bold

from sales.ids import StaffId
from sales.ports import Work
from sales.staff import Role, Staff
from sales.views.team import PAGE, PersonView, TeamView, person_view, team_view
from screens.buttons import RemovePerson, SetAdmin, SetRole, SetSwitch, Turn
from screens.language import Language, mark
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, lines, post, rows

ROLES: dict[Role | None, str] = {
    Role.REP: mark("rep"),
    Role.MANAGER: mark("manager"),
    Role.QUALITY_CONTROL: mark("quality control"),
    None: mark("no role"),
}


def load(work: Work, staff: Staff, args: str) -> TeamView:
    return team_view(work, staff, int(args) if args.isdecimal() else 0)


def render(view: TeamView, reader: Reader) -> Post:
    language = reader.language
    title = language.n("The team: {count} person", "The team: {count} people", view.total)
    people = tuple((Button(_line(one, language), Turn(name="person", args=str(one.id))),) for one in view.people)
    invite = Button(language.t("Invite someone"), Turn(name="invite"), style="primary")
    legend = language.t("🟢 receives new clients · 💤 off duty · ⚠️ has not pressed Start · ⭐ admin")
    invited = ((invite,),) if reader.staff.admin else ()
    return post(lines(Bold(title), legend), keyboard=(*people, *_pages(view, language), *invited))


def _line(one: Staff, language: Language) -> str:
    signs = [
        sign
        for sign, shown in (
            ("🟢", one.receives_new_clients),
            ("💤", not one.on_duty),
            ("⚠️", not one.reachable),
            ("⭐", one.admin),
        )
        if shown
    ]
    return f"{one.name} · {language.t(ROLES[one.role])} {''.join(signs)}".strip()


def _pages(view: TeamView, language: Language) -> Keyboard:
    row = []
    if view.page > 0:
        row.append(Button(language.t("‹ Back"), Turn(name="team", args=str(view.page - 1))))
    if (view.page + 1) * PAGE < view.total:
        row.append(Button(language.t("More ›"), Turn(name="team", args=str(view.page + 1))))
    return (tuple(row),) if row else ()


def load_person(work: Work, staff: Staff, args: str) -> PersonView:
    return person_view(work, staff, StaffId(int(args)))


def render_person(view: PersonView, reader: Reader) -> Post:
    language, one = reader.language, view.person
    facts = [
        language.t("Role: {role}", role=language.t(ROLES[one.role])),
        language.t("Receives new clients: {answer}", answer=_yes(one.receives_new_clients, language)),
        language.t("Admin: {answer}", answer=_yes(one.admin, language)),
        None if one.reachable else language.t("⚠️ Can't be reached: they have to press Start in this bot."),
        None if one.on_duty else language.t("💤 Off duty now."),
        language.n("Owns {count} client.", "Owns {count} clients.", view.clients),
        *_differences(view, language),
    ]
    keyboard = _person_keyboard(one, language) if reader.staff.admin else _back(language)
    return post(lines(Bold(one.name), *facts), keyboard=keyboard)


def _back(language: Language) -> Keyboard:
    """A manager looks; only admins change."""
    return ((Button(language.t("‹ Team"), Turn(name="team")),),)


def _yes(value: bool, language: Language) -> str:
    return language.t("yes") if value else language.t("no")


def _differences(view: PersonView, language: Language) -> list[str]:
    words = {"no_access": language.t("no access"), **{str(role): language.t(ROLES[role]) for role in Role}}
    return [
        language.t("On «{channel}»: {role}", channel=channel, role=words[role])
        for channel, role in view.differs.items()
        if role
    ]


def _person_keyboard(one: Staff, language: Language) -> Keyboard:
    roles = tuple(
        Button(
            f"{'✓ ' if one.role is role else ''}{language.t(words)}", SetRole(staff=one.id, role=str(role or "none"))
        )
        for role, words in ROLES.items()
    )
    switch = (
        Button(language.t("🟢 Stop new clients"), SetSwitch(staff=one.id, on=False))
        if one.receives_new_clients
        else Button(language.t("⚪️ Receives new clients"), SetSwitch(staff=one.id, on=True))
    )
    admin = (
        Button(language.t("⭐ Take admin away"), SetAdmin(staff=one.id, on=False))
        if one.admin
        else Button(language.t("☆ Make admin"), SetAdmin(staff=one.id, on=True))
    )
    remove = Button(language.t("Remove…"), Turn(name="remove", args=str(one.id)), style="danger")
    return (roles[:2], roles[2:], (switch,), (admin, remove), *_back(language))


def render_remove(view: PersonView, reader: Reader) -> Post:
    """Removing anyone asks first who gets their clients."""
    language, one = reader.language, view.person
    back = (Button(language.t("‹ Keep {name}", name=one.name), Turn(name="person", args=str(one.id))),)
    if not view.clients:
        words = language.t("Remove {name}? They own no clients. They lose sight of everything at once.", name=one.name)
        return post(words, keyboard=((_removal(one, 0, language.t("Remove")),), back))
    words = language.n(
        "Remove {name}? They own {count} client. Who gets them?",
        "Remove {name}? They own {count} clients. Who gets them?",
        view.clients,
        name=one.name,
    )
    writers = [other for other in view.colleagues if other.role in (Role.REP, Role.MANAGER)][:80]
    heirs = rows(*(_removal(one, other.id, other.name) for other in writers))
    again = (_removal(one, 0, language.t("Offer them again")),)
    return post(words, keyboard=(*heirs, again, back))


def _removal(one: Staff, heir: int, label: str) -> Button:
    return Button(label, RemovePerson(staff=one.id, heir=heir), style="danger" if not heir else None)
