"""Refresh tokens work once: the new pair is kept before it is used, and only one asks for it."""

import asyncio
from collections.abc import Mapping

import pytest

from crm.kommo.adapter import KommoCrm
from crm.kommo.setup import identify, read_base_url
from playground.kommo.control import Integration
from sales.ids import CrmId
from sales.leads import Crm
from sales.ports import Transactions
from sales.ports.crm import CrmError
from tests.crm.kommo.conftest import Clock
from tests.crm.kommo.world import QUICKLY, KommoWorld


class Connected:
    """An account that was connected by OAuth, as several processes have it open."""

    def __init__(self, world: KommoWorld, transactions: Transactions, integration: Integration) -> None:
        self.kommo = world.kommo
        self.integration = integration
        self.transactions = transactions
        self.open: list[KommoCrm] = []

    async def connect(self) -> "Connected":
        entered = {
            "base_url": self.kommo.url,
            "client_id": self.integration.client_id,
            "client_secret": self.integration.secret,
            "redirect_uri": self.integration.redirect_uri,
            "code": await self.kommo.code(self.integration),
        }
        secrets = await identify(entered)
        self.id = await self.transactions.write(lambda work: work.crms.add("kommo", "Kommo", secrets))
        return self

    async def secrets(self) -> Mapping[str, str]:
        return await self.transactions.read(lambda work: dict(work.crms.secrets(self.id)))

    async def process(self) -> KommoCrm:
        """Another one that has read the secrets as they are now."""
        crm = Crm(CrmId(self.id), "kommo", "Kommo", inside=False)
        self.open.append(KommoCrm(crm, await self.secrets(), self.transactions, rate=QUICKLY))
        return self.open[-1]

    async def expire(self) -> None:
        await self.kommo.expire((await self.secrets())["access_token"])

    async def refreshes(self) -> int:
        """Asked of Kommo since the code was given up."""
        return len(await self.kommo.calls("oauth")) - 1


@pytest.fixture
async def connected(world: KommoWorld, transactions: Transactions) -> Connected:
    return await Connected(world, transactions, await world.kommo.integration()).connect()


@pytest.fixture(autouse=True)
async def _close(connected: Connected) -> object:
    yield
    for adapter in connected.open:
        await adapter.close()


async def test_the_code_is_given_up_for_a_pair_and_not_kept(connected: Connected) -> None:
    assert set(await connected.secrets()) == {
        "base_url",
        "client_id",
        "client_secret",
        "redirect_uri",
        "access_token",
        "refresh_token",
    }


async def test_an_access_that_ran_out_is_renewed_once_for_all_calls(connected: Connected) -> None:
    adapter, before = await connected.process(), await connected.secrets()
    await connected.expire()

    await asyncio.gather(*(adapter.pipelines() for _ in range(5)))

    after = await connected.secrets()
    assert await connected.refreshes() == 1
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


async def test_another_process_takes_what_the_first_has_saved(connected: Connected) -> None:
    bot, command = await connected.process(), await connected.process()
    await connected.expire()

    await bot.pipelines()
    await command.pipelines()

    assert await connected.refreshes() == 1


async def test_two_processes_at_once_ask_once(connected: Connected) -> None:
    bot, command = await connected.process(), await connected.process()
    await connected.expire()

    results = await asyncio.gather(bot.pipelines(), command.pipelines(), return_exceptions=True)
    late = [result for result in results if isinstance(result, CrmError)]

    assert all(error.again and error.after == 1.0 for error in late)
    assert len(late) <= 1
    assert await bot.pipelines()
    assert await command.pipelines()
    assert await connected.refreshes() == 1


async def test_whoever_died_while_refreshing_blocks_the_others_for_half_a_minute(
    connected: Connected, clock: Clock
) -> None:
    adapter = await connected.process()
    key = f"crm.refresh:{connected.id}"
    await connected.transactions.write(lambda work: work.workspace.set(key, str(work.now + 30_000)))
    await connected.expire()

    with pytest.raises(CrmError, match="being renewed"):
        await adapter.pipelines()
    clock.jump(31)
    assert await adapter.pipelines()


async def test_a_dead_refresh_token_is_told_and_not_tried_for_ever(connected: Connected) -> None:
    adapter = await connected.process()
    await connected.kommo.revoke(connected.integration)

    with pytest.raises(CrmError, match="connect again by OAuth") as caught:
        await adapter.pipelines()

    assert not caught.value.again
    assert not caught.value.unknown
    assert all(secret not in caught.value.reason for secret in (await connected.secrets()).values())


async def test_a_used_code_opens_nothing(connected: Connected) -> None:
    code = await connected.kommo.code(connected.integration)
    held = await connected.secrets()
    entered = {**held, "code": code}
    await identify(entered)

    with pytest.raises(CrmError, match="has been revoked"):
        await identify(entered)


async def test_a_token_is_tried_before_it_is_kept(world: KommoWorld) -> None:
    token = await world.kommo.token()

    kept = await identify({"base_url": f"{world.kommo.url}/leads/", "token": token})

    assert kept == {"base_url": world.kommo.url, "token": token}
    with pytest.raises(CrmError, match="long-lived token"):
        await identify({"base_url": world.kommo.url, "token": "wrong"})
    with pytest.raises(CrmError, match="this is no token"):
        await identify({"base_url": world.kommo.url, "token": "wr ong"})


@pytest.mark.parametrize(
    ("entered", "url"),
    [
        ("acme.kommo.com", "https://acme.kommo.com"),
        (" https://acme.amocrm.ru/settings/ ", "https://acme.amocrm.ru"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(entered: str, url: str) -> None:
    assert read_base_url(entered) == url


@pytest.mark.parametrize("entered", ["", "https://", "http://acme.kommo.com", "ftp://acme.kommo.com", "https://a@b.c"])
def test_what_is_no_address_or_open_to_everybody_is_refused(entered: str) -> None:
    with pytest.raises(CrmError, match="this is no address"):
        read_base_url(entered)
