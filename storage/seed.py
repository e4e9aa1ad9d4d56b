"""What every workspace starts with: the built-in CRM (id 1) and a pipeline in it."""

from sqlalchemy import Connection, insert, select

from storage.schema import builtin_pipelines, builtin_stages, crms

BUILTIN_CRM = 1
STAGES = (
    ("Initial contact", "open"),
    ("Qualified", "open"),
    ("Offer made", "open"),
    ("Negotiation", "open"),
    ("Won", "won"),
    ("Lost", "lost"),
)


def seed(connection: Connection) -> None:
    """Add what is missing; a pipeline only where there is none, since people may have made their own."""
    if connection.execute(select(crms.c.id).where(crms.c.kind == "builtin")).first() is None:
        connection.execute(insert(crms).values(id=BUILTIN_CRM, kind="builtin", name="Dibs", secrets="", created_at=0))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('crms', 'id'), 1)")
    if connection.execute(select(builtin_pipelines.c.id).limit(1)).first() is None:
        _add_pipeline(connection)


def _add_pipeline(connection: Connection) -> None:
    pipeline_id = connection.execute(
        insert(builtin_pipelines).values(name="Sales").returning(builtin_pipelines.c.id)
    ).scalar_one()
    stages = [
        {"pipeline_id": pipeline_id, "name": name, "kind": kind, "position": place}
        for place, (name, kind) in enumerate(STAGES)
    ]
    connection.execute(insert(builtin_stages), stages)
