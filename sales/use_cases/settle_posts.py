"""What now stands in staff chats, and who can't be reached."""

from collections.abc import Sequence
from dataclasses import replace

from sales import outbox
from sales.ids import ClientId, MessageId, PostId
from sales.messages import Message
from sales.outbox import Refused, Row, RowKind, Sent
from sales.ports import Work
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from sales.use_cases.duty import blocked_the_bot
from sales.use_cases.row_payload import client_of, message_of, number, offer_of, post_of, staff_of

UNREACHABLE = frozenset({"blocked", "chat_not_found"})


def card_sent(work: Work, row: Row, sent: Sent) -> None:
    post_id = post_of(sent.facts)
    card = work.offers.card(offer_of(row), staff_of(row))
    if post_id is None or card is None:
        return
    if card.post_id is not None and card.post_id != post_id:  # known by a tap meanwhile, or no longer editable
        work.outbox.put([outbox.erase(card.staff_id, card.post_id)])
    work.offers.save_card(replace(card, post_id=post_id))


def topic_sent(work: Work, row: Row, sent: Sent) -> None:
    client_id = client_of(row)
    topic = work.topics.get(staff_of(row), client_id)
    if topic is None and client_id is None:
        topic = Topic(staff_of(row), None, TopicState.WANTED)
    thread_id, name = number(sent.facts, "thread_id"), sent.facts.get("name")
    if topic is not None and topic.state is not TopicState.CLOSING:
        called = str(name) if name is not None else topic.name
        work.topics.save(replace(topic, state=TopicState.OPEN, thread_id=thread_id or topic.thread_id, name=called))


def thread_of(sent: Sent) -> int | None:
    """The topic that the posts stand in."""
    return number(sent.facts, "thread")


def header_sent(work: Work, row: Row, sent: Sent) -> None:
    post_id = post_of(sent.facts)
    topic = work.topics.get(staff_of(row), client_of(row))
    if post_id is None or topic is None:
        return
    work.topics.save(replace(topic, header_post=post_id))
    copy = MessageCopy(
        staff_of(row), post_id, CopyKind.ABOUT, topic.client_id, posted_at=work.now, thread_id=thread_of(sent)
    )
    work.copies.add([copy])


def post_sent(work: Work, row: Row, sent: Sent) -> None:
    """A notice, a page or a line about a client: a reply to it finds them, and it goes with their view."""
    client_id = number(sent.facts, "client_id")
    if client_id is None:
        return
    message_id = number(sent.facts, "message_id")
    work.copies.add(
        [
            MessageCopy(
                staff_of(row),
                PostId(int(external_id)),
                CopyKind.ABOUT,
                ClientId(client_id),
                MessageId(message_id) if message_id is not None else None,
                media=bool(sent.facts.get("media")),
                posted_at=work.now,
                thread_id=thread_of(sent),
            )
            for external_id in sent.external_ids
        ]
    )


def relays_sent(work: Work, results: Sequence[tuple[Row, Sent]]) -> None:
    """Which post shows which message: of all relays of a batch at once."""
    if not results:
        return
    messages = work.messages.get_many([message_of(row) for row, _ in results])
    copies: list[MessageCopy] = []
    for row, sent in results:
        message = messages.get(message_of(row))
        if message is not None:
            copies += _copies(work, row, sent, message)
    work.copies.add(copies)


def _copies(work: Work, row: Row, sent: Sent, message: Message) -> list[MessageCopy]:
    """They belong to the view that they were sent to, also where its client was merged into another meanwhile."""
    staff_id, thread_id = staff_of(row), thread_of(sent)
    client_id = client_of(row) or message.client_id
    parts = [message] if len(sent.external_ids) <= 1 else _album_parts(work, row, message)
    return [
        MessageCopy(
            staff_id,
            PostId(int(external_id)),
            CopyKind.RELAY,
            client_id,
            part.id,
            media=part.media_id is not None,
            posted_at=work.now,
            thread_id=thread_id,
        )
        for part, external_id in zip(parts, sent.external_ids, strict=False)
    ] + [
        MessageCopy(
            staff_id,
            PostId(int(post_id)),
            CopyKind.ABOUT,
            client_id,
            message.id,
            posted_at=work.now,
            thread_id=thread_id,
        )
        for post_id in str(sent.facts.get("extra") or "").split(",")
        if post_id
    ]


def _album_parts(work: Work, row: Row, message: Message) -> list[Message]:
    """In the order of the parts, as they were sent: those that this person has no copy of yet."""
    parts = work.messages.of_album(message.conversation_id, message.album or "")
    return [part for part in parts if not work.copies.of_message(part.id, staff_of(row))]


def refused_by_staff(work: Work, row: Row, refused: Refused) -> None:
    """A staff chat refuses: someone unreachable is off the line; a message that can't be shown is spoken of."""
    if refused.code in UNREACHABLE:
        blocked_the_bot(work, staff_of(row), row.created_at)
        return
    client_id = client_of(row)
    if row.kind is RowKind.RELAY and client_id is not None:
        work.outbox.put(
            [outbox.notice(staff_of(row), "relay_failed", client_id, message_id=message_of(row), code=refused.code)]
        )
