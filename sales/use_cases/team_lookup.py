"""Who is who on a channel: the questions that many use cases ask."""

from collections.abc import Sequence

from sales.clients import Client
from sales.errors import Forbidden, NotFound, NotStaff
from sales.ids import ChannelId, ClientId, StaffId, TelegramId
from sales.ports import Work
from sales.rights import check_may_write, eligible, may_see, role_on
from sales.staff import Role, Staff


def staff_member(work: Work, telegram_id: TelegramId) -> Staff:
    """Raises ``NotStaff`` for anyone else."""
    staff = work.staff.by_telegram(telegram_id)
    if staff is None:
        raise NotStaff
    return staff


def name_of(work: Work, staff_id: StaffId | None) -> str:
    staff = work.staff.get(staff_id) if staff_id is not None else None
    return staff.name if staff is not None else ""


def role_of(work: Work, staff: Staff, channel_id: ChannelId) -> Role | None:
    return role_on(staff, work.staff.channel_role(staff.id, channel_id))


def eligible_staff(work: Work, channel_id: ChannelId) -> Sequence[Staff]:
    overrides = work.staff.channel_roles(channel_id)
    return [person for person in work.staff.list() if eligible(person, overrides.get(person.id))]


def managers(work: Work, channel_id: ChannelId) -> Sequence[Staff]:
    """Those who can be reached. Being off duty spares a manager distribution, not questions."""
    overrides = work.staff.channel_roles(channel_id)
    return [
        person
        for person in work.staff.list()
        if person.reachable and role_on(person, overrides.get(person.id)) is Role.MANAGER
    ]


def admins(work: Work) -> Sequence[Staff]:
    return [person for person in work.staff.list() if person.admin and person.reachable]


def managers_or_admins(work: Work, channel_id: ChannelId) -> Sequence[Staff]:
    """Whoever must hear of a problem: somebody always does, if anybody can be reached."""
    return managers(work, channel_id) or admins(work)


def client_or_fail(work: Work, client_id: ClientId) -> Client:
    """Whoever the client is by now: an old button may name one who turned out to be another. Raises ``NotFound``."""
    client = work.clients.get(client_id)
    while client is not None and client.merged_into is not None:
        client = work.clients.get(client.merged_into)
    if client is None:
        raise NotFound("client")
    return client


def home_channel(work: Work, client_id: ClientId) -> ChannelId:
    """The channel the client wrote to last: rights are asked there. Raises ``NotFound``."""
    conversations = work.conversations.of_client(client_id)
    if not conversations:
        conversations = work.conversations.of_client(client_or_fail(work, client_id).id)
    if not conversations:
        raise NotFound("client")
    return conversations[0].channel_id


def check_sees(work: Work, staff: Staff, client: Client) -> None:
    """Raises ``Forbidden`` unless they may see this client on any channel the client writes on."""
    channels = {conversation.channel_id for conversation in work.conversations.of_client(client.id)}
    if not any(may_see(staff, role_of(work, staff, channel_id), client) for channel_id in channels):
        raise Forbidden("owner")


def check_writes(work: Work, staff: Staff, client: Client, channel_id: ChannelId) -> None:
    """Raises ``Forbidden``, ``NoOwner`` or ``NotYours``."""
    check_may_write(staff, role_of(work, staff, channel_id), client, name_of(work, client.owner_id))
