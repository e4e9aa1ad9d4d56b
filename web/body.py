"""Reading what was posted, within a bound of bytes and of time."""

import asyncio

from aiohttp import web

from web.doors import LIMIT

PATIENCE = 30.0
"""Seconds a sender may take."""


async def read_body(request: web.Request, limit: int = LIMIT) -> bytes:
    """Raises 413 as soon as it is known to be too large, announced or not, and 408 for one that dawdles."""
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.content.iter_any():
                chunks.append(chunk)
                if sum(map(len, chunks)) > limit:
                    raise web.HTTPRequestEntityTooLarge(limit, limit + 1)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    return b"".join(chunks)
