"""Refusals in the words and shapes of WAHA: NestJS's error bodies, and those of WAHA's own filters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


class HttpError(Exception):
    """A refusal: the HTTP status and the body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def unauthorized() -> HttpError:
    """401; the exact body of WAHA."""
    return HttpError(401, {"message": "Unauthorized", "statusCode": 401})


def bad_request(*messages: str) -> HttpError:
    """400 of the validation: one sentence for each field that is wrong."""
    return HttpError(400, {"message": list(messages), "error": "Bad Request", "statusCode": 400})


def not_found(message: str) -> HttpError:
    """404."""
    return HttpError(404, {"message": message, "error": "Not Found", "statusCode": 404})


def no_file() -> HttpError:
    """404 of a file that has expired, or never was."""
    details = "File not found or no longer available"
    error = {"code": 404, "key": "FILE_NOT_FOUND", "message": "File not found", "details": details}
    return HttpError(404, {"error": error})


def too_large() -> HttpError:
    """413; WAHA reads JSON bodies up to 50 MB."""
    return HttpError(413, {"statusCode": 413, "message": "request entity too large"})


def unprocessable(message: str) -> HttpError:
    """422; the request is well-formed and cannot be done."""
    return HttpError(422, {"message": message, "error": "Unprocessable Entity", "statusCode": 422})


def no_session(name: str) -> HttpError:
    """404 of a call on a session that isn't there."""
    return not_found(
        f"We didn't find a session with name '{name}'.\n"
        f"Please start it first by using POST /api/sessions/{name}/start request"
    )


def wrong_status(session: str, status: str, *expected: str) -> HttpError:
    """422 of a call that the session isn't ready for."""
    text = "Session status is not as expected. Try again later or restart the session"
    return HttpError(422, {"error": text, "session": session, "status": status, "expected": list(expected)})


def engine_error(details: str) -> HttpError:
    """500 of the engine, such as `server returned error 463` when WhatsApp restricts an account."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    exception = {"message": f"2 UNKNOWN: {details}", "code": 2, "details": details}
    return HttpError(500, {"statusCode": 500, "timestamp": at, "exception": exception})
