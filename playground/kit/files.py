"""Files on disk, in a folder that goes with the server."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader

BLOCK = 256 * 1024


@dataclass
class Blob:
    """One stored file; bytes live on disk only."""

    number: int
    path: Path
    size: int
    name: str
    mime: str

    @property
    def extension(self) -> str:
        """With its dot; empty when the name has none."""
        return Path(self.name).suffix

    @property
    def plain_mime(self) -> str:
        """Without parameters such as `codecs`."""
        return self.mime.partition(";")[0].strip()

    @cached_property
    def sha256(self) -> bytes:
        """The digest of what is on disk. Ask when the file is whole: it is computed once."""
        with self.path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").digest()


class BlobStore:
    """All files of one server, in a temporary folder whose name begins with `prefix`."""

    def __init__(self, prefix: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=prefix)
        self._blobs: dict[int, Blob] = {}

    def close(self) -> None:
        """Delete every file."""
        self._folder.cleanup()

    def generate(self, size: int, name: str, mime: str) -> Blob:
        """A file of that size, unlike every other one; sparse after its first block."""
        blob = self._new(name, mime)
        with blob.path.open("wb") as out:
            out.write((f"{blob.number}:{name}:".encode() + os.urandom(64) + bytes(range(256)) * 1024)[:size])
            out.truncate(size)
        blob.size = size
        return blob

    def put(self, data: bytes, name: str, mime: str) -> Blob:
        """A small file given as bytes."""
        blob = self._new(name, mime)
        blob.path.write_bytes(data)
        blob.size = len(data)
        return blob

    def copy(self, source: Path, name: str, mime: str) -> Blob:
        """A file that lies on this machine."""
        blob = self._new(name, mime)
        shutil.copyfile(source, blob.path)
        blob.size = blob.path.stat().st_size
        return blob

    def given(self, values: dict[str, Any], name: str, mime: str) -> Blob:
        """What a control action gives: `base64`, a `path`, or a `size`; `name` and `mime` unless it has its own."""
        name, mime = values.get("name") or name, values.get("mime") or mime
        if values.get("base64"):
            return self.put(base64.b64decode(values["base64"]), name, mime)
        if values.get("path"):
            return self.copy(Path(values["path"]), name, mime)
        return self.generate(values.get("size") or 2048, name, mime)

    async def receive(self, chunks: AsyncIterator[bytes], name: str, mime: str, limit: int) -> Blob:
        """Stream to disk. What comes after `limit` bytes is read and dropped; `size` tells how much came."""
        blob = self._new(name, mime)
        with blob.path.open("wb") as out:
            async for chunk in chunks:
                blob.size += len(chunk)
                if blob.size <= limit:
                    out.write(chunk)
        return blob

    def get(self, number: int) -> Blob | None:
        """The file, if it is still kept."""
        return self._blobs.get(number)

    def _new(self, name: str, mime: str) -> Blob:
        number = len(self._blobs) + 1
        blob = self._blobs[number] = Blob(number, Path(self._folder.name) / str(number), 0, name, mime)
        return blob


async def chunks_of(part: BodyPartReader) -> AsyncIterator[bytes]:
    """An uploaded file, block by block, for `receive`."""
    while chunk := await part.read_chunk(BLOCK):
        yield chunk
