"""Whatever clients have, merging loses nothing, and undoing it leaves everything as it was."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from sales.clients import Identity, IdentityKind
from sales.ids import ClientId, PostId, StaffId, later
from sales.incoming import ClientWrote, Incoming, Sender
from sales.ports import Work
from sales.staff import Role
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from sales.use_cases.merging import merge_clients, part_clients
from sales.use_cases.owning import Why, take
from sales.use_cases.receive import receive
from sales.use_cases.talk import add_note
from sales.use_cases.viewing import open_view
from storage.crypto import Vault
from storage.database import open_database
from storage.statements import Statement
from storage.transactions import SqlTransactions
from storage.work import SqlWork
from tests.storage.contract import Time, add_channel, add_staff, telegram, text

KEPT = {
    "clients": "select * from clients order by id",
    "conversations": "select * from conversations order by id",
    "messages": "select * from messages order by id",
    "identities": "select * from identities order by id",
    "offers": "select * from offers order by id",
    "leads": "select * from leads order by id",
    "assignments": "select * from assignments order by id",
    "views": "select staff_id, client_id from topics where state <> 'closing' order by 1, 2",
    "posts": "select * from message_copies order by staff_id, post_id",
}
"""All of it but what is written down about the merge itself, and what is on its way out."""


class Rollback(Exception):
    """The story is over, and leaves no trace."""


@dataclass(frozen=True)
class Life:
    """What has happened to one client. ``owner`` and ``watchers`` are places in the team."""

    words: tuple[int, ...]
    owner: int | None
    watchers: tuple[int, ...]
    posts: bool
    phone: bool
    note: bool
    closed: bool
    not_client: bool
    answered: bool
    username: bool


lives = st.builds(
    Life,
    words=st.lists(st.integers(0, 1), min_size=1, max_size=4).map(tuple),
    owner=st.none() | st.integers(0, 1),
    watchers=st.sets(st.integers(2, 3)).map(tuple),
    posts=st.booleans(),
    phone=st.booleans(),
    note=st.booleans(),
    closed=st.booleans(),
    not_client=st.booleans(),
    answered=st.booleans(),
    username=st.booleans(),
)


@pytest.fixture(scope="module")
def transactions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlTransactions]:
    vault = Vault("k" * 32)
    folder: Path = tmp_path_factory.mktemp("merging")
    database = open_database(f"sqlite:///{folder}/dibs.db", vault)
    yield SqlTransactions(database, Time(), vault)
    database.close()


def world(work: Work, topics: bool) -> None:
    work.workspace.set("staff.topics", "1" if topics else "0")
    for key in ("1", "2"):
        add_channel(work, key)
    for number, role in enumerate((Role.REP, Role.REP, Role.MANAGER, Role.QUALITY_CONTROL)):
        staff = add_staff(work, number, role)
        work.staff.save(replace(staff, receives_new_clients=number < 2))


def live(work: Work, number: int, life: Life, posts: Iterator[int], topics: bool) -> ClientId:
    """Through the use cases, as it would happen."""
    team = [staff.id for staff in work.staff.list()]
    channels = [channel.id for channel in work.channels.list()]
    known_by = [telegram(number)]
    if life.phone:
        known_by.append(Identity(IdentityKind.PHONE, f"+49151000000{number}"))
    for place, channel in enumerate(life.words):
        sender = Sender(f"Client {number}", tuple(known_by), f"user{number}" if life.username else None)
        event = ClientWrote(str(number), f"{number}-{place}", sender, text(f"{number}.{place}"), work.now)
        receive(work, [Incoming(channels[channel], f"{number}-{place}", event, b"")])
    client_id = work.clients.find(known_by)
    assert client_id is not None
    client = work.clients.get(client_id)
    assert client is not None
    offer = work.offers.open_of([client_id]).get(client_id)
    if life.owner is not None:
        assert take(work, client, team[life.owner], Why("accepted"), offer, sound=False)
    for watcher in life.watchers:
        open_view(work, team[watcher], client, sound=False)
    if life.note and life.owner is not None:
        add_note(work, next(one for one in work.staff.list() if one.id == team[life.owner]), client_id, "Note", None)
    if topics or life.posts:
        show(work, client_id, posts, topics, life.posts)
    changed = work.clients.get(client_id)
    assert changed is not None
    work.clients.save(
        replace(
            changed,
            waiting_since=None if life.answered else later(work.now, -number),
            last_message_at=later(work.now, number),
            closed_at=work.now if life.closed else None,
            not_client_at=work.now if life.not_client and life.owner is None else None,
        )
    )
    return client_id


def show(work: Work, client_id: ClientId, posts: Iterator[int], topics: bool, all_: bool) -> None:
    """What is on its way to staff chats has arrived there, or its topic at least."""
    for topic in work.topics.viewers(client_id):
        thread = next(posts) if topics else None
        work.topics.save(replace(topic, state=TopicState.OPEN if topics else TopicState.WANTED, thread_id=thread))
        if all_:
            relays = work.outbox.take_relays(f"staff:{topic.staff_id}:client:{client_id}")
            messages = [int(row.payload["message_id"] or 0) for row in relays]
            work.copies.add([_copy(topic, client_id, next(posts), message, thread) for message in messages])


def _copy(topic: Topic, client_id: ClientId, post: int, message_id: int, thread: int | None) -> MessageCopy:
    return MessageCopy(topic.staff_id, PostId(post), CopyKind.RELAY, client_id, message_id, thread_id=thread)  # type: ignore[arg-type]


def look(work: Work) -> dict[str, Sequence[Sequence[object]]]:
    assert isinstance(work, SqlWork)
    return {name: [tuple(row) for row in work.clients.link.rows(Statement(sql(query)))] for name, query in KEPT.items()}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=lives, other=lives, topics=st.booleans())
def test_merging_loses_nothing_and_undoing_restores_everything(
    transactions: SqlTransactions, one: Life, other: Life, topics: bool
) -> None:
    def story(work: Work) -> None:
        world(work, topics)
        posts = itertools.count(100)
        first, second = live(work, 1, one, posts, topics), live(work, 2, other, posts, topics)
        before = look(work)
        messages = {message.id for id_ in (first, second) for message in work.messages.of_client(id_, 100)}
        owners = _owners(work, first, second)
        merge = merge_clients(work, first, second, None)
        assert {message.id for message in work.messages.of_client(merge.into_id, 100)} == messages
        assert len(work.offers.open_of([first, second])) <= 1
        left = _owners(work, first, second)
        assert len(left) == min(1, len(owners))
        assert left <= owners
        part_clients(work, merge.id, None)
        after = look(work)
        for name, rows in before.items():
            assert after[name] == rows, name
        raise Rollback

    with pytest.raises(Rollback):
        transactions.write_sync(story)


def _owners(work: Work, *client_ids: ClientId) -> set[StaffId]:
    found = work.clients.get_many(client_ids).values()
    return {client.owner_id for client in found if client.owner_id is not None}
