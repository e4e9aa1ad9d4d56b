"""Errors as the Bot API words them. Codes and texts: tdlib/telegram-bot-api Client.cpp, and TDLib by practice."""

from __future__ import annotations

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
WRONG_FILE_ID = "wrong file_id or the file is temporarily unavailable"


class ApiError(Exception):
    """A refusal that becomes the answer's envelope; `code` is also the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class BadRequest(ApiError):
    """400; the text gets the prefix that the Bot API server adds."""

    def __init__(self, message: str) -> None:
        super().__init__(400, f"Bad Request: {message}")


class Forbidden(ApiError):
    """403; the bot may not do this to this person or chat."""

    def __init__(self, message: str) -> None:
        super().__init__(403, f"Forbidden: {message}")


class Conflict(ApiError):
    """409; two programs take updates for one bot."""

    def __init__(self, message: str) -> None:
        super().__init__(409, f"Conflict: {message}")


class TooManyRequests(ApiError):
    """429; `retry_after` in whole seconds, also sent as a header."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class TooLarge(ApiError):
    """413; the upload is over 50 MB, refused by the front server before the Bot API sees it."""

    def __init__(self) -> None:
        super().__init__(413, "Request Entity Too Large")
