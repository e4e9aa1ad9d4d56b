"""What changes in someone's chat when their rights do: cards, views, their place in line, their menu.

The one door for every change of rights by an admin: role, switch, an override on a channel, removal. What someone may
no longer see is taken away, what they may see now is shown. Rows are enough for cards: they are rendered from the
rights there are when they leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sales import outbox
from sales.ids import ChannelId, StaffId
from sales.offers import CardState, Offer, OfferCard
from sales.ports import Work
from sales.rights import WRITERS, eligible, may_see, may_see_offer, role_on
from sales.staff import ChannelRole, Role, Staff
from sales.topics import Topic, TopicState
from sales.use_cases.team_lookup import managers_or_admins
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

    def role(self, channel_id: ChannelId) -> Role | None:
        return role_on(self.staff, self.overrides.get(channel_id))

    @property
    def rights(self) -> tuple[object, ...]:
        """What the menu and the sight of clients follow from."""
        on_channels = tuple(self.role(channel_id) for channel_id in sorted(self.overrides))
        return (self.staff.removed_at is not None, self.staff.admin, self.staff.role, on_channels)


def standing_of(work: Work, staff: Staff) -> Standing:
    channels = work.channels.list()
    return Standing(staff, {channel.id: work.staff.channel_role(staff.id, channel.id) for channel in channels})


def follow_rights(work: Work, before: Standing, staff: Staff) -> None:
    """``before`` was taken before the change; by now it is in the books, and ``staff`` is the person as they are."""
    after = standing_of(work, staff)
    _leave_lines(work, before, after)
    _bring_cards(work, before, after)
    if before.rights == after.rights:
        return
    _withdraw_views(work, after)
    if staff.reachable:
        work.outbox.put([outbox.menu(staff.id)])
        catch_up_seen(work, after)
    _ask_managers(work, before, after)


def _leave_lines(work: Work, before: Standing, after: Standing) -> None:
    """Who returns joins at the end of the line."""
    for channel_id in after.overrides:
        if before.takes_turns_on(channel_id) and not after.takes_turns_on(channel_id):
            work.turns.leave(after.staff.id, channel_id)


def _bring_cards(work: Work, before: Standing, after: Standing) -> None:
    for offer in work.offers.list_open():
        if before.sees(offer) != after.sees(offer):
            _bring_card(work, offer, after)


def _bring_card(work: Work, offer: Offer, after: Standing) -> None:
    """A card that is missing is put out, one that stands there is edited. Not one they have put aside themselves."""
    card = work.offers.card(offer.id, after.staff.id)
    if card is None:
        if not after.sees(offer) or not after.staff.reachable:
            return
        work.offers.save_card(OfferCard(offer.id, after.staff.id, CardState.SHOWN))
    elif card.state is CardState.HIDDEN:
        return
    work.outbox.put([outbox.card(offer.id, after.staff.id)])


def _withdraw_views(work: Work, after: Standing) -> None:
    for topic in work.topics.of_staff(after.staff.id):
        if (
            topic.client_id is not None
            and topic.state is not TopicState.CLOSING
            and not _still_sees(work, after, topic)
        ):
            close_view(work, after.staff.id, topic.client_id)


def _still_sees(work: Work, after: Standing, topic: Topic) -> bool:
    client = work.clients.get(topic.client_id) if topic.client_id is not None else None
    if client is None:
        return False
    channels = {conversation.channel_id for conversation in work.conversations.of_client(client.id)}
    return any(may_see(after.staff, after.role(channel_id), client) for channel_id in channels)


def catch_up_seen(work: Work, after: Standing) -> None:
    """Their own clients who wait open again, when a role that may see them has come back."""
    if any(after.role(channel_id) is not None for channel_id in after.overrides):
        catch_up(work, after.staff.id)


def _ask_managers(work: Work, before: Standing, after: Standing) -> None:
    """An owner who may no longer write keeps the clients; managers are asked, nothing is switched silently."""
    lost = [one for one in after.overrides if before.role(one) in WRITERS and after.role(one) not in WRITERS]
    if not lost or after.staff.removed_at is not None or not work.clients.owned_by(after.staff.id):
        return
    told: set[StaffId] = {person.id for channel_id in lost for person in managers_or_admins(work, channel_id)}
    about = after.staff.id
    work.outbox.put(
        [outbox.notice(one, "owner_may_not_write", about=about, sound=True) for one in sorted(told - {about})]
    )
