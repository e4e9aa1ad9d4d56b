"""Big files pass through the process in pieces, and only the platforms' own places are asked for any."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.house import House
from tests.end_to_end.scenes import answering, rows, said, shows
from tests.end_to_end.shops import (
    ANN,
    Json,
    Shop,
    as_bytes,
    message,
    now,
    on_business_api,
    on_linked_phone,
    posted,
)
from tests.end_to_end.trouble import PATIENCE, all_left, until

MEGABYTE = 1024 * 1024
MOST_MEMORY = 32 * MEGABYTE
LARGEST_IN = 100 * MEGABYTE
LARGEST_SHOWN = 49_900_000
"""Bots upload 50 MB at most, of which the rest of the request takes a little; and bots fetch 20 MB."""
LARGEST_OUT = 19 * MEGABYTE


@pytest.fixture
def topics() -> bool:
    return True


@asynccontextmanager
async def memory_kept(house: House) -> AsyncIterator[None]:
    """The process's peak within this block is at most ``MOST_MEMORY`` above where it began."""
    assert house.process is not None
    folder = Path(f"/proc/{house.process.pid}")
    (folder / "clear_refs").write_text("5")  # the peak begins anew (man 5 proc)
    before = _kilobytes(folder, "VmRSS")
    yield
    grown = (_kilobytes(folder, "VmHWM") - before) * 1024
    assert grown < MOST_MEMORY, f"{grown / MEGABYTE:.1f} MB more"


def _kilobytes(folder: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", (folder / "status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("kind", ["cloud", "linked"])
async def test_the_largest_files_cost_little_memory(world: World, kind: str, tmp_path: Path) -> None:
    async with on_business_api(world) if kind == "cloud" else on_linked_phone(world) as shop:
        await world.team_starts()
        shown = await shop.accepted("I send you the plans")
        await _comes_in(shop, tmp_path, MEGABYTE, "small.pdf")  # whatever is imported or made once is there now
        async with memory_kept(world.house):
            await _comes_in(shop, tmp_path, LARGEST_IN, "largest.pdf")
            await world.anna.wait_for(shows("too big to be shown here"), PATIENCE)
        async with memory_kept(world.house):
            original = await _comes_in(shop, tmp_path, LARGEST_SHOWN, "shown.pdf")
            seen = await world.anna.wait_for(lambda m: m.media is not None and m.media.name == "shown.pdf", PATIENCE)
            assert _digest(await world.anna.download(seen)) == original
        async with memory_kept(world.house):
            await _goes_out(shop, shown, tmp_path)


async def _comes_in(shop: Shop, folder: Path, size: int, name: str) -> str:
    """Ann sends a document, and it is stored whole; its SHA-256."""
    path = _made(folder / name, size)
    await shop.ann.send("document", path=path, name=name, mime="application/pdf", caption=name)
    digest = _digest(path.read_bytes())
    stored = shop.world.house.folder / "media" / digest[:2] / digest
    await until(stored.exists)
    assert stored.stat().st_size == size
    return digest


async def _goes_out(shop: Shop, shown: Seen, folder: Path) -> None:
    path = _made(folder / "answer.pdf", LARGEST_OUT)
    await shop.world.anna.send("document", path=path, name="answer.pdf", mime="application/pdf", **answering(shown))
    received = await shop.ann.wait_for(_by_us, PATIENCE)
    await all_left(shop.world)
    assert _digest(await shop.ann.download(received)) == _digest(path.read_bytes())


def _by_us(one: object) -> bool:
    return getattr(one, "by", "") == "api" or getattr(one, "source", "") == "api"


def _made(path: Path, size: int) -> Path:
    """Not all the same, so that a mixed-up piece shows."""
    with path.open("wb") as file:
        for place in range(0, size, MEGABYTE):
            piece = f"{path.name} {place:012d} ".encode()
            file.write((piece * (MEGABYTE // len(piece) + 1))[: min(MEGABYTE, size - place)])
    return path


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


# --- whom the process asks ---


@dataclass
class Places:
    """A stranger who counts who comes, and somebody in Meta's place who sends everybody there."""

    visits: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    trap: str = ""
    meta: str = ""

    async def visited(self, request: web.Request) -> web.Response:
        self.visits.append(request.path)
        return web.Response(body=b"something of the stranger's")

    async def answered(self, request: web.Request) -> web.Response:
        """A file's address, as named in its id; or a redirect."""
        name = request.path.rpartition("/")[2]
        self.asked.append(name)
        if name == "led-away":
            raise web.HTTPFound(f"{self.trap}/redirected")
        where = {
            "elsewhere": f"{self.trap}/elsewhere",
            "lookalike": self.trap.replace("127.0.0.1", "lookaside.fbsbx.com.localhost"),
            "disguised": self.trap.replace("127.0.0.1", "lookaside.fbsbx.com@127.0.0.1"),
            "metadata": "http://169.254.169.254/latest/meta-data/",
            "redirected": f"{self.meta}/led-away",
            "local": "file:///etc/passwd",
            "other-scheme": self.trap.replace("http://", "gopher://"),
        }.get(name)
        return web.json_response({} if where is None else {"url": where, "mime_type": "image/jpeg", "id": name})


GIVEN_UP = ("elsewhere", "lookalike", "disguised", "metadata", "local", "other-scheme")
REDIRECTED = "redirected"
"""Meta's own place leads on: not followed, but tried again, for it may be a passing trouble."""


@pytest.fixture
async def places() -> AsyncIterator[Places]:
    found = Places()
    async with _serving(found.visited) as found.trap, _serving(found.answered) as found.meta:
        yield found


@asynccontextmanager
async def _serving(handler: object) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def _picture(trap: str, name: str) -> Json:
    image = {"id": name, "mime_type": "image/jpeg", "caption": f"{name};"}
    image |= {"url": f"{trap}/url", "link": f"{trap}/link"}
    ad = {"source_url": f"{trap}/ad", "image_url": f"{trap}/ad.jpg", "headline": "x", "source_type": "ad"}
    return {**message(name, ""), "type": "image", "image": image, "referral": ad}


async def test_meta_sends_us_to_a_stranger_and_nobody_goes(world: World, places: Places) -> None:
    async with on_business_api(world) as shop:
        await world.team_starts()
        await shop.accepted("Hello")
        world.house.kill()
        world.house.extra["WHATSAPP_API_URL"] = places.meta
        await world.house.start()
        pictures = [_picture(places.trap, name) for name in GIVEN_UP]
        assert await shop.post(as_bytes(posted(shop, *pictures, message("last", f"see {places.trap}/text")))) == 200
        await world.anna.wait_for(said("/text"), PATIENCE)
        assert await shop.post(as_bytes(posted(shop, _picture(places.trap, REDIRECTED)))) == 200
        await until(lambda: {*GIVEN_UP, REDIRECTED, "led-away"} <= set(places.asked))
        await _no_file_came(shop, len(GIVEN_UP) + 1)
        assert places.visits == []


async def test_the_gateway_names_a_stranger_and_nobody_goes(world: World, places: Places) -> None:
    """Of an address only the place within the gateway is used: the key goes nowhere else."""
    async with on_linked_phone(world) as shop:
        await world.team_starts()
        await shop.accepted("Hello")
        for place, url in enumerate((f"{places.trap}/api/files/x.jpg", f"{places.trap}/x.jpg", "file:///api/files/y")):
            assert await shop.post(as_bytes(_told_picture(f"3ATRAP{place:014}", url))) == 200
        await _no_file_came(shop, 3)
        assert places.visits == []


def _told_picture(name: str, url: str) -> Json:
    payload = {"id": f"false_{ANN}@c.us_{name}", "timestamp": now(), "from": f"{ANN}@c.us", "fromMe": False}
    payload |= {"body": "picture;", "hasMedia": True, "_data": {}}
    payload["media"] = {"url": url, "mimetype": "image/jpeg", "filename": None}
    return {"id": f"evt_{name}", "session": "shop", "event": "message.any", "payload": payload}


async def _no_file_came(shop: Shop, count: int) -> None:
    """They are given up at once or kept trying; none is stored."""
    states = "select state from media"
    await until(lambda: len(rows(shop.world.house, states)) == count)
    tried = "select 1 from outbox where kind = 'fetch' and attempts = 0 and state != 'dead'"
    await until(lambda: rows(shop.world.house, tried) == [])
    assert "stored" not in {state for (state,) in rows(shop.world.house, states)}
    assert not list((shop.world.house.folder / "media").glob("??/*"))
