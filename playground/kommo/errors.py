"""Refusals in the shapes of Kommo: problem documents, validation errors, and those of its OAuth server."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PROBLEM = "application/problem+json"
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
OAUTH_TYPE = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson"


class HttpError(Exception):
    """A refusal: the HTTP status and the body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def problem(status: int, detail: str) -> Json:
    """The body of every refusal."""
    title = TITLES.get(status, "Error")
    return {"title": title, "type": f"https://httpstatus.es/{status}", "status": status, "detail": detail}


def unauthorized() -> HttpError:
    """401; the exact body, in Russian whatever the account's language is."""
    return HttpError(401, problem(401, "Неверный логин или пароль"))


def payment_required() -> HttpError:
    """402; the subscription has ended."""
    return HttpError(402, problem(402, "Account is not paid"))


def forbidden(detail: str = "Access denied") -> HttpError:
    """403; the user whose token it is may not do this, or the integration is blocked."""
    return HttpError(403, problem(403, detail))


def not_found(detail: str = "Entity not found") -> HttpError:
    """404."""
    return HttpError(404, problem(404, detail))


def not_allowed() -> HttpError:
    """405; the address exists, not with this method."""
    return HttpError(405, problem(405, "Method not allowed"))


def too_many() -> HttpError:
    """429. Kommo names no time to wait."""
    return HttpError(429, problem(429, "Too many requests"))


def bad_request(detail: str) -> HttpError:
    """400 that isn't about a field."""
    return HttpError(400, problem(400, detail))


def field_error(code: str, path: str, detail: str) -> Json:
    """One field that is wrong; `path` is dotted and begins inside the item of the batch."""
    return {"code": code, "path": path, "detail": detail}


def invalid(found: dict[str, list[Json]]) -> HttpError:
    """400 of the validation; `found` are the errors by `request_id` (the index where none was given)."""
    items = [{"request_id": number, "errors": errors} for number, errors in found.items()]
    return HttpError(400, {"validation-errors": items} | problem(400, "Request validation failed"))


def invalid_field(code: str, path: str, detail: str) -> HttpError:
    """The same about one field of the only item."""
    return invalid({"0": [field_error(code, path, detail)]})


def oauth_problem(hint: str, status: int = 400) -> HttpError:
    """The OAuth server's refusal; `hint` is the only field that tells one from another."""
    detail = "В запросе отсутствует ряд параметров или параметры невалидны"
    body = {"hint": hint, "title": "Некорректный запрос", "type": OAUTH_TYPE, "status": status, "detail": detail}
    return HttpError(status, body)
