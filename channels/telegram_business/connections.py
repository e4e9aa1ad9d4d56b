"""Connections of accounts to the bot, as values. Pure.

An owner who disconnects the bot and connects it again gets a new connection id, while chats and message ids stay the
account's own: so everything goes by the owner, and every id they ever had leads to their connection of now.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

MOST = 200
"""Connections remembered: the oldest are forgotten first, and their conversations begin anew."""

DISCONNECTED = "disconnected"
NO_RIGHT = "no_right"


@dataclass(frozen=True, slots=True)
class Connection:
    """``owner`` is the account's user id, ``name`` what people call it; ``since`` when it was connected (seconds)."""

    id: str
    owner: int
    since: int
    enabled: bool
    may_reply: bool = False
    may_read: bool = False
    may_delete: bool = False
    name: str = ""

    @property
    def problem(self) -> str | None:
        """What keeps staff from answering through it."""
        if not self.enabled:
            return DISCONNECTED
        return None if self.may_reply else NO_RIGHT


@dataclass(frozen=True, slots=True)
class Connections:
    """All that one bot was ever told of, in the order in which it last heard of each."""

    all: tuple[Connection, ...] = ()

    def with_(self, connection: Connection) -> Self:
        others = tuple(one for one in self.all if one.id != connection.id)
        return type(self)((*others, connection)[-MOST:])

    def get(self, connection_id: str) -> Connection | None:
        return next((one for one in self.all if one.id == connection_id), None)

    def current(self, connection_id: str) -> Connection | None:
        """The connection of now of the account that this one is, or was, a connection of."""
        known = self.get(connection_id)
        return _newest(self._of(known.owner)) if known is not None else None

    def former(self, connection_id: str) -> tuple[str, ...]:
        """The ids under which the account of this connection was known besides its present one, the newest first."""
        now = self.current(connection_id)
        if now is None:
            return ()
        return tuple(one.id for one in reversed(self._of(now.owner)) if one.id != now.id)

    @property
    def accounts(self) -> tuple[Connection, ...]:
        """The connection of now of every account."""
        return tuple(_newest(self._of(owner)) for owner in dict.fromkeys(one.owner for one in self.all))

    @property
    def problem(self) -> str | None:
        """What is wrong with any of the accounts; one that is not there at all comes first."""
        found = {account.problem for account in self.accounts}
        return next((problem for problem in (DISCONNECTED, NO_RIGHT) if problem in found), None)

    def _of(self, owner: int) -> tuple[Connection, ...]:
        return tuple(one for one in self.all if one.owner == owner)


def _newest(connections: Iterable[Connection]) -> Connection:
    """One that is enabled goes before one that is not; of two made within one second, the one heard of last."""
    ranked = enumerate(connections)
    return max(ranked, key=lambda place: (place[1].enabled, place[1].since, place[0]))[1]


def to_text(connections: Connections) -> str:
    rows = [
        [one.id, one.owner, one.since, one.enabled, one.may_reply, one.may_read, one.may_delete, one.name]
        for one in connections.all
    ]
    return json.dumps(rows, separators=(",", ":"))


def from_text(text: str | None) -> Connections:
    return Connections(tuple(Connection(*row) for row in json.loads(text or "[]")))
