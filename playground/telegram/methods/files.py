"""getFile. Links are good for an hour at least, and no longer here."""

from __future__ import annotations

from playground.telegram.errors import WRONG_FILE_ID, BadRequest
from playground.telegram.files import THUMB_BYTES, parse_file_id, unique_id
from playground.telegram.media import KINDS

from .registry import Call, Json, method


@method("getFile")
def get_file(call: Call) -> Json:
    """A path to download from; over 20 MB is refused."""
    kind, number = parse_file_id(call.bot.id, call.params.text("file_id"))
    files = call.world.files
    blob = files.get(number)
    if blob is None:
        raise BadRequest(WRONG_FILE_ID)
    if blob.size > call.world.options.download_bytes:
        raise BadRequest("file is too big")
    folder = "thumbnails" if kind == "thumb" else KINDS[kind].folder
    path = f"{folder}/file_{number}{blob.extension}"
    files.links[call.bot.id, path] = call.world.clock.now() + call.world.options.link_seconds
    return {
        "file_id": call.params.text("file_id"),
        "file_unique_id": unique_id(kind, number),
        "file_size": min(THUMB_BYTES, blob.size) if kind == "thumb" else blob.size,
        "file_path": path,
    }
