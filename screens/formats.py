"""Durations, moments and sizes as people read them."""

from datetime import UTC, datetime, tzinfo
from typing import Protocol

from sales.ids import Moment

MINUTE, HOUR, DAY = 60, 3600, 86_400
DAYS_FROM = 2 * DAY


class Words(Protocol):
    """What formats need of a language."""

    def t(self, text: str, /, **params: object) -> str: ...
    def n(self, singular: str, plural: str, count: int, /, **params: object) -> str: ...


def seconds_between(start: Moment, end: Moment) -> int:
    """Never negative: clocks of two machines may differ a little."""
    return max(0, (end - start) // 1000)


def waiting(words: Words, seconds: int) -> str:
    """``0:42`` under an hour, then as ``duration``."""
    if seconds < HOUR:
        return f"{seconds // MINUTE}:{seconds % MINUTE:02d}"
    return duration(words, seconds)


def duration(words: Words, seconds: int) -> str:
    """One unit, rounded down: ``48 s``, ``5 min``, ``2 h``, ``3 days``."""
    if seconds < MINUTE:
        return words.t("{count} s", count=seconds)
    if seconds < HOUR:
        return words.t("{count} min", count=seconds // MINUTE)
    if seconds < DAYS_FROM:
        return words.t("{count} h", count=seconds // HOUR)
    return words.n("{count} day", "{count} days", seconds // DAY)


def clock(moment: Moment, now: Moment, zone: tzinfo | None) -> str:
    """``12:05`` today, ``21.11. 12:05`` on other days, with the year in other years. No ``zone``: the machine's own."""
    at, today = _local(moment, zone), _local(now, zone)
    if at.date() == today.date():
        return f"{at:%H:%M}"
    return f"{at:%d.%m. %H:%M}" if at.year == today.year else f"{at:%d.%m.%Y %H:%M}"


def _local(moment: Moment, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone)


def size(words: Words, count: int) -> str:
    """In decimal units, as phones show them: ``840 B``, ``12 KB``, ``3.4 MB``."""
    if count < 1000:
        return words.t("{size} B", size=count)
    if count < 1_000_000:
        return words.t("{size} KB", size=round(count / 1000))
    if count < 1_000_000_000:
        return words.t("{size} MB", size=f"{count / 1_000_000:.1f}")
    return words.t("{size} GB", size=f"{count / 1_000_000_000:.1f}")
