"""Files from a bot's messages, streamed: for a customers' bot and, handed in by wiring, for the staff bot."""

from collections.abc import AsyncIterator

import httpx

from channels.telegram.capabilities import FETCH_LIMIT
from channels.telegram.client import ApiError, read_refusal, trusted
from sales.messages import RemoteFile
from sales.ports.files import FileGone, FileTooBig, FileUnavailable

TIMEOUT = httpx.Timeout(60, connect=10)
CHUNK = 64 * 1024


class TelegramFiles:
    """Fetches what one bot was sent. File ids are a bot's own: another bot can't use them."""

    def __init__(self, api_url: str, token: str) -> None:
        self._methods = f"{api_url}/bot{token}"
        self._files = f"{api_url}/file/bot{token}"
        self._http = httpx.AsyncClient(timeout=TIMEOUT, verify=trusted())

    async def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """Raises ``FileTooBig``, ``FileGone``, ``FileUnavailable``."""
        if (file.size or 0) > FETCH_LIMIT:
            raise FileTooBig(f"{file.size} bytes, and Telegram hands out {FETCH_LIMIT}")
        try:
            path = await self._path(file.source)
            async for chunk in self._stream(f"{self._files}/{path}"):
                yield chunk
        except ApiError as error:
            raise _problem(error) from error
        except httpx.HTTPError as error:
            raise FileUnavailable(type(error).__name__) from error

    async def _path(self, file_id: str) -> str:
        answer = await self._http.post(f"{self._methods}/getFile", data={"file_id": file_id})
        if answer.status_code != 200:
            raise read_refusal(answer.status_code, answer.content)
        try:
            return str(answer.json()["result"]["file_path"])
        except (ValueError, KeyError, TypeError) as error:
            raise FileUnavailable("no path in the answer") from error

    async def _stream(self, url: str) -> AsyncIterator[bytes]:
        """At most what Telegram promises to hand out, whatever it says the size is."""
        async with self._http.stream("GET", url) as answer:
            if answer.status_code != 200:
                raise ApiError(answer.status_code, "no such file")
            got = 0
            async for chunk in answer.aiter_bytes(CHUNK):
                got += len(chunk)
                if got > FETCH_LIMIT:
                    raise FileTooBig(f"more than {FETCH_LIMIT} bytes")
                yield chunk

    async def close(self) -> None:
        await self._http.aclose()


def _problem(error: ApiError) -> FileTooBig | FileGone | FileUnavailable:
    """A 401 is not the file's fault: with the next token it may be had."""
    if error.code == 400 and "too big" in error.description.lower():
        return FileTooBig(error.description)
    if error.code in (400, 404):
        return FileGone(error.description)
    return FileUnavailable(error.description)
