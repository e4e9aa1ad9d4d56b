"""The outbox, and who empties it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sales.ids import MessageId, Moment, OutboxId
from sales.outbox import NewRow, Outcome, Row, RowState

if TYPE_CHECKING:
    from sales.ports.work import Work


@dataclass(frozen=True, slots=True)
class RowReport:
    """A row as a person sees it in ``dibs outbox list``."""

    id: OutboxId
    lane: str
    stream: str
    kind: str
    state: RowState
    attempts: int
    created_at: Moment
    due_at: Moment
    problem: str | None


class Outbox(Protocol):
    """First in, first out per stream; a row leaves when those before it in its stream are settled."""

    def put(self, rows: Sequence[NewRow]) -> None: ...
    def claim(
        self,
        lane: str,
        now: Moment,
        limit: int,
        full_buckets: Sequence[str] = (),
        room: Mapping[str, int] | None = None,
        fresh_room: int | None = None,
    ) -> Sequence[Row]:
        """Take the due heads of streams of a lane, most urgent first, and mark them as being sent.

        Passes over ``full_buckets``; takes at most ``room[bucket]`` rows of a bucket, or ``fresh_room`` of one that
        ``room`` does not name.
        """

    def get(self, row_id: OutboxId) -> Row | None: ...
    def finish_sent(self, row_ids: Sequence[OutboxId]) -> None:
        """``finish`` with ``sent`` for many at once: the hot path."""

    def finish(self, row_id: OutboxId, state: RowState, problem: str | None = None) -> None:
        """Sent, dropped or dead: the next of its stream moves up. ``held``: its stream stands."""

    def again(self, row_id: OutboxId, due_at: Moment, problem: str, uncertain: bool) -> None:
        """Back into the queue, in its place. Without a ``problem`` it was not tried: the attempt does not count."""

    def recover(self, lanes: Sequence[str]) -> int:
        """At start: rows that were being sent go back, uncertain. Returns how many."""

    def show_without(self, media_id: int) -> None:
        """Relays that wait for this file may leave now; what leaves for clients goes on waiting."""

    def media_settled(self, media_id: int) -> None:
        """Rows that waited for this file may leave now."""

    def next_due(self, lanes: Sequence[str]) -> Mapping[str, Moment]:
        """When each lane has something to do next."""

    def busy(self, streams: Sequence[str]) -> set[str]:
        """Those of these streams in which something has not left yet."""

    def lanes(self) -> Sequence[str]:
        """Those with anything unsettled."""

    def in_state(self, state: RowState, limit: int) -> Sequence[RowReport]: ...
    def take_relays(self, stream: str) -> Sequence[Row]:
        """Out of the outbox: RELAY rows of a stream that nobody is sending. In their order."""

    def relays_under_way(self, stream: str) -> Sequence[Row]:
        """RELAY rows of a stream that somebody is sending."""

    def hold_next(self, stream: str) -> int:
        """Hold the MESSAGE rows that wait in a stream, until ``release`` or ``drop_held``. Returns how many."""

    def release(self, stream: str) -> int:
        """Held rows of a stream may leave. Returns how many."""

    def held_messages(self, stream: str) -> Sequence[MessageId]:
        """The messages of held MESSAGE rows."""

    def drop_held(self, stream: str, messages: Sequence[MessageId] | None = None) -> int:
        """Give up the held rows of a stream, or those of these messages alone. Returns how many."""

    def forget_dead(self, moment: Moment) -> int:
        """Rows given up that were made before then: at most a bite of them at a time. Returns how many."""

    def freeze(self, name: str, until: Moment) -> None:
        """A lane or a bucket stands still until then, also after a restart."""

    def frozen(self, now: Moment) -> Mapping[str, Moment]: ...
    def depth(self) -> Mapping[str, tuple[int, Moment]]:
        """Unsettled rows per lane, and when the oldest was made."""


class Sender(Protocol):
    """Sends rows of the lanes it stands for. Never raises for what the other side does."""

    async def send(self, row: Row) -> Outcome: ...


Loaded = Mapping[OutboxId, object]
"""What rows name, as it was when they were claimed: only who loaded it knows what it is."""


class LoadingSender(ABC):
    """A sender that is spared reading once more: what its rows name is loaded in the transaction that claims them."""

    @abstractmethod
    async def send(self, row: Row) -> Outcome: ...
    @abstractmethod
    def load(self, work: "Work", rows: Sequence[Row]) -> Loaded:
        """What some of them name."""

    @abstractmethod
    async def send_loaded(self, row: Row, loaded: object) -> Outcome: ...
