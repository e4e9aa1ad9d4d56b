"""A conversation page by page, as text: who said what and when, what it said before, and what was deleted."""

from dataclasses import replace

from aiogram.utils.formatting import Bold, Italic, Strikethrough, Text

from sales.ids import ClientId, MessageId
from sales.messages import Direction, MessageStatus
from sales.ports import Work
from sales.staff import Staff
from sales.views.browse import ChatView, Said, chat_view
from screens.buttons import AddNote, ShowTransfer, StopWatching, Turn, UndoMerge, Watch
from screens.clients import plain_name
from screens.contents import summary
from screens.language import Language
from screens.pages.page import Reader
from screens.post import Button, Keyboard, Post, lines, post

WORDS = 280
"""Longest excerpt of one message on a page; the whole of it stands in the opened view."""


def load(work: Work, staff: Staff, args: str) -> ChatView:
    """``args`` is ``<client>.<before>``."""
    client, _, before = args.partition(".")
    return chat_view(work, staff, ClientId(int(client)), MessageId(int(before)) if before.isdecimal() else None)


def render(view: ChatView, reader: Reader) -> Post:
    language, several = reader.language, len(view.channels) > 1
    blocks = [part for said in view.said for part in (_line(said, reader, several), "\n")]
    whole = post(lines(*_head(view, language)), "\n\n", *blocks, keyboard=_keyboard(view, language))
    return replace(whole, client_id=view.client.id)


def _head(view: ChatView, language: Language) -> list[object]:
    owner = language.t("owner {owner}", owner=view.owner) if view.owner else language.t("no owner")
    lead = language.t("lead #{lead}", lead=view.lead) if view.lead else None
    facts = " · ".join(
        part for part in (owner, lead, language.n("{count} message", "{count} messages", view.total)) if part
    )
    channels = " · ".join(f"«{channel.name}»" for channel in view.channels)
    return [Bold(plain_name(language, view.client), f" · /chat {view.client.id}"), facts, channels]


def _line(said: Said, reader: Reader, several: bool) -> object:
    """``several``: the client writes on more than one channel, so each message says on which."""
    language, message = reader.language, said.message
    words = summary(language, message.content)
    shown = words if len(words) <= WORDS else f"{words[:WORDS]}…"
    body: object = Strikethrough(shown) if message.deleted_at is not None else shown
    parts: list[object] = [
        Bold(f"{_arrow(said, language)} {said.author or language.t('From the account')}"),
        f" «{said.channel}»" if several and said.channel else "",
        f" {language.clock(message.said_at, reader.now)}\n",
        body,
    ]
    for version in said.versions:
        parts += ["\n", Italic(language.t("before: {words}", words=summary(language, version.content)[:WORDS]))]
    return lines(Text(*parts), *_marks(said, language))


def _arrow(said: Said, language: Language) -> str:
    return {Direction.IN: "←", Direction.OUT: "→", Direction.NOTE: language.t("📝 note,")}[said.message.direction]


def _marks(said: Said, language: Language) -> list[str]:
    message = said.message
    marks = []
    if message.deleted_at is not None:
        marks.append(language.t("🗑 deleted"))
    if message.status is MessageStatus.FAILED:
        marks.append(language.t("⚠️ not sent"))
    if message.client_reaction:
        marks.append(message.client_reaction)
    return marks


def _keyboard(view: ChatView, language: Language) -> Keyboard:
    client = view.client.id
    turn = []
    if view.before is not None:
        turn.append(Button(language.t("‹ Earlier"), Turn(name="chat", args=f"{client}.{view.before}")))
    if not view.newest:
        turn.append(Button(language.t("Newest"), Turn(name="chat", args=str(client))))
    watch = (
        Button(language.t("Close here"), StopWatching(client=client))
        if view.watching
        else Button(language.t("Open here, with files"), Watch(client=client))
    )
    acts = [Button(language.t("Note"), AddNote(client=client))]
    if view.writes:
        acts.append(Button(language.t("Give to…"), ShowTransfer(client=client)))
    undo = (
        (Button(language.t("Undo joining two clients"), UndoMerge(merge=view.undo)),) if view.undo is not None else ()
    )
    rows = (tuple(turn), (watch,), tuple(acts), undo, (Button(language.t("List"), Turn(name="chats", args="all.0")),))
    return tuple(row for row in rows if row)
