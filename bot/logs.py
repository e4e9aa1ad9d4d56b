"""Logging: plain lines or JSON to stderr, every record redacted, talkative libraries capped.

Redaction is the last net, not the rule: ids are logged, never names, texts or tokens. It works on the finished line,
so exceptions of libraries, which quote URLs with tokens in them, pass through it as well.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType

CAPPED = ("httpx", "httpcore", "aiogram", "telegram", "apscheduler", "aiohttp", "alembic", "sqlalchemy", "asyncio")
"""Heard from WARNING up only, whatever LOG_LEVEL says: httpx prints a bot's token in its URLs at INFO."""

_RULES = (
    (re.compile(r"\d{3,}(?::|%3A)[\w-]{30,}", re.IGNORECASE), "<token>"),
    (re.compile(r"\bEAA[\w-]{20,}"), "<token>"),  # Meta's
    (re.compile(r"(?<![\w.])\+\d(?:[ ()-]{0,2}\d){7,14}(?!\d)"), "<phone>"),
    (re.compile(r"\b\d{7,15}(?=@(?:s\.whatsapp\.net|c\.us|lid)\b)"), "<phone>"),
    (re.compile(r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"), "<login>"),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), r"\1 <secret>"),
)


class Redactor:
    """Replaces what must not be read by whoever reads logs: tokens, phones, logins, and secrets it was told of."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Very short ones would blacken half the log, and are no secrets."""
        self._secrets.update(secret for secret in secrets if len(secret) >= 6)

    def clean(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "<secret>")
        for pattern, instead in _RULES:
            line = pattern.sub(instead, line)
        return line


class PlainFormatter(logging.Formatter):
    """``2026-11-22T10:00:00.123Z INFO delivery.worker: …`` and the traceback, if any, below it."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - stdlib's name
        return _stamp(record)

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


class JsonFormatter(logging.Formatter):
    """One object per line: ``at``, ``level``, ``logger``, ``message``, ``error`` where there is one."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _stamp(record), "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        cleaned = {key: self._redactor.clean(value) for key, value in line.items() if key != "at"}
        return json.dumps({"at": line["at"], **cleaned}, ensure_ascii=False)


def _stamp(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def start_logging(level: str = "INFO", style: str = "plain", secrets: Iterable[str] = ()) -> Redactor:
    """Configure the root logger, anew each time. What the redactor is told later is redacted from then on."""
    redactor = Redactor(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(redactor) if style == "json" else PlainFormatter(redactor))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CAPPED:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_thread
    return redactor


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Whatever nobody caught: into the log, redacted, instead of a bare traceback."""
    logging.getLogger("bot").critical("stopped by an unforeseen error", exc_info=(kind, error, trace))


def _log_thread(args: threading.ExceptHookArgs) -> None:
    error = args.exc_value or RuntimeError("unknown")
    logging.getLogger("bot").error("a thread ended by an unforeseen error", exc_info=error)
