"""Files on disk, and the ids that a bot knows them by.

A file id belongs to one bot: the same file has another id for another bot, and foreign ids are refused.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from .errors import WRONG_FILE_ID, BadRequest

BLOCK = 256 * 1024
THUMB_BYTES = 1024


@dataclass(slots=True)
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


class FileStore:
    """All files of one server, in a temporary folder that goes with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="playground-telegram-")
        self._blobs: dict[int, Blob] = {}
        self.links: dict[tuple[int, str], float] = {}

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
        path = Path(self._folder.name) / str(number)
        blob = self._blobs[number] = Blob(number, path, 0, name, mime)
        return blob


def file_id(bot_id: int, kind: str, number: int) -> str:
    """Opaque to bots, as Telegram's are; carries whose it is."""
    raw = f"{kind}:{bot_id}:{number}".encode()
    return "BQACAgIAAxk" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unique_id(kind: str, number: int) -> str:
    """The same for every bot, and useless for sending."""
    return f"AgAD{kind[:2]}{number:06d}"


def parse_file_id(bot_id: int, text: str) -> tuple[str, int]:
    """Kind and number of a file this bot knows; BadRequest for anything else."""
    try:
        raw = text.removeprefix("BQACAgIAAxk")
        kind, owner, number = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode().split(":")
        if raw != text and int(owner) == bot_id:
            return kind, int(number)
    except ValueError:
        pass
    raise BadRequest(WRONG_FILE_ID)
