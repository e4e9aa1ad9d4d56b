"""The door through which everything from clients comes: whoever delivers waits until it is committed.

Micro-batches: while one transaction is under way, later arrivals collect, and then go together as one list. One caller
at a time leads: it writes for all that collected, then hands the lead on. So no background task is needed, and a batch
is never larger than what came in during the one before.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.incoming import Incoming, Malformed
from sales.ports import Transactions, Work
from sales.use_cases.receive import keep, receive

log = logging.getLogger(__name__)

BATCH = 200
"""Updates in one transaction: more would keep other writers waiting."""
MOST_BYTES = 64 * 1024 * 1024
"""Waiting to be written, over all channels: beyond it nothing more is taken until the disk has caught up."""

Item = Incoming | Malformed


class _Turn(Enum):
    LEAD = auto()
    WRITTEN = auto()


@dataclass(eq=False, slots=True)
class _Delivery:
    """What one caller brought. ``turn`` tells it that it is written, that it leads now, or what went wrong."""

    channel_id: ChannelId
    items: Sequence[Item]
    offset: int | None
    turn: asyncio.Future[_Turn | Exception]

    @property
    def size(self) -> int:
        return sum(len(item.raw) for item in self.items)

    def tell(self, outcome: _Turn | Exception) -> None:
        if not self.turn.done():
            self.turn.set_result(outcome)


def _unobserved(items: Sequence[Item]) -> None:
    """Nobody counts."""


class ChannelIntake:
    """``take`` returns when everything it was given is committed: handled, or kept in the inbox."""

    def __init__(self, transactions: Transactions, observe: Callable[[Sequence[Item]], None] = _unobserved) -> None:
        """``observe`` is shown what was committed, for the metrics."""
        self._transactions = transactions
        self._observe = observe
        self._waiting: list[_Delivery] = []
        self._led = False
        self._bytes = 0

    async def take(self, channel_id: ChannelId, items: Sequence[Item], offset: int | None = None) -> None:
        """``offset`` is kept in the same transaction, where polling goes on. Raises ``Unavailable``: nothing was
        acknowledged, and it has to be delivered again.
        """
        delivery = _Delivery(channel_id, items, offset, asyncio.get_running_loop().create_future())
        if self._bytes and self._bytes + delivery.size > MOST_BYTES:
            raise Unavailable("more is coming in than can be written")
        self._bytes += delivery.size
        self._waiting.append(delivery)
        try:
            if not self._led or await self._leads(delivery):
                await self._lead(delivery)
        finally:
            self._bytes -= delivery.size

    async def _leads(self, delivery: _Delivery) -> bool:
        """Wait until somebody has written it; True when this caller is to lead instead. Raises what went wrong."""
        try:
            outcome = await delivery.turn
        except asyncio.CancelledError:
            self._gave_up(delivery)
            raise
        if isinstance(outcome, Exception):
            raise outcome
        return outcome is _Turn.LEAD

    def _gave_up(self, delivery: _Delivery) -> None:
        """What it brought will be delivered again. If it had just been told to lead, the next one does."""
        if delivery in self._waiting:
            self._waiting.remove(delivery)
        if not delivery.turn.cancelled() and delivery.turn.result() is _Turn.LEAD:
            self._pass_on()

    async def _lead(self, delivery: _Delivery) -> None:
        """Write one batch: this caller's delivery, which is the first that waits, and all behind it that fit."""
        self._led = True
        batch = self._next_batch(delivery)
        outcome: _Turn | Exception = _Turn.WRITTEN
        try:
            await self._write(batch)
        except Exception as error:
            outcome = error
            raise
        except BaseException:
            self._waiting[:0] = [other for other in batch if other is not delivery and not other.turn.done()]
            batch = []
            raise
        finally:
            for other in batch:
                other.tell(outcome if isinstance(outcome, _Turn) else _same(outcome))
            self._pass_on()

    def _next_batch(self, first: _Delivery) -> list[_Delivery]:
        """``first``, and those behind it as far as they fit; not those that gave up."""
        batch, size = [first], len(first.items)
        for other in [other for other in self._waiting if other is not first and not other.turn.done()]:
            size += len(other.items)
            if size > BATCH:
                break
            batch.append(other)
        self._waiting = [other for other in self._waiting if other not in batch]
        return batch

    def _pass_on(self) -> None:
        following = next((delivery for delivery in self._waiting if not delivery.turn.done()), None)
        self._led = following is not None
        if following is not None:
            following.tell(_Turn.LEAD)

    async def _write(self, batch: Sequence[_Delivery]) -> None:
        try:
            await self._transactions.write(lambda work: _take(work, batch))
        except Unavailable:
            raise
        except Exception:
            log.exception("a batch of updates can't be handled; trying them one by one")
            for delivery in batch:
                await self._one_by_one(delivery)
        for delivery in batch:
            self._observe(delivery.items)

    async def _one_by_one(self, delivery: _Delivery) -> None:
        """One bad event stops none of its neighbours: it goes to the inbox, for a person to see and replay."""
        for item in delivery.items:
            await self._alone(item)
        await self._transactions.write(lambda work: _note_offset(work, delivery))

    async def _alone(self, item: Item) -> None:
        try:
            await self._transactions.write(lambda work: receive(work, [item]))
        except Unavailable:
            raise
        except Exception as error:
            log.exception("channel %d: update %s can't be handled; kept in the inbox", item.channel_id, item.update_id)
            problem = type(error).__name__
            await self._transactions.write(lambda work: keep(work, item, problem))


def _same(error: Exception) -> Exception:
    """One exception raised in several callers would mix up their tracebacks."""
    return Unavailable(str(error)) if isinstance(error, Unavailable) else RuntimeError(type(error).__name__)


def _take(work: Work, batch: Sequence[_Delivery]) -> None:
    receive(work, [item for delivery in batch for item in delivery.items])
    for delivery in batch:
        _note_offset(work, delivery)


def _note_offset(work: Work, delivery: _Delivery) -> None:
    if delivery.offset is not None:
        work.channels.set_offset(delivery.channel_id, delivery.offset)
