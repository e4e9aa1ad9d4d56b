"""What Telegram's answers mean where a bot writes for an account; the rest is as for any bot."""

from channels.telegram import outcomes
from channels.telegram.client import ApiError
from channels.telegram_business.connections import DISCONNECTED, NO_RIGHT
from sales.outbox import Outcome, Refused, Row

WINDOW = "window"
WINDOW_OR_CHAT = "window_account"
"""Its words say who can write, whichever of both it is."""
_CODES = (
    (DISCONNECTED, ("business connection not found", "business_connection_", "bot_business_missing")),
    (NO_RIGHT, ("bot_access_forbidden", "not enough rights")),
    (WINDOW, ("business_peer_invalid", "business_peer_usage_missing")),
)
"""Texts: Bot API server, and the errors of messages.sendMessage through a business connection."""


class NotAllowed(Exception):
    """The account's owner has not given what this takes; known without asking Telegram."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _refused(code: str, reason: str, row: Row) -> Refused:
    """A message that is over can wait for the client; a change of one can't, so its words say who can make it."""
    change = row.kind in outcomes.REPEATABLE
    return Refused(WINDOW_OR_CHAT if code == WINDOW and change else code, reason)


def outcome_of(error: Exception, row: Row) -> Outcome:
    """Raises what is a mistake of ours."""
    if isinstance(error, NotAllowed):
        return Refused(error.code, "known from the connection")
    if isinstance(error, ApiError) and error.code in (400, 403):
        words = error.description.lower()
        for code, texts in _CODES:
            if any(text in words for text in texts):
                return _refused(code, error.description, row)
    return outcomes.outcome_of(error, row)
