"""`dibs demo`: the story plays to its end, and whoever sits at a terminal may take part."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PATIENCE = 60.0
"""Seconds until something has to stand on the terminal."""

pytestmark = pytest.mark.timeout(180)


def environment(temporary: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "TERM": "xterm", **more}


class Terminal:
    """`dibs demo` on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self._fd, inner = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"],
            cwd=folder,
            env=environment(folder),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.raw = ""
        self._read_to = 0

    def type(self, line: str) -> None:
        os.write(self._fd, f"{line}\n".encode())

    def wait_for(self, words: str) -> None:
        """Something that was not there yet when we last looked."""
        deadline = time.monotonic() + PATIENCE
        while words not in self._plain()[self._read_to :]:
            assert time.monotonic() < deadline, f"{words!r} is not on the terminal:\n{self._plain()[-3000:]}"
            self._read(1.0)
        self._read_to = self._plain().index(words, self._read_to) + len(words)

    def _read(self, seconds: float) -> None:
        if select.select([self._fd], [], [], seconds)[0]:
            with suppress(OSError):  # what a terminal says when nobody is left at the other end
                self.raw += os.read(self._fd, 65_536).decode(errors="replace")

    def _plain(self) -> str:
        return COLOUR.sub("", self.raw).replace("\r", "")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._fd)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    shown = Terminal(tmp_path)
    yield shown
    shown.close()


def left_behind(folder: Path) -> list[str]:
    """Folders of the demo, and processes that were started in them."""
    running = [path for path in Path("/proc").glob("[0-9]*/cwd") if str(folder) in _where(path)]
    return [str(path) for path in [*folder.glob("dibs-demo-*"), *running]]


def _where(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def test_the_story_goes_as_written(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--story"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    for seen in ("✅ Accept", "taken by Boris", "Taken by Boris.", "moved to Qualified", "may not write to clients"):
        assert seen in told.stdout
    assert "\x1b" not in told.stdout, "colours belong on a terminal"
    assert max(len(line) for line in told.stdout.splitlines()) <= 80
    assert left_behind(tmp_path) == []


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = subprocess.run(
            [sys.executable, "-m", "bot", "demo", "--port", str(taken.getsockname()[1])],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert told.returncode == 1
    assert "choose another with --port" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_one_takes_part_at_the_prompt(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("Your turn")
    terminal.wait_for("> ")
    terminal.type("customer2> Do you open on Sundays?")
    terminal.wait_for("Yusuf · waits")
    terminal.type("anna tap Accept")
    terminal.wait_for("Yusuf is yours.")
    terminal.wait_for("Yusuf · taken by Anna")
    terminal.wait_for("Do you open on Sundays?")
    terminal.type("anna: We do, from ten.")
    terminal.wait_for("Yusuf │")
    terminal.wait_for("We do, from ten.")
    terminal.type("boris tap Accept")
    terminal.wait_for("no button 'Accept' in sight")
    terminal.type("nobody knows this")
    terminal.wait_for("Who does what?")
    terminal.type("quit")
    assert terminal.process.wait(30) == 0
    assert left_behind(tmp_path) == []


def test_ctrl_c_leaves_nothing_behind(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("The team says hello")
    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.process.wait(30) == 0
    terminal.wait_for("nothing is left behind")
    assert left_behind(tmp_path) == []
    assert "Traceback" not in terminal.raw
