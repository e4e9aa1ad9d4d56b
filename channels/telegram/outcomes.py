"""What Telegram's answers mean for a row of the outbox (texts: PLATFORMS.md A10; the code decides first)."""

from channels.telegram.client import AnswerLost, ApiError, NotSent
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowKind, Sent, Unknown

REPEATABLE = frozenset({RowKind.EDIT, RowKind.DELETE, RowKind.REACT})
"""Done twice they do no harm, so a lost answer is no more than a reason to try again."""

_DONE = ("message is not modified", "message to delete not found")
"""What was wanted is so already. (Not ``MESSAGE_ID_INVALID``, which may mean anything.)"""

_CODES = (
    ("chat_not_found", ("chat not found", "user not found", "peer_id_invalid")),
    ("blocked", ("user_is_blocked", "user is deactivated", "bot was blocked")),
    ("too_long", ("is too long", "too_long")),
    ("too_big", ("too big", "too large", "entity too large")),
    ("too_old", ("message can't be deleted", "message can't be edited")),
    ("unsupported", ("_forbidden", "reaction_invalid", "reaction_empty", "not supported")),
)


def outcome_of(error: Exception, row: Row) -> Outcome:
    """Raises what is none of the client's errors: that is a mistake of ours, which delivery keeps for a person."""
    match error:
        case ApiError():
            return _answered(error, row)
        case NotSent():
            return Retry(f"unreachable: {error.message}")
        case AnswerLost():
            return _unsure(error.message, row)
    raise error


def _answered(error: ApiError, row: Row) -> Outcome:
    if error.code == 429:
        return Retry(error.description, error.after, row.lane)
    if error.code == 401:
        return Refused("token", error.description)
    if error.code == 403:
        return Refused("blocked", error.description)
    if error.code == 413:
        return Refused("too_big", error.description)
    if error.code == 400:
        return _bad_request(error.description)
    # A 404 is a wrong address, a 409 none of ours, a 502 a proxy's: none says that it will stay so.
    return _unsure(error.description, row) if error.code >= 500 else Retry(error.description)


def _bad_request(description: str) -> Outcome:
    words = description.lower()
    if any(text in words for text in _DONE):
        return Sent()
    if "message to edit not found" in words or "message to react not found" in words:
        return Dropped(description)
    for code, texts in _CODES:
        if any(text in words for text in texts):
            return Refused(code, description)
    return Refused("bad_request", description)


def _unsure(reason: str, row: Row) -> Outcome:
    return Retry(reason) if row.kind in REPEATABLE else Unknown(reason)
