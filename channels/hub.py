"""The channels that are connected just now: each one's adapter, and its listening as a part of the process.

The books are read again whenever somebody says so, and every few seconds besides: commands change them from outside.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from channels.intake import ChannelIntake
from channels.kinds import Challenged, Connected, Kind, Prepares, Report, Surroundings, Take
from channels.registry import KINDS
from sales.channels import Channel, ChannelState, Limits
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.outbox import channel_lane
from sales.ports.channels import ChannelAdapter
from sales.ports.outgoing import Sender
from sales.use_cases.channel_problem import NoteChannelProblem, note_channel_problem
from sales.views.connected import ConnectedChannel, connected_channels

log = logging.getLogger(__name__)

REREAD = 5.0
"""Seconds between looks into the books when nobody says that they changed."""
BREAKS = frozenset({"token", "settings"})
"""Problems with which a channel stands until somebody repairs it."""


class Nursery(Protocol):
    """Who owns background work: ``bot.nursery.Nursery``."""

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None: ...
    async def end(self, name: str) -> None: ...


class WrongSecret(Exception):
    """What came to a channel's door is not from its platform."""


@dataclass(slots=True)
class _Held:
    """A connected channel."""

    entry: ConnectedChannel
    kind: Kind
    adapter: Connected

    @property
    def channel(self) -> Channel:
        return self.entry.channel


class Door:
    """Where a platform delivers to one channel."""

    def __init__(self, adapter: Connected, take: Take, open_now: bool) -> None:
        self._adapter = adapter
        self._take = take
        self._open = open_now

    def answer_challenge(self, query: Mapping[str, str]) -> str | None:
        """``None``: refused. Raises ``LookupError`` where the platform never asks."""
        if not isinstance(self._adapter, Challenged):
            raise LookupError
        return self._adapter.answer_challenge(query)

    async def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Returns when it is committed. Raises ``WrongSecret``, ``Unavailable`` (a paused channel, too).

        A broken one can't send; what clients write, and word that it works again, comes in all the same.
        """
        if not self._adapter.verify(headers, body):
            raise WrongSecret
        if not self._open:
            raise Unavailable("this channel is paused")
        if isinstance(self._adapter, Prepares):
            await self._adapter.prepare(body)
        await self._take(self._adapter.parse(body))


def _nobody_waits(lane: str) -> None:
    """Nothing is to be sent."""


class Hub:
    """``listens``: whether this process receives by itself (a process with ``--only delivery`` does not).

    ``on_usable`` is told of a lane that has a sender now: rows may have waited for it.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        intake: ChannelIntake,
        nursery: Nursery,
        *,
        listens: bool = True,
        on_usable: Callable[[str], None] = _nobody_waits,
    ) -> None:
        self._surroundings = surroundings
        self._intake = intake
        self._nursery = nursery
        self._listens = listens
        self._on_usable = on_usable
        self._held: dict[ChannelId, _Held] = {}
        self._retired: list[Connected] = []
        self._failed: dict[ChannelId, ConnectedChannel] = {}
        self._reading = asyncio.Lock()
        self._read_at = -REREAD
        self._changed = asyncio.Event()

    def refresh(self) -> None:
        """The books have changed."""
        self._changed.set()

    async def run(self) -> None:
        """Follow the books until cancelled."""
        while True:
            try:
                await self.reread()
            except Unavailable as error:
                log.warning("the channels can't be read now: %s", error)
            await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(REREAD):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    async def reread(self) -> None:
        """Bring the adapters in step with the books. Called once before delivery starts."""
        async with self._reading:
            self._read_at = asyncio.get_running_loop().time()
            await self._step()

    async def _step(self) -> None:
        entries = await self._surroundings.transactions.read(connected_channels)
        wanted = {entry.channel.id: entry for entry in entries if entry.channel.kind in KINDS}
        for channel_id in [channel_id for channel_id in self._held if channel_id not in wanted]:
            await self._drop(channel_id)
        before = {lane: self.sender_for(lane) for lane in self.lanes}
        for channel_id, entry in wanted.items():
            await self._follow(channel_id, entry)
        for lane in self.lanes:
            if self.sender_for(lane) is not before.get(
                lane
            ):  # also one that was replaced: for a while nobody stood there
                self._on_usable(lane)

    async def _follow(self, channel_id: ChannelId, entry: ConnectedChannel) -> None:
        held = self._held.get(channel_id)
        if held is not None and dict(held.entry.secrets) != dict(entry.secrets):
            await self._drop(channel_id)
            held = None
        listened = held is not None and held.channel.state is ChannelState.ACTIVE
        if held is None:
            held = await self._connect(entry)
            if held is None:
                return
            self._held[channel_id] = held
        held.entry = entry
        await self._follow_state(held, listened)

    async def _connect(self, entry: ConnectedChannel) -> _Held | None:
        """One channel that can't be set up stops none of the others."""
        kind = KINDS[entry.channel.kind]
        failed = self._failed.get(entry.channel.id)
        if failed is not None and failed.secrets == entry.secrets:
            return None
        try:
            adapter = kind.connect(entry.channel.id, entry.secrets, self._surroundings)
        except Exception:
            log.exception("channel %d can't be set up", entry.channel.id)
            self._failed[entry.channel.id] = entry
            await self._report(entry.channel.id)("settings")
            return None
        return _Held(entry, kind, adapter)

    async def _follow_state(self, held: _Held, listened: bool) -> None:
        active = held.channel.state is ChannelState.ACTIVE
        if listened and not active:
            log.warning("channel %d is %s (%s)", held.channel.id, held.channel.state, held.channel.problem or "-")
            await self._nursery.end(_part(held.channel.id))
        if active and not listened and self._listens:
            listen = partial(held.adapter.listen, self._take(held.channel.id), self._report(held.channel.id))
            self._nursery.start(_part(held.channel.id), listen)

    async def _drop(self, channel_id: ChannelId) -> None:
        """What is being sent by it just now may finish: it is closed at the end."""
        held = self._held.pop(channel_id)
        await self._nursery.end(_part(channel_id))
        self._retired.append(held.adapter)

    def _take(self, channel_id: ChannelId) -> Take:
        return partial(self._intake.take, channel_id)

    def _report(self, channel_id: ChannelId) -> Report:
        async def report(problem: str | None) -> None:
            command = NoteChannelProblem(channel_id, problem, problem in BREAKS)
            await self._surroundings.transactions.write(lambda work: note_channel_problem(work, command))
            if problem is not None:
                log.warning("channel %d: %s", channel_id, problem)
                self.refresh()

        return report

    def adapter(self, channel_id: ChannelId) -> ChannelAdapter | None:
        """For checks and tests of a channel."""
        held = self._held.get(channel_id)
        return held.adapter if held is not None else None

    def limits_of(self, lane: str) -> Limits | None:
        """How fast a channel's lane may go; ``None`` for a lane that is no channel's."""
        for channel_id, held in self._held.items():
            if channel_lane(channel_id) == lane:
                return held.adapter.capabilities.limits
        return None

    def sender_for(self, lane: str) -> Sender | None:
        """``None`` for a lane that is no channel's, or of a broken channel: its rows wait for the repair."""
        for channel_id, held in self._held.items():
            if channel_lane(channel_id) == lane and held.channel.state is not ChannelState.BROKEN:
                return held.adapter
        return None

    def fetcher_for(self, held_by: str) -> ChannelAdapter | None:
        """``held_by`` as in ``RemoteFile``: for channels it is the name of their lane."""
        return next((held.adapter for id_, held in self._held.items() if channel_lane(id_) == held_by), None)

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes that have a sender."""
        return tuple(lane for lane in map(channel_lane, self._held) if self.sender_for(lane) is not None)

    async def door(self, family: str, channel_id: ChannelId) -> Door | None:
        """``None``: no such channel under ``/webhooks/<family>/``. One that was added a moment ago is looked for, at
        most once a second, so that strangers who guess numbers cost nothing.
        """
        if channel_id not in self._held and asyncio.get_running_loop().time() - self._read_at > 1:
            await self.reread()
        held = self._held.get(channel_id)
        if held is None or held.kind.family != family:
            return None
        return Door(held.adapter, self._take(channel_id), held.channel.state is not ChannelState.PAUSED)

    async def close(self) -> None:
        """After the nursery has ended the listening and delivery its sending."""
        for adapter in [*self._retired, *(held.adapter for held in self._held.values())]:
            await adapter.close()
        self._held.clear()
        self._retired.clear()


def _part(channel_id: ChannelId) -> str:
    return f"channel {channel_id}"
