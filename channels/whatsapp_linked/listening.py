"""Keeping the session at work, and its messages complete.

The gateway delivers by itself. Here it is told where to, looked at now and then, started when it stands still; and
what it could not deliver is read back from its chats: at start, whenever the session works again, and every few
minutes besides. Where it can't reach us, reading back is all there is.
"""

import asyncio
import json
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass

from channels.kinds import Report, Take
from channels.whatsapp_linked.client import Answered, Gateway, GatewayError
from channels.whatsapp_linked.envelopes import Eyes
from channels.whatsapp_linked.lids import Lids
from channels.whatsapp_linked.mapping import parse_event
from channels.whatsapp_linked.reading_back import Span, read_back
from channels.whatsapp_linked.session import Session, Webhook, ensure_session, restart
from channels.whatsapp_linked.states import FAILED, SCAN, WORKING
from sales.errors import Unavailable
from sales.ids import Moment, later
from sales.incoming import Incoming, Malformed
from sales.ports import Transactions
from sales.views.reading import ReadingBack, note_read_back, reading_back

log = logging.getLogger(__name__)

TOKEN_REFUSED = "token"  # noqa: S105 - a problem's code
REFUSED = "refused"
UNREACHABLE = "unreachable"

HISTORY = 30 * 86_400
"""Seconds before the connection that are read as history."""
FRESH = 900
"""Seconds in which a file of ours may still be on its way through us, its id not yet known."""
OVERLAP = 2 * FRESH
"""Seconds that are read once more each time: what was too fresh, and what overtook each other."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks at the session; between readings (with and without a webhook); at most after a failure."""

    look: float = 30.0
    sweep: float = 600.0
    poll: float = 10.0
    longest_pause: float = 60.0


class Listener:
    """One session's listening. ``run`` until cancelled, or until the key is refused or the phone has been logged out.

    ``nudge`` it when the gateway told of a change.
    """

    def __init__(
        self,
        gateway: Gateway,
        webhook: Webhook | None,
        eyes: Eyes,
        lids: Lids,
        transactions: Transactions,
        pace: Pace,
    ) -> None:
        self._gateway = gateway
        self._webhook = webhook
        self._eyes = eyes
        self._lids = lids
        self._transactions = transactions
        self._pace = pace
        self._nudged = asyncio.Event()
        self._was_working = False
        self._read_at: float | None = None
        self._failures = 0
        self._restarts = 0
        self._next_restart = 1

    def nudge(self, *, changed: bool) -> None:
        """``changed``: the session is in another state, and may have missed something meanwhile."""
        if changed:
            self._read_at = None
        self._nudged.set()

    async def run(self, take: Take, report: Report) -> None:
        known = await self._transactions.read(reading_back(self._eyes.channel_id))
        self._was_working = known.read_until is not None
        while not await self._round(take, report):
            await self._pause()

    async def _round(self, take: Take, report: Report) -> bool:
        """Whether it is no use going on."""
        try:
            try:
                over = await self._look(take, report)
            except GatewayError as error:
                return await self._failed(error, report)
        except Unavailable as error:
            log.warning("channel %d: nothing can be saved now: %s", self._eyes.channel_id, error)
            self._failures += 1
            return False
        self._failures = 0
        return over

    async def _failed(self, error: GatewayError, report: Report) -> bool:
        log.info("channel %d: the gateway: %s", self._eyes.channel_id, type(error).__name__)
        self._failures += 1
        code = UNREACHABLE
        if isinstance(error, Answered) and error.code < 500:
            code = TOKEN_REFUSED if error.code in (401, 403) else REFUSED
        await report(code)
        return code == TOKEN_REFUSED

    async def _look(self, take: Take, report: Report) -> bool:
        found = await ensure_session(self._gateway, self._webhook)
        if found.status != WORKING:
            self._read_at = None
        session = await self._restarted(found)
        if session.status != WORKING:
            return await self._tell(session, take)
        self._was_working, self._restarts, self._next_restart = True, 0, 1
        await report(None)
        await self._follow_lids(take)
        await self._read_if_due(take)
        return False

    async def _restarted(self, session: Session) -> Session:
        """A failed one, after more and more looks: it may have failed for good."""
        if session.status != FAILED:
            return session
        self._next_restart -= 1
        if self._next_restart > 0:
            return session
        self._restarts += 1
        self._next_restart = min(2**self._restarts, 32)
        return await restart(self._gateway, session)

    async def _tell(self, session: Session, take: Take) -> bool:
        """As if the gateway had told it. A code to scan where a phone was linked: it has been logged out."""
        before = [{"status": WORKING}] if self._was_working else []
        statuses = [*before, {"status": session.status}]
        payload = {"name": self._gateway.session, "status": session.status, "statuses": statuses}
        envelope = {"event": "session.status", "session": self._gateway.session, "payload": payload}
        now = await self._transactions.read(lambda work: work.now)
        raw = json.dumps({"id": f"look:{now}", **envelope}).encode()
        await take([parse_event(self._eyes, raw)])
        return session.status == SCAN and self._was_working

    # --- reading back ---

    async def _read_if_due(self, take: Take) -> None:
        now = asyncio.get_running_loop().time()
        every = self._pace.sweep if self._webhook is not None else self._pace.poll
        if self._read_at is not None and now < self._read_at + every:
            return
        first, self._read_at = self._read_at is None, now  # before it is done: a change meanwhile takes it back
        try:
            await self._read(take, all_chats=first)
        except BaseException:
            self._read_at = None
            raise

    async def _read(self, take: Take, *, all_chats: bool) -> None:
        known = await self._transactions.read(reading_back(self._eyes.channel_id))
        async for envelopes in read_back(self._gateway, _span(known, all_chats=all_chats)):
            await take([parse_event(self._eyes, raw) for raw in envelopes])
        await self._transactions.write(note_read_back(self._eyes.channel_id, known.now))

    async def _follow_lids(self, take: Take) -> None:
        """A phone that is known by now: the conversation that was filed under the LID goes on under the phone."""
        moved: Sequence[Incoming | Malformed] = [
            Incoming(self._eyes.channel_id, f"lid:{one.address}:{one.new_address}", one, b"{}")
            for one in await self._lids.look_up()
        ]
        if moved:
            await take(moved)

    async def _pause(self) -> None:
        """Until the next look; sooner when something has changed. Longer, and uneven, after failures."""
        seconds = self._pace.look if self._webhook is not None else min(self._pace.look, self._pace.poll)
        if self._failures:
            longest = min(self._pace.longest_pause, 2.0 ** min(self._failures, 10))
            seconds = random.uniform(longest / 2, longest)  # noqa: S311
        try:
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        except TimeoutError:
            return
        finally:
            self._nudged.clear()


def _span(known: ReadingBack, *, all_chats: bool) -> Span:
    """Since the last reading; at first, some of what was before the connection as well."""
    since = later(known.added_at, -HISTORY) if known.read_until is None else later(known.read_until, -OVERLAP)
    return Span(max(since, Moment(0)), known.added_at, later(known.now, -FRESH), all_chats)
