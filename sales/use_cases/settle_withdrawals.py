"""A view was taken away."""

from dataclasses import replace

from sales import outbox
from sales.ids import ClientId, StaffId, later
from sales.outbox import Row, Sent
from sales.ports import Work
from sales.topics import CopyKind, TopicState
from sales.use_cases.merging_views import joined_view_withdrawn
from sales.use_cases.row_payload import client_of, number, staff_of
from sales.use_cases.team_lookup import admins
from sales.use_cases.viewing import open_view

LASTING_SECONDS = 47 * 3600
"""What stood longer may still stand there, blanked: a bot deletes nothing older than 48 h."""
MOST_BLANKED = 1000


def withdrawn(work: Work, row: Row, sent: Sent) -> None:
    """The record goes with the view; if they were given the client back meanwhile, it is shown anew."""
    staff_id, client_id = staff_of(row), client_of(row)
    topic = work.topics.get(staff_id, client_id)
    if topic is None or client_id is None:
        return
    _forget_posts(work, staff_id, client_id)
    left = number(sent.facts, "left") or 0
    if left:
        work.audit.add("withdrawal_incomplete", f"client:{client_id}", f"staff {staff_id}, {left} posts")
        work.outbox.put(
            [
                outbox.notice(person.id, "withdraw_left", about=staff_id, left=left, sound=False)
                for person in admins(work)
            ]
        )
    if topic.state is TopicState.CLOSING:
        work.topics.remove(staff_id, client_id)
        joined_view_withdrawn(work, staff_id, client_id)
        return
    work.topics.save(replace(topic, thread_id=None, header_post=None, state=TopicState.WANTED))
    client = work.clients.get(client_id)
    if client is not None:
        open_view(work, staff_id, client, sound=False)


def _forget_posts(work: Work, staff_id: StaffId, client_id: ClientId) -> None:
    """Of a blanked post only whose it was stays known, so that a reply to it is refused and not asked about."""
    since = later(work.now, -LASTING_SECONDS)
    blanked = [
        replace(copy, kind=CopyKind.ABOUT, message_id=None, media=False)
        for copy in work.copies.of_client(staff_id, client_id, MOST_BLANKED)
        if copy.posted_at is not None and copy.posted_at <= since
    ]
    work.copies.remove_of_client(staff_id, client_id)
    work.copies.add(blanked)
