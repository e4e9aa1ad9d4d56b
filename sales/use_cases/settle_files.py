"""A file is in the store, or can't be had: what waited for it may leave."""

from sales import outbox
from sales.ids import MediaId
from sales.messages import Direction, MediaState
from sales.outbox import Refused, Row, RowKind, Sent
from sales.ports import Work
from sales.use_cases.row_payload import media_of, number
from sales.use_cases.viewing import viewers

PATIENCE = 20 * 1000
"""Milliseconds that what a client wrote waits for its file; then it is shown without, and the file when it comes."""


def file_stored(work: Work, row: Row, sent: Sent) -> None:
    media_id = media_of(row)
    work.media.settle(media_id, MediaState.STORED, str(sent.facts["sha256"]), number(sent.facts, "size"), None)
    work.outbox.media_settled(media_id)
    if _is_late(work, row):
        _show_late(work, media_id)


def file_delayed(work: Work, row: Row) -> None:
    """It will be tried again, for a day: what the client says meanwhile is not held back that long."""
    if _is_late(work, row):
        work.outbox.show_without(media_of(row))


def _is_late(work: Work, row: Row) -> bool:
    return work.now - row.created_at > PATIENCE


def _show_late(work: Work, media_id: MediaId) -> None:
    message = work.messages.of_media(media_id)
    if message is not None:
        work.outbox.put(
            [
                outbox.late_file(topic.staff_id, message.client_id, message.id)
                for topic in viewers(work, message.client_id)
            ]
        )


def file_refused(work: Work, row: Row, refused: Refused) -> None:
    """Too big, or gone. A client whose file is too big is told so; staff see a line in its place."""
    media_id = media_of(row)
    state = MediaState.TOO_BIG if refused.code == "too_big" else MediaState.FAILED
    work.media.settle(media_id, state, None, None, refused.code)
    work.outbox.media_settled(media_id)
    if state is MediaState.TOO_BIG:
        _tell_client(work, row)


def _tell_client(work: Work, row: Row) -> None:
    message = work.messages.of_media(media_of(row))
    if message is None or message.direction is not Direction.IN:
        return
    conversation = work.conversations.get(message.conversation_id)
    if conversation is not None:
        work.outbox.put(
            [
                outbox.to_client(
                    RowKind.TEXT, conversation.channel_id, conversation.id, name="file_too_big", reply_to=message.id
                )
            ]
        )
