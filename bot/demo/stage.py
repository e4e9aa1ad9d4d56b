"""The stage: Telegram's stand-in, a seeded database in a folder of its own, and a real `dibs run` between them."""

import asyncio
import os
import secrets
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import bot
from bot.books import Books, open_books
from bot.connecting import identify
from bot.demo.cast import TEAM, ZOE, Player
from bot.demo.paper import Paper
from bot.demo.window import Window
from bot.problems import Failed
from bot.settings import read_settings
from playground.telegram.control import BotAccount, Control
from playground.telegram.options import Options
from playground.telegram.server import Server
from sales.ids import TelegramId
from sales.use_cases.channels import AddChannel, add_channel
from sales.use_cases.team import AddStaff, add_staff

STAFF_BOT = "900:dibs-demo-staff-bot"
SHOP_BOT = "901:dibs-demo-shop-bot"
SHOP = "Shop"
LOG = "dibs.log"
STOPPING = 10.0
"""Seconds that `dibs run` gets to stop by itself."""


@dataclass(slots=True)
class Stage:
    """Everybody at hand, each with the window they look through."""

    folder: Path
    telegram: Control
    shop_bot: BotAccount
    paper: Paper
    group: asyncio.TaskGroup
    windows: dict[str, Window] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def of(self, player: Player) -> Window:
        return self.windows[player.key]

    async def enter(self, player: Player, bot: BotAccount | None = None) -> Window:
        """Somebody opens their chat with a bot (the shop's); from now on it is written down what they see."""
        account = await self.telegram.person(player.telegram_id, player.name)
        window = Window(player, account.chat(bot or self.shop_bot), self.paper)
        self.windows[player.key] = window
        self.keep(window.follow())
        return window

    def keep(self, work: Coroutine[None, None, None]) -> None:
        """Runs beside the play until the curtain falls."""
        self.tasks.append(self.group.create_task(work))

    def log(self, lines: int) -> str:
        """The end of what `dibs run` logged."""
        return _log(self.folder, lines)


@asynccontextmanager
async def set_up(paper: Paper, port: int) -> AsyncIterator[Stage]:
    """Everything runs, and nobody has done anything yet. Nothing is left afterwards. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="dibs-demo-") as name:
        folder = Path(name)
        async with _telegram(port) as telegram:
            staff_bot = await telegram.bot(STAFF_BOT, username="demo_staff_bot", topics=True)
            shop_bot = await telegram.bot(SHOP_BOT, username="demo_shop_bot")
            variables = _variables(folder, telegram.url)
            await asyncio.to_thread(_seed, variables)
            async with _dibs(folder, variables) as dibs, _company(folder, telegram, shop_bot, paper) as stage:
                stage.keep(_guard(dibs, folder))
                for player in TEAM:
                    await stage.enter(player, staff_bot)
                await stage.enter(ZOE)
                yield stage


@asynccontextmanager
async def _company(folder: Path, telegram: Control, shop_bot: BotAccount, paper: Paper) -> AsyncIterator[Stage]:
    """What runs beside the play ends with it. What ends the play early is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            stage = Stage(folder, telegram, shop_bot, paper, group)
            yield stage
            for task in stage.tasks:
                task.cancel()
    except* Failed as failed:
        raise failed.exceptions[0] from None


@asynccontextmanager
async def _telegram(port: int) -> AsyncIterator[Control]:
    """The stand-in, and the way to act in it. Raises Failed."""
    server = Server(Options(), port=port)
    try:
        await server.__aenter__()
    except OSError as error:
        raise Failed(f"nothing can listen on port {port} ({error.strerror}): choose another with --port") from error
    try:
        async with Control(server.url) as telegram:
            yield telegram
    finally:
        await server.__aexit__(None, None, None)


def _variables(folder: Path, telegram_url: str) -> dict[str, str]:
    """The settings of this Dibs: nothing of the one that may run beside it on this machine."""
    return {
        "STAFF_BOT_TOKEN": STAFF_BOT,
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": f"sqlite:///{folder}/dibs.db",
        "TELEGRAM_API_URL": telegram_url,
        "HTTP_PORT": "0",
    }


def _seed(variables: Mapping[str, str]) -> None:
    """The team and one channel, as `dibs staff add` and `dibs channel add` make them."""
    with open_books(read_settings(variables)) as books:
        for player in TEAM:
            books.write(partial(add_staff, command=_staff(player)))
        books.write(partial(add_channel, command=_channel(books)))


def _staff(player: Player) -> AddStaff:
    return AddStaff(TelegramId(player.telegram_id), player.name, player.role, player.admin, player.takes_clients)


def _channel(books: Books) -> AddChannel:
    account = identify(books.settings, "telegram", {"token": SHOP_BOT})
    return AddChannel("telegram", SHOP, account.key, {"token": SHOP_BOT}, account.name)


@asynccontextmanager
async def _dibs(folder: Path, variables: Mapping[str, str]) -> AsyncIterator[Process]:
    """`dibs run` in a process of its own, far from any `.env`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    paths = [str(Path(bot.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**kept, **variables, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / LOG).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=folder, env=environment, stdin=DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(STOPPING):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _guard(process: Process, folder: Path) -> None:
    """Raises Failed should Dibs end while it is still played with."""
    status = await process.wait()
    raise Failed(f"dibs run ended with status {status}: {_log(folder, 3)}")


def _log(folder: Path, lines: int) -> str:
    path = folder / LOG
    found = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "\n".join(found[-lines:])
