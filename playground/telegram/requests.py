"""Reading a call off the wire: GET and POST, JSON, urlencoded or multipart. Uploads go to disk as they come."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader
from aiohttp.web import BaseRequest

from playground.kit.files import Blob, chunks_of

from .errors import ApiError, BadRequest, TooLarge
from .parameters import Parameters
from .world import World

MAX_BODY = 8 * 1024 * 1024


async def read_call(request: BaseRequest, world: World) -> tuple[Parameters, dict[str, Blob]]:
    """Parameters and uploaded files. Values that are JSON null count as missing."""
    params = Parameters()
    _, _, query = request.raw_path.partition("?")
    if query:
        params.update(parse_qsl(query, keep_blank_values=True))
    kind = request.content_type
    if kind == "multipart/form-data":
        return params, await _read_multipart(request, world, params)
    if request.can_read_body:
        _read_body(kind, await request.read(), params)
    return params, {}


def _read_body(kind: str, body: bytes, params: Parameters) -> None:
    if kind == "application/json":
        params.update(_parse_json(body))
    elif kind == "application/x-www-form-urlencoded":
        try:
            params.update(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            raise BadRequest("strings must be encoded in UTF-8") from None


def _parse_json(body: bytes) -> dict[str, object]:
    try:
        values = json.loads(body) if body else {}
    except ValueError:
        raise BadRequest("can't parse JSON encoded parameters") from None
    if not isinstance(values, dict):
        raise BadRequest("object expected as JSON encoded parameters")
    return {name: value for name, value in values.items() if value is not None}


async def _read_multipart(request: BaseRequest, world: World, params: Parameters) -> dict[str, Blob]:
    files: dict[str, Blob] = {}
    limit = world.options.upload_bytes
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name:
                if part.filename is None:
                    params[part.name] = await part.text(encoding="utf-8")
                else:
                    mime = part.headers.get("Content-Type", "application/octet-stream")
                    files[part.name] = await world.files.receive(chunks_of(part), part.filename, mime, limit)
    except ValueError:
        raise ApiError(400, "Bad Request: can't parse multipart form data") from None
    if any(blob.size > limit for blob in files.values()):
        raise TooLarge
    return files
