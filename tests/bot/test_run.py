"""`dibs run`: starting, stopping, and commands beside it. A real process against the stand-in."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest

from channels.telegram.webhook import SECRET_HEADER, webhook_secret
from playground.telegram.control import BotAccount, Control
from tests.bot.conftest import Shell, make_bots
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN, House, stand_in


@pytest.fixture
def telegram_url() -> Iterator[str]:
    """A stand-in for each test: webhooks and updates that nobody took must not reach the next one."""
    with stand_in("--no-limits") as url:
        asyncio.run(make_bots(url))
        yield url


async def get(house: House, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.get(f"{house.url}{path}")


async def test_it_starts_says_what_runs_and_stops_when_told(house: House) -> None:
    await house.start()
    assert (await get(house, "/healthz")).status_code == 200
    ready = (await get(house, "/readyz")).json()
    assert ready["problems"] == []
    assert {"staff bot", "delivery", "clock", "channels"} <= set(ready["parts"])
    assert "dibs_database_up 1.0" in (await get(house, "/metrics")).text
    assert house.stop() == 0
    log = house.log.read_text()
    assert "Dibs runs: web, staff, delivery, clock, on sqlite" in log
    assert "Dibs has stopped" in log
    assert "Traceback" not in log
    assert STAFF_TOKEN not in log


async def test_only_some_parts_run_when_asked(house: House) -> None:
    await house.start("--only", "web,clock")
    parts = (await get(house, "/readyz")).json()["parts"]
    assert "clock" in parts
    assert not {"staff bot", "delivery"} & set(parts)


def test_unknown_parts_are_wrong_usage(dibs: Shell) -> None:
    assert "choose from web,staff,delivery,clock" in dibs.misused("run", "--only", "web,kitchen")


async def test_one_database_has_one_running_bot(house: House, dibs: Shell) -> None:
    await house.start()
    house.extra["HTTP_PORT"] = "0"
    assert "A bot is running on this database" in dibs("run").stderr
    assert "A bot is running on this database" in dibs.fails("db", "upgrade")


def test_a_refused_token_is_said_in_words(dibs: Shell) -> None:
    dibs.house.extra["STAFF_BOT_TOKEN"] = "77:revoked"
    done = dibs("run")
    assert done.returncode == 1
    assert "dibs: Telegram refuses STAFF_BOT_TOKEN" in done.stderr
    assert "77:revoked" not in done.stderr


async def test_a_port_that_is_taken_is_said_in_words(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    await house.start()
    other = House(tmp_path_factory.mktemp("other"), house.api_url, house.port, dict(house.extra))
    assert f"nothing can listen on 127.0.0.1:{house.port}" in other.command("run", check=False).stderr


async def test_without_an_admin_a_code_is_printed_that_makes_one(house: House, dibs: Shell) -> None:
    await house.start()
    code = re.search(r"/start ([\w-]{32,})\n", house.log.read_text())
    assert code is not None
    async with Control(house.api_url) as telegram:
        bot = BotAccount(900, STAFF_TOKEN, "staff_bot", telegram.url)
        ada = (await telegram.person(42, "Ada Lovelace")).chat(bot)
        await ada.write(f"/start {code[1]}")
        await ada.wait_for(lambda m: "You are an admin" in m.text)
    (admin,) = dibs.json("staff", "list")
    assert (admin["telegram_id"], admin["name"], admin["admin"]) == (42, "Ada Lovelace", True)
    assert house.stop() == 0
    house.log.write_text("")
    await house.start()
    assert "/start" not in house.log.read_text()


async def test_admins_from_the_settings_are_made_once(house: House, dibs: Shell) -> None:
    house.extra["ADMIN_IDS"] = "10,11"
    await house.start()
    assert house.stop() == 0
    people = dibs.json("staff", "list")
    assert [(one["telegram_id"], one["admin"]) for one in people] == [(10, True), (11, True)]
    dibs.ok("staff", "set", str(people[1]["id"]), "--no-admin")
    await house.start()
    assert [one["admin"] for one in dibs.json("staff", "list")] == [True, False]


async def test_a_channel_that_a_command_adds_is_listened_to_at_once(house: House, dibs: Shell) -> None:
    await house.start()
    shop = dibs.id("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
    async with Control(house.api_url) as telegram:
        bot = BotAccount(901, SHOP_TOKEN, "shop_bot", telegram.url)
        customer = (await telegram.person(501, "Zoe")).chat(bot)
        await customer.start()
        await customer.write("hello")
        await until_metric(house, "dibs_offers_open 1.0")
    assert f"channel {shop}" in (await get(house, "/readyz")).json()["parts"]


async def test_with_a_public_address_updates_are_delivered_and_guarded(house: House, dibs: Shell) -> None:
    shop = dibs.id("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
    house.extra["PUBLIC_URL"] = house.url
    await house.start()
    async with Control(house.api_url) as telegram:
        bot = BotAccount(901, SHOP_TOKEN, "shop_bot", telegram.url)
        customer = (await telegram.person(502, "Zoe")).chat(bot)
        await customer.start()
        await customer.write("hello")
        await until_metric(house, "dibs_offers_open 1.0")
    async with httpx.AsyncClient(base_url=house.url) as http:
        assert (await http.post(f"/webhooks/telegram/{shop}", content=b"{}")).status_code == 403
        assert (await http.post("/webhooks/staff", content=b"{}")).status_code == 403
        assert (await http.post("/webhooks/telegram/77", content=b"{}")).status_code == 404


async def until_metric(house: House, line: str) -> None:
    async with asyncio.timeout(15):
        while line not in (await get(house, "/metrics")).text:  # noqa: ASYNC110 - another process's numbers
            await asyncio.sleep(0.05)


async def test_what_cannot_be_read_is_kept_acknowledged_and_listed(house: House, dibs: Shell) -> None:
    shop = dibs.id("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
    await house.start()
    async with httpx.AsyncClient(base_url=house.url) as http:
        for path, token in ((f"/webhooks/telegram/{shop}", SHOP_TOKEN), ("/webhooks/staff", STAFF_TOKEN)):
            for _ in range(2):
                headers = {SECRET_HEADER: webhook_secret(token)}
                assert (await http.post(path, content=b"not json", headers=headers)).status_code == 200
    assert {one["source"] for one in dibs.json("inbox", "list")} == {f"channel:{shop}", "staff"}
    first = dibs.json("inbox", "list")[0]
    assert dibs("inbox", "replay", str(first["id"])).returncode == 1
    assert len(dibs.json("inbox", "list")) == 2
