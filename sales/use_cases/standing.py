"""What changes in someone's chat when their rights do: cards, views, their place in line, their menu.

The one door for every change of rights: role, switch, duty, reach, an override on a channel, removal. What someone no
longer may see is taken away, what they may see now is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sales import outbox
from sales.ids import ChannelId, StaffId
from sales.offers import CardState, Offer, OfferCard
from sales.ports import Work
from sales.rights import eligible, may_see, may_see_offer, role_on
from sales.staff import ChannelRole, Staff
from sales.topics import Topic, TopicState
from sales.use_cases.viewing import catch_up, close_view


@dataclass(frozen=True, slots=True)
class Standing:
    """A person and what differs for them, by channel: everything that rights follow from."""

    staff: Staff
    overrides: Mapping[ChannelId, ChannelRole | None]

    def sees(self, offer: Offer) -> bool:
        return may_see_offer(self.staff, self.overrides.get(offer.channel_id), offer)

    def takes_turns_on(self, channel_id: ChannelId) -> bool:
        return eligible(self.staff, self.overrides.get(channel_id))

    @property
    def roles(self) -> tuple[object, ...]:
        """What the menu and the sight of clients follow from."""
        on_channels = tuple(role_on(self.staff, override) for override in self.overrides.values())
        return (self.staff.removed_at is not None, self.staff.admin, self.staff.role, on_channels)


def standing_of(work: Work, staff_id: StaffId) -> Standing | None:
    """As it is in the books now."""
    staff = work.staff.get(staff_id)
    if staff is None:
        return None
    channels = work.channels.list()
    return Standing(staff, {channel.id: work.staff.channel_role(staff_id, channel.id) for channel in channels})


def follow_rights(work: Work, before: Standing | None) -> None:
    """``before`` was taken before the change (``None``: they are new); the change is in the books by now."""
    after = standing_of(work, before.staff.id) if before is not None else None
    if before is None or after is None:
        return
    _leave_lines(work, before, after)
    _bring_cards(work, before, after)
    if before.roles != after.roles:
        _bring_views(work, after)
        if before.staff.reachable:
            work.outbox.put([outbox.menu(after.staff.id)])


def welcome(work: Work, staff_id: StaffId) -> None:
    """Someone who is new, or can be reached again: their menu, the offers they may take, their waiting clients."""
    now = standing_of(work, staff_id)
    if now is None or not now.staff.reachable:
        return
    work.outbox.put([outbox.menu(staff_id)])
    for offer in work.offers.list_open():
        if now.sees(offer):
            _show_card(work, offer, staff_id)
    catch_up(work, staff_id)


def _leave_lines(work: Work, before: Standing, after: Standing) -> None:
    """Who returns joins at the end of the line."""
    for channel_id in after.overrides:
        if before.takes_turns_on(channel_id) and not after.takes_turns_on(channel_id):
            work.turns.leave(after.staff.id, channel_id)


def _bring_cards(work: Work, before: Standing, after: Standing) -> None:
    for offer in work.offers.list_open():
        could, can = before.sees(offer), after.sees(offer)
        if can and not could:
            _show_card(work, offer, after.staff.id)
        elif could and not can:
            _shrink_card(work, offer, after.staff.id)


def _show_card(work: Work, offer: Offer, staff_id: StaffId) -> None:
    """Not what they have put aside themselves; a card that shrank is brought back by an edit."""
    card = work.offers.card(offer.id, staff_id)
    if card is not None and card.state is CardState.HIDDEN:
        return
    if card is None:
        work.offers.save_card(OfferCard(offer.id, staff_id, CardState.SHOWN))
    work.outbox.put([outbox.card(offer.id, staff_id)])


def _shrink_card(work: Work, offer: Offer, staff_id: StaffId) -> None:
    """The card is rendered from the rights there are when it leaves, so the row is enough."""
    if work.offers.card(offer.id, staff_id) is not None:
        work.outbox.put([outbox.card(offer.id, staff_id)])


def _bring_views(work: Work, after: Standing) -> None:
    for topic in work.topics.of_staff(after.staff.id):
        if (
            topic.client_id is not None
            and topic.state is not TopicState.CLOSING
            and not _still_sees(work, after, topic)
        ):
            close_view(work, after.staff.id, topic.client_id)
    if after.staff.removed_at is None and after.staff.reachable:
        catch_up_seen(work, after)


def _still_sees(work: Work, after: Standing, topic: Topic) -> bool:
    client = work.clients.get(topic.client_id) if topic.client_id is not None else None
    if client is None:
        return False
    channels = {conversation.channel_id for conversation in work.conversations.of_client(client.id)}
    return any(may_see(after.staff, role_on(after.staff, after.overrides.get(one)), client) for one in channels)


def catch_up_seen(work: Work, after: Standing) -> None:
    """Their own clients who wait open again when a role that may see them has come back."""
    if any(role_on(after.staff, override) is not None for override in after.overrides.values()):
        catch_up(work, after.staff.id)
