"""The words of a message as a staff member reads them: who said it in front, what became of it behind."""

from dataclasses import dataclass, replace

from sales.clients import Client
from sales.messages import Direction, Entity, Message
from sales.staff import Role, Staff
from screens import utf16
from screens.clients import TEST, name_of
from screens.contents import referral
from screens.language import Language, mark

FORMATTING = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
    }
)
"""What a bot can send. Links, mentions and the like are found by Telegram itself; others need what we don't have."""

ROLES = {
    Role.REP: mark("sales rep"),
    Role.MANAGER: mark("manager"),
    Role.QUALITY_CONTROL: mark("quality control"),
}
NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Told:
    """A message in its setting. ``author`` is ``None`` for the client, and for what came from the account itself."""

    message: Message
    client: Client
    author: Staff | None
    reader: Staff
    flat: bool
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    entities: tuple[Entity, ...] = ()


def front(language: Language, told: Told) -> str:
    """Who said it; nothing for a client in their own topic."""
    message = told.message
    names = [_short(name_of(language, told.client))] if told.flat else []
    if message.direction is Direction.NOTE:
        who = _short(told.author.name) if told.author is not None else "?"
        names.append(language.t("📝 note by {name}", name=who))
    elif message.direction is Direction.OUT:
        names.append(_writer(language, told))
    test = f"{TEST} " if told.client.test_for is not None else ""
    return test + " · ".join(names)


def _short(name: str) -> str:
    return utf16.cut(name, NAME_LIMIT)


def _writer(language: Language, told: Told) -> str:
    if told.author is None:
        return language.t("From the account")
    if told.author.id == told.reader.id:
        return language.t("You")
    name, role = _short(told.author.name), told.author.role
    return f"{name} ({language.t(ROLES[role])})" if role is not None else name


def back(language: Language, told: Told) -> str:
    """What brought the client, and what became of the message."""
    message = told.message
    advertisement = referral(language, message.content)
    fate = _fate(language, told)
    return "\n".join(part for part in (advertisement, fate) if part)


def _fate(language: Language, told: Told) -> str:
    message = told.message
    if message.deleted_at is not None:
        by_client = message.direction is Direction.IN
        return language.t("🗑 deleted by the client") if by_client else language.t("🗑 deleted")
    if message.edited_at is not None:
        return language.t("✏️ edited")
    return language.t("↻ may be shown twice") if told.uncertain else ""


def words(language: Language, told: Told, text: str, entities: tuple[Entity, ...] = ()) -> Words:
    """``text`` is the message's own words, or what stands for them."""
    who, end = front(language, told).rstrip(), back(language, told)
    if not who and not end:
        return Words(text, formatting(entities))
    return _framed(who, text, formatting(entities), end)


def _framed(who: str, text: str, entities: tuple[Entity, ...], end: str) -> Words:
    head = (f"{who}: " if text else who) if who else ""
    found: list[Entity] = [Entity("bold", 0, utf16.units(head.rstrip(" ")))] if head else []
    found += utf16.shift(entities, utf16.units(head))
    whole = head + text
    if end:
        whole += "\n" if whole else ""
        found.append(Entity("italic", utf16.units(whole), utf16.units(end)))
        whole += end
    return Words(whole, tuple(found))


def formatting(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Without what Telegram would refuse from a bot."""
    if not entities:
        return entities
    return tuple(
        replace(entity, custom_emoji_id=None)
        for entity in entities
        if entity.type in FORMATTING and (entity.type != "text_link" or entity.url)
    )
