"""Settings: the environment first, then ``.env``. Read when asked, never at import time.

Every problem is found in one go, and each says which variable, what is wrong with it, and what to do.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ENV_FILE = Path(".env")
TELEGRAM = "https://api.telegram.org"
WHATSAPP = "https://graph.facebook.com"
DATABASE = "sqlite:///data/dibs.db"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("plain", "json")
SHORTEST_KEY = 32
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_MAKE_A_KEY = 'make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'


@dataclass(frozen=True, slots=True)
class Problem:
    """One variable that can't be used: what is wrong, and what to do."""

    variable: str
    wrong: str
    todo: str

    def __str__(self) -> str:
        return f"{self.variable} {self.wrong}: {self.todo}"


class SettingsError(Exception):
    """Settings that can't be used. Secrets are never quoted in the message."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """All variables of DESIGN.md §5. Whatever may hold a secret stays out of ``repr``."""

    staff_bot_token: str | None = field(default=None, repr=False)
    admin_ids: tuple[int, ...] = ()
    secret_key: str | None = field(default=None, repr=False)
    database_url: str = field(default=DATABASE, repr=False)
    telegram_api_url: str = TELEGRAM
    whatsapp_api_url: str = WHATSAPP
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str | None = None
    log_level: str = "INFO"
    log_format: str = "plain"
    language: str = "en"
    media_dir: Path = Path("data/media")
    media_days: int = 365
    media_gb: int = 50
    telegram_limits: bool = True
    """Keep under the public Bot API's rates. Off only for a server that has none (a stand-in, in benchmarks)."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        found = (self.staff_bot_token, self.secret_key, urlsplit(self.database_url).password)
        return tuple(secret for secret in found if secret)

    def need_key(self) -> str:
        """Raises SettingsError."""
        if self.secret_key is None:
            raise SettingsError([_NO_KEY])
        return self.secret_key

    def need_token(self) -> str:
        """Raises SettingsError."""
        if self.staff_bot_token is None:
            raise SettingsError([_NO_TOKEN])
        return self.staff_bot_token


_NO_KEY = Problem("SECRET_KEY", "is not set", f"put one into .env; {_MAKE_A_KEY}")
_NO_TOKEN = Problem("STAFF_BOT_TOKEN", "is not set", "make a bot with @BotFather and put its token into .env")


class _Reader:
    """Takes variables one by one and remembers what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def text(self, name: str) -> str | None:
        """An empty value counts as none: `.env` templates are full of them."""
        return self._values.get(name, "").strip() or None

    def one_of(self, name: str, allowed: tuple[str, ...], default: str, fold: Callable[[str], str]) -> str:
        value = self.text(name)
        if value is None or fold(value) in allowed:
            return fold(value) if value else default
        self.wrong(name, f'is "{value}"', f"use one of {', '.join(allowed)}")
        return default

    def url(self, name: str, default: str) -> str:
        value = (self.text(name) or default).rstrip("/")
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good or parts.query or parts.fragment:
            self.wrong(name, f'is "{value}"', "give an address such as https://example.com")
        return value

    def wrong(self, name: str, wrong: str, todo: str) -> None:
        self.problems.append(Problem(name, wrong, todo))


def _token(read: _Reader) -> str | None:
    value = read.text("STAFF_BOT_TOKEN")
    if value is not None and not _TOKEN.fullmatch(value):
        read.wrong("STAFF_BOT_TOKEN", "is no bot token", "copy it whole from @BotFather, like 123456:ABC-DEF…")
    return value


def _key(read: _Reader) -> str | None:
    value = read.text("SECRET_KEY")
    if value is not None and len(value) < SHORTEST_KEY:
        read.wrong("SECRET_KEY", f"has {len(value)} characters", f"it needs {SHORTEST_KEY} or more; {_MAKE_A_KEY}")
    return value


def _admins(read: _Reader) -> tuple[int, ...]:
    value = read.text("ADMIN_IDS") or ""
    parts = [part for part in re.split(r"[\s,;]+", value) if part]
    if all(re.fullmatch(r"[1-9]\d{0,15}", part) for part in parts):
        return tuple(dict.fromkeys(int(part) for part in parts))
    read.wrong("ADMIN_IDS", f'is "{value}"', "give Telegram user ids, comma separated, such as 12345,67890")
    return ()


def _port(read: _Reader) -> int:
    value = read.text("HTTP_PORT") or "8080"
    if value.isdecimal() and int(value) <= 65535:
        return int(value)
    read.wrong("HTTP_PORT", f'is "{value}"', "give a number from 1 to 65535 (0 takes any free port)")
    return 8080


def _count(read: _Reader, name: str, default: int) -> int:
    value = read.text(name) or str(default)
    if value.isdecimal() and int(value) > 0:
        return int(value)
    read.wrong(name, f'is "{value}"', "give a whole number above 0")
    return default


def _public(read: _Reader) -> str | None:
    return read.url("PUBLIC_URL", "") if read.text("PUBLIC_URL") else None


def _media(read: _Reader, database_url: str) -> Path:
    """Beside the SQLite file unless told otherwise, so that one folder holds everything there is."""
    given = read.text("MEDIA_DIR")
    if given:
        return Path(given)
    scheme, _, path = database_url.partition(":///")
    return Path(path).parent / "media" if scheme.startswith("sqlite") and path else Path("data/media")


def read_settings(values: Mapping[str, str]) -> Settings:
    """Raises SettingsError with everything that is wrong."""
    read = _Reader(values)
    database_url = read.text("DATABASE_URL") or DATABASE
    if not database_url.startswith(("sqlite:", "postgresql:", "postgres:", "postgresql+")):
        read.wrong("DATABASE_URL", "is no database address", f"use {DATABASE} or postgresql://user:password@host/name")
    settings = Settings(
        staff_bot_token=_token(read),
        admin_ids=_admins(read),
        secret_key=_key(read),
        database_url=database_url,
        telegram_api_url=read.url("TELEGRAM_API_URL", TELEGRAM),
        whatsapp_api_url=read.url("WHATSAPP_API_URL", WHATSAPP),
        http_host=read.text("HTTP_HOST") or "127.0.0.1",
        http_port=_port(read),
        public_url=_public(read),
        log_level=read.one_of("LOG_LEVEL", LEVELS, "INFO", str.upper),
        log_format=read.one_of("LOG_FORMAT", FORMATS, "plain", str.lower),
        language=read.text("LANGUAGE") or "en",
        media_dir=_media(read, database_url),
        media_days=_count(read, "MEDIA_DAYS", 365),
        media_gb=_count(read, "MEDIA_GB", 50),
        telegram_limits=read.one_of("TELEGRAM_LIMITS", ("on", "off"), "on", str.lower) == "on",
    )
    if read.problems:
        raise SettingsError(read.problems)
    return settings


def load_settings(env_file: Path = ENV_FILE) -> Settings:
    """From the environment and ``env_file``, the environment winning. Raises SettingsError."""
    from dotenv import dotenv_values

    try:
        filed = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([Problem(str(env_file), "can't be read", str(error))]) from error
    values = {name: value for name, value in filed.items() if value is not None}
    return read_settings(values | {name: value for name, value in os.environ.items() if value.strip()})


def require_for_run(settings: Settings, token: bool) -> None:
    """What the running program can't do without. Raises SettingsError naming all of it."""
    missing = [_NO_KEY] if settings.secret_key is None else []
    if token and settings.staff_bot_token is None:
        missing.append(_NO_TOKEN)
    if missing:
        raise SettingsError(missing)
