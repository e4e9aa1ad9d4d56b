"""Rows for staff chats: each topic, each card and the screens are a stream of their own."""

from dataclasses import replace

from sales.ids import ClientId, Moment, OfferId, PostId, StaffId
from sales.outbox.kinds import NewRow, Priority, RowKind, Scalar
from sales.outbox.lanes import STAFF_LANE


def _staff_row(staff_id: StaffId, stream: str, kind: RowKind, priority: Priority, **payload: Scalar) -> NewRow:
    return NewRow(
        STAFF_LANE, f"staff:{staff_id}:{stream}", kind, {"staff_id": staff_id, **payload}, priority, f"staff:{staff_id}"
    )


def _collapsed(row: NewRow) -> NewRow:
    subject = ":".join(str(value) for value in row.payload.values())
    return replace(row, collapse=f"{row.kind}:{subject}")


def card(offer_id: OfferId, staff_id: StaffId) -> NewRow:
    return _collapsed(_staff_row(staff_id, f"card:{offer_id}", RowKind.CARD, Priority.CARD, offer_id=offer_id))


def topic(staff_id: StaffId, client_id: ClientId | None, front: bool = False) -> NewRow:
    stream = "screens" if client_id is None else f"client:{client_id}"
    row = _staff_row(staff_id, stream, RowKind.TOPIC, Priority.RELAY, client_id=client_id)
    return replace(row, front=front)


def header(staff_id: StaffId, client_id: ClientId) -> NewRow:
    return _collapsed(_staff_row(staff_id, f"client:{client_id}", RowKind.HEADER, Priority.HEADER, client_id=client_id))


def header_later(staff_id: StaffId, client_id: ClientId, due_at: Moment) -> NewRow:
    """Bring it up to date when there is nothing else to say: an edit costs as much of Telegram's 30/s as a message, so
    those of a burst become one.
    """
    return replace(header(staff_id, client_id), due_at=due_at, last=True)


def relay(
    staff_id: StaffId,
    client_id: ClientId,
    message_id: int,
    sound: bool,
    *,
    history: bool = False,
    due_at: Moment | None = None,
    waits_for: int | None = None,
) -> NewRow:
    row = _staff_row(
        staff_id,
        f"client:{client_id}",
        RowKind.RELAY,
        Priority.HISTORY if history else Priority.RELAY,
        client_id=client_id,
        message_id=message_id,
        sound=sound,
    )
    return replace(row, due_at=due_at, waits_for=waits_for)


def relay_edit(staff_id: StaffId, client_id: ClientId, message_id: int) -> NewRow:
    return _collapsed(
        _staff_row(
            staff_id,
            f"client:{client_id}",
            RowKind.RELAY_EDIT,
            Priority.RELAY,
            client_id=client_id,
            message_id=message_id,
        )
    )


def late_file(staff_id: StaffId, client_id: ClientId, message_id: int) -> NewRow:
    """The message was shown without its file, which is there now."""
    row = relay_edit(staff_id, client_id, message_id)
    return replace(row, payload={**row.payload, "late_file": True}, collapse=None)


def reaction(staff_id: StaffId, client_id: ClientId, message_id: int) -> NewRow:
    return _collapsed(
        _staff_row(
            staff_id,
            f"client:{client_id}",
            RowKind.REACTION,
            Priority.HEADER,
            client_id=client_id,
            message_id=message_id,
        )
    )


def notice(staff_id: StaffId, name: str, client_id: ClientId | None = None, /, **params: Scalar) -> NewRow:
    """One line to one person. ``name`` picks the words in ``screens``; about a client it stands in their topic.

    About an offer (``offer_id``) it comes after the card that it speaks of.
    """
    stream = "screens" if client_id is None else f"client:{client_id}"
    if client_id is None and "offer_id" in params:
        stream = f"card:{params['offer_id']}"
    return _staff_row(staff_id, stream, RowKind.NOTICE, Priority.REFUSAL, name=name, client_id=client_id, **params)


def screen(staff_id: StaffId, name: str, args: str = "", post_id: PostId | None = None) -> NewRow:
    """A page. With ``post_id`` that post is edited into it; else it is posted."""
    row = _staff_row(staff_id, "screens", RowKind.SCREEN, Priority.REFUSAL, name=name, args=args, post_id=post_id)
    return row if post_id is None else _collapsed(row)


def withdraw(staff_id: StaffId, client_id: ClientId) -> NewRow:
    return _staff_row(staff_id, f"client:{client_id}", RowKind.WITHDRAW, Priority.WITHDRAWAL, client_id=client_id)


def menu(staff_id: StaffId) -> NewRow:
    return _collapsed(_staff_row(staff_id, "menu", RowKind.MENU, Priority.HEADER))


def erase(staff_id: StaffId, post_id: PostId) -> NewRow:
    return _staff_row(staff_id, "screens", RowKind.ERASE, Priority.REFUSAL, post_id=post_id)
