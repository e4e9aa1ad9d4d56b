"""Tables of channels, clients and what is said."""

from sqlalchemy import BigInteger, Boolean, Column, Computed, Index, Integer, Table, Text, UniqueConstraint

from sales.channels import ChannelState, Distribution
from sales.clients import IdentityKind
from sales.messages import Direction, MediaState, MessageKind, MessageStatus
from storage.tables.base import Key, metadata, moment, one_of, partial, pk, ref, rule

channels = Table(
    "channels",
    metadata,
    pk(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("distribution", Text, nullable=False),
    ref("crm_id", "crms"),
    Column("pipeline_id", Text),
    Column("stage_id", Text),
    Column("remind_after", Integer),
    Column("widen_after", Integer),
    Column("assign_after", Integer),
    Column("account", Text),
    Column("problem", Text),
    Column("account_key", Text, nullable=False),
    Column("secrets", Text, nullable=False),  # a JSON object, encrypted
    Column("poll_offset", BigInteger),
    moment("created_at"),
    one_of("state", ChannelState),
    one_of("distribution", Distribution),
    partial("uq_channels_account_key", "state <> 'removed'", "account_key", unique=True),
    sqlite_autoincrement=True,
)

QUIET = 4_000_000_000_000_000
CLOSED = 8_000_000_000_000_000
MERGED = 1_000_000_000_000_000_000
"""``rank`` puts clients in the order of lists: those who wait (since when), below QUIET; the others, below CLOSED,
the newest word first; closed ones above CLOSED in the same order; who was merged into another stands above MERGED, and
in no list. So every list is a range of an index."""

clients = Table(
    "clients",
    metadata,
    pk(),
    Column("name", Text, nullable=False),
    Column("name_key", Key, nullable=False),  # casefolded, for finding
    Column("username", Text),
    Column("username_key", Key),
    ref("owner_id", "staff", nullable=True),
    moment("waiting_since", nullable=True),
    moment("last_message_at", nullable=True),
    moment("closed_at", nullable=True),
    moment("not_client_at", nullable=True),
    ref("test_for", "staff", nullable=True),
    ref("merged_into", "clients", "CASCADE", nullable=True),
    moment("created_at"),
    Column(
        "rank",
        BigInteger,
        Computed(
            f"CASE WHEN merged_into IS NULL THEN 0 ELSE {MERGED} END"
            f" + CASE WHEN closed_at IS NULL THEN 0 ELSE {CLOSED} END"
            f" + CASE WHEN waiting_since IS NULL THEN {QUIET} - coalesce(last_message_at, 0) ELSE waiting_since END",
            persisted=True,
        ),
        nullable=False,
    ),
    Index("ix_clients_rank", "rank", "id"),
    Index("ix_clients_owner_id", "owner_id", "rank", "id"),
    partial("ix_clients_no_owner", "owner_id IS NULL", "rank", "id"),
    Index("ix_clients_name_key", "name_key"),
    partial("ix_clients_test_for", "test_for IS NOT NULL", "id"),
    partial("ix_clients_username_key", "username_key IS NOT NULL", "username_key"),
    partial("ix_clients_merged_into", "merged_into IS NOT NULL", "merged_into"),
    rule("merged", "merged_into IS NULL OR (owner_id IS NULL AND waiting_since IS NULL)"),
    sqlite_autoincrement=True,
)

identities = Table(
    "identities",
    metadata,
    pk(),
    ref("client_id", "clients", "CASCADE"),
    Column("kind", Text, nullable=False),
    Column("value", Key, nullable=False),
    UniqueConstraint("kind", "value"),
    Index("ix_identities_client_id", "client_id"),
    one_of("kind", IdentityKind),
)

FIRST_ADDRESS = "first_address"
conversations = Table(
    "conversations",
    metadata,
    pk(),
    ref("client_id", "clients", "CASCADE"),
    ref("channel_id", "channels"),
    Column("address", Text, nullable=False),
    moment("last_inbound_at", nullable=True),
    Column("unreachable", Text),
    moment("window_until", nullable=True),
    moment("window_step_at", nullable=True),  # when the clock looks at the window next
    moment("chosen_at", nullable=True),
    moment("created_at"),
    Column("client_rank", BigInteger, nullable=False),  # the client's rank again, for lists of one channel
    Column("first_address", Boolean, nullable=False),  # of the client on this channel: lists show each client once
    UniqueConstraint("channel_id", "address"),
    Index("ix_conversations_client_id", "client_id", "channel_id"),
    partial("ix_conversations_window_step_at", "window_step_at IS NOT NULL", "window_step_at"),
    partial("ix_conversations_channel_id", FIRST_ADDRESS, "channel_id", "client_rank", "client_id"),
    sqlite_autoincrement=True,
)

media = Table(
    "media",
    metadata,
    pk(),
    Column("state", Text, nullable=False),
    Column("held_by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("told_size", BigInteger),
    Column("mime", Text),
    Column("file_name", Text),
    Column("duration", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("unique_id", Text),
    Column("sha256", Text),
    Column("size", BigInteger),
    Column("problem", Text),
    moment("created_at"),
    one_of("state", MediaState),
    rule("stored", "state <> 'stored' OR (sha256 IS NOT NULL AND size IS NOT NULL)"),
    partial("ix_media_sha256", "sha256 IS NOT NULL", "sha256"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    pk(),
    ref("conversation_id", "conversations", "CASCADE"),
    ref("client_id", "clients", "CASCADE"),
    Column("direction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("entities", Text),  # JSON
    Column("details", Text),  # JSON: location, contact, label
    ref("media_id", "media", "SET NULL", nullable=True),
    Column("status", Text, nullable=False),
    moment("status_at", nullable=True),  # since when; unset for what never left
    moment("created_at"),  # with the id its place in the conversation; of history, when it was said
    moment("said_at"),
    ref("author_id", "staff", nullable=True),
    Column("external_id", Text),
    ref("reply_to", "messages", "SET NULL", nullable=True),
    Column("album", Text),
    moment("edited_at", nullable=True),
    moment("deleted_at", nullable=True),
    Column("client_reaction", Text),
    Column("staff_reaction", Text),
    Column("problem", Text),
    one_of("direction", Direction),
    one_of("kind", MessageKind),
    one_of("status", MessageStatus),
    rule("incoming", "direction <> 'in' OR (status = 'received' AND author_id IS NULL)"),
    rule("outgoing", "direction <> 'out' OR status <> 'received'"),
    rule("note", "direction <> 'note' OR (author_id IS NOT NULL AND external_id IS NULL)"),
    partial("uq_messages_external_id", "external_id IS NOT NULL", "conversation_id", "external_id", unique=True),
    Index("ix_messages_client_id", "client_id", "created_at", "id"),
    partial("ix_messages_album", "album IS NOT NULL", "conversation_id", "album"),
    partial("ix_messages_reply_to", "reply_to IS NOT NULL", "reply_to"),
    partial("ix_messages_media_id", "media_id IS NOT NULL", "media_id"),
    sqlite_autoincrement=True,
)
# Deleting a client reaches their messages through conversations, which SQLite looks up by this index.
Index("ix_messages_conversation_id", messages.c.conversation_id, messages.c.created_at, messages.c.id)

message_versions = Table(
    "message_versions",
    metadata,
    pk(),
    ref("message_id", "messages", "CASCADE"),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("entities", Text),
    Column("details", Text),
    ref("media_id", "media", "SET NULL", nullable=True),
    moment("until"),
    one_of("kind", MessageKind),
    Index("ix_message_versions_message_id", "message_id", "id"),
    partial("ix_message_versions_media_id", "media_id IS NOT NULL", "media_id"),
)

# Edits, deletions and reactions of messages that have not come yet.
early_changes = Table(
    "early_changes",
    metadata,
    pk(),
    ref("conversation_id", "conversations", "CASCADE"),
    Column("external_id", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("reaction", Text),
    Column("kind", Text),  # of an edit; the file of a message stays
    Column("text", Text),
    Column("entities", Text),
    Column("details", Text),
    moment("at"),
    one_of("kind", MessageKind),
    Index("ix_early_changes_conversation_id", "conversation_id", "external_id"),
    Index("ix_early_changes_at", "at"),
)
