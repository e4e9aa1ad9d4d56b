"""Books about what stands in staff chats."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sales.ids import ClientId, MessageId, PostId, StaffId
from sales.topics import MessageCopy, Topic


class Topics(Protocol):
    """Who sees which client. A row is a view: it is made when someone gains it and removed when they lose it."""

    def get(self, staff_id: StaffId, client_id: ClientId | None) -> Topic | None: ...
    def by_thread(self, staff_id: StaffId, thread_id: int) -> Topic | None: ...
    def save(self, topic: Topic) -> None:
        """Insert or replace."""

    def remove(self, staff_id: StaffId, client_id: ClientId | None) -> None: ...
    def viewers(self, client_id: ClientId) -> Sequence[Topic]: ...
    def of_staff(self, staff_id: StaffId) -> Sequence[Topic]:
        """Every client this person sees, and their Inbox."""

    def viewers_many(self, client_ids: Sequence[ClientId]) -> Mapping[ClientId, Sequence[Topic]]: ...


class Copies(Protocol):
    def add(self, copies: Sequence[MessageCopy]) -> None: ...
    def at(self, staff_id: StaffId, post_id: PostId) -> MessageCopy | None: ...
    def of_message(self, message_id: MessageId, staff_id: StaffId | None = None) -> Sequence[MessageCopy]: ...
    def of_client(self, staff_id: StaffId, client_id: ClientId, limit: int, after: int = 0) -> Sequence[MessageCopy]:
        """By post id, from the one after ``after``."""

    def remove(self, staff_id: StaffId, post_id: PostId) -> None: ...
    def remove_of_client(self, staff_id: StaffId, client_id: ClientId) -> None: ...
