"""Files on disk, and the links that WAHA gives to them for three minutes."""

from __future__ import annotations

import mimetypes
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .timing import Clock

EXTENSIONS = {"audio/ogg": ".oga", "image/jpeg": ".jpeg", "image/webp": ".webp", "video/mp4": ".mp4"}


@dataclass(slots=True)
class Blob:
    """One stored file; bytes live on disk only."""

    number: int
    path: Path
    size: int
    name: str
    mime: str

    @property
    def plain_mime(self) -> str:
        """Without parameters such as `codecs`."""
        return self.mime.partition(";")[0].strip()


class FileStore:
    """All files of one server, in a temporary folder that goes with it."""

    def __init__(self, clock: Clock) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="playground-whatsapp-gateway-")
        self._blobs: dict[int, Blob] = {}
        self._links: dict[str, tuple[Blob, float]] = {}
        self._clock = clock

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
        """A file given as bytes."""
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

    def get(self, number: int) -> Blob | None:
        """The file with this number."""
        return self._blobs.get(number)

    def publish(self, message_id: str, blob: Blob, seconds: float) -> str:
        """Make it downloadable under a name, which is returned; again prolongs its life."""
        mime = blob.plain_mime
        name = message_id + (EXTENSIONS.get(mime) or mimetypes.guess_extension(mime) or "")
        self._links[name] = (blob, self._clock.now() + seconds)
        return name

    def linked(self, name: str) -> Blob | None:
        """What is downloadable under this name now."""
        blob, until = self._links.get(name, (None, 0.0))
        return blob if until > self._clock.now() else None

    def _new(self, name: str, mime: str) -> Blob:
        number = len(self._blobs) + 1
        blob = self._blobs[number] = Blob(number, Path(self._folder.name) / str(number), 0, name, mime)
        return blob
