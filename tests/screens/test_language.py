"""Texts, the catalogue, and how durations, moments and sizes read."""

from datetime import UTC
from pathlib import Path

from babel.messages.pofile import read_po

from sales.ids import Moment
from screens.language import LOCALE, Language
from screens.make_template import collect

ROOT = Path(__file__).parent.parent.parent
ENGLISH = Language("en", UTC)
NOON = Moment(1_795_348_800_000)


def test_every_marked_text_is_in_the_template() -> None:
    """When this fails: .venv/bin/python -m screens.make_template"""
    with (LOCALE / "dibs.pot").open("rb") as file:
        template = {message.id for message in read_po(file)}
    missing = {message.id for message in collect(ROOT)} - template
    assert not missing, "run: .venv/bin/python -m screens.make_template"


def test_what_is_filled_in_is_never_read_as_a_pattern() -> None:
    assert ENGLISH.t("{name} still waits", name="{0} {evil} %s") == "{0} {evil} %s still waits"


def test_counts_choose_their_form() -> None:
    assert ENGLISH.n("{count} day", "{count} days", 1) == "1 day"
    assert ENGLISH.n("{count} day", "{count} days", 3) == "3 days"


def test_an_unknown_language_reads_english() -> None:
    assert Language("tlh").t("Inbox") == "Inbox"


def test_waiting_reads_as_a_clock_first_and_as_hours_later() -> None:
    assert ENGLISH.waiting(NOON, Moment(NOON + 42_000)) == "0:42"
    assert ENGLISH.waiting(NOON, Moment(NOON + 3_599_000)) == "59:59"
    assert ENGLISH.waiting(NOON, Moment(NOON + 7_300_000)) == "2 h"
    assert ENGLISH.waiting(NOON, Moment(NOON - 5_000)) == "0:00"


def test_durations_have_one_unit() -> None:
    assert [ENGLISH.duration(s) for s in (48, 300, 7300, 90_000, 200_000)] == ["48 s", "5 min", "2 h", "25 h", "2 days"]


def test_moments_name_the_day_when_it_is_another() -> None:
    assert ENGLISH.clock(NOON, NOON) == "12:00"
    assert ENGLISH.clock(Moment(NOON - 86_400_000), NOON) == "21.11. 12:00"


def test_sizes_read_as_phones_show_them() -> None:
    assert [ENGLISH.size(n) for n in (840, 12_345, 3_400_000)] == ["840 B", "12 KB", "3.4 MB"]
