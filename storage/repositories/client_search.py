"""Searching for a client: whoever's name, username or identity (phone) begins with the text, by three indexes.

Only when nobody's does, names that contain it anywhere are looked for, which reads all names (some 0.1 s at 1,000,000
clients).
"""

from sqlalchemy import ColumnElement, bindparam, func, literal_column, or_, select, union

from sales.clients import IdentityKind
from storage.schema import clients, identities
from storage.statements import Link, Params, Statement, fact
from storage.texts import key_of

MOST_FOUND = 500
"""Clients that a search considers; who gets that many must type more."""
_END = "\U0010ffff"
_PERSON = func.coalesce(clients.c.merged_into, clients.c.id)
"""Who was merged into another is found as that one, by the former name too."""


def _starts(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """A range of a byte-wise index."""
    return (column >= bindparam(name)) & (column < bindparam(f"{name}_end"))


_identity = or_(
    *(
        (identities.c.kind == literal_column(f"'{kind}'")) & _starts(identities.c.value, start)
        for kind in IdentityKind
        for start in ("number", "plus")
    )
)
_PREFIX = Statement(
    union(
        select(_PERSON).where(_starts(clients.c.name_key, "text")).limit(MOST_FOUND).subquery().select(),
        select(_PERSON)
        .where(fact("username_key IS NOT NULL"), _starts(clients.c.username_key, "handle"))
        .limit(MOST_FOUND)
        .subquery()
        .select(),
        select(identities.c.client_id).where(_identity).limit(MOST_FOUND).subquery().select(),
    )
)
_INSIDE = Statement(
    select(_PERSON)
    .where(clients.c.name_key.like(bindparam("pattern"), escape="\\"))
    .order_by(clients.c.id.desc())
    .limit(MOST_FOUND)
)


def found(link: Link, text: str) -> list[int]:
    """Clients whom the text may mean."""
    key = key_of(text)
    if not key:
        return []
    begins = [row[0] for row in link.rows(_PREFIX, _prefixes(key))]
    return begins or [row[0] for row in link.rows(_INSIDE, {"pattern": f"%{_escaped(key)}%"})]


def _prefixes(key: str) -> Params:
    """A phone may be typed with blanks and signs, with or without the plus that it is kept with."""
    number = "".join(sign for sign in key if sign not in " ()-.+") or key
    starts = {"text": key, "handle": key.removeprefix("@"), "number": number, "plus": f"+{number}"}
    return starts | {f"{name}_end": start + _END for name, start in starts.items()}


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
