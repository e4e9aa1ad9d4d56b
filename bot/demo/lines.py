"""What is typed at the prompt, read into what to do. Nothing here does it."""

import re
from dataclasses import dataclass

HELP = """\
customer> Hello              Zoe writes to the shop; customer2> is somebody new
anna: /chats                 Anna writes to the staff bot
boris: I'll look             … in the topic he was last written to
boris @inbox: Hello          … in the topic whose name begins so
boris #18: Gladly            … as a reply to post 18
boris tap Transfer           taps the newest button with this label
boris tap Accept #13         … on post 13
show maria                   the end of Maria's chat once more
log                          the end of what `dibs run` logged
help, quit                   (Ctrl-C and Ctrl-D quit as well)

There are anna and boris (sales reps), maria (manager and admin), quentin
(quality control) and customer. Each is just somebody with Telegram."""

_WHO = r"(?P<who>[^\W\d_]+\d*)"
_WRITE = re.compile(_WHO + r"\s*(?:#(?P<reply>\d+)|@(?P<topic>[^:>]+?))?\s*[:>]\s*(?P<text>.+)", re.DOTALL)
_TAP = re.compile(_WHO + r"\s+taps?\s+(?P<label>.+?)(?:\s+#(?P<post>\d+))?", re.IGNORECASE)
_SHOW = re.compile(r"show\s+" + _WHO, re.IGNORECASE)


class Unclear(Exception):
    """A line that says nothing we know; the message says what to type instead."""


@dataclass(frozen=True, slots=True)
class Write:
    """``topic`` is how its name begins."""

    who: str
    text: str
    topic: str | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    who: str
    label: str
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Show:
    who: str


@dataclass(frozen=True, slots=True)
class Word:
    """help, log or quit."""

    word: str


Line = Write | Tap | Show | Word


def read_line(typed: str) -> Line | None:
    """``None`` for an empty line. Raises Unclear."""
    typed = typed.strip()
    if not typed:
        return None
    if typed.lower() in ("help", "?", "quit", "exit", "log"):
        return Word({"?": "help", "exit": "quit"}.get(typed.lower(), typed.lower()))
    if show := _SHOW.fullmatch(typed):
        return Show(show["who"].lower())
    if tap := _TAP.fullmatch(typed):
        return Tap(tap["who"].lower(), tap["label"], _number(tap["post"]))
    if write := _WRITE.fullmatch(typed):
        return Write(write["who"].lower(), write["text"], write["topic"], _number(write["reply"]))
    raise Unclear("Who does what? For example: customer> Hello, or: boris tap Accept. `help` tells more.")


def _number(text: str | None) -> int | None:
    return int(text) if text else None
