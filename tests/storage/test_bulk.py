"""Many rows with one statement: the same as one after the other, whatever they hold."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam, update
from sqlalchemy.dialects.postgresql import insert

from storage.sqlite_connect import sync_engine
from storage.statements import Link, Statement

metadata = MetaData()
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, unique=True),
    Column("text", Text),
    Column("flag", Integer),
    sqlite_autoincrement=True,
)
NEW = insert(notes).values(number=bindparam("number"), text=bindparam("text"), flag=bindparam("flag"))
ADD = Statement(NEW.on_conflict_do_nothing(index_elements=["number"]))
PUT = Statement(NEW.on_conflict_do_update(index_elements=["number"], set_={"text": NEW.excluded.text}))
SET = Statement(update(notes).where(notes.c.number == bindparam("number_")).values(text=bindparam("to"), flag=None))

TEXTS = ["plain", "", None, 'quo"te \\ back', "emoji 😀 and ש", "a\nb", ":name ?1 $x", "12", "nul \x00 inside", "null"]


@pytest.fixture
def link(tmp_path: Path) -> Link:
    connection: Connection = sync_engine(tmp_path / "bulk.db").connect()
    metadata.create_all(connection)
    return Link(connection, writing=True)


def rows(first: int = 0) -> list[dict[str, object]]:
    return [{"number": first + place, "text": text, "flag": place % 2 == 0} for place, text in enumerate(TEXTS)]


def kept(link: Link) -> list[tuple[object, ...]]:
    assert link.raw is not None
    return link.raw.execute("SELECT number, text, flag, typeof(text) FROM notes ORDER BY id").fetchall()


@pytest.mark.parametrize("kept_texts", [TEXTS, [text for text in TEXTS if "\x00" not in (text or "")]])
def test_each_value_arrives_as_it_was(link: Link, kept_texts: list[str | None]) -> None:
    link.many(ADD, [row for row in rows() if row["text"] in kept_texts])
    assert [(row[1], row[2]) for row in kept(link)] == [
        (text, place % 2 == 0) for place, text in enumerate(TEXTS) if text in kept_texts
    ]
    assert all(kind in ("text", "null") for *_, kind in kept(link))


def test_ids_are_known_in_the_order_of_the_rows(link: Link) -> None:
    plain = [row for row in rows() if "\x00" not in str(row["text"])]
    ids = link.added(ADD, plain)
    assert isinstance(ids, range)
    assert link.raw is not None
    for id_, row in zip(ids, plain, strict=True):
        assert link.raw.execute("SELECT number FROM notes WHERE id = ?", (id_,)).fetchone() == (row["number"],)


def test_a_row_that_was_there_leaves_the_ids_unknown_and_says_how_many_were_added(link: Link) -> None:
    link.many(ADD, [{"number": 1, "text": "old", "flag": 0}])
    assert link.added(ADD, [{"number": 1, "text": "x", "flag": 0}, {"number": 2, "text": "y", "flag": 0}]) == 1
    assert [row[:2] for row in kept(link)] == [(1, "old"), (2, "y")]


def test_conflicts_and_updates_do_what_they_do_for_one_row(link: Link) -> None:
    link.many(ADD, [{"number": n, "text": "old", "flag": 1} for n in range(4)])
    link.many(PUT, [{"number": n, "text": f"put {n}", "flag": 0} for n in (1, 2, 7)])
    link.many(SET, [{"number_": n, "to": f"set {n}"} for n in (2, 3)])
    assert [row[:3] for row in kept(link)] == [
        (0, "old", 1),
        (1, "put 1", 1),
        (2, "set 2", None),
        (3, "set 3", None),
        (7, "put 7", 0),
    ]


def test_it_is_one_step_and_finds_its_rows_by_an_index(link: Link) -> None:
    bulk = SET.bulk_on_sqlite([{"number_": 1, "to": "a"}, {"number_": 2, "to": "b"}])
    assert bulk is not None
    assert link.raw is not None
    plan = [row[3] for row in link.raw.execute(f"EXPLAIN QUERY PLAN {bulk[0]}", bulk[1])]
    assert any("SEARCH notes USING" in step for step in plan)
    assert not any("SCAN notes" in step for step in plan)


def test_half_a_surrogate_pair_is_refused(link: Link) -> None:
    with pytest.raises(UnicodeEncodeError):
        link.many(ADD, [*rows()[:2], {"number": 9, "text": "\ud800", "flag": 0}])
