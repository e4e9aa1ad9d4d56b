"""Trying a channel: a made-up client writes in, and the admin who tries it goes through everything a rep would.

Inside only: nothing of it reaches the platform. Here it is begun and ended; how it goes on is in ``follow_tests``.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sales import outbox
from sales.clients import Client
from sales.errors import NotFound
from sales.ids import ChannelId, ClientId, Moment, StaffId, later
from sales.offers import OfferCard
from sales.outbox import Row, Sent
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest, ChannelTestState
from sales.ports.channels import Finding
from sales.staff import Staff
from sales.use_cases.channels import channel_or_fail
from sales.use_cases.row_payload import post_of, staff_of
from sales.use_cases.team import check_admin

TEST_SECONDS = 30 * 60
"""How long a test may take, and how long its page waits for a message from the platform itself."""

PAGE = "channel_test"


def begin_test(work: Work, staff: Staff, channel_id: ChannelId) -> ChannelTest:
    """One at a time: a former one is ended. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, staff.id)
    channel = channel_or_fail(work, channel_id)
    former = work.channel_tests.get(staff.id)
    if former is not None:
        condemn(work, former.client_id)
    test = ChannelTest(staff.id, channel.id, secrets.token_hex(4), ChannelTestState.RUNNING, work.now)
    work.channel_tests.save(test)
    work.audit.add("channel.test", f"channel:{channel.id}", staff_id=staff.id)
    work.outbox.put([outbox.screen(staff.id, PAGE, test.mark)])
    return test


def end_test(work: Work, staff: Staff) -> ChannelTest:
    """What it made goes at once. Raises ``NotFound`` when none is running."""
    test = work.channel_tests.get(staff.id)
    if test is None or not live(test, work.now):
        raise NotFound("test")
    return close_test(work, test, ChannelTestState.CANCELLED)


def close_test(work: Work, test: ChannelTest, state: ChannelTestState) -> ChannelTest:
    """A test that has passed stays passed; stopped then, its page waits no longer (as if its time were over)."""
    if test.state is ChannelTestState.RUNNING:
        test = replace(test, state=state)
    elif state is ChannelTestState.CANCELLED:
        test = replace(test, started_at=later(work.now, -TEST_SECONDS))
    work.channel_tests.save(test)
    condemn(work, test.client_id)
    show(work, test)
    return test


def live(test: ChannelTest, now: Moment) -> bool:
    """Whether its page still changes: it runs, or has passed and waits for a word from the platform itself."""
    if test.state is ChannelTestState.RUNNING:
        return True
    in_time = later(test.started_at, TEST_SECONDS) > now
    return test.state is ChannelTestState.PASSED and test.real_at is None and in_time


def show(work: Work, test: ChannelTest) -> None:
    """Bring the page up to date, once it stands somewhere."""
    if test.post_id is not None:
        work.outbox.put([outbox.screen(test.staff_id, PAGE, test.mark, test.post_id)])


def condemn(work: Work, client_id: ClientId | None) -> None:
    """A test client is to go, with everything that hangs on it: ``follow_tests`` sweeps it up."""
    client = work.clients.get(client_id) if client_id is not None else None
    if client is not None and client.test_for is not None and client.not_client_at is None:
        work.clients.save(replace(client, not_client_at=work.now, waiting_since=None))


def page_sent(work: Work, row: Row, sent: Sent) -> None:
    """The page stands: from now on it is edited."""
    post_id = post_of(sent.facts)
    if row.payload.get("name") != PAGE or post_id is None:
        return
    test = work.channel_tests.get(staff_of(row))
    if test is not None and test.mark == row.payload.get("args"):
        moved = replace(test, post_id=post_id)
        work.channel_tests.save(moved)
        show(work, moved)


def note_findings(work: Work, staff_id: StaffId, mark: str, findings: Sequence[Finding]) -> None:
    """What the platform says of the account."""
    test = work.channel_tests.get(staff_id)
    if test is not None and test.mark == mark and test.findings != tuple(findings):
        noted = replace(test, findings=tuple(findings))
        work.channel_tests.save(noted)
        show(work, noted)


@dataclass(frozen=True, slots=True)
class OpenTests:
    """``live`` ones, and whether anything of former ones is left."""

    live: Sequence[ChannelTest]
    leftovers: bool


def open_tests(work: Work) -> OpenTests:
    """Asked every second, so it is cheap when there is nothing."""
    tests = [test for test in work.channel_tests.list() if live(test, work.now)]
    return OpenTests(tests, bool(work.clients.tests()))


def cards_of(work: Work, client: Client) -> Sequence[OfferCard]:
    offer = work.offers.newest_of(client.id)
    return work.offers.cards(offer.id) if offer is not None else ()
