"""What a handler holds: the person, the update, and one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aiogram.types import CallbackQuery, Message

from sales.ids import ClientId, PostId, TelegramId
from sales.outbox import notice
from sales.ports import Transactions, Work
from sales.staff import Staff
from sales.use_cases.team_lookup import staff_member

T = TypeVar("T")

SOURCE = "staff"
"""The name under which the staff bot's update ids are remembered."""


class Repeated(Exception):
    """This update was handled before: answered as success, nothing changes."""


@dataclass(slots=True)
class Act:
    """One update of one person. ``raw`` is as it came; ``answer`` is what the tap's toast (or alert) will say."""

    transactions: Transactions
    update_id: int
    telegram_id: TelegramId
    raw: Mapping[str, object]
    answer: str | None = None
    alert: bool = False
    acted: bool = False

    async def do(self, use_case: Callable[[Work, Staff], T]) -> T:
        """Run it as this person, in the transaction that also remembers the update.

        Raises ``Repeated``, ``NotStaff`` for someone we don't know, and whatever the use case raises.
        """

        return await self.enter(lambda work: use_case(work, staff_member(work, self.telegram_id)))

    async def enter(self, use_case: Callable[[Work], T]) -> T:
        """For someone who may still be a stranger. Raises ``Repeated``, and what the use case raises."""

        def once(work: Work) -> T:
            self.remember(work)
            return use_case(work)

        result = await self.transactions.write(once)
        self.acted = True
        return result

    async def look(self, view: Callable[[Work, Staff], T]) -> T:
        """Read something as this person, changing nothing."""
        return await self.transactions.read(lambda work: view(work, staff_member(work, self.telegram_id)))

    def remember(self, work: Work) -> None:
        """Raises ``Repeated``. An update may act in several transactions; only the first remembers it."""
        if not self.acted and not work.seen.add(SOURCE, [str(self.update_id)]):
            raise Repeated

    def say(self, text: str, *, alert: bool = False) -> None:
        """Shown at the tap."""
        self.answer, self.alert = text, alert


def tell(work: Work, staff: Staff, name: str, message: Message, *, about_client: ClientId | None = None) -> None:
    """A line under what they wrote."""
    reply_to = message.message_id
    work.outbox.put([notice(staff.id, name, reply_to=reply_to, about_client=about_client, sound=False)])


def post_of(query: CallbackQuery) -> PostId | None:
    """The post whose button was tapped."""
    return PostId(query.message.message_id) if query.message is not None else None
