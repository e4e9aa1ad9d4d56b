"""What no platform should send to WhatsApp's doors: the process lives, and no neighbour is lost."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.end_to_end.conftest import World
from tests.end_to_end.shops import (
    ANN,
    CloudShop,
    Json,
    LinkedShop,
    Shop,
    about_ann,
    as_bytes,
    enveloped,
    message,
    on_business_api,
    on_linked_phone,
    posted,
    told,
)
from tests.end_to_end.trouble import until


@pytest.fixture
def topics() -> bool:
    return True


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[CloudShop]:
    async with on_business_api(world) as shop:
        yield shop


@pytest.fixture
async def linked(world: World) -> AsyncIterator[LinkedShop]:
    async with on_linked_phone(world) as shop:
        yield shop


WHERE = {"latitude": 52.5, "longitude": 13.4, "name": "Here"}
VICTIMS: list[Json] = [
    {"type": "text", "text": {"body": "victim"}, "context": {"id": "wamid.before", "from": "15550001111"}},
    {"type": "image", "image": {"id": "123", "mime_type": "image/jpeg", "sha256": "x", "caption": "victim"}},
    {"type": "location", "location": WHERE},
    {"type": "reaction", "reaction": {"message_id": "wamid.before", "emoji": "🔥"}},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "Bob"}, "phones": [{"phone": "+49151"}]}]},
    {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}},
    {
        "type": "edit",
        "edit": {"original_message_id": "wamid.before", "message": {"type": "text", "text": {"body": "v"}}},
    },
    {"type": "revoke", "revoke": {"original_message_id": "wamid.before"}},
    {"type": "system", "system": {"type": "user_changed_number", "wa_id": ANN, "body": "moved"}},
    {"type": "order", "order": {"catalog_id": "1", "product_items": [{"product_retailer_id": "a", "quantity": 1}]}},
]
REVOKED = {"id": f"false_{ANN}@c.us_3AVICTIM", "from": f"{ANN}@c.us", "fromMe": False, "timestamp": 1795000000}
EVENTS: list[Json] = [
    {"event": "message.any", "payload": {"fromMe": False, "body": "victim", "hasMedia": False}},
    {"event": "message.any", "payload": {"fromMe": True, "source": "app", "to": f"{ANN}@c.us", "body": "victim"}},
    {
        "event": "message.any",
        "payload": {"fromMe": False, "hasMedia": True, "media": {"url": "http://x/", "mimetype": "a"}},
    },
    {"event": "message.ack", "payload": {"fromMe": True, "ack": 3, "ackName": "READ"}},
    {
        "event": "message.reaction",
        "payload": {"fromMe": False, "reaction": {"text": "🔥", "messageId": "false_1@c.us_A"}},
    },
    {"event": "message.edited", "payload": {"fromMe": False, "body": "v", "editedMessageId": "A"}},
    {"event": "message.revoked", "payload": {"before": None, "after": REVOKED, "revokedMessageId": "A"}},
    {"event": "call.received", "payload": {"isVideo": False, "isGroup": False}},
    {"event": "session.status", "payload": {"status": "SOMETHING", "statuses": []}},
]


def _nested(depth: int) -> Any:
    found: Any = "deep"
    for place in range(depth):
        found = [found] if place % 2 else {"a": found}
    return found


HUGE = st.sampled_from([2**31, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, float("inf"), float("nan"), -1, 0])
ODD_TEXT = st.sampled_from(
    ["\x00", "a\x00b", "\ud83d", "\udc00\ud800", "\u202e", "x" * 70_000, "", " ", "\r\n", "🙂" * 500]
)
NESTED = st.sampled_from([40, 300, 800]).map(_nested)
anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | HUGE
    | ODD_TEXT
    | NESTED
    | st.text(st.characters(codec=None), max_size=9)
    | st.lists(st.integers() | st.none(), max_size=3)
    | st.dictionaries(st.text(max_size=4), st.none(), max_size=2)
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from _places(item, (*path, key))


@st.composite
def spoilt(draw: st.DrawFn, whole: list[Json]) -> Json:
    """One of these with something else, or nothing, in one or two places."""
    item = copy.deepcopy(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(_places(item)) or [("type",)]))
        around: Any = item
        for key in path[:-1]:
            around = around[key]
        if draw(st.booleans()):
            around[path[-1]] = draw(anything)
        else:
            around.pop(path[-1], None) if isinstance(around, dict) else around.pop(path[-1])
    return item


EXAMPLES = settings(
    max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def _victim(number: int, kind: Json) -> Json:
    return {"from": ANN, "id": f"wamid.victim{number}", "timestamp": "1795000000", **kind}


async def test_fuzzed_webhooks_of_meta_cost_no_neighbour(cloud: CloudShop) -> None:
    """Each POST has a spoilt message between two good ones: the good ones arrive, whatever the spoilt one is."""
    count = 0
    victims = [_victim(0, kind) for kind in VICTIMS]

    @EXAMPLES
    @given(spoilt(victims), st.booleans())
    def come(item: Json, apart: bool) -> None:
        nonlocal count
        count += 1
        if str(item.get("id", "")) == "wamid.victim0":
            item["id"] = f"wamid.victim{count}"
        before, after = (message(f"{side}{count}", f"{side} {count};") for side in ("before", "after"))
        body = posted(cloud, before, item, after)
        if apart:
            body = posted(cloud, before)
            body["entry"] += [{"id": "x", "changes": [item]}, item, *posted(cloud, after)["entry"]]
        assert _post(cloud, as_bytes(body)) == 200, body

    await asyncio.to_thread(come)
    heard = set(cloud.said())
    missing = [
        number for number in range(1, count + 1) for side in ("before", "after") if f"{side} {number};" not in heard
    ]
    assert missing == []
    assert cloud.kept(), "what could not be read is kept"
    await _lives(cloud)


async def test_fuzzed_webhooks_of_the_gateway_stop_nothing(linked: LinkedShop) -> None:
    """Events come one in a POST: after each spoilt one a good one."""
    count = 0
    whole = [
        enveloped(one["event"], {"id": f"false_{ANN}@c.us_3AVICTIM", **about_ann(), **one["payload"]}) for one in EVENTS
    ]

    @EXAMPLES
    @given(spoilt(whole))
    def come(event: Json) -> None:
        nonlocal count
        count += 1
        named = as_bytes(event).replace(b"3AVICTIM", b"3AVICTIM%012d" % count)
        assert _post(linked, named) == 200, event
        assert _post(linked, as_bytes(told(f"3AGOOD{count:014}", f"good {count};"))) == 200

    await asyncio.to_thread(come)
    assert [text for text in linked.said() if text.startswith("good ")] == [f"good {n};" for n in range(1, count + 1)]
    assert linked.kept(), "what could not be read is kept"
    await _lives(linked)


def _post(shop: Shop, body: bytes) -> int:
    url = f"{shop.world.house.url}{shop.hook}"
    return httpx.post(url, content=body, headers=shop.sign(body), timeout=30).status_code


async def _lives(shop: Shop) -> None:
    """The same process, and it still hears."""
    house = shop.world.house
    assert house.process is not None
    assert house.process.poll() is None
    assert "Traceback" not in house.log.read_text()
    await shop.ann.write("still there?")
    await until(lambda: "still there?" in shop.said())


NO_JSON = [
    b"",
    b"\xff\xfe\x00",
    b"{",
    b'{"object"',
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b"1" * 5000,
    b"NaN",
    b"null",
    b"[]",
]


@pytest.mark.parametrize("kind", ["cloud", "linked"])
async def test_what_cannot_be_read_is_kept_in_the_inbox(kind: str, world: World) -> None:
    async with on_business_api(world) if kind == "cloud" else on_linked_phone(world) as shop:
        event = posted(shop, message("cut", "cut")) if isinstance(shop, CloudShop) else told("3ACUT0000000", "cut")
        whole = as_bytes(event)
        broken = [*NO_JSON, *(whole[:cut] for cut in range(10, len(whole), 60))]
        for body in broken:
            assert await shop.post(body) == 200, body[:60]
        assert await shop.post(whole) == 200
        assert shop.said() == ["cut"]
        listed = await asyncio.to_thread(world.house.command, "inbox", "list", "--json")
        found = [one for one in json.loads(listed.stdout) if one["source"] == f"channel:{shop.channel}"]
        assert len(found) == len(broken)
        assert all(one["problem"] for one in found)
        await _lives(shop)
