"""Files on their way from a platform into the media store: the sender of ``fetch`` rows."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing
from typing import Protocol

from sales.ids import MediaId
from sales.messages import Media, MediaState, RemoteFile
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, Sent
from sales.ports import Transactions
from sales.ports.files import FileGone, FileTooBig, FileUnavailable, MediaStore

LIMIT = 100 * 1024 * 1024
"""The most bytes of one file that we keep; platforms have bounds of their own, which their fetchers know."""
NO_WAY = 30.0
"""Seconds until a file is asked for again whose channel is not connected just now."""


class Fetcher(Protocol):
    """Whoever can stream the files of one account."""

    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """Raises ``FileGone``, ``FileTooBig``, ``FileUnavailable``."""


class FileSender:
    """``fetcher_for`` takes ``held_by`` (``channel:<id>`` or ``staff``); ``None``: it is not connected now."""

    def __init__(
        self,
        transactions: Transactions,
        store: MediaStore,
        fetcher_for: Callable[[str], Fetcher | None],
        limit: int = LIMIT,
    ) -> None:
        self._transactions = transactions
        self._store = store
        self._fetcher_for = fetcher_for
        self._limit = limit

    async def send(self, row: Row) -> Outcome:
        media_id = MediaId(int(row.payload["media_id"] or 0))
        media = await self._transactions.read(lambda work: work.media.get(media_id))
        if media is None:
            return Dropped("it is no longer wanted")
        if media.state is MediaState.STORED:
            return Sent(facts={"sha256": media.sha256, "size": media.size})
        fetcher = self._fetcher_for(media.remote.held_by)
        return await self._fetch(media, fetcher) if fetcher is not None else Retry("not connected", NO_WAY)

    async def _fetch(self, media: Media, fetcher: Fetcher) -> Outcome:
        stream = fetcher.fetch(media.remote)
        async with AsyncExitStack() as stack:
            if isinstance(stream, AsyncGenerator):
                await stack.enter_async_context(aclosing(stream))  # a download that is given up ends now
            try:
                stored = await self._store.put(stream, self._limit)
            except FileTooBig as error:
                return Refused("too_big", str(error))
            except FileGone as error:
                return Refused("gone", str(error))
            except FileUnavailable as error:
                return Retry(str(error))
        return Sent(facts={"sha256": stored.sha256, "size": stored.size})
