"""The unit of work: every book on one transaction, made when it is first asked for."""

from functools import cached_property

from sales.ids import Moment
from storage.crypto import Vault
from storage.repositories.channel_tests import ChannelTestsRepository
from storage.repositories.channels import ChannelsRepository
from storage.repositories.clients import ClientsRepository
from storage.repositories.conversations import ConversationsRepository
from storage.repositories.deals import DealsRepository
from storage.repositories.early_changes import EarlyChangesRepository
from storage.repositories.leads import CrmsRepository, LeadsRepository
from storage.repositories.media import MediaRepository
from storage.repositories.merges import MergesRepository
from storage.repositories.messages import MessagesRepository
from storage.repositories.offers import OffersRepository
from storage.repositories.outbox import OutboxRepository
from storage.repositories.people import AuditRepository, DialogsRepository, InvitesRepository
from storage.repositories.records import InboxBook, SeenBook, WorkspaceBook
from storage.repositories.staff import StaffRepository
from storage.repositories.turns import AssignmentsRepository, TurnsRepository
from storage.repositories.views import CopiesRepository, TopicsRepository
from storage.statements import Link


class SqlWork:
    """Implements ``sales.ports.Work``."""

    def __init__(self, link: Link, now: Moment, vault: Vault | None) -> None:
        self._on = (link, now, vault)
        self.now = now

    @cached_property
    def seen(self) -> SeenBook:
        return SeenBook(*self._on)

    @cached_property
    def inbox(self) -> InboxBook:
        return InboxBook(*self._on)

    @cached_property
    def workspace(self) -> WorkspaceBook:
        return WorkspaceBook(*self._on)

    @cached_property
    def staff(self) -> StaffRepository:
        return StaffRepository(*self._on)

    @cached_property
    def turns(self) -> TurnsRepository:
        return TurnsRepository(*self._on)

    @cached_property
    def assignments(self) -> AssignmentsRepository:
        return AssignmentsRepository(*self._on)

    @cached_property
    def audit(self) -> AuditRepository:
        return AuditRepository(*self._on)

    @cached_property
    def invites(self) -> InvitesRepository:
        return InvitesRepository(*self._on)

    @cached_property
    def dialogs(self) -> DialogsRepository:
        return DialogsRepository(*self._on)

    @cached_property
    def channels(self) -> ChannelsRepository:
        return ChannelsRepository(*self._on)

    @cached_property
    def channel_tests(self) -> ChannelTestsRepository:
        return ChannelTestsRepository(*self._on)

    @cached_property
    def clients(self) -> ClientsRepository:
        return ClientsRepository(*self._on)

    @cached_property
    def conversations(self) -> ConversationsRepository:
        return ConversationsRepository(*self._on)

    @cached_property
    def messages(self) -> MessagesRepository:
        return MessagesRepository(*self._on)

    @cached_property
    def early_changes(self) -> EarlyChangesRepository:
        return EarlyChangesRepository(*self._on)

    @cached_property
    def media(self) -> MediaRepository:
        return MediaRepository(*self._on)

    @cached_property
    def offers(self) -> OffersRepository:
        return OffersRepository(*self._on)

    @cached_property
    def topics(self) -> TopicsRepository:
        return TopicsRepository(*self._on)

    @cached_property
    def copies(self) -> CopiesRepository:
        return CopiesRepository(*self._on)

    @cached_property
    def leads(self) -> LeadsRepository:
        return LeadsRepository(*self._on)

    @cached_property
    def crms(self) -> CrmsRepository:
        return CrmsRepository(*self._on)

    @cached_property
    def deals(self) -> DealsRepository:
        return DealsRepository(*self._on)

    @cached_property
    def merges(self) -> MergesRepository:
        return MergesRepository(*self._on)

    @cached_property
    def outbox(self) -> OutboxRepository:
        return OutboxRepository(*self._on)
