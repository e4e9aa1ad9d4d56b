"""A nest for `dibs` processes: one interpreter imports everything once and forks for each, which saves 3 s apiece.

What is forked is the program as it is, in a process of its own: its own environment, folder, output and signals, and
SIGKILL takes it as it takes any other. Run as a program, it reads one JSON order a line and answers with the pid.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO


@dataclass
class Forked:
    """As much of ``Popen`` as the house needs. ``status`` is the file that gets the exit status."""

    pid: int
    status: Path

    def poll(self) -> int | None:
        try:
            return int(self.status.read_text() or "x")
        except (FileNotFoundError, ValueError):
            return None

    def wait(self, timeout: float) -> int:
        """Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} does not end")
            time.sleep(0.005)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _nest() -> subprocess.Popen[str]:
    if _open_nest().poll() is not None:
        _open_nest.cache_clear()
    return _open_nest()


@cache
def _open_nest() -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    nest = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.nest"],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    atexit.register(_close, nest)
    return nest


def _close(nest: subprocess.Popen[str]) -> None:
    nest.kill()
    nest.communicate()


def spawn(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, out: Path, err: Path) -> Forked:
    """``dibs <arguments>`` in a process of its own. Its output is appended to the files."""
    nest = _nest()
    status = folder / f"status.{time.monotonic_ns()}"
    order = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
    order |= {"out": str(out), "err": str(err), "status": str(status)}
    pipe = _in(nest)
    pipe.write(f"{json.dumps(order)}\n")
    pipe.flush()
    assert nest.stdout is not None
    pid = nest.stdout.readline()
    if not pid:
        raise AssertionError("the program can't be imported: see what the nest printed")
    return Forked(int(pid), status)


def _in(nest: subprocess.Popen[str]) -> IO[str]:
    assert nest.stdin is not None
    return nest.stdin


# --- inside the nest ---


def _serve() -> None:
    _import_all()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        threading.Thread(target=_note_end, args=(pid, Path(order["status"])), daemon=True).start()
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _import_all() -> None:
    """Whatever `dibs run` imports on its way; what is missing here is imported after the fork, and only slower."""
    import aiosqlite  # noqa: F401
    import alembic.command  # noqa: F401
    import apscheduler.schedulers.asyncio  # noqa: F401
    import telegram.ext  # noqa: F401

    import bot.connecting
    import bot.main
    import bot.run
    import bot.wiring  # noqa: F401


def _note_end(pid: int, status: Path) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    written = status.with_suffix(status.suffix + ".new")
    try:
        written.write_text(str(code))
        written.rename(status)
    except FileNotFoundError:
        return


def _become(order: Mapping[str, object]) -> None:
    from bot.main import main

    arguments, environment = order["arguments"], order["environment"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(order["folder"]))
    for path, number in ((os.devnull, 0), (str(order["out"]), 1), (str(order["err"]), 2)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(path, flags), number)
    sys.argv = ["dibs", *arguments]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
