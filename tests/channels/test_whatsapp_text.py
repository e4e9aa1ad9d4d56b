"""Formatting, as WhatsApp writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.marks import marked
from sales.messages import Entity

FORMATTED = [
    ("bold", [("bold", 0, 4)], "*bold*"),
    (" bold ", [("bold", 0, 6)], " *bold* "),
    ("both", [("bold", 0, 4), ("italic", 0, 4)], "*_both_*"),
    ("a b c", [("bold", 0, 5), ("italic", 2, 1)], "*a _b_ c*"),
    ("😀 x", [("strikethrough", 3, 1)], "😀 ~x~"),
    ("two\nlines", [("bold", 0, 9)], "two\nlines"),
    ("two\nlines", [("pre", 0, 9)], "```two\nlines```"),
    ("here", [("text_link", 0, 4)], "here (https://shop.example)"),
    ("here", [("bold", 0, 4), ("text_link", 0, 4)], "*here (https://shop.example)*"),
    ("plain", [("mention", 0, 5), ("spoiler", 0, 5)], "plain"),
    ("   ", [("bold", 0, 3)], "   "),
]


@pytest.mark.parametrize(("text", "entities", "expected"), FORMATTED)
def test_formatting(text: str, entities: list[tuple[str, int, int]], expected: str) -> None:
    url = "https://shop.example"
    found = [Entity(kind, at, length, url if kind == "text_link" else None) for kind, at, length in entities]
    assert marked(text, found) == expected


kinds = st.sampled_from(["bold", "italic", "strikethrough", "code", "pre", "spoiler", "mention"])
entities = st.lists(st.builds(Entity, kinds, st.integers(0, 30), st.integers(0, 30)), max_size=5)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="*_~`")), entities)
def test_no_word_is_lost_by_formatting(text: str, entities: list[Entity]) -> None:
    """Whatever the entities say: Telegram's never cut a character in two, and others may."""
    shown = marked(text, entities)
    shown.encode("utf-16-le", "surrogatepass")
    kept = "".join(char for char in shown if char not in "*_~`")
    assert kept.encode("utf-16-le", "surrogatepass") == text.encode("utf-16-le")


def test_marks_stand_right_at_the_words_and_inside_each_other() -> None:
    assert marked("😀 blue  red", [Entity("bold", 0, 8), Entity("italic", 2, 5)]) == "*😀 _blue_*  red"
