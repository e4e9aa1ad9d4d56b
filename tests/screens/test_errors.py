"""Refusals in words."""

import ast
from pathlib import Path

import pytest

from sales import errors
from sales.ids import ClientId
from screens.errors import SPECIAL, WORDS, explain
from screens.language import Languages

ENGLISH = Languages("en").of(None)
ROOT = Path(__file__).parent.parent.parent


def test_every_error_of_sales_has_words() -> None:
    names = {
        name
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, errors.SalesError) and item is not errors.SalesError
    }
    assert names == set(WORDS)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.OfferTaken("Anna"), "Taken by Anna."),
        (errors.OfferGone(), "No longer on offer."),
        (errors.NotYours(ClientId(1), "<3", "*_["), "Not sent: <3 belongs to *_[ now."),
        (errors.Forbidden("admin"), "Only admins can do this."),
        (errors.Forbidden("moon"), "Your role does not allow this."),
        (errors.Invalid("odd_thing"), "That makes no sense here. (odd thing)"),
        (errors.Unreachable("blocked"), "Not sent: the client has stopped the bot. Only they can start it again."),
    ],
)
def test_an_error_says_what_happened(error: errors.SalesError, words: str) -> None:
    assert explain(error, ENGLISH) == words


def test_a_toast_holds_every_error() -> None:
    assert all(len(ENGLISH.t(words)) <= 200 for words in [*WORDS.values(), *SPECIAL.values()])


def test_every_problem_that_is_raised_by_name_has_words() -> None:
    raised = set()
    for room in ("sales", "handlers"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                    named, detail = node.exc.func, node.exc.args[0]
                    if isinstance(named, ast.Name) and isinstance(detail, ast.Constant) and named.id in WORDS:
                        raised.add((named.id, detail.value))
    assert raised - set(SPECIAL) == set(), "add these to screens/errors.py"
