"""Everything that leaves for staff chats: one small sender per kind of row."""

from collections.abc import Awaitable, Callable, Mapping

from sales.outbox import Outcome, Row, RowKind
from sales.ports import Transactions
from sales.ports.files import MediaStore
from sales.use_cases.topics import thread_lost
from sales.views.relays import relay_views
from screens.cards import send_card
from screens.desk import Desk
from screens.erase import send_erasure
from screens.failures import CallFailed, ThreadLost
from screens.headers import send_header
from screens.language import Languages
from screens.menus import send_menu
from screens.notices import send_notice
from screens.reactions import send_reaction
from screens.relay_edits import send_relay_edit
from screens.relays import send_relay
from screens.screen_rows import send_screen
from screens.telegram import StaffTelegram
from screens.together import Together
from screens.topics import forget_thread, send_topic
from screens.withdraw import send_withdrawal

SENDERS: dict[RowKind, Callable[[Desk, Row], Awaitable[Outcome]]] = {
    RowKind.CARD: send_card,
    RowKind.TOPIC: send_topic,
    RowKind.HEADER: send_header,
    RowKind.RELAY: send_relay,
    RowKind.RELAY_EDIT: send_relay_edit,
    RowKind.REACTION: send_reaction,
    RowKind.NOTICE: send_notice,
    RowKind.SCREEN: send_screen,
    RowKind.WITHDRAW: send_withdrawal,
    RowKind.MENU: send_menu,
    RowKind.ERASE: send_erasure,
}


class StaffSender:
    """``sales.ports.outgoing.Sender`` of the staff lane. ``titles`` names each kind of channel (``Telegram``)."""

    def __init__(
        self,
        transactions: Transactions,
        telegram: StaffTelegram,
        media: MediaStore,
        languages: Languages,
        titles: Mapping[str, str],
        public_url: str | None = None,
    ) -> None:
        relays = Together(transactions, relay_views)
        self._desk = Desk(transactions, telegram, media, languages, titles, relays, public_url=public_url)

    async def send(self, row: Row) -> Outcome:
        """Raises only for mistakes of ours: a row without its subject, a notice or a page without words."""
        try:
            return await SENDERS[row.kind](self._desk, row)
        except ThreadLost as lost:
            return await self._lost(row, lost)
        except CallFailed as failed:
            return failed.outcome()

    async def _lost(self, row: Row, lost: ThreadLost) -> Outcome:
        """Tried again at once: by now it either asks for a new topic first, or the chat is flat and needs none."""
        forget_thread(self._desk, lost.staff_id, lost.client_id)
        await self._desk.transactions.write(lambda work: thread_lost(work, lost.staff_id, lost.client_id))
        try:
            return await SENDERS[row.kind](self._desk, row)
        except CallFailed as failed:
            return failed.outcome()
