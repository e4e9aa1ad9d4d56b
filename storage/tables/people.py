"""Tables of the team: who works here, their turns, invites and what they are in the middle of."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from sales.staff import Role
from storage.tables.base import metadata, moment, one_of, partial, pk, ref, rule

staff = Table(
    "staff",
    metadata,
    pk(),
    Column("telegram_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("admin", Boolean, nullable=False),
    Column("receives_new_clients", Boolean, nullable=False),
    Column("on_duty", Boolean, nullable=False),
    Column("reachable", Boolean, nullable=False),
    Column("flat", Boolean, nullable=False),
    Column("language", Text),
    moment("created_at"),
    moment("removed_at", nullable=True),
    moment("started_at", nullable=True),
    one_of("role", Role),
    rule("telegram_id", "telegram_id > 0"),
    partial("uq_staff_telegram_id", "removed_at IS NULL", "telegram_id", unique=True),
    sqlite_autoincrement=True,
)

staff_channels = Table(
    "staff_channels",
    metadata,
    ref("staff_id", "staff", primary_key=True),
    ref("channel_id", "channels", primary_key=True),
    Column("role", Text),
    Column("no_access", Boolean, nullable=False),
    Column("receives_new_clients", Boolean),
    one_of("role", Role),
    rule("overrides", "role IS NOT NULL OR no_access OR receives_new_clients IS NOT NULL"),
    Index("ix_staff_channels_channel_id", "channel_id"),
    sqlite_with_rowid=False,
)

turns = Table(
    "turns",
    metadata,
    ref("channel_id", "channels", primary_key=True),
    ref("staff_id", "staff", primary_key=True),
    Column("place", BigInteger, nullable=False),
    UniqueConstraint("channel_id", "place"),
    Index("ix_turns_staff_id", "staff_id"),
    sqlite_with_rowid=False,
)

assignments = Table(
    "assignments",
    metadata,
    pk(),
    ref("client_id", "clients", "CASCADE"),
    ref("to_id", "staff", nullable=True),
    ref("from_id", "staff", nullable=True),
    ref("by_id", "staff", nullable=True),
    ref("offer_id", "offers", "SET NULL", nullable=True),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    moment("at"),
    Index("ix_assignments_client_id", "client_id", "id"),
    partial("ix_assignments_offer_id", "offer_id IS NOT NULL", "offer_id"),
)

audit = Table(
    "audit",
    metadata,
    pk(),
    moment("at"),
    ref("staff_id", "staff", nullable=True),
    Column("telegram_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

invites = Table(
    "invites",
    metadata,
    pk(),
    Column("digest", Text, nullable=False, unique=True),
    Column("role", Text),
    Column("admin", Boolean, nullable=False),
    Column("receives_new_clients", Boolean, nullable=False),
    ref("created_by", "staff", nullable=True),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    Column("used_by", BigInteger),
    one_of("role", Role),
    rule("used", "(used_at IS NULL) = (used_by IS NULL)"),
)

dialogs = Table(
    "dialogs",
    metadata,
    ref("staff_id", "staff", primary_key=True),
    Column("kind", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("secrets", Text),  # a JSON object, encrypted
    moment("expires_at", nullable=True),
)
