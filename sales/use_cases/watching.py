"""Looking at a conversation that is not one's own: managers and quality control, every look on record."""

from sales import outbox
from sales.ids import ClientId, MessageId
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.team_lookup import check_sees, client_or_fail
from sales.use_cases.viewing import HISTORY, close_view, open_view, relay_messages


def watch(work: Work, staff: Staff, client_id: ClientId) -> None:
    """Open the client in one's own chat, media included, live until ``stop_watching``. Raises ``Forbidden``."""
    client = client_or_fail(work, client_id)
    check_sees(work, staff, client)
    note_look(work, staff, client_id)
    open_view(work, staff.id, client, sound=False)


def stop_watching(work: Work, staff: Staff, client_id: ClientId) -> None:
    """The view goes; an owner keeps theirs."""
    if client_or_fail(work, client_id).owner_id != staff.id:
        close_view(work, staff.id, client_id)


def show_earlier(work: Work, staff: Staff, client_id: ClientId, before: MessageId | None) -> int:
    """Bring older messages, media included, into one's view of the client. Returns how many there were."""
    client = client_or_fail(work, client_id)
    check_sees(work, staff, client)
    note_look(work, staff, client_id)
    if work.topics.get(staff.id, client_id) is None:
        open_view(work, staff.id, client, sound=False)
    oldest = before if before is not None else _oldest_shown(work, staff, client_id)
    messages = work.messages.of_client(client_id, HISTORY, oldest)
    work.outbox.put([outbox.notice(staff.id, "earlier", client_id, count=len(messages), sound=False)])
    relay_messages(work, staff.id, client_id, messages, sound=False)
    return len(messages)


def _oldest_shown(work: Work, staff: Staff, client_id: ClientId) -> MessageId | None:
    """By its place in the conversation: history has younger ids than what was said after it."""
    shown = {copy.message_id for copy in work.copies.of_client(staff.id, client_id, 1000)}
    messages = work.messages.get_many([one for one in shown if one is not None])
    oldest = min(messages.values(), key=lambda message: (message.created_at, message.id), default=None)
    return oldest.id if oldest is not None else None


def note_look(work: Work, staff: Staff, client_id: ClientId) -> None:
    """Every look into a conversation by someone who doesn't own it is on record."""
    if client_or_fail(work, client_id).owner_id != staff.id:
        work.audit.add("look", f"client:{client_id}", staff_id=staff.id)
