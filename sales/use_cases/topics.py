"""Topics that broke: recreate once, then flat."""

from dataclasses import replace

from sales import outbox
from sales.ids import ClientId, StaffId, later
from sales.ports import Work
from sales.topics import TopicState
from sales.use_cases.team_lookup import admins

SECOND_FAILURE_SECONDS = 60


def thread_lost(work: Work, staff_id: StaffId, client_id: ClientId | None) -> bool:
    """A topic's thread is gone. Returns whether this person's chat is flat from now on (a second loss in a minute)."""
    topic = work.topics.get(staff_id, client_id)
    if topic is None:
        return False
    again = topic.failed_at is not None and later(topic.failed_at, SECOND_FAILURE_SECONDS) > work.now
    work.topics.save(replace(topic, thread_id=None, header_post=None, state=TopicState.WANTED, failed_at=work.now))
    if again:
        _go_flat(work, staff_id)
    elif client_id is not None:
        work.outbox.put([outbox.header(staff_id, client_id)])
    return again


def _go_flat(work: Work, staff_id: StaffId) -> None:
    staff = work.staff.get(staff_id)
    if staff is None or staff.flat:
        return
    work.staff.save(replace(staff, flat=True))
    work.audit.add("flat_chat", f"staff:{staff_id}")
    work.outbox.put([outbox.notice(person.id, "went_flat", about=staff_id, sound=False) for person in admins(work)])
