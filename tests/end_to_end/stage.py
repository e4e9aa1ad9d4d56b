"""One process that serves every kind of channel, with a client on each whom Anna has accepted."""

import asyncio
import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from playground.telegram.control import BotAccount, Control
from playground.telegram.options import Options
from playground.telegram.server import Server
from tests.end_to_end.conftest import World, world_of
from tests.end_to_end.house import House
from tests.end_to_end.scenes import ACCEPT, card, quiet, said
from tests.end_to_end.shops import on_business_api, on_linked_phone
from tests.end_to_end.sides import InTopic, OnTelegram, Side
from tests.end_to_end.sides_whatsapp import OnBusinessApi, OnLinkedPhone

ACCOUNT_TOKEN = "902:account-bot-token-ccccccccccccccccccccc"


@dataclass(frozen=True)
class Stage:
    """``sides``: by kind of channel, the client, and Anna in the client's topic."""

    world: World
    sides: Mapping[str, tuple[Side, Side]]


async def set_up(open_: AsyncExitStack, seeded: Path, folder: Path) -> Stage:
    """``open_`` keeps it until it is closed."""
    shutil.copytree(seeded, folder)
    server = await open_.enter_async_context(Server(Options(limits=False)))
    telegram = await open_.enter_async_context(Control(server.url))
    world = await world_of(House(folder, server.url), server, telegram, topics=True)
    open_.callback(world.house.kill)
    account_bot = await _account_bot(world)
    cloud = await open_.enter_async_context(on_business_api(world))
    linked = await open_.enter_async_context(on_linked_phone(world))
    await world.anna.start()
    clients: dict[str, Side] = {
        "telegram": OnTelegram(await world.customer(501, "Tess")),
        "telegram_business": await _in_account(world, account_bot),
        "whatsapp_cloud": OnBusinessApi((await cloud.meta.person("15551234567", "Cleo")).chat(cloud.number)),
        "whatsapp_linked": OnLinkedPhone((await linked.waha.person("79161112233", "Liam")).chat(linked.phone)),
    }
    return Stage(world, {kind: (client, await _accepted(world, client, kind)) for kind, client in clients.items()})


async def _account_bot(world: World) -> BotAccount:
    bot = await world.telegram.bot(ACCOUNT_TOKEN, username="account_bot", business=True)
    add = ("channel", "add", "telegram_business", "--name", "Olga", "--token", ACCOUNT_TOKEN)
    await asyncio.to_thread(world.house.command, *add)
    return bot


async def _in_account(world: World, bot: BotAccount) -> Side:
    """Olga connects the bot to her account, to which Zoe writes."""
    olga, zoe = await world.telegram.person(900, "Olga"), await world.telegram.person(502, "Zoe")
    connection = await world.telegram.connect(bot, olga)
    return OnTelegram(zoe.chat(bot, connection=connection), lambda message: message.from_id == zoe.id)


async def _accepted(world: World, client: Side, kind: str) -> Side:
    words = f"Hello by {kind}"
    await client.write(words)
    await world.anna.tap(ACCEPT, await world.anna.wait_for(card(words)))
    shown = await world.anna.wait_for(said(words))
    await quiet(world)
    return InTopic(world.anna, how={"thread": shown.thread_id})
