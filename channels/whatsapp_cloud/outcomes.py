"""What Meta's answers and failed statuses mean (codes: PLATFORMS.md B8)."""

from channels.whatsapp_cloud.client import Answered, AnswerLost, NotSent
from sales.outbox import Outcome, Refused, Retry, Row, RowKind, Unknown

REPEATABLE = frozenset({RowKind.REACT})
"""Done twice they do no harm, so a lost answer is no more than a reason to try again."""
STATUS_WAIT = 20.0
"""Seconds in which a status is to tell whether a message has left whose answer was lost, before it is sent again."""

SPAM_LIMIT = "spam_limit"
CODES: dict[int, str] = {
    0: "token",
    190: "token",
    3: "permission",
    10: "permission",
    131005: "permission",
    33: "bad_request",
    100: "bad_request",
    131008: "bad_request",
    131009: "bad_request",
    135000: "bad_request",
    368: "account_restricted",
    131031: "account_restricted",
    133010: "unregistered",
    133016: "unregistered",
    131045: "unregistered",
    131048: SPAM_LIMIT,
    131064: SPAM_LIMIT,
    130497: "country",
    130472: "experiment",
    131026: "undeliverable",
    131030: "test_number",
    131021: "own_number",
    131037: "display_name",
    131042: "payment",
    131044: "payment",
    131047: "window",
    470: "window",
    131049: "too_many_offers",
    131050: "opted_out",
    131063: "marketing_off",
    131051: "unsupported",
    131052: "gone",
    131053: "bad_file",
    131062: "needs_phone",
    132000: "template_blanks",
    132005: "template_blanks",
    132008: "template_blanks",
    132012: "template_blanks",
    132001: "template_gone",
    132007: "template_gone",
    132015: "template_gone",
    132016: "template_gone",
    **dict.fromkeys((1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057), "later"),
}
"""``later`` is said of a message that was taken and failed afterwards; an answer of that kind is a retry."""

_LANE = {4: 30.0, 80007: 30.0, 130429: 1.0, 131057: 120.0}
"""The number is too fast, or being moved: seconds that the whole lane waits at least."""
_SPAM_PAUSE = 900.0
"""Nobody says how long Meta lets a number rest that was reported too often; writing on makes it worse."""
PAIR = 131056
_PAIR_WAIT = 6.0
_TEMPORARY = frozenset({1, 2, 131000, 131016})
_LONGEST = 900.0
_MOST_STEPS = 6


class StatusAwaited(Exception):
    """It may have left before Dibs ended: nothing is sent until its status had time to come."""


def code_of(number: int) -> str:
    """Our code for one of Meta's."""
    if 200 <= number <= 299:
        return "permission"
    return CODES.get(number, "bad_request")


def outcome_of(error: Exception, row: Row) -> Outcome:
    """Raises what is none of the platform's errors: that is a mistake of ours, which delivery keeps for a person."""
    match error:
        case Answered():
            return _answered(error, row)
        case NotSent():
            return Retry(f"unreachable: {error}")
        case AnswerLost():
            return _unsure(str(error), row)
        case StatusAwaited():
            return Retry("it may have left: its status may come", STATUS_WAIT)
    raise error


def _answered(error: Answered, row: Row) -> Outcome:
    if not error.told:
        return _on_the_way(error, row)
    if error.code in _LANE or (error.status == 429 and error.code not in CODES):
        return Retry(error.words, _backoff(row, _LANE.get(error.code, 1.0)), "lane")
    if CODES.get(error.code) == SPAM_LIMIT:
        return Retry(error.words, _SPAM_PAUSE, "lane", SPAM_LIMIT)
    if error.code == PAIR:
        return Retry(error.words, _backoff(row, _PAIR_WAIT), "bucket")
    if error.code in _TEMPORARY or (error.status >= 500 and error.code not in CODES):
        return Retry(error.words)
    return Refused("token" if error.is_about_token else code_of(error.code), error.words)


def _on_the_way(error: Answered, row: Row) -> Outcome:
    """Something between Meta and us spoke. A 5xx may come after the message was passed on."""
    if error.status == 401:
        return Refused("token", error.words)
    if error.status == 413:
        return Refused("too_big", error.words)
    if error.status == 429:
        return Retry(error.words, _backoff(row, 1.0), "lane")
    return _unsure(error.words, row) if error.status >= 500 else Retry(error.words)


def _backoff(row: Row, least: float) -> float:
    """Seconds: 4 to the power of the tries so far, as Meta asks for."""
    steps = min(max(row.attempts - 1, 0), _MOST_STEPS)
    return min(_LONGEST, max(least, 4.0**steps))


def _unsure(reason: str, row: Row) -> Outcome:
    return Retry(reason) if row.kind in REPEATABLE else Unknown(reason, STATUS_WAIT)
