"""Who is on the team: /team, /role, /invite, and every button on a person's page. For admins."""

import secrets
from collections.abc import Callable

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.deep_linking import create_start_link

from handlers.act import Act, post_of
from sales import outbox
from sales.errors import Invalid, NotFound
from sales.ids import StaffId
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.joining import invite
from sales.use_cases.team import RemoveStaff, SetStaff, check_admin, remove_staff, set_staff
from sales.views.places import Place, place_of
from sales.views.team import check_looks
from screens import buttons
from screens.failures import CallFailed
from screens.language import Language, Languages
from screens.pages.invite import link_post
from screens.telegram import StaffTelegram

TOKEN_BYTES = 32
"""256 random bits: 43 characters of a link's 64."""


async def on_team(message: Message, act: Act) -> None:
    """Managers may look."""

    def show(work: Work, staff: Staff) -> None:
        check_looks(staff)
        work.outbox.put([outbox.screen(staff.id, "team")])

    await act.do(show)


async def on_role(message: Message, act: Act, command: CommandObject) -> None:
    """``/role`` opens the team; ``/role Anna manager`` sets it at once."""
    name, _, role = (command.args or "").strip().rpartition(" ")
    if not name:
        await act.do(lambda work, staff: _page(work, staff, "team"))
        return

    def change(work: Work, staff: Staff) -> None:
        check_admin(work, staff.id)
        found = _named(work, name)
        set_staff(work, SetStaff(found.id, role=_role(role), by_id=staff.id))
        _page(work, staff, "person", str(found.id))

    await act.do(change)


def _named(work: Work, name: str) -> Staff:
    """Raises ``NotFound``, and ``Invalid`` when two have this name."""
    found = [one for one in work.staff.list() if one.name.casefold() == name.casefold()]
    if not found:
        raise NotFound("staff")
    if len(found) > 1:
        raise Invalid("name_twice")
    return found[0]


def _role(name: str) -> Role | None:
    """As commands and buttons write it. Raises ``Invalid``."""
    if name == "none":
        return None
    try:
        return Role(name.casefold())
    except ValueError:
        raise Invalid("unknown_role") from None


async def on_invite(message: Message, act: Act) -> None:
    await act.do(lambda work, staff: _page(work, staff, "invite"))


def _page(work: Work, staff: Staff, name: str, args: str = "") -> None:
    check_admin(work, staff.id)
    work.outbox.put([outbox.screen(staff.id, name, args)])


async def on_set_role(query: CallbackQuery, callback_data: buttons.SetRole, act: Act) -> None:
    role = _role(callback_data.role)
    await _change(act, query, lambda by: SetStaff(StaffId(callback_data.staff), role=role, by_id=by))


async def on_set_switch(query: CallbackQuery, callback_data: buttons.SetSwitch, act: Act) -> None:
    staff_id, on = StaffId(callback_data.staff), callback_data.on
    await _change(act, query, lambda by: SetStaff(staff_id, receives_new_clients=on, by_id=by))


async def on_set_admin(query: CallbackQuery, callback_data: buttons.SetAdmin, act: Act) -> None:
    staff_id, on = StaffId(callback_data.staff), callback_data.on
    await _change(act, query, lambda by: SetStaff(staff_id, admin=on, by_id=by))


async def _change(act: Act, query: CallbackQuery, command: Callable[[StaffId], SetStaff]) -> None:
    def change(work: Work, staff: Staff) -> None:
        changed = set_staff(work, command(staff.id))
        work.outbox.put([outbox.screen(staff.id, "person", str(changed.id), post_of(query))])

    await act.do(change)


async def on_remove(query: CallbackQuery, callback_data: buttons.RemovePerson, act: Act, languages: Languages) -> None:
    heir = StaffId(callback_data.heir) if callback_data.heir else None

    def remove(work: Work, staff: Staff) -> tuple[int, Staff]:
        command = RemoveStaff(StaffId(callback_data.staff), heir, offer_again=heir is None, by_id=staff.id)
        moved = remove_staff(work, command)
        work.outbox.put([outbox.screen(staff.id, "team", "", post_of(query))])
        return moved, staff

    moved, staff = await act.do(remove)
    words = languages.of(staff.language)
    act.say(words.n("Removed. {count} client changed hands.", "Removed. {count} clients changed hands.", moved))


async def on_invite_as(
    query: CallbackQuery,
    callback_data: buttons.InviteAs,
    act: Act,
    bot: Bot,
    digest: Callable[[str], str],
    languages: Languages,
    telegram: StaffTelegram,
) -> None:
    """The link goes straight to the admin: what is stored is the token's hash, so it can't wait in the outbox."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    role = _role(callback_data.role)

    def make(work: Work, staff: Staff) -> tuple[Staff, Place | None]:
        receives = role in (Role.REP, Role.MANAGER)
        invite(work, digest(token), role, callback_data.admin, receives, staff.id)
        return staff, place_of(work, staff.id, None)

    staff, place = await act.do(make)
    words = languages.of(staff.language)
    link = await create_start_link(bot, token)
    if place is None or not await _shown(telegram, place, words, link):
        act.say(words.t("The link could not be shown. Please ask for a new one."), alert=True)


async def _shown(telegram: StaffTelegram, place: Place, words: Language, link: str) -> bool:
    try:
        await telegram.send(place, link_post(words, link))
    except CallFailed:
        return False
    return True


def setup() -> Router:
    router = Router(name="team")
    router.message.register(on_team, Command("team"))
    router.message.register(on_role, Command("role"))
    router.message.register(on_invite, Command("invite"))
    router.callback_query.register(on_set_role, buttons.SetRole.filter())
    router.callback_query.register(on_set_switch, buttons.SetSwitch.filter())
    router.callback_query.register(on_set_admin, buttons.SetAdmin.filter())
    router.callback_query.register(on_remove, buttons.RemovePerson.filter())
    router.callback_query.register(on_invite_as, buttons.InviteAs.filter())
    return router
