"""What was measured, beside what was wanted, and the facts of the machine it was measured on."""

import os
import platform
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. ``met`` is ``None`` where nothing was promised."""

    what: str
    measured: str
    wanted: str = ""
    met: bool | None = None


def below(what: str, value: float, most: float, unit: str, digits: int = 1) -> Line:
    return Line(what, f"{value:,.{digits}f} {unit}", f"< {most:g} {unit}", value < most)


def at_least(what: str, value: float, least: float, unit: str, digits: int = 1) -> Line:
    return Line(what, f"{value:,.{digits}f} {unit}", f">= {least:g} {unit}", value >= least)


def facts(folder: Path) -> list[Line]:
    """A number without its machine says nothing."""
    load = os.getloadavg()[0]
    return [
        Line("cores", f"{len(os.sched_getaffinity(0))} x {_cpu()}"),
        Line("busy with other things", f"{load:.1f} processes wanted to run, on average over the last minute"),
        Line("Python, SQLite", f"{platform.python_version()}, {sqlite3.sqlite_version}"),
        Line("fsync of one page", _sync(folder)),
    ]


def _cpu() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or "unknown"


def _sync(folder: Path, times: int = 100) -> str:
    waits = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            waits.append((time.perf_counter() - began) * 1000)
    return f"p50 {statistics.median(waits):.2f} ms, p99 {statistics.quantiles(waits, n=100)[98]:.2f} ms"


_MARKS = {True: "yes", False: "NO", None: ""}


def show(title: str, lines: Sequence[Line]) -> None:
    widths = [max((len(getattr(line, name)) for line in lines), default=0) for name in ("what", "measured", "wanted")]
    print(f"\n{title}")
    for line in lines:
        cells = zip((line.what, line.measured, line.wanted), widths, strict=True)
        print("  " + "  ".join(f"{text:<{width}}" for text, width in cells) + f"  {_MARKS[line.met]}".rstrip())
