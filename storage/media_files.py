"""What customers and staff sent, kept as files named by their content: the same photo twice is one file.

    data/media/3f/3f2a…      the file, by its SHA-256
    data/media/incoming/     still arriving; what a crash left there is removed by ``remove_leftovers``

A file is complete or absent: it is written aside, flushed to the disk, and only then renamed. Nothing is held in memory
as a whole, and no disk access happens in the event loop.
"""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sales.ports.files import StoredFile
from storage.errors import MediaDiskFull, MediaMissing, MediaTooLarge, MediaUnavailable

CHUNK = 256 * 1024
GRACE = 3600.0
"""Seconds for which a file stays although no row refers to it: the row may be about to be written."""
_NAME = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"


class _Arriving:
    """A file that is being written aside. Its methods block: they run in threads."""

    def __init__(self, path: Path, limit: int) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._limit = limit
        self._digest = hashlib.sha256()
        self._file = path.open("xb")
        self.size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._limit:
            raise MediaTooLarge(f"The file is larger than {self._limit} bytes.")
        self._digest.update(data)
        self._file.write(data)

    def finish(self) -> str:
        """Its SHA-256, once it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._digest.hexdigest()

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class MediaFiles:
    """One folder of files. One process at a time removes, any number reads and adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._naming = threading.Lock()
        """Keeps a removal from taking a file in the moment in which the same content arrives again."""

    async def put(self, stream: AsyncIterator[bytes], limit: int) -> StoredFile:
        """Keep a stream of at most ``limit`` bytes. Raises MediaTooLarge, MediaDiskFull, MediaUnavailable, and what the
        stream raises; nothing stays behind then.
        """
        with _explained():
            arriving = await asyncio.to_thread(_Arriving, self.folder / _INCOMING / secrets.token_hex(16), limit)
        try:
            async for chunk in _gathered(stream):
                with _explained():
                    await asyncio.to_thread(arriving.write, chunk)
            with _explained():
                return await asyncio.to_thread(self._keep, arriving)
        finally:
            arriving.discard()

    def _keep(self, arriving: _Arriving) -> StoredFile:
        sha256 = arriving.finish()
        path = self.path(sha256)
        with self._naming:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if path.exists():
                os.utime(path)  # its age starts again
            else:
                arriving.path.rename(path)
                _sync_folder(path.parent)
                _sync_folder(self.folder)
        return StoredFile(sha256, arriving.size, path)

    def path(self, sha256: str) -> Path:
        """Where the file is, if it is there. Raises MediaMissing for anything but a SHA-256."""
        if not _NAME.fullmatch(sha256):
            raise MediaMissing
        return self.folder / sha256[:2] / sha256

    def open_file(self, sha256: str) -> BinaryIO:
        """For libraries that read files themselves; blocks. Raises MediaMissing."""
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError as error:
            raise MediaMissing from error

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """The content, piece by piece. Raises MediaMissing at the first piece."""
        file = await asyncio.to_thread(self.open_file, sha256)
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            file.close()

    async def remove_leftovers(self, older_than: float = GRACE) -> int:
        """Remove what a crash left half-written; how many."""
        return await asyncio.to_thread(self._remove, self._incoming(), lambda _: True, older_than)

    async def remove_orphans(self, is_known: Callable[[str], bool], older_than: float = GRACE) -> int:
        """Remove files that no row refers to; how many. ``is_known`` is asked in a thread, by SHA-256."""
        return await asyncio.to_thread(self._remove, self._files(), lambda sha: not is_known(sha), older_than)

    async def remove(self, contents: Sequence[str], older_than: float = GRACE) -> int:
        """Remove these, by SHA-256, unless they arrived again just now; how many."""
        before = time.time() - older_than
        return await asyncio.to_thread(lambda: sum(self._unlink(self.path(one), before) for one in contents))

    async def expire(self, max_age: float, max_bytes: int) -> list[str]:
        """Remove what is older than ``max_age`` seconds, then the oldest until the rest fits. Returns which went."""
        return await asyncio.to_thread(self._expire, max_age, max_bytes)

    async def total_bytes(self) -> int:
        """What all files take together."""
        return await asyncio.to_thread(lambda: sum(size for _, size, _ in self._by_age()))

    def _expire(self, max_age: float, max_bytes: int) -> list[str]:
        files = self._by_age()
        total = sum(size for _, size, _ in files)
        now = time.time()
        gone = []
        for seen, size, path in files:
            if now - seen <= max_age and total <= max_bytes:
                break
            total -= size
            if self._unlink(path, unchanged_since=seen):
                gone.append(path.name)
        return gone

    def _by_age(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._files():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        return sorted(found)

    def _remove(self, paths: Iterator[Path], unwanted: Callable[[str], bool], older_than: float) -> int:
        before = time.time() - older_than
        old = (path for path in paths if path.stat().st_mtime <= before)
        return sum(unwanted(path.name) and self._unlink(path, unchanged_since=before) for path in old)

    def _unlink(self, path: Path, unchanged_since: float) -> bool:
        with self._naming:
            if not path.exists() or path.stat().st_mtime > unchanged_since:
                return False
            path.unlink()
            return True

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.glob("[0-9a-f][0-9a-f]/*") if _NAME.fullmatch(path.name))

    def _incoming(self) -> Iterator[Path]:
        return self.folder.glob(f"{_INCOMING}/*")


async def _gathered(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Fewer, larger pieces: each one costs a trip to a thread."""
    waiting = bytearray()
    async for data in stream:
        waiting += data
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MediaDiskFull from error
        raise MediaUnavailable(f"The file can't be kept: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
