"""Media as the API keeps it: files on disk, ids that expire, addresses that live five minutes."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .accounts import Number
from .ids import object_id
from .media import Blob
from .options import Clock, Options

Json = dict[str, Any]

BLOCK = 256 * 1024
PLACE = "/whatsapp_business/attachments/"


@dataclass(slots=True)
class Handle:
    """A media id: which file, whose, and until when (seconds since the epoch)."""

    id: str
    blob: Blob
    number: Number
    until: float


class MediaStore:
    """All files of one server, in a temporary folder that goes with it. `base` is the server's address."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self.base = ""
        self._clock = clock
        self._options = options
        self._folder = tempfile.TemporaryDirectory(prefix="playground-whatsapp-")
        self._blobs: dict[int, Blob] = {}
        self._handles: dict[str, Handle] = {}
        self._links: dict[str, tuple[Handle, float]] = {}

    def close(self) -> None:
        """Delete every file."""
        self._folder.cleanup()

    def generate(self, size: int, name: str, mime: str) -> Blob:
        """A file of that size, unlike every other one; sparse after its first block."""
        blob = self._new(name, mime)
        with blob.path.open("wb") as out:
            out.write((f"{blob.number}:{name}:".encode() + os.urandom(64) + bytes(range(256)) * 1024)[:size])
            out.truncate(size)
        return _measured(blob)

    def put(self, data: bytes, name: str, mime: str) -> Blob:
        """A small file given as bytes."""
        blob = self._new(name, mime)
        blob.path.write_bytes(data)
        return _measured(blob)

    def copy(self, source: Path, name: str, mime: str) -> Blob:
        """A file that lies on this machine."""
        blob = self._new(name, mime)
        shutil.copyfile(source, blob.path)
        return _measured(blob)

    async def receive(self, chunks: AsyncIterator[bytes], name: str, mime: str, limit: int) -> Blob:
        """Stream to disk. What comes after `limit` bytes is read and dropped; `size` tells how much came."""
        blob, digest = self._new(name, mime), hashlib.sha256()
        with blob.path.open("wb") as out:
            async for chunk in chunks:
                blob.size += len(chunk)
                digest.update(chunk)
                if blob.size <= limit:
                    out.write(chunk)
        blob.sha256 = digest.digest()
        return blob

    def get(self, number: int) -> Blob | None:
        """The file, if it is still kept."""
        return self._blobs.get(number)

    def register(self, blob: Blob, number: Number, seconds: float) -> Handle:
        """A new media id for a file."""
        handle = Handle(object_id(), blob, number, self._clock.now() + seconds)
        self._handles[handle.id] = handle
        return handle

    def find(self, media_id: str) -> Handle | None:
        """A media id that has not expired."""
        handle = self._handles.get(media_id)
        return handle if handle is not None and handle.until > self._clock.now() else None

    def forget(self, handle: Handle) -> None:
        """The id is deleted; its addresses go with it."""
        self._handles.pop(handle.id, None)

    def link(self, handle: Handle, source: str) -> str:
        """A new address of the file."""
        until = self._clock.now() + self._options.link_seconds
        code = secrets.token_urlsafe(24)
        self._links[code] = (handle, until)
        return f"{self.base}{PLACE}?mid={handle.id}&source={source}&ext={int(until)}&hash={code}"

    def by_link(self, code: str) -> Handle | None:
        """What an address points at, while it lives."""
        handle, until = self._links.get(code, (None, 0.0))
        return handle if handle is not None and until > self._clock.now() and self.find(handle.id) else None

    def arrived(self, blob: Blob, number: Number) -> Json:
        """A file that a person sent, as the webhook shows it: a new id, the digest in base64."""
        handle = self.register(blob, number, self._options.received_seconds)
        shown = {"mime_type": blob.mime, "sha256": base64.b64encode(blob.sha256).decode(), "id": handle.id}
        return shown | ({"url": self.link(handle, "webhook")} if self._options.links else {})

    def _new(self, name: str, mime: str) -> Blob:
        number = len(self._blobs) + 1
        blob = self._blobs[number] = Blob(number, Path(self._folder.name) / str(number), 0, name, mime)
        return blob


def _measured(blob: Blob) -> Blob:
    with blob.path.open("rb") as source:
        blob.sha256 = hashlib.file_digest(source, "sha256").digest()
    blob.size = blob.path.stat().st_size
    return blob
