"""A real Dibs process in a folder of its own, over HTTP against the stand-in: start it, kill it, start it again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.end_to_end.nest import Forked, spawn

SECRET_KEY = "a test's own secret key, long enough"
STAFF_TOKEN = "900:staff-bot-token-aaaaaaaaaaaaaaaaaaaaa"
SHOP_TOKEN = "901:shop-bot-token-bbbbbbbbbbbbbbbbbbbbbb"
ADMIN = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def stand_in(*arguments: str) -> Iterator[str]:
    """The Telegram stand-in as a process of its own; gives its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "playground.telegram", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
    finally:
        server.kill()
        server.communicate()


@dataclass
class House:
    """``folder`` holds the database and the media; ``api_url`` is the stand-in's address."""

    folder: Path
    api_url: str
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    process: Forked | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "dibs.log"

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "STAFF_BOT_TOKEN": STAFF_TOKEN,
            "ADMIN_IDS": str(ADMIN),
            "SECRET_KEY": SECRET_KEY,
            "DATABASE_URL": f"sqlite:///{self.folder}/dibs.db",
            "TELEGRAM_API_URL": self.api_url,
            "HTTP_PORT": str(self.port),
            "TELEGRAM_LIMITS": "off",
            **self.extra,
        }

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One ``dibs`` command, as an operator types it."""
        with TemporaryDirectory() as papers:
            out, err = Path(papers, "out"), Path(papers, "err")
            code = spawn(arguments, self.environment(), self.folder, out, err).wait(60)
            done = subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())
        if check and done.returncode != 0:
            raise AssertionError(f"dibs {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    async def start(self, *arguments: str) -> None:
        """``dibs run``; returns when it says it is ready."""
        self._spawn(*arguments)
        assert self.process is not None
        async with asyncio.timeout(60), httpx.AsyncClient(base_url=self.url) as http:
            while not await self._ready(http):
                if self.process.poll() is not None:
                    raise AssertionError(f"dibs run ended: {self.process.poll()}\n{self.log.read_text()[-4000:]}")
                await asyncio.sleep(0.05)

    def _spawn(self, *arguments: str) -> None:
        self.process = spawn(("run", *arguments), self.environment(), self.folder, self.log, self.log)

    async def _ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """SIGKILL: nothing gets to say goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        code = self.process.wait(20)
        self.process = None
        return code
