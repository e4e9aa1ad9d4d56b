"""``docs/channels.md``, out of the tables of ``matrix``. Run as a program, it writes the page again."""

from collections.abc import Iterator
from pathlib import Path

from channels.registry import KINDS
from sales.channels import Capabilities, FirstMessage
from sales.messages import MessageKind
from screens.contents import KINDS as MARKS
from tests.end_to_end.matrix import Becomes, Cannot, Promise, Way, What, Works, promise

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"

_NAMES = {
    What.TEXT: "text",
    What.FORMATTING: "formatting",
    What.BIG_FILE: "📎 file of 21 MB",
    What.ALBUM: "album",
    What.REPLY: "reply to a message",
    What.EDIT: "edit",
    What.DELETE: "delete for everyone",
    What.REACTION: "reaction",
    What.CALL: "📞 call",
    What.UNSUPPORTED: "poll, game and the like",
}
_HEAD = """# What each kind of channel can do

Made by `python -m tests.end_to_end.matrix_page` from the capabilities of each kind. Every line is also a test, from the
client's phone to the rep's chat and back, on the stand-ins: [`test_matrix.py`](../tests/end_to_end/test_matrix.py).

✅ arrives as what it is · 🔁 arrives as something else · ❌ can't; where staff try, they read these words under theirs

Staff write through their bot: Telegram hands it files of up to 20 MB and takes 50 MB from it, whatever the channel.
"""
_FIRST = {
    FirstMessage.NEVER: "no: clients write first",
    FirstMessage.TEMPLATE: "by an approved template (`/write`)",
    FirstMessage.FREELY: "in any words (`/write`), after the number was looked up",
}
_MEGABYTE = 1024 * 1024


def page() -> str:
    return "\n".join([_HEAD, *(_section(channel) for channel in KINDS)])


def _section(channel: str) -> str:
    can = KINDS[channel].capabilities
    table = [f"| | {' | '.join(Way)} |", "|---|---|---|", *(_line(channel, what) for what in What)]
    return "\n".join([f"## {KINDS[channel].title} (`{channel}`)\n", *table, "", *_facts(can), ""])


def _line(channel: str, what: What) -> str:
    name = _NAMES.get(what) or MARKS[MessageKind(what)]
    return f"| {name} | {' | '.join(_cell(promise(channel, what, way)) for way in Way)} |"


def _cell(promised: Promise) -> str:
    match promised:
        case Works(words):
            return f"✅ {words}".strip()
        case Becomes(words):
            return f"🔁 {words}"
        case Cannot(words):
            return f"❌ {words}"


def _facts(can: Capabilities) -> Iterator[str]:
    yield f"- Sent: texts of up to {can.text_limit} characters, captions of {can.caption_limit}. Files: {_sizes(can)}."
    yield f"- Received: files of up to {_size(can.fetch_limit)}."
    reactions = "any emoji" if can.reactions is None else f"{len(can.reactions)} emoji" if can.reactions else "none"
    yield f"- Reactions: {reactions}. Read receipts: {'yes' if can.read_receipts else 'no'}."
    if can.window is not None:
        yield f"- Staff may write freely for {can.window // 3600} hours after each message of the client's."
    yield f"- Writing to somebody who never wrote: {_FIRST[can.first_message]}."
    if can.unofficial:
        yield "- Unofficial: the platform does not approve, and may ban the number."


def _sizes(can: Capabilities) -> str:
    """Kinds with one bound together, the smallest first."""
    bounds = sorted(set(can.sizes.values()))
    return ", ".join(f"{_kinds_of(can, bound)} {_size(bound)}" for bound in bounds)


def _kinds_of(can: Capabilities, bound: int) -> str:
    return " ".join(MARKS[kind].partition(" ")[0] for kind in MessageKind if can.sizes.get(kind) == bound)


def _size(count: int) -> str:
    return f"{count // _MEGABYTE} MB" if count >= _MEGABYTE else f"{count // 1024} KB"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
