"""The half of a typed client of `/control` that is the same for every stand-in. Needs httpx."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from .errors import ControlFailed

Json = dict[str, Any]
C = TypeVar("C")


class ControlClient:
    """Talks to a server in this process or another, for as long as the `async with` block lasts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(90, connect=5))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def do(self, action: str, /, **values: Any) -> Any:
        """Any control action by name. Raises ControlFailed with the server's reason."""
        # Not httpx's own encoder: it cannot send the lone surrogates that tests want to send.
        answer = (await self._http.post(f"/control/{action}", content=json.dumps(values))).json()
        if not answer["ok"]:
            raise ControlFailed(answer["error"])
        return answer["result"]

    async def download(self, file: int) -> bytes:
        """A file as people have it, whole."""
        answer = await self._http.post("/control/file", json={"file": file})
        return answer.raise_for_status().content

    async def options(self, **changes: Any) -> Json:
        """Change options of a running server; answers all of them."""
        options: Json = await self.do("options", **changes)
        return options

    async def advance(self, seconds: float) -> None:
        """Move the server's time ahead; what comes due happens."""
        await self.do("advance", seconds=seconds)

    async def clear_faults(self) -> None:
        """Plan nothing."""
        await self.do("clear_faults")

    async def clear_calls(self) -> None:
        """Forget the calls so far."""
        await self.do("clear_calls")

    async def _made(
        self, kind: Callable[..., C], after: int = 0, wait: float = 0, **wanted: Any
    ) -> tuple[int, list[C]]:
        answer = await self.do("calls", after=after, wait=wait, **wanted)
        return answer["total"], [kind(**call) for call in answer["calls"]]

    async def _wait_for_made(
        self, kind: Callable[..., C], count: int, where: Callable[[C], bool], seconds: float, **wanted: Any
    ) -> list[C]:
        seen, found = 0, list[C]()
        async with asyncio.timeout(seconds):
            while len(found) < count:
                seen, news = await self._made(kind, seen, seconds, **wanted)
                found += filter(where, news)
        return found
