"""What the clock has to do: each one use case, run in bounded bites until nothing more is due."""

from collections.abc import Awaitable, Callable, Sequence

from bot.clock import Due
from sales.ids import later
from sales.ports import Transactions, Work
from sales.use_cases.ladder import climb_ladders

LADDERS = 200
"""Offers that climb in one transaction."""
REMEMBERED = 8 * 24 * 3600
"""Seconds for which update ids are remembered. Telegram repeats for 24 h, other platforms up to 7 days."""
FORGOTTEN_AT_ONCE = 5_000


def dues(transactions: Transactions) -> Sequence[Due]:
    """Settled rows of the outbox need no pruning: they are deleted when they settle."""
    return (
        Due("ladders", 1, _again_and_again(transactions, lambda work: climb_ladders(work, LADDERS), LADDERS)),
        Due("seen updates", 600, _again_and_again(transactions, _forget_seen, FORGOTTEN_AT_ONCE)),
    )


def _forget_seen(work: Work) -> int:
    return work.seen.forget_before(later(work.now, -REMEMBERED))


def _again_and_again(
    transactions: Transactions, bite: Callable[[Work], int], full: int
) -> Callable[[], Awaitable[None]]:
    """As long as a bite was full, take another; between two of them everyone else gets their turn."""

    async def run() -> None:
        while await transactions.write(bite) >= full:
            pass

    return run
