"""Which commands there are, what they do in one line, and who may use them."""

from dataclasses import dataclass
from enum import Flag, auto

from sales.staff import Role, Staff
from screens.language import mark


class Who(Flag):
    REP = auto()
    MANAGER = auto()
    QUALITY_CONTROL = auto()
    ADMIN = auto()
    WRITERS = REP | MANAGER
    ROLES = REP | MANAGER | QUALITY_CONTROL
    ALL = REP | MANAGER | QUALITY_CONTROL | ADMIN


@dataclass(frozen=True, slots=True)
class Command:
    """``reply``: it is given as a Telegram reply to a message. ``words`` are the menu's; at most 256 characters."""

    name: str
    words: str
    who: Who
    reply: bool = False


COMMANDS = (
    Command("chats", mark("Conversations"), Who.ROLES),
    Command("unanswered", mark("Who waits for an answer"), Who.ROLES),
    Command("find", mark("Find a client or a word"), Who.ROLES),
    Command("on", mark("Take new clients"), Who.WRITERS),
    Command("off", mark("Take no new clients for now"), Who.WRITERS),
    Command("transfer", mark("Hand this client to a colleague"), Who.WRITERS),
    Command("close", mark("Close this conversation"), Who.WRITERS),
    Command("note", mark("A note the client never sees"), Who.ROLES),
    Command("template", mark("Send an approved template"), Who.WRITERS),
    Command("write", mark("Write first: /write and the phone"), Who.WRITERS),
    Command("react", mark("React to a message of the client's"), Who.WRITERS, reply=True),
    Command("delete", mark("Delete a message of yours, for the client too"), Who.WRITERS, reply=True),
    Command("why", mark("Why this client went to whom"), Who.ROLES),
    Command("pipeline", mark("The board of leads"), Who.ROLES),
    Command("team", mark("People, roles, who takes new clients"), Who.ADMIN | Who.MANAGER),
    Command("role", mark("Set someone's role"), Who.ADMIN),
    Command("invite", mark("Invite someone to the team"), Who.ADMIN),
    Command("channels", mark("Accounts that clients write to"), Who.ADMIN),
    Command("help", mark("What I can do"), Who.ALL),
)


def standing(staff: Staff) -> Who:
    """Role and admin flag as one value."""
    found = Who.ADMIN if staff.admin else Who(0)
    roles = {Role.REP: Who.REP, Role.MANAGER: Who.MANAGER, Role.QUALITY_CONTROL: Who.QUALITY_CONTROL}
    return found | roles[staff.role] if staff.role is not None else found


def commands_of(staff: Staff) -> list[Command]:
    """What this person's menu lists. Someone without role and flag, or removed, has none."""
    if staff.removed_at is not None:
        return []
    return [command for command in COMMANDS if command.who & standing(staff)]
