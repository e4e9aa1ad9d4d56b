"""A workspace of any size, by bulk SQL: reps, and clients who are owned, each with a conversation and a first message.

A million clients take some tens of seconds this way; use cases would take an hour.
"""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from math import gcd
from pathlib import Path

from storage.locks import writing

FIRST_REP = 1_000
"""Telegram ids of the reps follow each other from here, those of the customers from ``FIRST_CUSTOMER``."""
FIRST_CUSTOMER = 1_000_000_000
CHANNEL = 1
BATCH = 100_000

_REPS = """
    INSERT INTO staff (telegram_id, name, role, admin, receives_new_clients, on_duty, reachable, flat, created_at)
    SELECT :first_rep + value, 'Rep ' || value, 'rep', 0, 1, 1, 1, 0, :now FROM numbers
"""
_CLIENTS = (
    """
    INSERT INTO clients (id, name, name_key, owner_id, waiting_since, last_message_at, created_at)
    SELECT value + 1, 'Client ' || value, 'client ' || value, :rep + value % :reps,
           CASE :waiting WHEN 1 THEN :now - value END, :now - value, :now FROM numbers
    """,
    """
    INSERT INTO identities (client_id, kind, value)
    SELECT value + 1, 'telegram', :first_customer + (value * :step) % :count FROM numbers
    """,
    """
    INSERT INTO conversations (id, client_id, channel_id, address, last_inbound_at, created_at, client_rank,
        first_address)
    SELECT value + 1, value + 1, :channel, :first_customer + (value * :step) % :count, :now, :now,
           (SELECT rank FROM clients WHERE clients.id = value + 1), 1 FROM numbers
    """,
    """
    INSERT INTO topics (staff_id, client_id, state, sounded_at)
    SELECT :rep + value % :reps, value + 1, 'wanted', :now FROM numbers
    """,
    """
    INSERT INTO messages (conversation_id, client_id, direction, kind, text, status, created_at, said_at, external_id)
    SELECT value + 1, value + 1, 'in', 'text', 'hello', 'received', :now, :now, 'first' FROM numbers
    """,
)
_NUMBERS = """
    WITH RECURSIVE numbers(value) AS (SELECT :start UNION ALL SELECT value + 1 FROM numbers WHERE value + 1 < :stop)
"""


@dataclass(frozen=True, slots=True)
class Workspace:
    """``clients`` of them, shared out evenly among ``reps``. ``waiting``: all of them are in the middle of a burst."""

    clients: int = 1_000
    reps: int = 50
    waiting: bool = False

    @property
    def step(self) -> int:
        """Customers with neighbouring Telegram ids lie far apart in the tables: what a real crowd does to a cache."""
        step = self.clients * 618 // 1000 | 1
        while gcd(step, self.clients) != 1:
            step += 2
        return step


def seed(path: Path, workspace: Workspace) -> None:
    """Into a database that has its channel. The Telegram ids are those of the module's constants."""
    with writing(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        now = int(time.time() * 1000)
        values = {"now": now, "channel": CHANNEL, "first_rep": FIRST_REP, "first_customer": FIRST_CUSTOMER}
        values |= {"reps": workspace.reps, "count": workspace.clients, "step": workspace.step}
        values["waiting"] = int(workspace.waiting)
        with connection:
            _run(connection, _REPS, values | {"start": 0, "stop": workspace.reps})
        found = connection.execute("SELECT id FROM staff WHERE telegram_id = ?", (FIRST_REP,)).fetchone()
        for start in range(0, workspace.clients, BATCH):
            stop = min(start + BATCH, workspace.clients)
            with connection:
                for statement in _CLIENTS:
                    _run(connection, statement, values | {"rep": found[0], "start": start, "stop": stop})
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _run(connection: sqlite3.Connection, statement: str, values: dict[str, int]) -> None:
    target, _, rest = statement.partition("SELECT")
    connection.execute(f"{target} {_NUMBERS} SELECT {rest}", values)
