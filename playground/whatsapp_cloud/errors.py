"""Errors as the Graph API words them.

Codes and titles: Meta's page "Cloud API error codes", and pywa's `errors.py`. The HTTP statuses are those of the
same page.
"""

from __future__ import annotations

import secrets
from typing import Any

Json = dict[str, Any]

HELP = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

TITLES: dict[int, tuple[str, int]] = {
    0: ("AuthException", 401),
    1: ("API Unknown", 400),
    2: ("API Service", 503),
    3: ("API Method", 500),
    4: ("API Too Many Calls", 400),
    10: ("Permission Denied", 403),
    33: ("Parameter value is not valid", 400),
    100: ("Invalid parameter", 400),
    190: ("Access token has expired", 401),
    200: ("API Permission", 403),
    368: ("Temporarily blocked for policies violations", 403),
    80007: ("Rate limit issues", 400),
    130429: ("Rate limit hit", 400),
    130472: ("User's number is part of an experiment", 400),
    130497: ("Business account is restricted from messaging users in this country.", 403),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Account has been locked", 403),
    131037: ("Display name approval needed", 400),
    131042: ("Business eligibility payment issue", 400),
    131044: ("Business eligibility payment issue", 400),
    131045: ("Incorrect certificate", 500),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131049: ("Meta chose not to deliver", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 400),
    131057: ("Business Account is in maintenance mode", 500),
    131062: ("Business-scoped User ID (BSUID) recipients are not supported for this message", 400),
    131063: ("Marketing templates are disabled for Cloud API", 400),
    131064: ("Messaging limit reached", 400),
    132000: ("Number of parameters does not match the expected number of params", 400),
    132001: ("Template name does not exist in the translation", 404),
    132005: ("Translated text too long", 400),
    132007: ("Template format character policy violated", 400),
    132008: ("Parameter value is not valid", 400),
    132012: ("Parameter format does not match format in the created template", 400),
    132015: ("Template is paused", 400),
    132018: ("There was an issue with the parameters in your template", 400),
    132016: ("Template is disabled", 400),
    133010: ("Phone number not registered", 400),
    133016: ("Account register deregister rate limit exceeded", 400),
    135000: ("Generic user error", 400),
    137000: ("Recipient identity key hash mismatch", 400),
}


class GraphError(Exception):
    """A refusal that becomes the answer's body. `status` is the HTTP status; 0 takes the code's own."""

    def __init__(self, code: int, details: str = "", message: str = "", status: int = 0, **fields: Any) -> None:
        title, usual = TITLES.get(code, ("Unknown error", 400))
        super().__init__(f"{code}: {details or message or title}")
        self.code = code
        self.details = details
        self.message = message or f"(#{code}) {title}"
        self.status = status or usual
        self.fields = fields

    def body(self) -> Json:
        """`{"error": …}`."""
        error: Json = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": error | self.fields | {"fbtrace_id": "A" + secrets.token_urlsafe(17)}}


def missing(name: str) -> GraphError:
    """A parameter that has to be there."""
    return GraphError(131008, f"The parameter {name} is required.")


def invalid(details: str) -> GraphError:
    """A value that can't be."""
    return GraphError(131009, details)


def unknown_key(name: str, where: str = "") -> GraphError:
    """A parameter that the endpoint does not have."""
    place = f' on param "{where}"' if where else ""
    return GraphError(100, f'Unexpected key "{name}"{place}.')


def no_object(verb: str, number: str) -> GraphError:
    """The id is not there, or not for this token."""
    message = (
        f"Unsupported {verb.lower()} request. Object with ID '{number}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message=message, type="GraphMethodException", error_subcode=33)


def bad_token() -> GraphError:
    """The Bearer token is not one that was given out, or was revoked."""
    return GraphError(190, message="Invalid OAuth access token - Cannot parse access token")


def webhook_error(code: int, details: str) -> Json:
    """The same error as a status or a message carries it."""
    title = TITLES.get(code, ("Unknown error", 400))[0]
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": HELP}
