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
    if request.content.is_eof():  # it came in one piece, as nearly all do: there is nothing to wait for
        return _small(await request.content.read(), limit)
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


def _small(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return body
