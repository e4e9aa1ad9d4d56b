"""Downloads from where others point: only from agreed hosts, never into our own network, never more than asked for."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from channels.safe_http import Downloads, Guard, NotAllowed, _resolve, is_public
from sales.ports.files import FileGone, FileProblem, FileTooBig, FileUnavailable

DATA = bytes(range(256)) * 2000


@dataclass
class Place:
    """A small server, and what it was asked."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.host, request.headers.get("Authorization", "")))
        match request.path:
            case "/file":
                return web.Response(body=DATA)
            case "/away":
                raise web.HTTPFound(f"{self.url}/file")
            case "/endless":
                return await self._endless(request)
            case "/broken":
                return web.Response(status=502)
        raise web.HTTPNotFound

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(1000):
            await answer.write(DATA)
        return answer


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    app = web.Application()
    app.router.add_get("/{path:.*}", place.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    place.port = runner.addresses[0][1]
    yield place
    await runner.cleanup()


async def download(guard: Guard, url: str, limit: int = 10_000_000, headers: dict[str, str] | None = None) -> bytes:
    downloads = Downloads(guard)
    try:
        return b"".join([chunk async for chunk in downloads.stream(url, limit, headers)])
    finally:
        await downloads.close()


async def refused(guard: Guard, url: str, limit: int = 10_000_000) -> type[FileProblem]:
    with pytest.raises(FileProblem) as caught:
        await download(guard, url, limit)
    return type(caught.value)


async def test_the_configured_place_may_lie_in_our_own_network(place: Place) -> None:
    assert await download(Guard(place.url), f"{place.url}/file", headers={"Authorization": "Bearer x"}) == DATA
    assert place.asked == [(f"127.0.0.1:{place.port}", "Bearer x")]


async def test_a_name_is_resolved_by_us_and_still_told_to_the_server(place: Place) -> None:
    origin = f"http://localhost:{place.port}"
    assert await download(Guard(origin), f"{origin}/file") == DATA
    assert place.asked == [(f"localhost:{place.port}", "")]


async def test_an_agreed_name_that_leads_into_our_network_is_refused(place: Place) -> None:
    """As a hostile name server would have it."""
    guard = Guard("https://graph.example", ("localhost",))
    assert guard.allows(httpx.URL("https://localhost/file"))
    assert await refused(guard, "https://localhost/file") is FileGone
    assert place.asked == []


async def test_every_address_of_a_name_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def addresses(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    request = httpx.Request("GET", "https://files.example/x")
    assert await _resolve(request) == ["93.184.216.34", "10.0.0.1"]
    assert await refused(Guard("https://graph.example", ("files.example",)), "https://files.example/x") is FileGone


@pytest.mark.parametrize("path", ["/away", "/broken"])
async def test_redirects_are_not_followed_and_errors_come_again(place: Place, path: str) -> None:
    assert await refused(Guard(place.url), place.url + path) is FileUnavailable
    assert len(place.asked) == 1


async def test_what_is_gone(place: Place) -> None:
    assert await refused(Guard(place.url), f"{place.url}/nothing") is FileGone


async def test_what_is_too_big_whether_it_says_so_or_not(place: Place) -> None:
    assert await refused(Guard(place.url), f"{place.url}/file", len(DATA) - 1) is FileTooBig
    assert await refused(Guard(place.url), f"{place.url}/endless", 1_000_000) is FileTooBig


async def test_nobody_there_is_tried_again() -> None:
    assert await refused(Guard("http://127.0.0.1:9"), "http://127.0.0.1:9/file") is FileUnavailable
    assert await refused(Guard("http://no-such-host.invalid"), "http://no-such-host.invalid/x") is FileUnavailable


META = Guard("https://graph.facebook.com", ("lookaside.fbsbx.com", ".fbcdn.net"))
ALLOWED = [
    "https://graph.facebook.com/x",
    "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
    "https://LOOKASIDE.fbsbx.com./x",
    "https://scontent.xx.fbcdn.net/x",
]
FORBIDDEN = [
    "http://lookaside.fbsbx.com/x",
    "https://lookaside.fbsbx.com:8443/x",
    "https://lookaside.fbsbx.com.evil.example/x",
    "https://evillookaside.fbsbx.com/x",
    "https://fbcdn.net.evil.example/x",
    "https://evilfbcdn.net/x",
    "https://graph.facebook.com:444/x",
    "http://graph.facebook.com/x",
    "https://me@lookaside.fbsbx.com/x",
    "https://lookaside.fbsbx.com@evil.example/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "ftp://lookaside.fbsbx.com/x",
    "//lookaside.fbsbx.com/x",
    "x",
    "",
    "https://",
    "http://[",
]


@pytest.mark.parametrize("url", ALLOWED)
async def test_agreed_hosts(url: str) -> None:
    downloads = Downloads(META)
    assert downloads.allows(url)
    await downloads.close()


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_any_other_address_is_as_good_as_gone(url: str) -> None:
    downloads = Downloads(META)
    assert not downloads.allows(url)
    await downloads.close()
    assert await refused(META, url) is FileGone


@given(st.text(st.characters(codec=None), max_size=60) | st.text("htps:/[]@.#?%0", max_size=30))
def test_any_text_is_an_answer_to_whether_it_may_be_asked(text: str) -> None:
    guard = Guard("https://graph.facebook.com")
    try:
        allowed = guard.allows(httpx.URL(text))
    except (httpx.InvalidURL, ValueError):
        allowed = False
    assert not allowed


PRIVATE = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1"
PRIVATE_6 = ":: fc00::1 fe80::1%eth0 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1::"


@pytest.mark.parametrize("address", [*PRIVATE.split(), *PRIVATE_6.split()])
def test_our_own_networks(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_whatever_is_public_is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not is_public(str(address)) or address.is_global


def test_the_refusal_says_nothing_of_the_address() -> None:
    assert "secret" not in str(NotAllowed("not a host that may be asked"))
