"""Tables of connected CRMs, and those of the built-in one."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from sales.leads import LeadState, StageKind
from storage.tables.base import metadata, moment, one_of, partial, pk, ref, rule

OPEN_DEAL = "state IN ('incoming', 'open')"

crms = Table(
    "crms",
    metadata,
    pk(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secrets", Text, nullable=False),  # a JSON object, encrypted; '' for the built-in one
    moment("created_at"),
    partial("uq_crms_builtin", "kind = 'builtin'", "kind", unique=True),
    sqlite_autoincrement=True,
)

crm_users = Table(
    "crm_users",
    metadata,
    ref("crm_id", "crms", "CASCADE", primary_key=True),
    ref("staff_id", "staff", primary_key=True),
    Column("user_id", Text, nullable=False),
    UniqueConstraint("crm_id", "user_id"),
    sqlite_with_rowid=False,
)

builtin_pipelines = Table(
    "builtin_pipelines",
    metadata,
    pk(),
    Column("name", Text, nullable=False),
    sqlite_autoincrement=True,
)

builtin_stages = Table(
    "builtin_stages",
    metadata,
    pk(),
    ref("pipeline_id", "builtin_pipelines", "CASCADE"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("position", Integer, nullable=False),
    one_of("kind", StageKind),
    UniqueConstraint("pipeline_id", "position"),
    sqlite_autoincrement=True,
)

builtin_deals = Table(
    "builtin_deals",
    metadata,
    pk(),
    Column("title", Text, nullable=False),
    ref("client_id", "clients", "CASCADE"),
    ref("responsible_id", "staff", nullable=True),
    ref("pipeline_id", "builtin_pipelines"),
    ref("stage_id", "builtin_stages", nullable=True),
    Column("state", Text, nullable=False),
    Column("mark", Text, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    one_of("state", LeadState),
    rule("stage", "state <> 'open' OR stage_id IS NOT NULL"),
    UniqueConstraint("mark"),
    Index("ix_builtin_deals_client_id", "client_id", "id"),
    partial("ix_builtin_deals_board", OPEN_DEAL, "pipeline_id", "stage_id", "id"),
    partial("ix_builtin_deals_responsible", OPEN_DEAL, "responsible_id", "pipeline_id", "stage_id", "id"),
    sqlite_autoincrement=True,
)

builtin_deal_events = Table(
    "builtin_deal_events",
    metadata,
    pk(),
    ref("deal_id", "builtin_deals", "CASCADE"),
    moment("at"),
    Column("what", Text, nullable=False),
    Column("text", Text, nullable=False),
    ref("by_id", "staff", nullable=True),
    Index("ix_builtin_deal_events_deal_id", "deal_id", "id"),
)
