"""The media store stays within its bounds: what nobody refers to goes, then the oldest beyond age and size."""

from collections.abc import Sequence
from functools import partial

from sales.ports import Transactions, Work
from sales.use_cases.pruning import sweep_files
from storage.media_files import MediaFiles

BITES = 20
"""Transactions of one run: a store of a million files is looked through within a day."""
AT_ONCE = 500
DAY = 24 * 3600
GIGABYTE = 1000**3


class MediaKeeping:
    """``days`` and ``gigabytes`` are the bounds. The clock calls both methods, in one process at a time."""

    def __init__(self, transactions: Transactions, files: MediaFiles, days: int, gigabytes: int) -> None:
        self._transactions = transactions
        self._files = files
        self._days = days
        self._gigabytes = gigabytes

    async def sweep(self) -> None:
        """Rows first: a file without a row is only disk space, a row without its file would be a broken promise."""
        for _ in range(BITES):
            swept = await self._transactions.write(sweep_files)
            await self._files.remove(swept.contents)
            if swept.done:
                return

    async def bound(self) -> None:
        """Messages stay, and say that their file is no longer stored."""
        await self._files.remove_leftovers()
        gone = await self._files.expire(self._days * DAY, self._gigabytes * GIGABYTE)
        for start in range(0, len(gone), AT_ONCE):
            await self._transactions.write(partial(_expire, contents=gone[start : start + AT_ONCE]))


def _expire(work: Work, contents: Sequence[str]) -> None:
    work.media.expire(contents)
