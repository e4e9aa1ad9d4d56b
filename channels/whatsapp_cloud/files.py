"""Files that clients sent, streamed: first the address is asked for, which lives five minutes, then the file."""

import re
from collections.abc import AsyncIterator

from channels.reading import Anomalous
from channels.safe_http import Downloads, Guard
from channels.whatsapp_cloud.capabilities import FETCH_LIMIT
from channels.whatsapp_cloud.client import Answered, GraphClient, WhatsAppError
from sales.messages import RemoteFile
from sales.ports.files import FileGone, FileTooBig, FileUnavailable

HOSTS = ("lookaside.fbsbx.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")
"""Where Meta keeps files. The token goes along, so nobody else may ever be asked."""
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NO_SUCH_OBJECT = frozenset({33, 100, 131052})


class WhatsAppFiles:
    """Fetches what one number was sent."""

    def __init__(self, graph: GraphClient, api_url: str, number_id: str) -> None:
        self._graph = graph
        self._number_id = number_id
        self._downloads = Downloads(Guard(api_url, HOSTS))

    async def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """Raises ``FileTooBig``, ``FileGone``, ``FileUnavailable``."""
        if not _MEDIA_ID.fullmatch(file.source):
            raise FileGone("its id is none of WhatsApp's")
        url = await self._address(file.source)
        async for chunk in self._downloads.stream(url, FETCH_LIMIT, self._graph.authorization):
            yield chunk

    async def _address(self, media_id: str) -> str:
        try:
            answer = await self._graph.get(media_id, phone_number_id=self._number_id)
            url, size = answer.text("url"), str(answer.fields.get("file_size", ""))
        except Answered as error:
            raise _problem(error) from error
        except (WhatsAppError, Anomalous) as error:
            raise FileUnavailable(type(error).__name__) from error
        if size.isdecimal() and int(size) > FETCH_LIMIT:
            raise FileTooBig(f"{size} bytes, of which {FETCH_LIMIT} may be fetched")
        return url

    async def close(self) -> None:
        await self._downloads.close()


def _problem(error: Answered) -> FileGone | FileUnavailable:
    """An expired id looks like one that never was. A refused token is not the file's fault."""
    if error.told and (error.code in _NO_SUCH_OBJECT or error.status == 404):
        return FileGone(error.words)
    return FileUnavailable(error.words)
