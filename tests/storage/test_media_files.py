"""The media store: complete or absent, once per content, bounded."""

import asyncio
import errno
import hashlib
import os
import resource
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sales.ports.files import FileGone, FileTooBig, FileUnavailable
from storage.errors import DiskFull, MediaMissing, MediaTooLarge, MediaUnavailable
from storage.media_files import CHUNK, MediaFiles
from tests.storage.test_writer import file_size_limit

PLENTY = 10**9


@pytest.fixture
def media(tmp_path: Path) -> MediaFiles:
    return MediaFiles(tmp_path / "data" / "media")


async def stream(*pieces: bytes, problem: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if problem:
        raise problem


async def content(media: MediaFiles, sha256: str) -> bytes:
    return b"".join([piece async for piece in media.read(sha256)])


def everything(media: MediaFiles) -> list[Path]:
    return [path for path in media.folder.rglob("*") if path.is_file()]


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


async def test_what_arrives_is_kept_under_its_hash(media: MediaFiles) -> None:
    stored = await media.put(stream(b"a photo", b" of a cat"), PLENTY)
    assert stored.sha256 == hashlib.sha256(b"a photo of a cat").hexdigest()
    assert stored.size == 16
    assert stored.path == media.path(stored.sha256)
    assert await content(media, stored.sha256) == b"a photo of a cat"
    with media.open_file(stored.sha256) as file:
        assert file.read() == b"a photo of a cat"


async def test_an_empty_file_is_a_file(media: MediaFiles) -> None:
    stored = await media.put(stream(), PLENTY)
    assert await content(media, stored.sha256) == b""


async def test_the_same_content_is_kept_once(media: MediaFiles) -> None:
    stored = await asyncio.gather(*(media.put(stream(b"same", b"!" * 1000), PLENTY) for _ in range(20)))
    assert len(set(stored)) == 1
    assert everything(media) == [stored[0].path]


async def test_exactly_the_limit_fits_and_one_more_byte_does_not(media: MediaFiles) -> None:
    await media.put(stream(b"12345"), 5)
    with pytest.raises(MediaTooLarge):
        await media.put(stream(b"12345", b"6"), 5)
    assert len(everything(media)) == 1


async def test_a_stream_that_breaks_leaves_nothing(media: MediaFiles) -> None:
    with pytest.raises(ConnectionError):
        await media.put(stream(b"x" * CHUNK * 2, problem=ConnectionError()), PLENTY)
    assert everything(media) == []


async def test_a_cancelled_arrival_leaves_nothing(media: MediaFiles) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * CHUNK
            await asyncio.sleep(0.001)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await media.put(endless(), PLENTY)
    assert everything(media) == []


async def test_a_write_that_fails_is_an_error_of_ours_and_leaves_nothing(media: MediaFiles) -> None:
    with file_size_limit(CHUNK), pytest.raises(MediaUnavailable):
        await media.put(stream(*[b"x" * CHUNK] * 4), PLENTY)
    assert everything(media) == []
    await media.put(stream(b"later"), PLENTY)


async def test_a_full_disk_is_called_so(media: MediaFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull) as caught:
        await media.put(stream(b"x"), PLENTY)
    assert isinstance(caught.value, FileUnavailable)
    assert caught.value.again
    assert everything(media) == []


async def test_a_large_file_is_never_whole_in_memory(media: MediaFiles) -> None:
    tracemalloc.start()
    stored = await media.put(stream(*[bytes(65536)] * 1000), PLENTY)
    async for _ in media.read(stored.sha256):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stored.size == 65_536_000
    assert peak < 5_000_000


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" + "a" * 63])
async def test_nothing_but_a_hash_is_a_name(media: MediaFiles, name: str) -> None:
    with pytest.raises(MediaMissing):
        media.path(name)


async def test_a_file_that_is_gone_says_so(media: MediaFiles) -> None:
    with pytest.raises(MediaMissing) as caught:
        await content(media, "0" * 64)
    assert isinstance(caught.value, FileGone)
    assert issubclass(MediaTooLarge, FileTooBig)


async def test_orphans_go_after_their_grace(media: MediaFiles) -> None:
    known, old, new = [await media.put(stream(name), PLENTY) for name in (b"known", b"old", b"new")]
    for stored in (known, old):
        age(stored.path, 7200)
    assert await media.remove_orphans(lambda sha256: sha256 == known.sha256) == 1
    assert set(everything(media)) == {known.path, new.path}


async def test_content_that_arrives_again_is_young_again(media: MediaFiles) -> None:
    stored = await media.put(stream(b"x"), PLENTY)
    age(stored.path, 7200)
    await media.put(stream(b"x"), PLENTY)
    assert await media.remove_orphans(lambda _: False) == 0


async def test_what_a_crash_left_half_written_goes(media: MediaFiles) -> None:
    await media.put(stream(b"whole"), PLENTY)
    half = media.folder / "incoming" / "half"
    half.write_bytes(b"ha")
    assert await media.remove_leftovers() == 0
    age(half, 7200)
    assert await media.remove_leftovers() == 1
    assert len(everything(media)) == 1


async def test_the_oldest_go_first_when_there_is_too_much(media: MediaFiles) -> None:
    stored = [await media.put(stream(bytes([number]) * 100), PLENTY) for number in range(5)]
    for number, one in enumerate(stored):
        age(one.path, 1000 - number)
    assert await media.total_bytes() == 500
    assert await media.expire(max_age=PLENTY, max_bytes=250) == [one.sha256 for one in stored[:3]]
    assert await media.total_bytes() == 200


async def test_what_is_too_old_goes(media: MediaFiles) -> None:
    old, new = [await media.put(stream(name), PLENTY) for name in (b"old", b"new")]
    age(old.path, 100)
    assert await media.expire(max_age=50, max_bytes=PLENTY) == [old.sha256]
    assert everything(media) == [new.path]


async def test_an_empty_store_has_nothing_to_remove(media: MediaFiles) -> None:
    assert await media.remove_orphans(lambda _: False) == 0
    assert await media.expire(0, 0) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
