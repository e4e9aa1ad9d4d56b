"""Messages in staff chats: one, or an album kept together."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.ids import OutboxId
from sales.messages import MediaState
from sales.outbox import Dropped, Outcome, Retry, Row, Sent
from sales.ports import Work
from sales.use_cases.row_payload import client_of, message_of, staff_of
from sales.views.relays import Part, RelayKey, RelayView, relay_view, relay_views
from screens.desk import NO_VIEW, Desk, Run, needs_topic, thread_fact
from screens.failures import CallFailed
from screens.media import sendable
from screens.parts import Letter, Speaker, send_group, send_part
from screens.said import Told

GROUP_LIMIT = 10
FILE_ATTEMPTS = 5
FILE_SECONDS = 2.0
"""A file still on its way is waited for this often; then a line says that it isn't there."""


def load_relays(work: Work, rows: Sequence[Row]) -> dict[OutboxId, RelayView]:
    """What each shows; those that show nothing are not there."""
    views = relay_views(work, [_key(row) for row in rows])
    return {row.id: view for row, view in zip(rows, views, strict=True) if view is not None}


def _key(row: Row) -> RelayKey:
    client_id = client_of(row)
    if client_id is None:
        raise ValueError("a relay needs client_id")
    return staff_of(row), client_id, message_of(row)


async def send_relay(desk: Desk, row: Row) -> Outcome:
    key = _key(row)
    view = await desk.read(lambda work: relay_view(work, *key))
    return NO_VIEW if view is None else await send_relay_view(desk, row, view)


async def send_relay_view(desk: Desk, row: Row, view: RelayView) -> Outcome:
    if not view.parts:
        return Dropped("shown already")
    blocked = needs_topic(row, view.place)
    if blocked is not None:
        return blocked
    if row.attempts < FILE_ATTEMPTS and any(_on_its_way(part) for part in view.parts):
        return Retry("its file is still on its way", FILE_SECONDS)
    return await _send(desk, row, view)


def _on_its_way(part: Part) -> bool:
    return part.media is not None and part.media.state is MediaState.WANTED


async def _send(desk: Desk, row: Row, view: RelayView) -> Outcome:
    """Parts that an earlier attempt of this row has posted are not posted again."""
    run = desk.progress.runs.pop(row.id, None) or Run()
    try:
        await _send_chunks(desk, row, view, run)
    except CallFailed:
        if run.posts:
            desk.progress.runs[row.id] = run
        raise
    facts = thread_fact(view.place)
    if run.extra:
        facts["extra"] = ",".join(str(post) for post in run.extra)
    return Sent(tuple(str(post) for post in run.posts), facts)


async def _send_chunks(desk: Desk, row: Row, view: RelayView, run: Run) -> None:
    speaker = Speaker(desk, desk.language(view.place.staff), view.place)
    for chunk in _chunks(desk, view):
        if chunk.start < len(run.posts):
            continue
        letters = [_letter(row, view, part, chunk.start + index) for index, part in enumerate(chunk.parts)]
        sent = await (send_group(speaker, letters) if len(letters) > 1 else send_part(speaker, letters[0]))
        run.posts += sent.posts
        run.extra += sent.extra


def _letter(row: Row, view: RelayView, part: Part, index: int) -> Letter:
    """The first of an album says who sent it, answers what it answers, and rings."""
    first = index == 0
    told = Told(part.message, view.client, view.author, view.place.staff, view.place.flat, row.uncertain)
    return Letter(part, told, first, bool(row.payload.get("sound")) and first, view.reply_to if first else None)


@dataclass(frozen=True, slots=True)
class _Chunk:
    start: int
    parts: list[Part]


def _chunks(desk: Desk, view: RelayView) -> list[_Chunk]:
    """Neighbours that Telegram takes as one album stay together."""
    chunks: list[_Chunk] = []
    last: str | None = None
    for index, part in enumerate(view.parts):
        group = _group(desk, part) if len(view.parts) > 1 else None
        if group is not None and group == last and len(chunks[-1].parts) < GROUP_LIMIT:
            chunks[-1].parts.append(part)
        else:
            chunks.append(_Chunk(index, [part]))
        last = group
    return chunks


def _group(desk: Desk, part: Part) -> str | None:
    file = sendable(desk.media, part)
    return file.way.group if file is not None else None
