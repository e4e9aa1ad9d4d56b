"""The team: who is on it, channel roles, turns, assignments, invites, audit, dialogs."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from sales.ids import ChannelId, ClientId, InviteId, StaffId, TelegramId, later
from sales.ports import Work
from sales.ports.people import Assignment, Dialog, Invite
from sales.staff import ChannelRole, Role, Staff
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, add_channel, add_client, add_staff, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def test_staff_are_kept_as_they_were_saved(world: World) -> None:
    person = await world.write(add_staff)
    assert person.on_duty
    assert person.reachable
    changed = replace(
        person,
        name="Anna <3",
        role=None,
        admin=True,
        receives_new_clients=True,
        on_duty=False,
        flat=True,
        language="de",
    )
    await world.write(lambda work: work.staff.save(changed))
    assert await world.read(lambda work: work.staff.get(person.id)) == changed
    assert await world.read(lambda work: work.staff.list()) == [changed]


async def test_a_removed_person_stays_on_record_and_may_come_back_as_somebody_new(world: World) -> None:
    person = await world.write(add_staff)
    await world.write(lambda work: work.staff.save(replace(person, removed_at=START)))
    assert await world.read(lambda work: work.staff.list()) == []
    assert await world.read(lambda work: work.staff.by_telegram(person.telegram_id)) is None
    gone = await world.read(lambda work: work.staff.get(person.id))
    assert gone is not None
    assert gone.removed_at == START
    assert (await world.write(add_staff)).id != person.id


async def test_nobody_is_on_the_team_twice(world: World) -> None:
    await world.write(add_staff)
    with pytest.raises(IntegrityError):
        await world.write(add_staff)


async def test_channel_roles_override_and_are_deleted_when_they_override_nothing(world: World) -> None:
    person = await world.write(add_staff)
    channel = await world.write(add_channel)
    role = ChannelRole(person.id, channel.id, Role.MANAGER, False, True)
    await world.write(lambda work: work.staff.save_channel_role(role))
    assert await world.read(lambda work: work.staff.channel_role(person.id, channel.id)) == role
    closed = ChannelRole(person.id, channel.id, None, True, None)
    await world.write(lambda work: work.staff.save_channel_role(closed))
    assert await world.read(lambda work: work.staff.channel_roles(channel.id)) == {person.id: closed}
    await world.write(lambda work: work.staff.save_channel_role(ChannelRole(person.id, channel.id)))
    assert await world.read(lambda work: work.staff.channel_roles(channel.id)) == {}


# --- turns ---


def line_of(work: Work, size: int) -> tuple[ChannelId, list[StaffId]]:
    channel = add_channel(work)
    people = [add_staff(work, number).id for number in range(size)]
    for staff_id in people:
        work.turns.to_end(channel.id, staff_id)
    return channel.id, people


async def test_who_was_served_longest_ago_stands_first(world: World) -> None:
    channel_id, (anna, boris, carl) = await world.write(lambda work: line_of(work, 3))
    await world.write(lambda work: work.turns.to_end(channel_id, anna))
    assert await world.read(lambda work: work.turns.line(channel_id)) == [boris, carl, anna]


async def test_who_leaves_joins_again_at_the_end(world: World) -> None:
    channel_id, (anna, boris, carl) = await world.write(lambda work: line_of(work, 3))
    await world.write(lambda work: work.turns.leave(anna))
    assert await world.read(lambda work: work.turns.line(channel_id)) == [boris, carl]
    await world.write(lambda work: work.turns.to_end(channel_id, anna))
    assert await world.read(lambda work: work.turns.line(channel_id)) == [boris, carl, anna]


async def test_leaving_one_channel_keeps_the_place_in_others(world: World) -> None:
    channel_id, (anna, _) = await world.write(lambda work: line_of(work, 2))
    other = await world.write(lambda work: add_channel(work, "2"))
    await world.write(lambda work: work.turns.to_end(other.id, anna))
    await world.write(lambda work: work.turns.leave(anna, channel_id))
    assert await world.read(lambda work: work.turns.line(other.id)) == [anna]


async def test_turns_are_fair_when_many_are_taken_at_once(world: World) -> None:
    channel_id, people = await world.write(lambda work: line_of(work, 4))

    def take_turn(work: Work) -> StaffId:
        work.turns.lock(channel_id)
        first = work.turns.line(channel_id)[0]
        work.turns.to_end(channel_id, first)
        return first

    served = await asyncio.gather(*(world.write(take_turn) for _ in range(40)))
    assert sorted(served) == sorted(people * 10)


async def test_assignments_say_why_the_newest_first(world: World) -> None:
    person = await world.write(add_staff)
    client = await world.write(add_client)
    first = Assignment(client.id, person.id, None, None, None, "in_turn", {"place": "1"}, START)
    second = Assignment(client.id, None, person.id, person.id, None, "transfer", {}, later(START, 1))

    def note(work: Work) -> None:
        work.assignments.add(first)
        work.assignments.add(second)

    await world.write(note)
    assert await world.read(lambda work: work.assignments.of_client(client.id)) == [second, first]
    assert await world.read(lambda work: work.assignments.of_client(client.id, 1)) == [second]
    assert await world.read(lambda work: work.assignments.of_client(ClientId(99))) == []


# --- invites ---

INVITE = Invite(InviteId(0), Role.REP, False, True, None, later(START, 60), None)


async def test_an_invite_is_used_once(world: World) -> None:
    invite_id = await world.write(lambda work: work.invites.add("digest", INVITE))
    used = await world.write(lambda work: work.invites.use("digest", TelegramId(5)))
    assert used == replace(INVITE, id=invite_id, used_at=START)
    assert await world.write(lambda work: work.invites.use("digest", TelegramId(6))) is None


async def test_many_use_an_invite_at_once_and_one_gets_in(world: World) -> None:
    await world.write(lambda work: work.invites.add("digest", INVITE))
    got = await asyncio.gather(
        *(world.write(lambda work: work.invites.use("digest", TelegramId(5))) for _ in range(20))
    )
    assert sum(each is not None for each in got) == 1


async def test_an_expired_or_unknown_invite_is_none(world: World) -> None:
    await world.write(lambda work: work.invites.add("digest", INVITE))
    world.time.move(61)
    assert await world.write(lambda work: work.invites.use("digest", TelegramId(5))) is None
    assert await world.write(lambda work: work.invites.use("other", TelegramId(5))) is None


# --- records of people ---


async def test_audit_is_listed_the_newest_first(world: World) -> None:
    person = await world.write(add_staff)

    def act(work: Work) -> None:
        work.audit.add("stranger", telegram_id=TelegramId(77))
        work.audit.add("role", f"staff:{person.id}", "manager", staff_id=person.id)

    await world.write(act)
    entries = await world.read(lambda work: work.audit.list(10))
    assert [(entry.action, entry.subject, entry.telegram_id) for entry in entries] == [
        ("role", f"staff:{person.id}", None),
        ("stranger", "", 77),
    ]
    assert [entry.action for entry in await world.read(lambda work: work.audit.list(10, before=2))] == ["stranger"]


async def test_secrets_of_a_dialog_are_sealed_and_bound_to_the_person(world: World) -> None:
    person: Staff = await world.write(add_staff)
    dialog = Dialog(person.id, "account", {"kind": "x"}, None, {"key": "a very secret key"})
    await world.write(lambda work: work.dialogs.set(dialog))
    assert await world.read(lambda work: work.dialogs.get(person.id)) == dialog
    assert await world.read(lambda work: work.dialogs.of_kind("account")) == [dialog]
    assert await world.read(lambda work: work.dialogs.of_kind("note")) == []
    await world.write(lambda work: work.dialogs.set(Dialog(person.id, "account", {}, None)))
    assert await world.read(lambda work: work.dialogs.get(person.id)) == Dialog(person.id, "account", {}, None)


async def test_a_dialog_is_one_per_person(world: World) -> None:
    person: Staff = await world.write(add_staff)
    await world.write(lambda work: work.dialogs.set(Dialog(person.id, "channel", {"step": "token"}, None)))
    second = Dialog(person.id, "kept", {"text": "Привет \U0001f600"}, later(START, 60))
    await world.write(lambda work: work.dialogs.set(second))
    assert await world.read(lambda work: work.dialogs.get(person.id)) == second
    await world.write(lambda work: work.dialogs.clear(person.id))
    assert await world.read(lambda work: work.dialogs.get(person.id)) is None
