"""Downloads from addresses that somebody else named: only from hosts agreed on, and never into our own network.

A name is resolved once, the address is looked at, and exactly that address is connected to: a second answer of a
hostile name server comes too late. Redirects are refused, sizes bounded, nothing is held in memory as a whole.
"""

import asyncio
import functools
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import httpx

from sales.ports.files import FileGone, FileTooBig, FileUnavailable

TIMEOUT = httpx.Timeout(60, connect=10)
CHUNK = 64 * 1024
MOST_ADDRESSES = 3
_GONE = (404, 410)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@functools.cache
def trusted() -> ssl.SSLContext:
    """One for all connections: loading the certificates takes 30 ms and megabytes."""
    return httpx.create_ssl_context()


class NotAllowed(httpx.RequestError):
    """The address is not one that may be asked. Says nothing about the address itself: it may be a secret."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may be asked. ``origin`` is an address from our own settings: its scheme, host and port, wherever it lies.

    ``hosts`` may be asked besides, by https, at public addresses only. One that begins with a dot stands for every name
    under it.
    """

    origin: str
    hosts: tuple[str, ...] = ()

    def is_own(self, url: httpx.URL) -> bool:
        """Whether it is the configured place itself."""
        return _place(url) == _place(httpx.URL(self.origin))

    def allows(self, url: httpx.URL) -> bool:
        """Without looking up its name."""
        if self.is_own(url):
            return True
        host = url.host.rstrip(".").lower()
        known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)
        return known and url.scheme == "https" and _port(url) == _DEFAULT_PORTS["https"] and not url.userinfo


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that was looked at. Connections are not kept: another name may lie behind one."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpx.AsyncHTTPTransport(verify=trusted(), limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises ``NotAllowed``, ``httpx.ConnectError``."""
        url = request.url
        if not self._guard.allows(url):
            raise NotAllowed("not a host that may be asked", request=request)
        addresses = await _resolve(request)
        if not self._guard.is_own(url) and not all(map(is_public, addresses)):
            raise NotAllowed("the name leads into a private network", request=request)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        return await self._connect(request, addresses)

    async def _connect(self, request: httpx.Request, addresses: Sequence[str]) -> httpx.Response:
        """The first of them that answers. The Host header keeps the name."""
        url, problem = request.url, httpx.ConnectError("the name has no address", request=request)
        for address in addresses[:MOST_ADDRESSES]:
            request.url = url.copy_with(host=address)
            try:
                return await self._inner.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem = httpx.ConnectError(type(error).__name__, request=request)
        raise problem

    async def aclose(self) -> None:
        await self._inner.aclose()


class Downloads:
    """Streams files. Close it at the end."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._http = httpx.AsyncClient(
            transport=GuardedTransport(guard), timeout=TIMEOUT, follow_redirects=False, trust_env=False
        )

    def allows(self, url: str) -> bool:
        """Whether an address may be asked at all, as far as its spelling tells."""
        try:
            return self._guard.allows(httpx.URL(url))
        except (httpx.InvalidURL, ValueError):
            return False

    async def stream(self, url: str, limit: int, headers: Mapping[str, str] | None = None) -> AsyncIterator[bytes]:
        """At most ``limit`` bytes. Raises ``FileGone`` (also for an address that may not be asked), ``FileTooBig``,
        ``FileUnavailable``.
        """
        try:
            async with self._http.stream("GET", url, headers=headers) as answer:
                _check(answer, limit)
                got = 0
                async for chunk in answer.aiter_bytes(CHUNK):
                    got += len(chunk)
                    if got > limit:
                        raise FileTooBig(f"more than {limit} bytes")
                    yield chunk
        except (NotAllowed, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FileGone("it lies at an address that may not be asked") from error
        except httpx.HTTPError as error:
            raise FileUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await self._http.aclose()


def is_public(address: str) -> bool:
    """Whether an IP address is anybody's rather than our own network's."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    checked: Sequence[ipaddress.IPv4Address | ipaddress.IPv6Address] = (ip, mapped) if mapped is not None else (ip,)
    return all(one.is_global and not one.is_multicast for one in checked)


async def _resolve(request: httpx.Request) -> list[str]:
    """The addresses of a name, in the order that the system prefers."""
    url = request.url
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, _port(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError("the name can't be resolved", request=request) from error
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _check(answer: httpx.Response, limit: int) -> None:
    if answer.status_code in _GONE:
        raise FileGone(f"HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise FileUnavailable(f"HTTP {answer.status_code}")
    told = answer.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limit:
        raise FileTooBig(f"{told} bytes, of which {limit} may be fetched")


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), _port(url)


def _port(url: httpx.URL) -> int | None:
    return url.port or _DEFAULT_PORTS.get(url.scheme)
