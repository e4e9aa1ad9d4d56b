"""Tables of offers, of what stands in staff chats, and of leads."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from sales.leads import LeadState
from sales.offers import CardState, OfferState, Step
from sales.topics import CopyKind, TopicState
from storage.tables.base import metadata, moment, one_of, partial, pk, ref, rule

OPEN_OFFER = "state IN ('looking_up', 'open')"
OPEN_LEAD = "state IN ('wanted', 'incoming', 'open')"

offers = Table(
    "offers",
    metadata,
    pk(),
    ref("client_id", "clients", "CASCADE"),
    ref("channel_id", "channels"),
    ref("conversation_id", "conversations", "CASCADE"),
    Column("state", Text, nullable=False),
    moment("created_at"),
    moment("opened_at", nullable=True),
    moment("closed_at", nullable=True),
    ref("taken_by", "staff", nullable=True),
    Column("widened", Boolean, nullable=False),
    Column("next_step", Text),
    moment("next_step_at", nullable=True),
    ref("only_for", "staff", nullable=True),
    one_of("state", OfferState),
    one_of("next_step", Step),
    rule("taken", "state <> 'taken' OR taken_by IS NOT NULL"),
    partial("uq_offers_open", OPEN_OFFER, "client_id", unique=True),
    partial("ix_offers_next_step_at", f"{OPEN_OFFER} AND next_step_at IS NOT NULL", "next_step_at"),
    partial("ix_offers_open", OPEN_OFFER, "id"),
    Index("ix_offers_client_id", "client_id", "id"),
    Index("ix_offers_conversation_id", "conversation_id"),
    sqlite_autoincrement=True,
)

offer_cards = Table(
    "offer_cards",
    metadata,
    ref("offer_id", "offers", "CASCADE", primary_key=True),
    ref("staff_id", "staff", primary_key=True),
    Column("state", Text, nullable=False),
    Column("post_id", BigInteger),
    one_of("state", CardState),
    partial("uq_offer_cards_post_id", "post_id IS NOT NULL", "staff_id", "post_id", unique=True),
    Index("ix_offer_cards_staff_id", "staff_id", "offer_id"),
    sqlite_with_rowid=False,
)

topics = Table(
    "topics",
    metadata,
    pk(),
    ref("staff_id", "staff"),
    ref("client_id", "clients", "CASCADE", nullable=True),
    Column("state", Text, nullable=False),
    Column("thread_id", BigInteger),
    Column("header_post", BigInteger),
    Column("name", Text),
    moment("failed_at", nullable=True),
    moment("sounded_at", nullable=True),
    one_of("state", TopicState),
    Index("ix_topics_staff_id", "staff_id", "id"),
    partial("uq_topics_client", "client_id IS NOT NULL", "client_id", "staff_id", unique=True),
    partial("uq_topics_inbox", "client_id IS NULL", "staff_id", unique=True),
    partial("uq_topics_thread_id", "thread_id IS NOT NULL", "staff_id", "thread_id", unique=True),
)

message_copies = Table(
    "message_copies",
    metadata,
    ref("staff_id", "staff", primary_key=True),
    Column("post_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    ref("client_id", "clients", "CASCADE", nullable=True),
    ref("message_id", "messages", "CASCADE", nullable=True),
    ref("offer_id", "offers", "CASCADE", nullable=True),
    Column("media", Boolean, nullable=False),
    Column("thread_id", BigInteger),  # unset on the flat chat
    moment("posted_at", nullable=True),
    one_of("kind", CopyKind),
    rule("relay", "kind <> 'relay' OR message_id IS NOT NULL"),
    partial("ix_message_copies_client_id", "client_id IS NOT NULL", "client_id", "staff_id", "post_id"),
    partial("ix_message_copies_message_id", "message_id IS NOT NULL", "message_id", "staff_id"),
    partial("ix_message_copies_offer_id", "offer_id IS NOT NULL", "offer_id"),
    sqlite_with_rowid=False,
)

leads = Table(
    "leads",
    metadata,
    pk(),
    ref("client_id", "clients", "CASCADE"),
    ref("channel_id", "channels"),
    ref("crm_id", "crms"),
    Column("state", Text, nullable=False),
    Column("mark", Text, nullable=False),
    moment("created_at"),
    Column("external_id", Text),
    Column("contact_id", Text),
    ref("responsible_id", "staff", nullable=True),
    Column("pipeline_id", Text),
    Column("stage_id", Text),
    one_of("state", LeadState),
    UniqueConstraint("mark"),
    partial("uq_leads_external_id", "external_id IS NOT NULL", "crm_id", "external_id", unique=True),
    partial("uq_leads_open", OPEN_LEAD, "client_id", "crm_id", unique=True),
    Index("ix_leads_client_id", "client_id", "id"),
    sqlite_autoincrement=True,
)
