"""Where the transcript is written: names in colour, everything within 80 columns."""

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable

import click

from bot.demo.cast import Player

WIDEST = 80
MARGIN = 9
"""Columns for the name, before the line that runs down beside what somebody sees."""
PROMPT = "> "


class Paper:
    """Writes blocks. While the prompt is open, a block goes above it."""

    def __init__(self) -> None:
        self.colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._tty = sys.stdout.isatty()
        self._prompt = False

    @property
    def width(self) -> int:
        return max(40, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))

    def prompt(self, shown: bool) -> None:
        """Open or close the line that is typed into."""
        self._prompt = shown
        if shown:
            click.echo(PROMPT, nl=False)

    def say(self, text: str, *, bold: bool = False, error: bool = False) -> None:
        """The narrator."""
        lines = [line for part in text.split("\n") for line in textwrap.wrap(part, self.width) or [""]]
        self._write(self.paint(line, "red" if error else None, bold=bold) for line in lines)

    def scene(self, title: str) -> None:
        """A line across, with the title in it."""
        self._write(["", self.paint(f"── {title} ".ljust(self.width, "─"), bold=True)])

    def shows(self, player: Player, head: str, body: Iterable[str]) -> None:
        """What one person sees: their name, a quiet first line, and the words."""
        bar = self.paint("│", player.colour)
        name = self.paint(player.name.rjust(MARGIN - 1), player.colour, bold=True)
        quiet = self.paint(_cut(head, self.width - MARGIN - 2), dim=True)
        inside = [f"{' ' * MARGIN}{bar} {line}".rstrip() for part in body for line in self._wrap(part)]
        self._write([f"{name} {bar} {quiet}".rstrip(), *inside])

    def paint(self, text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
        if not self.colours:
            return text
        return click.style(text, fg=colour, bold=bold or None, dim=dim or None)

    def _wrap(self, text: str) -> list[str]:
        return textwrap.wrap(text, self.width - MARGIN - 4, drop_whitespace=True) or [""]

    def _write(self, lines: Iterable[str]) -> None:
        over = "\r\x1b[2K" if self._prompt and self._tty else ""
        click.echo(over + "\n".join(_safe(line) for line in lines))
        if self._prompt:
            click.echo(PROMPT, nl=False)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _safe(line: str) -> str:
    """Without what a terminal would obey, but for our own colours."""
    return "".join(letter for letter in line if letter == "\x1b" or unicodedata.category(letter) != "Cc")
