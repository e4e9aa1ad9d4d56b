"""Everything that leaves for staff chats: one small sender per kind of row."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from sales.outbox import Outcome, Row, RowKind
from sales.ports import Transactions, Work
from sales.ports.files import MediaStore
from sales.ports.outgoing import Loaded, LoadingSender
from sales.use_cases.topics import thread_lost
from sales.views.relays import RelayView
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
from screens.relays import load_relays, send_relay, send_relay_view
from screens.screen_rows import send_screen
from screens.telegram import StaffTelegram
from screens.topics import forget_thread, send_topic
from screens.withdraw import send_withdrawal

Send = Callable[[Desk, Row], Awaitable[Outcome]]
SENDERS: dict[RowKind, Send] = {
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


class StaffSender(LoadingSender):
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
        self._desk = Desk(transactions, telegram, media, languages, titles, public_url=public_url)

    def load(self, work: Work, rows: Sequence[Row]) -> Loaded:
        """Of relays: they are the many."""
        return load_relays(work, [row for row in rows if row.kind is RowKind.RELAY])

    async def send_loaded(self, row: Row, loaded: object) -> Outcome:
        if not isinstance(loaded, RelayView):
            return await self.send(row)
        return await self._attempt(row, lambda desk, row: send_relay_view(desk, row, loaded))

    async def send(self, row: Row) -> Outcome:
        """Raises only for mistakes of ours: a row without its subject, a notice or a page without words."""
        return await self._attempt(row, SENDERS[row.kind])

    async def _attempt(self, row: Row, send: Send) -> Outcome:
        try:
            return await send(self._desk, row)
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
