"""Calls to the number: those that nobody took are told as missed. Dibs itself takes none."""

from channels.reading import Node
from channels.whatsapp_cloud.capabilities import WINDOW
from channels.whatsapp_cloud.messages import Named, read_id, read_moment
from channels.whatsapp_cloud.people import find_person
from sales.incoming import ClientWrote, Ignored
from sales.messages import Content, MessageKind


def call_events(value: Node, call: Node) -> list[Named]:
    """One item of ``calls``. Only the end of a call tells whether anybody spoke. Raises ``Anomalous``."""
    call_id, event = read_id(call), (call.maybe_text("event") or "")[:40]
    if not _is_missed(call, event):
        return [Named(f"call:{call_id}:{event}", Ignored("call"))]
    person = find_person(value, call.maybe_text("from"), call.maybe_text("from_user_id"))
    missed = ClientWrote(
        person.address,
        call_id,
        person.sender(),
        Content(MessageKind.CALL),
        read_moment(call),
        window=WINDOW,
        aliases=person.aliases,
        known_by=person.identities(),
    )
    return [Named(f"call:{call_id}:{event}", missed)]


def call_status(item: Node) -> Named:
    """How a call of ours fares; Dibs makes none."""
    return Named(f"call:{read_id(item)}:{item.text('status')[:40]}", Ignored("call"))


def _is_missed(call: Node, event: str) -> bool:
    """The client's, ended, and without any time in which somebody spoke."""
    ours = call.maybe_text("direction") == "BUSINESS_INITIATED"
    return event == "terminate" and not ours and not call.fields.get("duration") and "start_time" not in call
