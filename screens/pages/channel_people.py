"""Who is on a channel: their role there, and whether they receive its new clients."""

from aiogram.utils.formatting import Bold

from sales.errors import NotFound
from sales.ids import StaffId
from sales.ports import Work
from sales.staff import Role, Staff
from sales.views.channels import PAGE, Member, MembersView, MemberView, member_view, members_view
from screens.buttons import SetMemberRole, SetMemberSwitch, Turn
from screens.language import Language
from screens.pages import channel_args
from screens.pages.channel import back_to
from screens.pages.channel_args import Args
from screens.pages.page import Reader
from screens.pages.team import ROLES
from screens.post import Button, Keyboard, Post, lines, post, rows


def load(work: Work, staff: Staff, args: str) -> tuple[MembersView, Args]:
    given = channel_args.read(args)
    return members_view(work, staff, given.channel_id, given.number or 0), given


def render(view: tuple[MembersView, Args], reader: Reader) -> Post:
    language, (found, given) = reader.language, view
    title = (
        language.t("«{channel}»: who receives new clients?", channel=found.channel.name)
        if given.setup
        else language.t("«{channel}»: who is on it", channel=found.channel.name)
    )
    writers = any(member.writes for member in found.members)
    hint = (
        language.t("✅ receives its new clients · ⚪️ does not · 🚫 may not write here")
        if writers
        else language.t("Nobody may write here yet: tap a person to give them a role, or invite people with /invite.")
    )
    people = tuple((_button(member, found, given, language),) for member in found.members)
    onward = _on(found, given, language)
    return post(lines(Bold(title), hint), keyboard=(*people, *_pages(found, given, language), onward))


def _button(member: Member, found: MembersView, given: Args, language: Language) -> Button:
    """In the set-up a tap turns the switch; where somebody may not write, and later, it opens the person."""
    sign = "🚫" if not member.writes else "✅" if member.receives else "⚪️"
    words = f"{sign} {member.staff.name} · {language.t(ROLES[member.role])}{' ✎' if member.override else ''}"[:100]
    if given.setup and member.writes:
        return Button(words, _switch(member, given, not member.receives, back=True))
    return Button(words, Turn(name="channel_member", args=f"{given.channel_id}.{member.staff.id}{given.end}"))


def _switch(member: Member, given: Args, wanted: bool, *, back: bool) -> SetMemberSwitch:
    """What is as everywhere needs no difference here."""
    value = "inherit" if wanted == member.staff.receives_new_clients else "on" if wanted else "off"
    return SetMemberSwitch(channel=given.channel_id, staff=member.staff.id, value=value, setup=given.setup, back=back)


def _pages(found: MembersView, given: Args, language: Language) -> Keyboard:
    row = []
    if found.page > 0:
        args = f"{given.channel_id}.{found.page - 1}{given.end}"
        row.append(Button(language.t("‹ Back"), Turn(name="channel_people", args=args)))
    if (found.page + 1) * PAGE < found.total:
        args = f"{given.channel_id}.{found.page + 1}{given.end}"
        row.append(Button(language.t("More ›"), Turn(name="channel_people", args=args)))
    return (tuple(row),) if row else ()


def _on(found: MembersView, given: Args, language: Language) -> tuple[Button, ...]:
    if given.setup:
        args = f"{given.channel_id}{given.end}"
        return (Button(language.t("Next ›"), Turn(name="channel_place", args=args), style="primary"),)
    return (back_to(found.channel, language),)


def load_member(work: Work, staff: Staff, args: str) -> tuple[MemberView, Args]:
    given = channel_args.read(args)
    if given.number is None:
        raise NotFound("staff")
    return member_view(work, staff, given.channel_id, StaffId(given.number)), given


def render_member(view: tuple[MemberView, Args], reader: Reader) -> Post:
    language, (found, given) = reader.language, view
    member, one = found.member, found.member.staff
    facts = (
        language.t("On «{channel}»: {role}", channel=found.channel.name, role=language.t(ROLES[member.role])),
        language.t("Everywhere else: {role}", role=language.t(ROLES[one.role])),
        language.t("Receives this channel's new clients: {answer}", answer=_yes(member, language)),
    )
    back = Button(language.t("‹ People"), Turn(name="channel_people", args=f"{given.channel_id}{given.end}"))
    return post(
        lines(Bold(one.name), *facts),
        keyboard=(*_roles(member, given, language), *_switches(member, given, language), (back,)),
    )


def _yes(member: Member, language: Language) -> str:
    return language.t("yes") if member.writes and member.receives else language.t("no")


def _roles(member: Member, given: Args, language: Language) -> Keyboard:
    override = member.override
    held = "inherit"
    if override is not None and override.no_access:
        held = "no_access"
    elif override is not None and override.role is not None:
        held = str(override.role)
    named = {
        "inherit": language.t("As everywhere"),
        **{str(role): language.t(ROLES[role]) for role in Role},
        "no_access": language.t("no access"),
    }
    choices = [
        Button(
            f"{'✓ ' if name == held else ''}{words}",
            SetMemberRole(channel=given.channel_id, staff=member.staff.id, role=name, setup=given.setup),
        )
        for name, words in named.items()
    ]
    return rows(*choices)


def _switches(member: Member, given: Args, language: Language) -> Keyboard:
    """Only for those who may write here: for others the switch means nothing."""
    if not member.writes:
        return ()
    if member.receives:
        return ((Button(language.t("⚪️ No new clients here"), _switch(member, given, False, back=False)),),)
    return ((Button(language.t("✅ Receives new clients here"), _switch(member, given, True, back=False)),),)
