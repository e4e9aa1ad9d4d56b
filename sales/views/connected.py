"""The connected channels, with what their adapters need: for the hub alone, since it holds secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sales.channels import Channel
from sales.ports import Work


@dataclass(frozen=True, slots=True)
class ConnectedChannel:
    channel: Channel
    secrets: Mapping[str, str] = field(repr=False)


def connected_channels(work: Work) -> tuple[ConnectedChannel, ...]:
    """All that are not removed."""
    return tuple(ConnectedChannel(channel, work.channels.secrets(channel.id)) for channel in work.channels.list())
