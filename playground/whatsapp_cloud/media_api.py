"""The media calls: upload, address, download, delete."""

from __future__ import annotations

from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.files import Blob, chunks_of

from .accounts import Business, Number
from .errors import GraphError, no_object
from .media import MEGABYTE, upload_limit, upload_refusal
from .store import Handle
from .world import World

Json = dict[str, Any]

MOST = 101 * MEGABYTE


async def upload(world: World, number: Number, request: BaseRequest) -> Json:
    """`POST /{phone_number_id}/media`, multipart; the file goes to disk as it comes."""
    if request.content_type != "multipart/form-data":
        raise GraphError(100, message="(#100) The parameter file is required.")
    values, blob = await _parts(world, request)
    for name in ("messaging_product", "type"):
        if not values.get(name):
            raise GraphError(100, message=f"(#100) The parameter {name} is required.")
    if values["messaging_product"] != "whatsapp":
        raise GraphError(100, message="(#100) Param messaging_product must be one of {WHATSAPP}.")
    if blob is None:
        raise GraphError(100, message="(#100) The parameter file is required.")
    _check(blob)
    return {"id": world.media.register(blob, number, world.options.uploaded_seconds).id}


async def _parts(world: World, request: BaseRequest) -> tuple[dict[str, str], Blob | None]:
    values: dict[str, str] = {}
    blob = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            if part.name != "file":
                values[part.name] = await part.text(encoding="utf-8")
                continue
            mime = part.headers.get("Content-Type", "application/octet-stream")
            blob = await world.media.receive(chunks_of(part), part.filename or "", mime, MOST)
    except ValueError:
        raise GraphError(100, message="(#100) The multipart body can't be read.") from None
    return values, blob


def _check(blob: Blob) -> None:
    """The part's own type counts, as with the real API."""
    problem = upload_refusal(blob.mime)
    if problem:
        raise GraphError(100, message=f"(#100) {problem}")
    if blob.size == 0:
        raise GraphError(100, message="(#100) Param file must not be empty.")
    limit = upload_limit(blob.mime)
    if blob.size > limit:
        raise GraphError(131053, f"The file has {blob.size} bytes; at most {limit} are allowed for {blob.mime}.")


def owned(world: World, business: Business, media_id: str, query: Json, verb: str) -> Handle:
    """A media id of this account (and number, when the query names one)."""
    handle = world.media.find(media_id)
    wanted = query.get("phone_number_id")
    if handle is None or handle.number.business is not business or wanted not in (None, handle.number.id):
        raise no_object(verb, media_id)
    return handle


def address(world: World, handle: Handle) -> Json:
    """`GET /{media_id}`. Mind that `file_size` is a string."""
    blob = handle.blob
    told = {"messaging_product": "whatsapp", "url": world.media.link(handle, "getMedia"), "mime_type": blob.mime}
    return told | {"sha256": blob.sha256.hex(), "file_size": str(blob.size), "id": handle.id}


def delete(world: World, handle: Handle) -> Json:
    """`DELETE /{media_id}`."""
    world.media.forget(handle)
    return {"success": True}


def download(handle: Handle) -> StreamResponse:
    """The file itself."""
    return web.FileResponse(handle.blob.path, headers={"Content-Type": handle.blob.mime})


async def break_off(handle: Handle, request: BaseRequest) -> StreamResponse:
    """Half of the file, then nothing."""
    answer = web.StreamResponse(headers={"Content-Type": handle.blob.mime})
    answer.content_length = handle.blob.size
    await answer.prepare(request)
    with handle.blob.path.open("rb") as source:
        await answer.write(source.read(handle.blob.size // 2))
    if request.transport is not None:
        request.transport.close()
    return answer
