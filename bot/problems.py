"""What a command says when it fails: one line, for every expected error. The command line's one place for that."""

import os
from collections.abc import Callable
from typing import Any

from sales import errors

_INVALID = {
    "staff_exists": "this Telegram user is on the team already",
    "name_empty": "the name is empty",
    "name_too_long": "the name is too long: 64 characters at most",
    "who_gets_clients": "they have clients: say who gets them with --give-to ID, or use --offer-again",
    "give_to_self": "clients can't be given to the person who is being removed",
    "heir_may_not_write": "whoever gets the clients must be a rep or manager on their channels",
    "channel_exists": "this account is connected already",
    "ladder_range": "a delay must be between 1 second and 7 days",
    "ladder_order": "the delays must grow: remind, then widen, then assign",
    "not_retryable": "this row is not given up or held: there is nothing to retry",
    "still_unreadable": "it still can't be read: this program does not know what it is",
    "replayed_already": "it has been replayed already",
}

_WORDS: dict[type[errors.SalesError], Callable[[Any], str]] = {
    errors.NotFound: lambda error: f"there is no such {error.what}",
    errors.Invalid: lambda error: _INVALID.get(error.problem, error.problem),
    errors.LastAdmin: lambda _: "this is the last admin: make someone else admin first",
    errors.Forbidden: lambda error: f"not allowed: it needs {error.needs}",
    errors.Unsupported: lambda error: f"the platform has no such thing: {error.what}",
}


class Failed(Exception):
    """A command could not do what it was asked to; the message says why in one line."""


def explain(error: Exception) -> str | None:
    """``None``: nobody foresaw this."""
    from bot.settings import SettingsError
    from storage.errors import StorageError

    if isinstance(error, (Failed, SettingsError, StorageError)):
        return str(error)
    if isinstance(error, errors.SalesError):
        words = next((say for kind, say in _WORDS.items() if isinstance(error, kind)), None)
        return words(error) if words is not None else f"{error.code} {error}".strip()
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    return None


def unforeseen(error: BaseException) -> str:
    """Where it happened, without a traceback: enough for a report, and nothing of anybody's data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "nowhere known"
    if trace is not None:
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return f"something unforeseen happened ({type(error).__name__} at {place}); please report it"
