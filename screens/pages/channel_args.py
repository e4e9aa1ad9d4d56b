"""What pages about channels are given: ``<channel>``, ``<channel>.<number>``, and ``.setup`` at the end of a step."""

from dataclasses import dataclass

from sales.errors import NotFound
from sales.ids import ChannelId
from sales.use_cases.channel_form import SETUP


@dataclass(frozen=True, slots=True)
class Args:
    """``number`` is the page's own: a staff member, a page, a position."""

    channel_id: ChannelId
    number: int | None
    setup: bool

    @property
    def end(self) -> str:
        return SETUP if self.setup else ""


def read(args: str) -> Args:
    """Raises ``NotFound``."""
    plain = args.removesuffix(SETUP)
    channel, _, number = plain.partition(".")
    if not channel.isdecimal():
        raise NotFound("channel")
    return Args(ChannelId(int(channel)), int(number) if number.isdecimal() else None, plain != args)
