"""Topics: one per client in each viewer's chat, and the Inbox."""

from sales.ids import ClientId, StaffId
from sales.outbox import Dropped, Outcome, Row, Sent
from sales.use_cases.row_payload import client_of, staff_of
from sales.views.topics import TopicView, topic_view
from screens import utf16
from screens.clients import name_of
from screens.desk import Desk
from screens.failures import ThreadLost
from screens.language import Language

NAME_LIMIT = 128
"""What Telegram allows a topic's name."""


async def send_topic(desk: Desk, row: Row) -> Outcome:
    """Make the thread where there is none, rename it where there is. The flat chat needs neither."""
    view = await desk.read(lambda work: topic_view(work, staff_of(row), client_of(row)))
    if view is None:
        return Dropped("the view was withdrawn")
    if view.place.flat:
        return Sent((), {"thread_id": None}, free=True)
    name = topic_name(desk, desk.language(view.place.staff), view)
    thread_id = view.place.thread_id or _made_already(desk, view)
    if thread_id is None:
        return await _create(desk, view, name)
    return await _rename(desk, view, thread_id, name)


def topic_name(desk: Desk, language: Language, view: TopicView) -> str:
    """``Anna K · Telegram``; tests are marked."""
    if view.client is None:
        return language.t("Inbox")
    kind = desk.titles.get(view.channel.kind, view.channel.kind) if view.channel is not None else ""
    tail = f" · {kind}" if kind else ""
    head = "🧪 " if view.client.test_for is not None else ""
    room = NAME_LIMIT - utf16.units(tail) - utf16.units(head)
    return f"{head}{utf16.cut(' '.join(name_of(language, view.client).split()), room)}{tail}"


async def _create(desk: Desk, view: TopicView, name: str) -> Outcome:
    staff = view.place.staff
    thread_id = await desk.telegram.create_topic(staff.telegram_id, name)
    desk.progress.threads[staff.id, view.place.client_id] = thread_id
    return Sent((), {"thread_id": thread_id, "name": name})


def _made_already(desk: Desk, view: TopicView) -> int | None:
    """A moment ago, for another row: its settling may not be committed yet."""
    return desk.progress.threads.get((view.place.staff.id, view.place.client_id))


async def _rename(desk: Desk, view: TopicView, thread_id: int, name: str) -> Outcome:
    """No call when nothing changed. A thread that is not there any more is reported lost."""
    topic = view.place.topic
    renamed = topic is not None and topic.thread_id == thread_id and topic.name not in (None, name)
    if renamed:
        try:
            await desk.telegram.rename_topic(view.place.staff.telegram_id, thread_id, name)
        except ThreadLost:
            raise ThreadLost(view.place.staff.id, view.place.client_id) from None
    return Sent((), {"thread_id": thread_id, "name": name}, free=not renamed)


def forget_thread(desk: Desk, staff_id: StaffId, client_id: ClientId | None) -> None:
    """It is gone: the next row makes a new one."""
    desk.progress.threads.pop((staff_id, client_id), None)
