"""Media by link: the server downloads it, and remembers what it was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from playground.kit.files import BLOCK, Blob

from .errors import GraphError
from .world import World

MOST = 100 * 1024 * 1024


async def fetch(world: World, link: str) -> Blob:
    """The file behind a link. Raises GraphError 131053."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
            session.get(link) as answer,
        ):
            if answer.status != 200:
                code = answer.status
                raise GraphError(131053, f"Downloading media from weblink failed with http code {code}")
            name = link.partition("?")[0].rpartition("/")[2] or "file"
            mime = answer.content_type
            return await world.media.receive(_chunks(answer), name, mime, MOST)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise GraphError(131053, f"Downloading media from weblink failed: {type(error).__name__}") from None


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for chunk in answer.content.iter_chunked(BLOCK):
        yield chunk
