"""Clients, what they are known by, and where they write."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ChannelId, ClientId, ConversationId, Moment, StaffId, later


class IdentityKind(StrEnum):
    PHONE = "phone"
    TELEGRAM = "telegram"
    WA_ID = "wa_id"
    WHATSAPP_USER = "whatsapp_user"
    LID = "lid"


@dataclass(frozen=True, slots=True)
class Identity:
    """One thing a client is known by: unique over the workspace. ``value`` is in the platform's canonical form."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True)
class Client:
    """A person who writes in. ``waiting_since`` is set while nobody has answered; ``test_for`` marks a test client.

    ``merged_into``: they turned out to be that one, who has all that was theirs. Only old buttons still name them.
    """

    id: ClientId
    name: str
    owner_id: StaffId | None
    waiting_since: Moment | None
    last_message_at: Moment | None
    closed_at: Moment | None = None
    not_client_at: Moment | None = None
    test_for: StaffId | None = None
    username: str | None = None
    merged_into: ClientId | None = None


WINDOW_STEPS = (12 * 3600, 3 * 3600, 3600, 0)
"""Seconds before a window closes at which those who see the client are shown how it stands."""


def next_window_step(until: Moment, now: Moment) -> Moment | None:
    """When a window that closes at ``until`` is looked at next; ``None``: it is over."""
    steps = (later(until, -seconds) for seconds in WINDOW_STEPS)
    return next((step for step in steps if step > now), None)


SHUT = Moment(0)
"""``window_until`` of a conversation in which the client has not written yet."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One client on one channel. ``address`` is where the platform delivers (a chat id, a phone).

    ``window_until``: how long staff may write freely; ``None`` where the platform sets no such limit. ``chosen_at``:
    since when staff go on here rather than where the client wrote last.
    """

    id: ConversationId
    client_id: ClientId
    channel_id: ChannelId
    address: str
    last_inbound_at: Moment | None = None
    unreachable: str | None = None
    window_until: Moment | None = None
    chosen_at: Moment | None = None

    def is_shut(self, now: Moment) -> bool:
        """Nothing written freely would arrive now."""
        return self.window_until is not None and self.window_until <= now

    def heard_after(self, moment: Moment) -> bool:
        """The client has written since."""
        return self.last_inbound_at is not None and self.last_inbound_at > moment
