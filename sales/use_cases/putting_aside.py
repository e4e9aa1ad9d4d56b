"""Events that could not be handled: kept as they came, and admins hear of the first of a pile."""

from sales import outbox
from sales.ports import Work
from sales.use_cases.team_lookup import admins


def put_aside(work: Work, source: str, update_id: str, raw: bytes, problem: str) -> None:
    """The caller has recorded the update as seen. Later ones join the pile without ringing again."""
    first = work.inbox.count() == 0
    inbox_id = work.inbox.add(source, update_id, raw, problem)
    if first:
        work.outbox.put(
            [outbox.notice(person.id, "inbox_event", inbox_id=inbox_id, sound=False) for person in admins(work)]
        )
