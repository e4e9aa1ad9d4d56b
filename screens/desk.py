"""What every sender of the staff lane needs at hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sales import outbox
from sales.ids import ClientId, OutboxId, PostId, StaffId
from sales.outbox import Blocked, Dropped, Outcome, Refused, Row, Scalar, Sent
from sales.ports import Transactions, Work
from sales.ports.files import MediaStore
from sales.staff import Staff
from sales.views.places import Place
from screens.failures import NotEditable, PostGone
from screens.language import Language, Languages
from screens.post import Post
from screens.telegram import StaffTelegram

T = TypeVar("T")
Facts = dict[str, Scalar]
"""Of ``Sent``, while it is put together."""


@dataclass(slots=True)
class Run:
    """What a relay has posted so far: one post per part, in order, and posts beyond that."""

    posts: list[PostId] = field(default_factory=list)
    extra: list[PostId] = field(default_factory=list)


@dataclass(slots=True)
class Cursor:
    """How far a withdrawal has come: the last post looked at, and how many could not be withdrawn.

    ``thread_id`` is the topic that went, with all that stood in it.
    """

    after: int = 0
    left: int = 0
    topic_done: bool = False
    thread_id: int | None = None


@dataclass(slots=True)
class Progress:
    """What rows have done already when they have to be tried again. In memory: after a crash they start over.

    ``threads`` are topics made a moment ago, whose settling may not be committed yet.
    """

    runs: dict[OutboxId, Run] = field(default_factory=dict)
    cursors: dict[OutboxId, Cursor] = field(default_factory=dict)
    threads: dict[tuple[StaffId, ClientId | None], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """``titles`` names each kind of channel (``Telegram``); ``public_url`` is where the internet reaches us."""

    transactions: Transactions
    telegram: StaffTelegram
    media: MediaStore
    languages: Languages
    titles: Mapping[str, str]
    progress: Progress = field(default_factory=Progress)
    public_url: str | None = None

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self.transactions.read(view)

    def language(self, staff: Staff) -> Language:
        return self.languages.of(staff.language)


def needs_topic(row: Row, place: Place) -> Blocked | None:
    """On a topics chat the thread comes first, in the same stream. One that exists is not made twice."""
    if place.ready:
        return None
    first = outbox.topic(place.staff.id, place.client_id, front=True)
    return Blocked(replace(first, stream=row.stream))


async def show(desk: Desk, row: Row, place: Place, post: Post, post_id: PostId | None) -> Outcome:
    """Edit ``post_id`` into ``post``; where that cannot be done, or there is none, post it."""
    if post_id is not None:
        try:
            await desk.telegram.edit(place.staff.telegram_id, post_id, post)
            return Sent((str(post_id),), _about(post))
        except (PostGone, NotEditable):
            pass
    blocked = needs_topic(row, place)
    if blocked is not None:
        return blocked
    sent = await desk.telegram.send(place, post)
    return Sent((str(sent),), {**_about(post), "post_id": sent, **thread_fact(place)})


def thread_fact(place: Place) -> Facts:
    """Which topic it was posted into; nothing on the flat chat."""
    return {} if place.thread_id is None else {"thread": place.thread_id}


def _about(post: Post) -> Facts:
    facts: Facts = {}
    if post.client_id is not None:
        facts["client_id"] = post.client_id
    if post.message_id is not None:
        facts["message_id"] = post.message_id
    return facts


NO_VIEW = Dropped("the view was withdrawn")
NOBODY = Refused("chat_not_found", "no such staff member")
