"""Tables of the machine: what was seen, what leaves, what could not be handled, and settings."""

from sqlalchemy import BigInteger, Boolean, Column, Computed, Index, Integer, LargeBinary, Table, Text

from sales.outbox import RowKind, RowState
from sales.ports.channel_tests import ChannelTestState
from storage.tables.base import metadata, moment, one_of, partial, pk, ref, rule

workspace = Table("workspace", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

seen_updates = Table(
    "seen_updates",
    metadata,
    Column("source", Text, primary_key=True),
    Column("update_id", Text, primary_key=True),
    moment("at"),
    Index("ix_seen_updates_at", "at"),
    sqlite_with_rowid=False,
)

PER_PRIORITY = 5_000
"""Milliseconds of waiting that outweigh one point of priority: after 150 s a card (30) overtakes a fresh refusal."""

UNSETTLED = "state <> 'dead'"
"""Rows that were sent or dropped are deleted, so the table is as long as the backlog."""
READY = "head AND state = 'queued' AND ready AND waits_for IS NULL"
LATER = "head AND state = 'queued' AND NOT ready AND waits_for IS NULL"

outbox = Table(
    "outbox",
    metadata,
    pk(),
    Column("lane", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("priority", Integer, nullable=False),
    Column("bucket", Text, nullable=False),  # '' for none: NULLs can't be skipped over in an index
    moment("due_at"),
    Column("collapse", Text),
    Column("waits_for", BigInteger),
    Column("rank", Integer, nullable=False),  # 0: was put in front, 2: goes last, 1: the others
    Column("head", Boolean, nullable=False),  # the first unsettled row of its stream
    Column("ready", Boolean, nullable=False),  # its due time was seen to have come
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Boolean, nullable=False),
    moment("created_at"),
    Column("problem", Text),
    Column("urgency", BigInteger, Computed(f"due_at + priority * {PER_PRIORITY}", persisted=True), nullable=False),
    one_of("kind", RowKind),
    one_of("state", (RowState.QUEUED, RowState.SENDING, RowState.HELD, RowState.DEAD)),
    rule("head", "NOT head OR state <> 'dead'"),
    rule("sending", "state <> 'sending' OR head"),  # nothing overtakes within a stream
    partial("uq_outbox_head", "head", "stream", unique=True),
    partial("uq_outbox_collapse", "state = 'queued' AND collapse IS NOT NULL", "stream", "collapse", unique=True),
    partial("ix_outbox_stream", UNSETTLED, "stream", "rank", "id"),
    partial("ix_outbox_ready", READY, "lane", "urgency", "id"),
    partial("ix_outbox_bucket", READY, "lane", "bucket", "urgency", "id"),
    partial("ix_outbox_later", LATER, "lane", "due_at"),
    partial("ix_outbox_waits_for", "waits_for IS NOT NULL", "waits_for"),
    partial("ix_outbox_lane", UNSETTLED, "lane", "created_at"),
    partial("ix_outbox_odd", "state IN ('held', 'dead')", "state", "id"),
    sqlite_autoincrement=True,
)

channel_tests = Table(
    "channel_tests",
    metadata,
    ref("staff_id", "staff", primary_key=True),
    ref("channel_id", "channels"),
    Column("mark", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("started_at"),
    ref("client_id", "clients", "SET NULL", nullable=True),
    Column("post_id", BigInteger),
    Column("hops", Text, nullable=False),  # JSON
    moment("real_at", nullable=True),
    Column("findings", Text),  # JSON
    one_of("state", ChannelTestState),
    partial("ix_channel_tests_client_id", "client_id IS NOT NULL", "client_id"),
    sqlite_with_rowid=False,
)

lanes = Table(
    "lanes",
    metadata,
    Column("name", Text, primary_key=True),
    moment("frozen_until"),
    Index("ix_lanes_frozen_until", "frozen_until"),
)

inbox = Table(
    "inbox",
    metadata,
    pk(),
    Column("source", Text, nullable=False),
    Column("update_id", Text, nullable=False),
    moment("received_at"),
    Column("problem", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),  # encrypted
    moment("replayed_at", nullable=True),
    partial("ix_inbox_open", "replayed_at IS NULL", "id"),
    partial("ix_inbox_replayed", "replayed_at IS NOT NULL", "replayed_at"),
    sqlite_autoincrement=True,
)
