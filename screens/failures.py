"""What a call of the staff bot can come to, besides success; and which outcome of the row that is.

CallFailed
├── ThreadLost    the topic is gone, or what was sent landed elsewhere
├── PostGone      the post to edit or delete is not there
├── NotEditable   it is there, but cannot be changed this way
├── Refusal       no, and it will stay no
├── TryLater      not now
└── AnswerLost    it may have arrived
"""

from sales.ids import ClientId, StaffId
from sales.outbox import STAFF_LANE, Dropped, Outcome, Refused, Retry, Unknown

TOKEN_PAUSE = 60.0
"""Seconds between attempts while the bot's own token is refused: a person has to mend that."""


class CallFailed(Exception):
    """A call did not do what it was to do."""

    def outcome(self) -> Outcome:
        """What this means for a row that cannot do better."""
        return Retry(str(self))


class ThreadLost(CallFailed):
    """``staff_id`` and ``client_id`` (none: Inbox) say whose topic it was."""

    def __init__(self, staff_id: StaffId, client_id: ClientId | None) -> None:
        super().__init__("thread lost")
        self.staff_id = staff_id
        self.client_id = client_id


class PostGone(CallFailed):
    """Nothing to edit or delete."""

    def outcome(self) -> Outcome:
        return Dropped("post gone")


class NotEditable(CallFailed):
    """Too old to delete, or of a kind that has no text."""

    def outcome(self) -> Outcome:
        return Refused("bad_request", str(self))


class Refusal(CallFailed):
    """``code`` as ``Refused.code`` of the staff lane."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def outcome(self) -> Outcome:
        return Refused(self.code, self.reason)


class TryLater(CallFailed):
    """``after`` seconds, if Telegram named them; ``freeze`` names what stands still meanwhile."""

    def __init__(self, reason: str, after: float | None = None, freeze: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.freeze = freeze

    def outcome(self) -> Outcome:
        return Retry(self.reason, self.after, self.freeze)


class AnswerLost(CallFailed):
    """The connection broke, or the front server gave up, after the request had left."""

    def outcome(self) -> Outcome:
        return Unknown(str(self))


_THREAD = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")
_GONE = ("message to edit not found", "message to delete not found", "message to react not found", "message_id_invalid")
_FIXED = (
    "message can't be edited",
    "message can't be deleted",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
    "there is no media in the message to edit",
)
_BIG = ("file is too big", "request entity too large", "file_parts_invalid")


def failure(code: int, description: str, retry_after: float | None) -> CallFailed:
    """Read an error answer: the code first, then its words (PLATFORMS.md A10)."""
    words = description.lower()
    if code == 429:
        return TryLater(description, retry_after, STAFF_LANE)
    if code in (401, 404, 409):
        return TryLater(description, TOKEN_PAUSE, STAFF_LANE)
    if code == 403:
        return Refusal("blocked", description)
    if code == 413:
        return Refusal("too_big", description)
    if code in (502, 504):
        return AnswerLost(description)
    if code >= 500:
        return TryLater(description)
    return _bad_request(words, description)


def _bad_request(words: str, description: str) -> CallFailed:
    if any(sign in words for sign in _THREAD):
        return ThreadLost(StaffId(0), None)
    if any(sign in words for sign in _GONE):
        return PostGone(description)
    if any(sign in words for sign in _FIXED):
        return NotEditable(description)
    if "chat not found" in words:
        return Refusal("chat_not_found", description)
    if any(sign in words for sign in _BIG):
        return Refusal("too_big", description)
    return Refusal("bad_request", description)
