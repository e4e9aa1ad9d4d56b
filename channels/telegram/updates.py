"""Fetching a bot's updates, so that none is lost: what was fetched is handed over, and only when that has returned
(committed) does the offset move. Serves customers' bots and, handed in by wiring, the staff bot.
"""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from channels.telegram.client import ApiError, read_refusal, trusted
from sales.errors import Unavailable

log = logging.getLogger(__name__)

LONG_POLL = 30
"""Seconds Telegram may keep us waiting; it allows up to 50."""
LONGEST_PAUSE = 30.0

TOKEN_REFUSED = "token"  # noqa: S105 - a problem's code
OTHER_POLLER = "conflict"
UNREACHABLE = "unreachable"
REFUSED = "refused"
NOT_SAVED = "not_saved"
BAD_ANSWER = "bad_answer"
NOT_TOLD = ""

OnBatch = Callable[[Sequence[bytes], int], Awaitable[None]]
"""Takes raw updates (each one JSON) and the offset that stands for them. Raises, and they come again."""

OnProblem = Callable[[str | None], Awaitable[None]]
"""Told when something else is wrong than before (a code), and when it is right again (``None``)."""


class _Trouble(Exception):
    """Not now; ``after`` seconds if Telegram named them."""

    def __init__(self, code: str, after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


@dataclass(frozen=True, slots=True)
class Account:
    """Whose updates: ``api_url`` and ``token`` make the address."""

    api_url: str
    token: str


async def _ignore(problem: str | None) -> None:
    """Nobody wants to know."""


class UpdateFetcher:
    """One bot's long polling. ``run`` ends only when the token is refused, or by being cancelled.

    ``start_offset`` of ``None`` begins with the oldest update that was never confirmed. After an empty answer there is
    nothing to confirm, and none is sent: after a quiet week the next id is a random one, perhaps below the last.
    """

    def __init__(
        self,
        account: Account,
        allowed_updates: Sequence[str],
        start_offset: int | None,
        on_batch: OnBatch,
        on_problem: OnProblem = _ignore,
        timeout: int = LONG_POLL,
    ) -> None:
        self._base = f"{account.api_url}/bot{account.token}"
        self._allowed = json.dumps(list(allowed_updates))
        self.offset = start_offset
        self._on_batch = on_batch
        self._on_problem = on_problem
        self._timeout = timeout
        self._problem: str | None = NOT_TOLD
        self._failures = 0
        self._listening = False

    async def run(self) -> None:
        """Fetch until cancelled. Returns after a refused token, which ``on_problem`` was told of."""
        timeout = httpx.Timeout(self._timeout + 15, connect=10)
        async with httpx.AsyncClient(timeout=timeout, verify=trusted()) as http:
            while self._problem != TOKEN_REFUSED:
                await self._round(http)

    async def _round(self, http: httpx.AsyncClient) -> None:
        try:
            await self._fetch(http)
        except _Trouble as trouble:
            await self._say(trouble.code)
            if trouble.code != TOKEN_REFUSED:
                await self._pause(trouble.after)
        else:
            self._failures = 0
            await self._say(None)

    async def _fetch(self, http: httpx.AsyncClient) -> None:
        if not self._listening:
            await self._drop_webhook(http)
        batch = await self._call(http, "getUpdates", self._question())
        if not isinstance(batch, list):
            raise _Trouble(BAD_ANSWER)
        if batch:
            await self._hand_over(batch)
        else:
            self.offset = None

    def _question(self) -> dict[str, str]:
        question = {"timeout": str(self._timeout), "limit": "100", "allowed_updates": self._allowed}
        return question if self.offset is None else {**question, "offset": str(self.offset)}

    async def _drop_webhook(self, http: httpx.AsyncClient) -> None:
        """While one is set, getUpdates is refused. What waits for it stays: it is never dropped."""
        info = await self._call(http, "getWebhookInfo", {})
        if isinstance(info, dict) and info.get("url"):
            await self._call(http, "deleteWebhook", {})
        self._listening = True

    async def _hand_over(self, batch: list[Any]) -> None:
        ids = [item["update_id"] for item in batch if isinstance(item, dict) and type(item.get("update_id")) is int]
        if not ids:
            raise _Trouble(BAD_ANSWER)
        offset = max(ids) + 1
        try:
            await self._on_batch([json.dumps(item).encode() for item in batch], offset)
        except Unavailable as error:
            log.warning("updates can't be saved now, they will be fetched again: %s", error)
            raise _Trouble(NOT_SAVED) from error
        self.offset = offset

    async def _call(self, http: httpx.AsyncClient, method: str, question: dict[str, str]) -> Any:
        try:
            answer = await http.post(f"{self._base}/{method}", data=question)
        except httpx.HTTPError as error:
            raise _Trouble(UNREACHABLE) from error
        if answer.status_code != 200:
            raise self._refusal(read_refusal(answer.status_code, answer.content))
        try:
            return answer.json()["result"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _Trouble(BAD_ANSWER) from error

    def _refusal(self, error: ApiError) -> _Trouble:
        """A 409 is another program with the same token, or a webhook that somebody set: it is taken away again."""
        if error.code == 401:
            return _Trouble(TOKEN_REFUSED)
        if error.code == 409:
            self._listening = False
            return _Trouble(OTHER_POLLER, error.after)
        return _Trouble(UNREACHABLE if error.code >= 500 else REFUSED, error.after)

    async def _say(self, problem: str | None) -> None:
        """Tell of a change. Where it can't be noted now, it is told again with the next round."""
        if problem == self._problem:
            return
        try:
            await self._on_problem(problem)
        except Unavailable:
            if problem == TOKEN_REFUSED:
                await self._pause(None)
            return
        self._problem = problem

    async def _pause(self, after: float | None) -> None:
        """Longer with each failure, and uneven."""
        self._failures += 1
        longest = min(LONGEST_PAUSE, 0.5 * 2 ** min(self._failures, 10))
        await asyncio.sleep(after if after is not None else random.uniform(longest / 2, longest))  # noqa: S311
