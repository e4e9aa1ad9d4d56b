"""Being there: /start, /on, /off, and a bot that was blocked."""

from dataclasses import replace

from sales import outbox
from sales.ids import Moment, StaffId
from sales.ports import Work
from sales.rights import may_see_offer
from sales.staff import Staff
from sales.topics import Topic, TopicState
from sales.use_cases.offering import show_cards
from sales.use_cases.team_lookup import admins, managers
from sales.use_cases.viewing import catch_up


def start(work: Work, staff: Staff) -> None:
    """They pressed /start: they can be reached, and see what waits for them."""
    if work.topics.get(staff.id, None) is None:
        work.topics.save(Topic(staff.id, None, TopicState.WANTED))
    staff = replace(staff, reachable=True, started_at=work.now)
    work.staff.save(staff)
    work.outbox.put([outbox.menu(staff.id), outbox.screen(staff.id, "start")])
    refresh_offers_for(work, staff)
    catch_up(work, staff.id)


def set_duty(work: Work, staff: Staff, on: bool) -> None:
    """/on and /off. Who returns joins the line at its end."""
    work.staff.save(replace(staff, on_duty=on))
    work.audit.add("duty", f"staff:{staff.id}", "on" if on else "off", staff_id=staff.id)
    if not on:
        work.turns.leave(staff.id)
    refresh_offers_for(work, replace(staff, on_duty=on))


def refresh_offers_for(work: Work, staff: Staff) -> None:
    """Bring the cards in one person's chat in step with what they may accept now."""
    for offer in work.offers.list_open():
        override = work.staff.channel_role(staff.id, offer.channel_id)
        if may_see_offer(staff, override, offer):
            show_cards(work, offer)
    work.outbox.put([outbox.card(card.offer_id, staff.id) for card in work.offers.open_cards_of(staff.id)])


def blocked_the_bot(work: Work, staff_id: StaffId, since: Moment) -> None:
    """A 403: they can't be reached, leave the line, and managers (else admins) are told, once.

    ``since`` is the earliest that it can mean: one that was under way when they pressed /start says nothing any more.
    """
    staff = work.staff.get(staff_id)
    if staff is None or not staff.reachable or (staff.started_at is not None and staff.started_at > since):
        return
    work.staff.save(replace(staff, reachable=False))
    work.turns.leave(staff_id)
    work.audit.add("unreachable", f"staff:{staff_id}")
    told = {person.id for channel in work.channels.list() for person in managers(work, channel.id)}
    told |= {person.id for person in admins(work)} if not told - {staff_id} else set()
    work.outbox.put(
        [
            outbox.notice(person_id, "staff_blocked_bot", about=staff_id, sound=True)
            for person_id in sorted(told - {staff_id})
        ]
    )
