"""Files of messages, from the configured gateway alone: of a URL only the place within the gateway is used.

WAHA keeps a file for three minutes (WHATSAPP_FILES_LIFETIME); after that the message is asked for it once more.
"""

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

from channels.safe_http import Downloads, Guard
from channels.whatsapp_linked.capabilities import FETCH_LIMIT
from channels.whatsapp_linked.client import Answered, Gateway, GatewayError, in_path
from channels.whatsapp_linked.names import read_name
from sales.messages import RemoteFile
from sales.ports.files import FileGone, FileTooBig, FileUnavailable

_FILES = "/api/files/"


class GatewayFiles:
    """``source`` of a file is its URL, ``#`` and the full name of its message (``contents``)."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._downloads = Downloads(Guard(gateway.login.url))

    async def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """Raises ``FileTooBig``, ``FileGone``, ``FileUnavailable``."""
        if (file.size or 0) > FETCH_LIMIT:
            raise FileTooBig(f"{file.size} bytes")
        url, _, about = file.source.partition("#")
        got = False
        try:
            async for chunk in self._stream(url):
                got = True
                yield chunk
        except FileGone:
            if got:
                raise
            async for chunk in self._stream(await self._again(about)):
                yield chunk

    async def _stream(self, url: str) -> AsyncIterator[bytes]:
        headers = {"X-Api-Key": self._gateway.login.api_key}
        async for chunk in self._downloads.stream(self._here(url), FETCH_LIMIT, headers):
            yield chunk

    def _here(self, url: str) -> str:
        """The same file at the gateway as we know it: it may call itself by another name. Raises ``FileGone``."""
        try:
            path = urlsplit(url).path
        except ValueError as error:
            raise FileGone("its address can't be read") from error
        _, found, rest = path.partition(_FILES)
        if not found or not rest or ".." in rest or "%2e" in rest.lower():
            raise FileGone("it does not lie at the gateway")
        return f"{self._gateway.login.url}{_FILES}{rest}"

    async def _again(self, about: str) -> str:
        """Where it lies now. Raises ``FileGone``, ``FileUnavailable``."""
        name = read_name(about)
        if name is None or name.chat is None:
            raise FileGone("nobody knows whose file it is")
        path = self._gateway.path(f"chats/{in_path(name.chat)}/messages/{in_path(about)}")
        try:
            found = await self._gateway.get(path, {"downloadMedia": "true"})
        except Answered as error:
            gone = error.code in (400, 404)
            raise (FileGone if gone else FileUnavailable)(str(error)) from error
        except GatewayError as error:
            raise FileUnavailable(str(error)) from error
        media = found.get("media") if isinstance(found, Mapping) else None
        url = media.get("url") if isinstance(media, Mapping) else None
        if not isinstance(url, str):
            raise FileGone("the gateway has no such file any more")
        return url

    async def close(self) -> None:
        await self._downloads.close()
