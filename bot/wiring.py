"""The composition root: the one place where rooms meet. Every part can be replaced by an argument."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from bot.clock import Clock, Due
from bot.dues import dues
from bot.holding import Hold, holding
from bot.media_keeping import MediaKeeping
from bot.nursery import Nursery, Part
from bot.settings import Settings
from bot.staff_side import StaffSide
from bot.state import Watch
from bot.times import now
from channels.files import FileSender
from channels.hub import Hub
from channels.intake import ChannelIntake
from channels.kinds import Addresses, Surroundings
from channels.linking import PhoneLinker
from channels.registry import KINDS
from channels.telegram.updates import Account
from channels.testing import ChannelTestRunner
from channels.words import english
from crm.adapters import CrmAdapters
from crm.sender import CrmSender
from delivery.pace import FILES, TELEGRAM, UNLIMITED, Pace, pace_of
from delivery.pressure import Pressure
from delivery.worker import Delivery
from sales.ids import Moment
from sales.outbox import STAFF_LANE
from sales.ports import LaneTransactions, Order, Transactions, Work
from sales.ports.files import MediaStore
from sales.ports.outgoing import Sender
from screens.language import Languages
from storage.crypto import Vault
from storage.database import Database, Lane
from storage.media_files import MediaFiles
from storage.transactions import SqlTransactions
from web.doors import Doors
from web.metrics import Numbers

T = TypeVar("T")
LANE_PACES = {"files": FILES}


@dataclass(frozen=True, slots=True)
class Grounds:
    """What everything else stands on. A test puts its own clock, database or media store here."""

    settings: Settings
    vault: Vault
    database: Database
    transactions: SqlTransactions
    media: MediaStore
    clock: Callable[[], Moment]


def lay_grounds(
    settings: Settings,
    vault: Vault,
    database: Database,
    *,
    clock: Callable[[], Moment] = now,
    media: MediaStore | None = None,
) -> Grounds:
    """Storage, ready to be used."""
    transactions = SqlTransactions(database, clock, vault)
    return Grounds(settings, vault, database, transactions, media or MediaFiles(settings.media_dir), clock)


def addresses_of(settings: Settings) -> Addresses:
    return Addresses(settings.telegram_api_url, settings.public_url, settings.whatsapp_api_url)


def staff_side(
    settings: Settings, transactions: Transactions, vault: Vault, media: MediaStore | None = None
) -> StaffSide:
    """The staff bot. Raises SettingsError without its token."""
    account = Account(settings.telegram_api_url, settings.need_token())
    titles = {name: kind.title for name, kind in KINDS.items()}
    store = media or MediaFiles(settings.media_dir)
    return StaffSide(
        account, transactions, store, Languages(settings.language), titles, vault.digest, addresses_of(settings)
    )


def words_for_clients(languages: Languages) -> Callable[[str], str | None]:
    """What Dibs itself says to clients, by name, in the workspace's language; ``None`` for a name without words."""

    def words(name: str) -> str | None:
        found = english(name)
        return languages.of(None).t(found) if found is not None else None

    return words


class House:
    """Everything put together, and nothing running yet."""

    def __init__(self, grounds: Grounds, nursery: Nursery, *, staff: StaffSide | None, listens: bool = True) -> None:
        self.grounds = grounds
        self.nursery = nursery
        self.staff = staff
        self.hold: Hold = holding(grounds.database)
        self.words = words_for_clients(Languages(grounds.settings.language))
        transactions, settings = grounds.transactions, grounds.settings
        self.intake = ChannelIntake(transactions, lambda items: self.numbers.received(items))
        self.hub = Hub(
            Surroundings(transactions, grounds.media, addresses_of(settings), self.words),
            self.intake,
            _Holding(nursery, self.hold),
            listens=listens,
            on_usable=lambda lane: self.delivery.wake([lane]),
        )
        if staff is not None:
            staff.lookups.hub = self.hub
        self.tests = ChannelTestRunner(transactions, self.hub, self.intake, self.words)
        self.linker = PhoneLinker(transactions, self.hub)
        self.crms = CrmAdapters(transactions)
        self._through = _ThroughLane(transactions)
        self.delivery = Delivery(self._through, self.sender_for, self.pace_for, grounds.clock)
        self.pressure = Pressure(transactions, grounds.clock)
        self.numbers = Numbers(self.delivery.metrics, lambda: tuple(nursery.down))
        self.watch = Watch(
            transactions, self.numbers, self.delivery.metrics.lanes, lambda: nursery.names, lambda: nursery.down
        )

    def sender_for(self, lane: str) -> Sender | None:
        """Who stands for a lane; ``None`` while nobody does, and then its rows wait."""
        if lane == STAFF_LANE:
            return self.staff.sender if self.staff is not None else None
        family, _, _ = lane.partition(":")
        if family == "files":
            return self._files
        return self._crm if family == "crm" else self.hub.sender_for(lane)

    def pace_for(self, lane: str) -> Pace:
        """How fast a lane may go."""
        family, _, _ = lane.partition(":")
        if family in LANE_PACES:
            return LANE_PACES[family]
        if family == "crm":
            slow = self.crms.limits_of(lane)
            return UNLIMITED if slow is None else pace_of(slow)
        if not self.grounds.settings.telegram_limits:
            return UNLIMITED
        limits = self.hub.limits_of(lane)
        return TELEGRAM if limits is None else pace_of(limits)

    @cached_property
    def _files(self) -> FileSender:
        staff = self.staff
        fetcher_for = self.hub.fetcher_for
        return FileSender(
            self.grounds.transactions,
            self.grounds.media,
            lambda held_by: staff.files if staff is not None and held_by == STAFF_LANE else fetcher_for(held_by),
        )

    @cached_property
    def _crm(self) -> CrmSender:
        return CrmSender(self.grounds.transactions, self.crms)

    @cached_property
    def clock(self) -> Clock:
        refresh = [Due("staff bot", 600, self.staff.refresh)] if self.staff is not None else []
        return Clock([*dues(self.grounds.transactions), *refresh, *self._media_dues()])

    def _media_dues(self) -> list[Due]:
        files, settings = self.grounds.media, self.grounds.settings
        if not isinstance(files, MediaFiles):
            return []
        keeping = MediaKeeping(self.grounds.transactions, files, settings.media_days, settings.media_gb)
        return [Due("unused files", 600, keeping.sweep), Due("media bounds", 3600, keeping.bound)]

    async def deliver(self, lane: Lane) -> None:
        """Send what is in the outbox while this process owns the sending."""
        self._through.target = self.grounds.transactions.on(lane)
        await self.crms.load()
        await self.delivery.run()

    def doors(self) -> Doors:
        """What the web side is given."""
        return Doors(
            channel=self.hub.door,
            staff=self.staff,
            too_full=self.pressure.too_full,
            state=self.watch.state,
            metrics=self.watch.metrics,
            observe=self.numbers.webhook,
        )

    async def close(self) -> None:
        """After everything that ran has ended."""
        await self.hub.close()
        await self.crms.close()
        if self.staff is not None:
            await self.staff.close()


class _ThroughLane:
    """Delivery's transactions, on the connection that holds the lane: losing the one loses the other."""

    def __init__(self, transactions: LaneTransactions) -> None:
        self.target = transactions

    async def write(self, use_case: Callable[[Work], T]) -> T:
        return await self.target.write(use_case)

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self.target.read(view)

    def leave(self, lane: str, use_case: Callable[[Work], T]) -> Order[T]:
        return self.target.leave(lane, use_case)


class _Holding:
    """The nursery as the hub sees it: a channel is listened to by one process at a time."""

    def __init__(self, nursery: Nursery, hold: Hold) -> None:
        self._nursery = nursery
        self._hold = hold

    def start(self, name: str, run: Part) -> None:
        async def alone() -> None:
            await self._hold(name, lambda lane: run())

        self._nursery.start(name, alone)

    async def end(self, name: str) -> None:
        await self._nursery.end(name)
