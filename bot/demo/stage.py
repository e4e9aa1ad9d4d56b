"""The stage: Telegram's stand-in, a seeded database in a folder of its own, and a real `dibs run` between them."""

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.books import Books, open_books
from bot.demo.cast import TEAM, ZOE, Player
from bot.demo.paper import Paper
from bot.demo.window import Window
from bot.problems import Failed
from bot.settings import read_settings
from playground.telegram.control import BotAccount, Control
from playground.telegram.options import Options
from playground.telegram.server import Server

STAFF_BOT = "900:dibs-demo-staff-bot"
SHOP_BOT = "901:dibs-demo-shop-bot"
SHOP = "Shop"
STOPPING = 10.0
"""Seconds that `dibs run` gets to stop by itself."""


@dataclass(slots=True)
class Stage:
    """Everybody at hand, each with the window they look through."""

    folder: Path
    telegram: Control
    shop_bot: BotAccount
    paper: Paper
    windows: dict[str, Window]
    group: asyncio.TaskGroup

    def of(self, player: Player) -> Window:
        return self.windows[player.key]

    async def enter(self, player: Player, bot: BotAccount) -> Window:
        """Somebody opens their chat with a bot; from now on it is written down what they see."""
        account = await self.telegram.person(player.telegram_id, player.name)
        window = Window(player, account.chat(bot), self.paper)
        self.windows[player.key] = window
        self.group.create_task(window.follow())
        return window

    def log(self, lines: int) -> str:
        """The end of what `dibs run` logged."""
        path = self.folder / "dibs.log"
        found = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(found[-lines:])


@asynccontextmanager
async def stage(paper: Paper, port: int) -> AsyncIterator[Stage]:
    """Everything is there and everybody has pressed Start. Nothing of it is left afterwards. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="dibs-demo-") as name:
        folder = Path(name)
        async with _server(port) as server, Control(server.url) as telegram:
            staff_bot = await telegram.bot(STAFF_BOT, username="demo_staff_bot", topics=True)
            shop_bot = await telegram.bot(SHOP_BOT, username="demo_shop_bot")
            variables = _variables(folder, server.url)
            await asyncio.to_thread(_seed, variables)
            async with _dibs(folder, variables) as dibs, asyncio.TaskGroup() as group:
                built = Stage(folder, telegram, shop_bot, paper, {}, group)
                guard = group.create_task(_guard(dibs, built))
                windows = [await built.enter(player, staff_bot) for player in TEAM]
                await built.enter(ZOE, shop_bot)
                for window in windows:
                    await window.talk.start()
                yield built
                guard.cancel()
                await telegram.__aexit__(None, None, None)
                _end(group)
