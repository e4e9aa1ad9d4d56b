"""Channel tests at work: the made-up client enters where the platform's own events do, and the account is checked."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from channels.hub import Hub
from channels.intake import ChannelIntake
from channels.kinds import Connected, MadeUp
from channels.registry import KINDS
from sales.clients import Identity
from sales.errors import Unavailable
from sales.ids import Moment
from sales.incoming import ClientWrote, Incoming
from sales.ports import Transactions
from sales.ports.channel_tests import ChannelTest, ChannelTestState
from sales.ports.channels import ChannelAdapter, Finding
from sales.use_cases.channel_test import note_findings, open_tests
from sales.use_cases.follow_tests import follow_tests

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks."""
PATIENCE = 10.0
"""Seconds a platform has to answer a check."""
CHECK_AGAIN = 5.0
"""Seconds until an account is checked again that was not all right: a webhook may be set a moment later."""

Words = Callable[[str], str | None]


class ChannelTestRunner:
    """``run`` until cancelled. ``words`` puts what the made-up client says into words, by name."""

    def __init__(self, transactions: Transactions, hub: Hub, intake: ChannelIntake, words: Words) -> None:
        self._transactions = transactions
        self._hub = hub
        self._intake = intake
        self._words = words
        self._checked: dict[str, float] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.turn()
            except Unavailable as error:
                log.warning("channel tests have to wait: %s", error)
            await asyncio.sleep(TICK)

    async def turn(self) -> None:
        """Everything that can be done for every test now."""
        found = await self._transactions.read(open_tests)
        if not found.live and not found.leftovers:
            self._checked.clear()
            return
        for test in found.live:
            await self._help(test)
        await self._transactions.write(follow_tests)

    async def _help(self, test: ChannelTest) -> None:
        adapter = await self._adapter(test)
        if adapter is None:
            return
        if test.client_id is None and test.state is ChannelTestState.RUNNING:
            await self._enter(test, adapter)
        if self._wants_check(test):
            await self._check(test, adapter)

    async def _adapter(self, test: ChannelTest) -> ChannelAdapter | None:
        """Of a channel that was added a moment ago, too."""
        if self._hub.adapter(test.channel_id) is None:
            await self._hub.reread()
        return self._hub.adapter(test.channel_id)

    async def _enter(self, test: ChannelTest, adapter: ChannelAdapter) -> None:
        """Repeated until its client is there; the same update counts once."""
        channel = await self._transactions.read(lambda work: work.channels.get(test.channel_id))
        if channel is not None:
            event = made_up_event(test, channel.kind, adapter, self._words)
            await self._intake.take(test.channel_id, [event])

    def _wants_check(self, test: ChannelTest) -> bool:
        if test.findings is not None and all(finding.ok for finding in test.findings):
            return False
        return asyncio.get_running_loop().time() >= self._checked.get(test.mark, 0.0) + CHECK_AGAIN

    async def _check(self, test: ChannelTest, adapter: ChannelAdapter) -> None:
        findings = await check_patiently(adapter)
        self._checked[test.mark] = asyncio.get_running_loop().time()
        await self._transactions.write(lambda work: note_findings(work, test.staff_id, test.mark, findings))


async def check_patiently(adapter: ChannelAdapter) -> list[Finding]:
    """A platform that does not answer in time is a finding, too."""
    try:
        async with asyncio.timeout(PATIENCE):
            return list(await adapter.check())
    except TimeoutError:
        return [Finding(False, "no_answer", {})]


def made_up_event(test: ChannelTest, kind: str, adapter: ChannelAdapter | Connected, words: Words) -> Incoming:
    """What the platform would deliver, read as such; only then marked as a test, so that nobody takes it for real."""
    who = MadeUp(words("test_client") or "Test", words("test_message") or "Test", Moment(test.started_at))
    read = adapter.parse(KINDS[kind].made_up(who))[0]
    if not isinstance(read, Incoming) or not isinstance(read.event, ClientWrote):
        raise TypeError("a made-up message was not read as a message")
    known_by = Identity(read.event.sender.identities[0].kind, test.address)
    sender = replace(read.event.sender, identities=(known_by,))
    event = replace(read.event, address=test.address, sender=sender)
    return replace(read, update_id=test.address, event=event, test=True)
