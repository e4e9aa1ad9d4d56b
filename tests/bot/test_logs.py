"""Nothing secret and nothing personal gets into the log, whoever writes it."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.logs import Redactor, start_logging

TOKEN = "123456789:AAFakeTokenForTests_0123456789abcdefgh"


@pytest.fixture
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot<token>/getMe"),
        (f"bot{TOKEN.replace(':', '%3A')}/x", "bot<token>/x"),
        ("?access_token=EAAGm0PX4ZCpsBAKZCZA_x-y-1234", "?access_token=<token>"),
        ("call +49 151 2345-6789 now", "call <phone> now"),
        ("to 491512345678@c.us", "to <phone>@c.us"),
        ("postgresql://dibs:wonderland@db/dibs", "postgresql://<login>@db/dibs"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer <secret>"),
        ("key is open-sesame-1", "key is <secret>"),
        ("client 4711 in 12.5 ms at 1763800000123", "client 4711 in 12.5 ms at 1763800000123"),
        ("2026-11-22T10:00:00Z +1", "2026-11-22T10:00:00Z +1"),
    ],
)
def test_a_line_is_cleaned(said: str, logged: str) -> None:
    assert Redactor(["open-sesame-1"]).clean(said) == logged


def test_a_traceback_is_cleaned_too(root_as_it_was: None, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO", "plain", ["hush-hush"])
    try:
        raise ValueError(f"no answer from /bot{TOKEN}/getMe with hush-hush")
    except ValueError:
        logging.getLogger("channels").exception("failed")
    written = capsys.readouterr().err
    assert "no answer from /bot<token>/getMe with <secret>" in written
    assert "Traceback" in written


def test_what_is_learned_later_is_hidden_from_then_on(root_as_it_was: None, capsys: pytest.CaptureFixture[str]) -> None:
    redactor = start_logging()
    redactor.add("a-new-channels-secret")
    logging.getLogger("channels").warning("with a-new-channels-secret")
    assert capsys.readouterr().err.endswith("WARNING channels: with <secret>\n")


def test_json_lines_can_be_read_by_programs(root_as_it_was: None, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO", "json")
    logging.getLogger("delivery").info('lane "%s"\nis back', "staff")
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "delivery", 'lane "staff"\nis back')


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize("library", ["httpx", "aiogram", "telegram", "apscheduler"])
def test_libraries_are_heard_from_warning_up(
    root_as_it_was: None, capsys: pytest.CaptureFixture[str], level: str, library: str
) -> None:
    start_logging(level)
    log: Callable[[str], None] = logging.getLogger(f"{library}.deep.inside").info
    log("POST https://example.com")
    assert capsys.readouterr().err == ""
