"""The client's card: posted and pinned once, edited ever after."""

import logging

from aiogram.utils.formatting import Bold, Text

from sales.ids import PostId
from sales.messages import MessageStatus
from sales.outbox import Outcome, Row, Sent
from sales.use_cases.row_payload import client_of, staff_of
from sales.views.headers import HeaderView, header_view
from screens import utf16
from screens.abilities import knows_templates
from screens.buttons import (
    AddNote,
    CloseClient,
    Earlier,
    NoReplyNeeded,
    ReopenClient,
    ShowStages,
    ShowTransfer,
    UseTemplate,
)
from screens.clients import TEST, channel_of, name_of
from screens.desk import NO_VIEW, Desk, needs_topic, thread_fact
from screens.failures import CallFailed, NotEditable, PostGone
from screens.language import Language, mark
from screens.post import Button, Keyboard, Post, lines, post, rows

log = logging.getLogger(__name__)

NAME_LIMIT = 200

STATUS = {
    MessageStatus.QUEUED: mark("sending"),
    MessageStatus.SENT: mark("sent {time}"),
    MessageStatus.DELIVERED: mark("delivered {time}"),
    MessageStatus.READ: mark("read {time}"),
    MessageStatus.FAILED: mark("⚠️ not sent"),
    MessageStatus.DROPPED: mark("not sent"),
}
"""What became of the last message of ours, and when."""

UNREACHABLE = {
    "blocked": mark("⛔ can't be written to: they stopped the bot"),
    "chat_not_found": mark("⛔ can't be written to: the chat is gone"),
}


async def send_header(desk: Desk, row: Row) -> Outcome:
    client_id = client_of(row)
    if client_id is None:
        raise ValueError("a header needs client_id")
    view = await desk.read(lambda work: header_view(work, staff_of(row), client_id))
    if view is None:
        return NO_VIEW
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    rendered = render_header(desk, desk.language(view.place.staff), view)
    if view.topic.header_post is not None and await _edited(desk, view, rendered, view.topic.header_post):
        return Sent()
    return await _post(desk, view, rendered)


async def _edited(desk: Desk, view: HeaderView, rendered: Post, post_id: PostId) -> bool:
    """False when it is not there any more (the person deleted it): it is posted anew."""
    try:
        await desk.telegram.edit(view.place.staff.telegram_id, post_id, rendered)
    except (PostGone, NotEditable):
        return False
    return True


async def _post(desk: Desk, view: HeaderView, rendered: Post) -> Outcome:
    post_id = await desk.telegram.send(view.place, rendered)
    if not view.place.flat:
        await _pin(desk, view, post_id)
    return Sent((str(post_id),), {"post_id": post_id, "client_id": view.client.id, **thread_fact(view.place)})


async def _pin(desk: Desk, view: HeaderView, post_id: PostId) -> None:
    """A header that isn't pinned still serves; posting it a second time because of that would not."""
    try:
        await desk.telegram.pin(view.place.staff.telegram_id, post_id)
    except CallFailed as failure:
        log.warning("header %s of staff %s is not pinned: %s", post_id, view.place.staff.id, failure)


def render_header(desk: Desk, language: Language, view: HeaderView) -> Post:
    name = utf16.cut(name_of(language, view.client), NAME_LIMIT)
    test = [Bold(TEST), " "] if view.client.test_for is not None else []
    first = Text(*test, Bold(name), *(f" · {fact}" for fact in _lead(language, view)))
    where = [channel_of(desk, view.channel)] if view.channel is not None else []
    second = " · ".join([*where, *_state(language, view), *_window(language, view)])
    return post(
        lines(first, second, _known_by(view), _owner(language, view), _trouble(language, view)),
        keyboard=_buttons(language, view),
    )


def _lead(language: Language, view: HeaderView) -> list[str]:
    if view.lead is None:
        return [language.t("lead is being made")] if view.pending else []
    number = language.t("lead #{number}", number=view.lead)
    return [number, view.stage] if view.stage else [number]


def _state(language: Language, view: HeaderView) -> list[str]:
    if view.client.closed_at is not None:
        return [language.t("closed")]
    if view.client.waiting_since is not None:
        return [language.t("waits since {time}", time=language.clock(view.client.waiting_since, view.now))]
    if view.last_out is not None and view.last_out.status in STATUS:
        time = language.clock(view.last_out.status_at or view.last_out.said_at, view.now)
        return [language.t(STATUS[view.last_out.status], time=time)]
    return []


def _window(language: Language, view: HeaderView) -> list[str]:
    """How long it stays open: edited at few steps only, so it also says until when."""
    until = view.window_until
    if until is None or until <= view.now or view.client.closed_at is not None:
        return []
    left, clock = language.between(view.now, until), language.clock(until, view.now)
    return [language.t("can write for {time}, until {clock}", time=left, clock=clock)]


def _known_by(view: HeaderView) -> str:
    username = f"@{view.client.username}" if view.client.username else None
    return " · ".join(fact for fact in (username, view.phone) if fact)


def _owner(language: Language, view: HeaderView) -> str | None:
    """Whoever looks at somebody else's client sees whose it is."""
    if view.owned_by_reader:
        return None
    return language.t("{name}'s client", name=view.owner) if view.owner else language.t("nobody's client yet")


def _trouble(language: Language, view: HeaderView) -> str | None:
    if view.unreachable is None:
        return _shut(language, view)
    return language.t(UNREACHABLE.get(view.unreachable, mark("⛔ can't be written to")))


def _shut(language: Language, view: HeaderView) -> str | None:
    if view.window_until is None or view.window_until > view.now:
        return None
    if knows_templates(view.channel):
        return language.t("🔒 only a template reaches them until they write")
    return language.t("🔒 can't be answered from here until they write: write from the account itself")


def _buttons(language: Language, view: HeaderView) -> Keyboard:
    client = view.client.id
    history = Button(language.t("History"), Earlier(client=client, before=0))
    if not view.writes:
        return ((history,),)
    closed = view.client.closed_at is not None
    end = (
        Button(language.t("Reopen"), ReopenClient(client=client))
        if closed
        else Button(language.t("Close"), CloseClient(client=client))
    )
    return rows(
        Button(language.t("Stage"), ShowStages(client=client)),
        Button(language.t("Transfer"), ShowTransfer(client=client)),
        Button(language.t("Note"), AddNote(client=client)),
        end,
        history,
        *_waits(language, view),
        *_templates(language, view),
        width=3,
    )


def _templates(language: Language, view: HeaderView) -> tuple[Button, ...]:
    shut = view.window_until is not None and view.window_until <= view.now
    if not shut or not knows_templates(view.channel):
        return ()
    return (Button(language.t("Use a template"), UseTemplate(client=view.client.id)),)


def _waits(language: Language, view: HeaderView) -> tuple[Button, ...]:
    if view.client.waiting_since is None:
        return ()
    return (Button(language.t("No reply needed"), NoReplyNeeded(client=view.client.id)),)
