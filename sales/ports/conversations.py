"""Books about clients and what is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sales.clients import Client, Conversation, Identity
from sales.ids import ChannelId, ClientId, ConversationId, MediaId, MessageId, Moment, StaffId
from sales.messages import Content, Direction, Media, MediaState, Message, MessageStatus, RemoteFile


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """Which clients to list.

    ``viewer_id`` limits to those whose owner they are, and to those who write on one of the ``watched`` channels.
    ``hidden`` ones are left out: other people's test clients.
    """

    viewer_id: StaffId | None = None
    watched: tuple[ChannelId, ...] = ()
    owner_id: StaffId | None = None
    channel_id: ChannelId | None = None
    waiting: bool = False
    closed: bool | None = False
    text: str | None = None
    no_owner: bool = False
    hidden: tuple[ClientId, ...] = ()


class Clients(Protocol):
    def get(self, client_id: ClientId) -> Client | None: ...
    def get_many(self, client_ids: Sequence[ClientId]) -> Mapping[ClientId, Client]: ...
    def find(self, identities: Sequence[Identity]) -> ClientId | None:
        """The client known by the strongest of these (they come strongest first)."""

    def find_all(self, identities: Sequence[Identity]) -> Sequence[ClientId]:
        """Everyone known by any of these, once each: who is known by the strongest comes first."""

    def known(self, identities: Iterable[Identity]) -> Mapping[Identity, ClientId]:
        """Whose these are; those that nobody has are left out."""

    def lock(self, client_ids: Sequence[ClientId]) -> bool:
        """Nobody else merges them until the transaction ends. Whether any has been merged into another meanwhile.

        Only where several write at once: elsewhere it costs nothing, and what was read holds anyway.
        """

    def add(
        self, name: str, identities: Sequence[Identity], username: str | None, test_for: StaffId | None
    ) -> Client: ...
    def identities(self, client_id: ClientId) -> Sequence[Identity]: ...
    def add_identities(self, client_id: ClientId, identities: Sequence[Identity]) -> None:
        """Those that nobody has yet."""

    def remove_identities(self, client_id: ClientId, identities: Sequence[Identity]) -> bool:
        """They are known by these no longer. Whether they were known by any."""

    def claim(self, client_id: ClientId, staff_id: StaffId) -> bool:
        """Make them the owner if nobody is: the one atomic step that decides (``WHERE owner_id IS NULL``)."""

    def hand_over(self, client_id: ClientId, from_id: StaffId | None, to_id: StaffId | None) -> bool:
        """Change the owner if it is still ``from_id``."""

    def save(self, client: Client) -> None:
        """Everything but the owner."""

    def touch(self, waiting: Mapping[ClientId, Moment], heard: Mapping[ClientId, Moment]) -> None:
        """Hot path: start waiting where nobody waits yet; note the last word. Reopens closed ones in ``heard``."""

    def list(self, which: ClientFilter, limit: int, offset: int = 0) -> Sequence[Client]:
        """Who waits longest first, then the newest word first."""

    def count(self, which: ClientFilter) -> int: ...
    def owned_by(self, staff_id: StaffId) -> Sequence[ClientId]: ...
    def tests(self) -> Sequence[Client]:
        """The made-up clients of channel tests: a handful at most."""

    def remove(self, client_id: ClientId) -> None:
        """With everything that hangs on them (a test client's traces)."""


class Conversations(Protocol):
    def get(self, conversation_id: ConversationId) -> Conversation | None: ...
    def by_address(self, keys: Sequence[tuple[ChannelId, str]]) -> Mapping[tuple[ChannelId, str], Conversation]: ...
    def add(
        self, client_id: ClientId, channel_id: ChannelId, address: str, window_until: Moment | None = None
    ) -> Conversation: ...
    def of_client(self, client_id: ClientId) -> Sequence[Conversation]:
        """Where answers go comes first: where the client wrote last, unless staff have chosen another since."""

    def choose(self, conversation_id: ConversationId) -> None:
        """From now on, and until the client writes elsewhere, answers go there."""

    def beside(self, channel_id: ChannelId, limit: int) -> Sequence[ClientId]:
        """Clients of this channel who can be reached on another that works, in the order of lists."""

    def heard(self, at: Mapping[ConversationId, Moment]) -> None:
        """The client wrote: so they can be reached as well."""

    def refile(self, conversation_id: ConversationId, address: str) -> None:
        """From now on it is to be found there; nothing else may be."""

    def open_windows(self, until: Mapping[ConversationId, Moment]) -> None:
        """Staff may write freely until then. Only ever later: what arrives late shortens nothing."""

    def shut_window(self, conversation_id: ConversationId) -> None:
        """The platform says that it is over, whatever we thought."""

    def windows_due(self, now: Moment, limit: int) -> Sequence[Conversation]:
        """Those whose window has come to its next step (``WINDOW_STEPS``), or has closed."""

    def plan_window(self, conversation_id: ConversationId, step_at: Moment | None) -> None:
        """When ``windows_due`` names it next."""

    def set_unreachable(self, conversation_id: ConversationId, why: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class NewMessage:
    """``history``: its place in the conversation is by ``said_at``; every other one comes last."""

    conversation_id: ConversationId
    client_id: ClientId
    direction: Direction
    content: Content
    status: MessageStatus
    said_at: Moment
    author_id: StaffId | None = None
    media_id: MediaId | None = None
    external_id: str | None = None
    reply_to: MessageId | None = None
    album: str | None = None
    history: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """``new`` is false for one that was kept before."""

    id: MessageId
    new: bool


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said before it was changed or deleted, and when that ended."""

    content: Content
    until: Moment


class Messages(Protocol):
    def get(self, message_id: MessageId) -> Message | None: ...
    def get_many(self, message_ids: Sequence[MessageId]) -> Mapping[MessageId, Message]: ...
    def add(self, messages: Sequence[NewMessage]) -> Sequence[MessageId]:
        """In this order. One whose (conversation, external id) exists already is not added: its id is returned."""

    def store(self, messages: Sequence[NewMessage]) -> Sequence[Stored]:
        """``add``, which also tells what was new."""

    def by_external(self, conversation_id: ConversationId, external_id: str) -> Message | None: ...
    def of_client(self, client_id: ClientId, limit: int, before: MessageId | None = None) -> Sequence[Message]:
        """The newest ``limit`` before ``before``, in their order."""

    def last_heard(self, conversation_id: ConversationId) -> str | None:
        """The external id of the newest message from the client in this conversation; calls are none."""

    def of_media(self, media_id: MediaId) -> Message | None: ...
    def of_album(self, conversation_id: ConversationId, album: str) -> Sequence[Message]: ...
    def count(self, client_id: ClientId) -> int: ...
    def change(self, message_id: MessageId, content: Content, at: Moment) -> None:
        """An edit: the former content becomes a version."""

    def delete(self, message_id: MessageId, at: Moment) -> None:
        """The content stays, as does every version; ``deleted_at`` says so."""

    def versions(self, message_id: MessageId) -> Sequence[Version]:
        """The oldest first."""

    def settle(
        self, message_id: MessageId, status: MessageStatus, external_id: str | None, problem: str | None
    ) -> None:
        """What became of one that left. A status never goes back, except to ``failed`` before ``delivered``.

        An ``external_id`` that another message of the conversation has already stays with that one.
        """

    def requeue(self, message_id: MessageId) -> None:
        """A failed one is tried again: ``queued``, its problem and the id it left under forgotten."""

    def set_reaction(self, message_id: MessageId, by_client: bool, reaction: str | None) -> None: ...
    def set_media(self, message_id: MessageId, media_id: MediaId | None) -> None: ...


@dataclass(frozen=True, slots=True)
class EarlyChange:
    """Of a message that has not come yet: an edit has ``content``; neither that nor ``deleted`` is a reaction."""

    conversation_id: ConversationId
    external_id: str
    at: Moment
    content: Content | None = None
    deleted: bool = False
    reaction: str | None = None


class EarlyChanges(Protocol):
    def add(self, change: EarlyChange) -> None: ...
    def take(self, keys: Sequence[tuple[ConversationId, str]]) -> Sequence[EarlyChange]:
        """Those of these messages, in their order; they are kept no longer."""

    def forget_before(self, moment: Moment) -> int: ...


@dataclass(frozen=True, slots=True)
class Swept:
    """``last`` is the last one looked at, ``None`` at the end; ``contents`` (SHA-256) nothing refers to any more."""

    last: MediaId | None
    contents: Sequence[str]


class MediaBook(Protocol):
    def get(self, media_id: MediaId) -> Media | None: ...
    def add(self, remote: RemoteFile) -> MediaId: ...
    def settle(
        self, media_id: MediaId, state: MediaState, sha256: str | None, size: int | None, problem: str | None
    ) -> None: ...
    def sweep(self, after: MediaId, before: Moment) -> Swept:
        """Forget those of a bite of files, by id, that no message shows or ever showed; only ones made before."""

    def expire(self, contents: Sequence[str]) -> None:
        """Files of these contents (SHA-256) are no longer kept."""
