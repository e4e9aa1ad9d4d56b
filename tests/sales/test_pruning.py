"""What nobody needs any more goes; what a person may still ask for stays."""

from dataclasses import replace

from sales.ids import InviteId, Moment, later
from sales.outbox import NewRow, RowKind, RowState
from sales.ports import Work
from sales.ports.people import Dialog, Invite
from sales.use_cases.pruning import DAY, prune
from tests.sales.shop import Shop


async def test_forms_invites_and_update_ids_that_are_over_go(shop: Shop) -> None:
    now = shop.time.now

    def leave(work: Work) -> None:
        work.dialogs.set(Dialog(shop.anna.id, "note", {}, later(now, 3600)))
        work.dialogs.set(Dialog(shop.maria.id, "note", {}, None))
        work.invites.add("used", replace(invite(now), expires_at=later(now, 365 * DAY)))
        work.invites.use("used", shop.anna.telegram_id)
        work.invites.add("expired", invite(now))
        work.invites.add("good", replace(invite(now), expires_at=later(now, 365 * DAY)))
        work.seen.add("staff", ["1"])

    await shop.do(leave)
    await shop.do(prune)
    assert not await shop.do(lambda work: work.seen.add("staff", ["1"])), "nothing is old yet"
    assert await shop.do(lambda work: work.dialogs.get(shop.anna.id)) is not None

    shop.time.move(100 * DAY)
    await shop.do(prune)
    assert await shop.do(lambda work: work.seen.add("staff", ["1"])) == {"1"}
    assert await shop.do(lambda work: work.dialogs.get(shop.anna.id)) is None
    assert await shop.do(lambda work: work.dialogs.get(shop.maria.id)) is not None
    assert await shop.do(lambda work: work.invites.forget_before(shop.time.now)) == 0
    assert await shop.do(lambda work: work.invites.use("good", shop.anna.telegram_id)) is not None


def invite(now: Moment) -> Invite:
    return Invite(InviteId(0), None, False, False, None, later(now, DAY), None)


async def test_replayed_events_go_and_open_ones_stay(shop: Shop) -> None:
    def leave(work: Work) -> None:
        work.inbox.settle(work.inbox.add("staff", "1", b"{}", "replayed"))
        work.inbox.add("staff", "2", b"{}", "not yet")

    await shop.do(leave)
    shop.time.move(100 * DAY)
    await shop.do(prune)
    left = await shop.do(lambda work: work.inbox.list(10, open_only=False))
    assert [entry.update_id for entry in left] == ["2"]


async def test_rows_given_up_long_ago_go_and_waiting_ones_stay(shop: Shop) -> None:
    def leave(work: Work) -> None:
        work.outbox.put([NewRow("staff", "a", RowKind.MENU, {"staff_id": 1}), NewRow("staff", "b", RowKind.MENU, {})])
        row = work.outbox.claim("staff", work.now, 1)[0]
        work.outbox.finish(row.id, RowState.DEAD, "refused")

    await shop.do(leave)
    await shop.do(prune)
    assert len(await shop.do(lambda work: work.outbox.in_state(RowState.DEAD, 9))) == 1
    shop.time.move(100 * DAY)
    await shop.do(prune)
    assert await shop.do(lambda work: work.outbox.in_state(RowState.DEAD, 9)) == []
    assert len(await shop.do(lambda work: work.outbox.in_state(RowState.QUEUED, 9))) == 1


async def test_what_was_said_stays(shop: Shop) -> None:
    client_id = await shop.accepted()
    shop.time.move(4000 * DAY)
    await shop.do(prune)
    assert await shop.do(lambda work: work.messages.count(client_id)) == 1
    assert await shop.do(lambda work: work.audit.list(100)) != []
