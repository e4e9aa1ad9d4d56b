"""The media store, and what can go wrong with files."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class FileProblem(Exception):
    """A file could not be had. ``again``: a later attempt may do."""

    again = False


class FileGone(FileProblem):
    """The platform no longer has it."""


class FileTooBig(FileProblem):
    """The platform does not hand out files of this size, or it is over our own bound."""


class FileUnavailable(FileProblem):
    """The platform did not answer, or the disk is full."""

    again = True


@dataclass(frozen=True, slots=True)
class StoredFile:
    sha256: str
    size: int
    path: Path


class MediaStore(Protocol):
    async def put(self, stream: AsyncIterator[bytes], limit: int) -> StoredFile:
        """Keep a stream of at most ``limit`` bytes, once per content. Raises ``FileTooBig``, ``FileUnavailable``."""

    def path(self, sha256: str) -> Path: ...
    def read(self, sha256: str) -> AsyncIterator[bytes]: ...
