"""What the clock has to do: each one use case, run in bounded bites until nothing more is due."""

from collections.abc import Awaitable, Callable, Sequence

from bot.clock import Due
from sales.ports import Transactions, Work
from sales.use_cases.ladder import climb_ladders
from sales.use_cases.pruning import prune
from sales.use_cases.window import watch_windows

LADDERS = 200
"""Offers that climb in one transaction."""
WINDOWS = 200
"""Conversations whose windows are looked at in one transaction."""
PRUNED = 1_000
"""As many of one kind in one transaction mean that there may be more."""


def dues(transactions: Transactions) -> Sequence[Due]:
    return (
        Due("ladders", 1, _again_and_again(transactions, lambda work: climb_ladders(work, LADDERS), LADDERS)),
        Due("windows", 30, _again_and_again(transactions, lambda work: watch_windows(work, WINDOWS), WINDOWS)),
        Due("pruning", 600, _again_and_again(transactions, prune, PRUNED)),
    )


def _again_and_again(
    transactions: Transactions, bite: Callable[[Work], int], full: int
) -> Callable[[], Awaitable[None]]:
    """As long as a bite was full, take another; between two of them everyone else gets their turn."""

    async def run() -> None:
        while await transactions.write(bite) >= full:
            pass

    return run
