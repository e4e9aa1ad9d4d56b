"""What a merge means in staff chats: who sees the joined client sees all that was said, in one place."""

from collections.abc import Sequence
from dataclasses import replace

from sales import outbox
from sales.clients import Client
from sales.ids import ClientId, StaffId
from sales.merging import Merge
from sales.ports import Work
from sales.rights import may_see
from sales.topics import Topic, TopicState
from sales.use_cases.row_payload import message_of
from sales.use_cases.team_lookup import client_or_fail, role_of
from sales.use_cases.viewing import HISTORY, close_view, open_view, relay_messages, viewers
from sales.views.places import place_of

MOST_POSTS = 500
"""Posts taken back when a merge is undone; a bot deletes nothing older than 48 h anyway."""


def flat_viewers(work: Work, into: Client, gone: Client) -> list[StaffId]:
    """Who keeps seeing the client in a chat without topics: the posts may stand there as they do."""
    return [topic.staff_id for topic in _keepers(work, into, gone) if _is_flat(work, topic)]


def newcomers(work: Work, into: Client, gone: Client) -> list[StaffId]:
    """Who will see the joined client because they saw the one who goes."""
    known = {topic.staff_id for topic in viewers(work, into.id)}
    return [topic.staff_id for topic in _keepers(work, into, gone) if topic.staff_id not in known]


def _keepers(work: Work, into: Client, gone: Client) -> list[Topic]:
    """Viewers of the one who goes who may see the joined client."""
    return [topic for topic in viewers(work, gone.id) if _sees(work, topic.staff_id, into, (into.id, gone.id))]


def _sees(work: Work, staff_id: StaffId, client: Client, places: Sequence[ClientId]) -> bool:
    staff = work.staff.get(staff_id)
    channels = {one.channel_id for client_id in places for one in work.conversations.of_client(client_id)}
    return staff is not None and any(may_see(staff, role_of(work, staff, channel), client) for channel in channels)


def _is_flat(work: Work, topic: Topic) -> bool:
    place = place_of(work, topic.staff_id, topic.client_id)
    return topic.thread_id is None and place is not None and place.flat


def join_views(work: Work, into: Client, gone: Client) -> None:
    """After the rows have moved. Views of the one who goes are withdrawn; see ``joined_view_withdrawn``."""
    for topic in viewers(work, gone.id):
        waiting = work.outbox.take_relays(_stream(topic.staff_id, gone.id))
        stays = _sees(work, topic.staff_id, into, (into.id,))
        if stays and _is_flat(work, topic):
            _leave_post(work, topic)
        else:
            close_view(work, topic.staff_id, gone.id)
        if stays:
            _bring_view(work, topic.staff_id, into)
            work.outbox.put([_to(into.id, topic.staff_id, row) for row in waiting])
    for topic in viewers(work, into.id):
        if work.topics.get(topic.staff_id, gone.id) is None:
            show_unshown(work, topic.staff_id, into.id)


def _to(client_id: ClientId, staff_id: StaffId, row: outbox.Row) -> outbox.NewRow:
    """The same relay, in the view of this client."""
    sound, history = bool(row.payload.get("sound")), row.priority > outbox.Priority.RELAY
    return outbox.relay(staff_id, client_id, message_of(row), sound, history=history, due_at=row.due_at)


def _stream(staff_id: StaffId, client_id: ClientId) -> str:
    return outbox.header(staff_id, client_id).stream


def _leave_post(work: Work, topic: Topic) -> None:
    """In a chat without topics: nothing goes but the old header."""
    if topic.client_id is None:
        return
    work.topics.remove(topic.staff_id, topic.client_id)
    if topic.header_post is not None:
        work.outbox.put([outbox.erase(topic.staff_id, topic.header_post)])
        work.copies.remove(topic.staff_id, topic.header_post)


def _bring_view(work: Work, staff_id: StaffId, client: Client) -> None:
    """A view of the joined client, if they have none; what was said follows."""
    held = work.topics.get(staff_id, client.id)
    if held is not None and held.state is not TopicState.CLOSING:
        return
    fresh = held or Topic(staff_id, client.id, TopicState.WANTED)
    state = TopicState.OPEN if fresh.thread_id is not None else TopicState.WANTED
    work.topics.save(replace(fresh, state=state))
    work.outbox.put([outbox.topic(staff_id, client.id), outbox.header(staff_id, client.id)])


def show_unshown(work: Work, staff_id: StaffId, client_id: ClientId) -> None:
    """The newest messages that neither stand in this chat nor are on their way to it."""
    stream = _stream(staff_id, client_id)
    waiting = work.outbox.take_relays(stream)
    work.outbox.put([_to(client_id, staff_id, row) for row in waiting])
    coming = {message_of(row) for row in (*waiting, *work.outbox.relays_under_way(stream))}
    recent = [one for one in work.messages.of_client(client_id, HISTORY) if one.id not in coming]
    relay_messages(work, staff_id, client_id, recent, sound=False)


def joined_view_withdrawn(work: Work, staff_id: StaffId, client_id: ClientId) -> None:
    """A view of somebody who was merged into another has gone: now what stood there is shown with the joined client."""
    client = work.clients.get(client_id)
    if client is None or client.merged_into is None:
        return
    into = client_or_fail(work, client_id)
    topic = work.topics.get(staff_id, into.id)
    if topic is not None and topic.state is not TopicState.CLOSING:
        show_unshown(work, staff_id, into.id)


def part_views(work: Work, merge: Merge, into: Client, gone: Client) -> None:
    """After the rows have moved back: each client is shown where they may be seen, and nowhere else."""
    for topic in viewers(work, into.id):
        _take_back_relays(work, merge, topic.staff_id, into.id)
    _take_back_posts(work, merge, gone)
    for staff_id in merge.before.brought:
        if staff_id != into.owner_id:
            close_view(work, staff_id, into.id)
    owner = () if gone.owner_id is None else (gone.owner_id,)
    for staff_id in dict.fromkeys((*owner, *merge.before.viewers)):
        if _sees(work, staff_id, gone, (gone.id,)):
            open_view(work, staff_id, gone, sound=False)


def _take_back_relays(work: Work, merge: Merge, staff_id: StaffId, into_id: ClientId) -> None:
    """What is on its way into the view of the one it no longer belongs to."""
    waiting = work.outbox.take_relays(_stream(staff_id, into_id))
    ids = [message_of(row) for row in waiting]
    moved = set(work.merges.moved_among(merge.id, ids))
    stays = [row for row, id_ in zip(waiting, ids, strict=True) if id_ not in moved]
    work.outbox.put([_to(into_id, staff_id, row) for row in stays])


def _take_back_posts(work: Work, merge: Merge, gone: Client) -> None:
    """Posts in topics of the other client go; in a chat without topics they stay, where the reader may see them."""
    for copy in work.merges.shown_of(merge.id, MOST_POSTS):
        if copy.thread_id is None and _sees(work, copy.staff_id, gone, (gone.id,)):
            work.copies.add([replace(copy, client_id=gone.id)])
        else:
            work.copies.remove(copy.staff_id, copy.post_id)
            work.outbox.put([outbox.erase(copy.staff_id, copy.post_id)])
