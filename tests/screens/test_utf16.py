"""Lengths and offsets are UTF-16 code units, whatever people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.messages import Entity
from screens import utf16

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS)
def test_units_are_counted_as_utf16_counts_them(text: str) -> None:
    assert utf16.units(text) == len(text.encode("utf-16-le")) // 2


@given(TEXTS, st.integers(1, 60))
def test_a_cut_text_fits_and_begins_as_the_whole_did(text: str, limit: int) -> None:
    short = utf16.cut(text, limit)
    assert utf16.units(short) <= limit
    assert text.startswith(short.removesuffix("…")) or short == text


@given(TEXTS, st.integers(2, 60))
def test_pieces_of_a_text_are_the_whole_of_it(text: str, limit: int) -> None:
    pieces = utf16.split(text, (), limit)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(utf16.units(piece) <= limit for piece, _ in pieces)


def test_an_emoji_is_never_cut_in_half() -> None:
    assert utf16.cut("👍👍👍", 4) == "👍…"


def test_a_family_loses_no_joiner() -> None:
    assert utf16.cut("ab👩‍👩‍👧", 6) == "ab👩…"


def test_words_are_left_whole_where_one_ends_nearby() -> None:
    assert utf16.cut("Do you have blue shoes in size 39?", 20) == "Do you have blue…"


def test_formatting_goes_on_in_the_next_piece() -> None:
    pieces = utf16.split("a" * 15, (Entity("bold", 8, 6),), 10)
    assert pieces == [("a" * 10, (Entity("bold", 8, 2),)), ("a" * 5, (Entity("bold", 0, 4),))]


@pytest.mark.parametrize("text", ["x" * 4097, "👍" * 2049, "שלום " * 900])
def test_nothing_over_the_limit_stays_over_it(text: str) -> None:
    assert utf16.units(utf16.cut(text, 4096)) <= 4096
