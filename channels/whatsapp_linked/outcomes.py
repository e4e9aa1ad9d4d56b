"""What the gateway's answers mean for a row of the outbox."""

from channels.whatsapp_linked.client import Answered, AnswerLost, GatewayError, NotSent
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowKind, Sent, Unknown

REPEATABLE = frozenset({RowKind.EDIT, RowKind.DELETE, RowKind.REACT})
"""Done twice they do no harm, so a lost answer is no more than a reason to try again."""
NOT_WORKING = 30.0
"""Seconds until rows are tried again after the session was not ready: it is looked after meanwhile."""

_RESTRICTED = "server returned error 463"
"""WhatsApp's lock on an account that writes to too many who don't know it (PLATFORMS.md C4)."""
_SURELY_NOT = "server returned error"
"""WhatsApp itself answered no, through GOWS: nothing was sent."""
_NOT_READY = "session"
"""Stands in every answer of a session that is not ready, or not there."""
_UNSUPPORTED = ("not implemented by the engine", "available only in plus", "can't be edited", "cannot be edited")
_NO_SUCH_CHAT = ("no lid for user", "not registered", "is not on whatsapp", "invalid wid", "chat not found")
_TOO_OLD = ("too old",)


def outcome_of(error: Exception, row: Row) -> Outcome:
    """Raises what is none of the gateway's errors: that is a mistake of ours, which delivery keeps for a person."""
    match error:
        case Answered():
            return _answered(error, row)
        case NotSent():
            return Retry(f"unreachable: {error}")
        case AnswerLost():
            return _unsure(str(error), row)
    raise error


def _answered(error: Answered, row: Row) -> Outcome:
    words = error.description.lower()
    said = str(error)
    if error.code in (401, 403):
        return Refused("token", said)
    if error.code == 413:
        return Refused("too_big", said)
    if error.code == 429:
        return Retry(said, error.after, row.lane)
    if error.code == 501 or any(text in words for text in _UNSUPPORTED):
        return Refused("unsupported", said)
    if any(text in words for text in _NO_SUCH_CHAT):
        return Refused("chat_not_found", said)
    if any(text in words for text in _TOO_OLD):
        return Refused("too_old", said)
    return _by_status(error, row, words)


def _by_status(error: Answered, row: Row, words: str) -> Outcome:
    if error.code == 422 and _NOT_READY in words:
        return Retry(str(error), NOT_WORKING, row.lane)
    if error.code == 404:
        return _missing(error, row, words)
    if error.code >= 500:
        return _engine_failed(error, row, words)
    if error.code < 400:  # a redirect: somebody put something else in the gateway's place
        return Retry(str(error), NOT_WORKING, row.lane)
    return Refused("bad_request", str(error))


def _missing(error: Answered, row: Row, words: str) -> Outcome:
    """The session, or the message that is to be changed."""
    if row.kind not in REPEATABLE or _NOT_READY in words:
        return Retry(str(error), NOT_WORKING, row.lane)
    return Sent() if row.kind is RowKind.DELETE else Dropped(str(error))


def _engine_failed(error: Answered, row: Row, words: str) -> Outcome:
    if _RESTRICTED in words:
        return Refused("restricted", str(error))
    return Retry(str(error)) if _SURELY_NOT in words else _unsure(str(error), row)


def _unsure(reason: str, row: Row) -> Outcome:
    return Retry(reason) if row.kind in REPEATABLE else Unknown(reason)


def is_missing(error: GatewayError) -> bool:
    """There is no such thing at the gateway."""
    return isinstance(error, Answered) and error.code == 404
