"""What a channel's platform can do, for words and buttons that depend on it."""

from channels.registry import KINDS
from sales.channels import Capabilities, Channel, FirstMessage


def abilities(channel: Channel | None) -> Capabilities | None:
    """``None`` for a kind that this program does not know."""
    kind = KINDS.get(channel.kind) if channel is not None else None
    return kind.capabilities if kind is not None else None


def knows_templates(channel: Channel | None) -> bool:
    """Where nothing may be written freely, an approved template still may."""
    can = abilities(channel)
    return can is not None and can.first_message is FirstMessage.TEMPLATE


def window_seconds(channel: Channel | None) -> int | None:
    can = abilities(channel)
    return can.window if can is not None else None
