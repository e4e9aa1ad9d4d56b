"""Where in a staff member's chat something stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sales.ids import ClientId, StaffId
from sales.ports import Work
from sales.staff import Staff
from sales.topics import Topic, TopicState

TOPICS_KEY = "staff.topics"
"""Workspace key: ``1`` while the staff bot has topics (from getMe)."""


@dataclass(frozen=True, slots=True)
class Place:
    """``topic`` is the record of the view, which the flat chat has too. ``client_id`` none: the Inbox."""

    staff: Staff
    client_id: ClientId | None
    flat: bool
    topic: Topic | None

    @property
    def thread_id(self) -> int | None:
        return self.topic.thread_id if self.topic is not None and not self.flat else None

    @property
    def ready(self) -> bool:
        """On a topics chat a post needs its thread first."""
        return self.flat or self.thread_id is not None

    @property
    def seen(self) -> bool:
        """They have the view of this client, and are not about to lose it."""
        return self.topic is not None and self.topic.state is not TopicState.CLOSING and self.staff.removed_at is None


def place_of(work: Work, staff_id: StaffId, client_id: ClientId | None) -> Place | None:
    """``None`` for a staff member who never was."""
    staff = work.staff.get(staff_id)
    if staff is None:
        return None
    flat = staff.flat or work.workspace.get(TOPICS_KEY) != "1"
    return Place(staff, client_id, flat, work.topics.get(staff_id, client_id))


def places_of(work: Work, keys: Sequence[tuple[StaffId, ClientId]]) -> Mapping[tuple[StaffId, ClientId], Place]:
    """Many at once: one statement for the topics, one for each person."""
    flat = work.workspace.get(TOPICS_KEY) != "1"
    people = {staff_id: work.staff.get(staff_id) for staff_id in {staff_id for staff_id, _ in keys}}
    views = work.topics.viewers_many(list({client_id for _, client_id in keys}))
    topics = {(topic.staff_id, client_id): topic for client_id, found in views.items() for topic in found}
    return {
        (staff_id, client_id): Place(staff, client_id, flat or staff.flat, topics.get((staff_id, client_id)))
        for staff_id, client_id in keys
        if (staff := people[staff_id]) is not None
    }


def place_about(work: Work, staff_id: StaffId, client_id: ClientId | None) -> Place | None:
    """Where a line about a client stands: with the client if they have that view, else in the Inbox."""
    place = place_of(work, staff_id, client_id)
    if client_id is None or place is None or place.seen:
        return place
    return Place(place.staff, None, place.flat, work.topics.get(staff_id, None))
