"""Locks between processes, beside a SQLite file: who may write now, and whether a bot runs.

Both are ``flock``: the kernel drops them when the process dies, so there is nothing to clean up after a crash and
nothing is stored in the files. An open file description owns a flock, so two ``FileLock`` exclude each other inside
one process as well.
"""

import errno
import fcntl
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import AlreadyRunning, PathNotWritable, StorageBusy

PATIENCE = 30.0
"""Seconds to wait for another process's write before giving up. Ours take milliseconds; a migration takes longer."""


class FileLock:
    """An exclusive ``flock`` on ``path``; the file is made when missing and left behind, empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def _descriptor(self) -> int:
        if self._fd is None:
            try:
                self._fd = _open(self.path)
            except OSError as error:
                raise PathNotWritable(f"{self.path} can't be written: {error.strerror}.") from error
        return self._fd

    def try_acquire(self) -> bool:
        """Take it if it is free."""
        try:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True

    def acquire(self, patience: float = PATIENCE) -> None:
        """Take it, waiting up to ``patience`` seconds. Raises StorageBusy.

        Polled rather than blocking, because a blocking flock knows no deadline. The pauses are short and uneven, so
        that a command gets its turn between two batches of a busy bot.
        """
        if self.try_acquire():
            return
        deadline = time.monotonic() + patience
        while not self.try_acquire():
            if time.monotonic() > deadline:
                raise StorageBusy
            time.sleep(random.uniform(0.0002, 0.001))  # noqa: S311 - jitter, not a secret

    def release(self) -> None:
        """Let others have it; harmless when not held."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release, and forget the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _open(path: Path) -> int:
    """For reading if need be, which is enough to lock: an upgrade by root must not lock the bot's own user out."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def write_lock(database: Path) -> FileLock:
    """Held by whoever writes, checkpoints or closes.

    SQLite up to 3.51.2 can corrupt a WAL that two connections reset at once (https://sqlite.org/wal.html#walresetbug).
    """
    return FileLock(Path(f"{database}.write"))


@contextmanager
def writing(database: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the write lock of ``database`` for a while."""
    lock = write_lock(database)
    try:
        lock.acquire(patience)
        yield
    finally:
        lock.close()


class RunningLock:
    """Marks the running bot for as long as it is held. Raises AlreadyRunning when another one is."""

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close

    @classmethod
    def on_file(cls, database: Path) -> "RunningLock":
        """Take ``<database>.lock``."""
        lock = FileLock(Path(f"{database}.lock"))
        if not lock.try_acquire():
            lock.close()
            raise AlreadyRunning
        return cls(lock.close)

    def close(self) -> None:
        """The bot has stopped."""
        self._close()

    def __enter__(self) -> "RunningLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
