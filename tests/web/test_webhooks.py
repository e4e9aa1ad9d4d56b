"""Webhooks over real HTTP: which answer a platform gets, and when."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from io import BytesIO

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from channels.hub import WrongSecret
from delivery.metrics import Metrics
from sales.errors import Unavailable
from sales.ids import ChannelId
from web.app import build_app
from web.doors import LIMIT, Door, Doors, LaneState, State
from web.metrics import Numbers, Snapshot

Client = TestClient[Request, Application]


class Behind:
    """Stands behind every address: keeps what it is given, unless told to behave otherwise."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.problem: Exception | None = None
        self.full = False
        self.state = State([])
        self.numbers = Numbers(Metrics())

    async def take(self, headers: Mapping[str, str], body: bytes) -> None:
        if self.problem is not None:
            raise self.problem
        if headers.get("X-Telegram-Bot-Api-Secret-Token") != "right":
            raise WrongSecret
        self.taken.append(body)

    async def find(self, family: str, channel_id: ChannelId) -> Door | None:
        return self if (family, channel_id) == ("telegram", 1) else None

    def doors(self) -> Doors:
        async def too_full() -> bool:
            return self.full

        async def state() -> State:
            return self.state

        async def metrics() -> bytes:
            return self.numbers.render(Snapshot(offers_open=2, inbox=1, outbox={"staff": (3, 4.5)}))

        return Doors(self.find, self, too_full, state, metrics, self.numbers.webhook)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def client(behind: Behind) -> AsyncIterator[Client]:
    async with TestClient(TestServer(build_app(behind.doors()))) as client:
        yield client


async def post(client: Client, path: str = "/webhooks/telegram/1", body: bytes = b"{}", secret: str = "right") -> int:
    async with client.post(path, data=BytesIO(body), headers={"X-Telegram-Bot-Api-Secret-Token": secret}) as answer:
        return answer.status


async def test_what_is_committed_is_acknowledged(client: Client, behind: Behind) -> None:
    assert await post(client, body=b'{"update_id":1}') == 200
    assert await post(client, "/webhooks/staff", b'{"update_id":2}') == 200
    assert behind.taken == [b'{"update_id":1}', b'{"update_id":2}']


async def test_a_wrong_secret_is_refused(client: Client, behind: Behind) -> None:
    assert await post(client, secret="wrong") == 403
    assert await post(client, "/webhooks/staff", secret="") == 403
    assert behind.taken == []


@pytest.mark.parametrize(
    "path", ["/webhooks/telegram/2", "/webhooks/telegram/x", "/webhooks/telegram/0", "/webhooks/x/1"]
)
async def test_an_unknown_channel_is_not_found(client: Client, path: str) -> None:
    assert await post(client, f"/webhooks/{path}") == 404


async def test_other_methods_are_not_allowed(client: Client) -> None:
    async with client.get("/webhooks/staff") as answer:
        assert answer.status == 405


async def test_one_byte_over_the_limit_is_too_large_announced_or_not(client: Client, behind: Behind) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        yield b"x" * LIMIT
        yield b"x"

    assert await post(client, body=b"x" * LIMIT) == 200
    assert await post(client, body=b"x" * (LIMIT + 1)) == 413
    headers = {"X-Telegram-Bot-Api-Secret-Token": "right"}
    async with client.post("/webhooks/telegram/1", data=unannounced(), headers=headers) as answer:
        assert answer.status == 413
    assert len(behind.taken) == 1


@pytest.mark.parametrize("full", [True, False], ids=["too much waits", "the database is not to be had"])
async def test_what_cannot_be_kept_now_is_asked_for_again(client: Client, behind: Behind, full: bool) -> None:
    behind.full = full
    behind.problem = None if full else Unavailable("the disk is full")
    async with client.post("/webhooks/telegram/1", data=b"{}") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_nothing_of_the_inside_shows_when_something_unforeseen_happens(client: Client, behind: Behind) -> None:
    behind.problem = ValueError("inner secret")
    async with client.post("/webhooks/telegram/1", data=b"{}") as answer:
        assert answer.status == 500
        assert "inner" not in await answer.text()


async def test_a_platform_that_hangs_up_half_way_harms_nobody(client: Client, behind: Behind) -> None:
    _, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"POST /webhooks/telegram/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    assert await post(client) == 200
    assert behind.taken == [b"{}"]


async def test_alive_is_not_the_same_as_ready(client: Client, behind: Behind) -> None:
    behind.state = State(["the database does not answer"], [LaneState("staff", 3, 1.5)], {"clock": "runs"})
    async with client.get("/healthz") as answer:
        assert answer.status == 200
    async with client.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {
            "ready": False,
            "problems": ["the database does not answer"],
            "lanes": {"staff": {"queued": 3, "lag": 1.5, "down": False}},
            "parts": {"clock": "runs"},
        }
    behind.state = State([])
    async with client.get("/readyz") as answer:
        assert answer.status == 200


async def test_metrics_are_read_by_prometheus_and_hold_the_webhooks(client: Client) -> None:
    await post(client)
    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    assert "dibs_offers_open 2.0" in text
    assert 'dibs_outbox_depth{lane="staff"} 3.0' in text
    assert 'dibs_outbox_age_seconds{lane="staff"} 4.5' in text
    assert 'dibs_webhook_seconds_count{door="telegram",status="200"} 1.0' in text


async def test_the_process_speaks_for_itself_to_several_at_once(client: Client, behind: Behind) -> None:
    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(post(client, body=b'{"update_id":%d}' % number)) for number in range(50)]
    assert {answer.result() for answer in answers} == {200}
    assert len(behind.taken) == 50
