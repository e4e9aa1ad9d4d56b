"""The unit of work: everything a use case may touch, in one transaction."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sales.ids import Moment
from sales.ports.channel_tests import ChannelTests
from sales.ports.channels import Channels
from sales.ports.conversations import Clients, Conversations, EarlyChanges, MediaBook, Messages
from sales.ports.crm import Crms, Deals, Leads
from sales.ports.merging import Merges
from sales.ports.offers import Offers
from sales.ports.outgoing import Outbox
from sales.ports.people import Assignments, Audit, Dialogs, Invites, StaffBook, Turns
from sales.ports.records import Inbox, Seen, Workspace
from sales.ports.views import Copies, Topics

T = TypeVar("T")


class Work(Protocol):
    """One transaction. It commits when the use case returns, and leaves no trace when it raises."""

    @property
    def now(self) -> Moment: ...
    @property
    def seen(self) -> Seen: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def workspace(self) -> Workspace: ...
    @property
    def staff(self) -> StaffBook: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def assignments(self) -> Assignments: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def invites(self) -> Invites: ...
    @property
    def dialogs(self) -> Dialogs: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def channel_tests(self) -> ChannelTests: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def early_changes(self) -> EarlyChanges: ...
    @property
    def media(self) -> MediaBook: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def topics(self) -> Topics: ...
    @property
    def copies(self) -> Copies: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def crms(self) -> Crms: ...
    @property
    def deals(self) -> Deals: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def outbox(self) -> Outbox: ...


T_co = TypeVar("T_co", covariant=True)


class Order(Protocol[T_co]):
    """A use case that waits until something is put into its lane, and then runs with it, in the same transaction."""

    def hurry(self) -> None:
        """It is to run now, whether or not anything comes. Once it has begun, this changes nothing."""

    def take_back(self) -> bool:
        """Whether it will not run. Else it has begun, or is about to: then its outcome must be taken."""

    def when_done(self, call: Callable[[], None]) -> None:
        """``call`` in the event loop once there is an outcome."""

    async def outcome(self) -> T_co:
        """After the commit. Raises what the use case raises."""


class Transactions(Protocol):
    """Runs use cases. ``write`` returns after the commit; ``read`` sees one consistent state and changes nothing."""

    async def write(self, use_case: Callable[[Work], T]) -> T: ...
    async def read(self, view: Callable[[Work], T]) -> T: ...


class LaneTransactions(Transactions, Protocol):
    """For whoever empties lanes of the outbox."""

    def leave(self, lane: str, use_case: Callable[[Work], T]) -> Order[T]:
        """So that what comes in is claimed, and may leave, once it is durable. One order a lane."""
