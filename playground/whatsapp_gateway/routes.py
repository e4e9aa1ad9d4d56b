"""Which address is which call, and which parameters it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import api_chats, api_sending, api_sessions
from .targets import Call

VERB = re.compile(r"/api/(send\w+|startTyping|stopTyping|reaction)")


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API. `name` is what logs and faults know it by: WAHA's verb, or the function's.

    Other parameters than these are refused, unless the server is lenient.
    """

    method: str
    pattern: re.Pattern[str]
    name: str
    run: Callable[[Call], Any]
    body: frozenset[str]
    query: frozenset[str]


def _route(method: str, path: str, run: Callable[[Call], Any], body: str = "", query: str = "") -> Route:
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "/?")
    verb = VERB.fullmatch(path)
    return Route(
        method, pattern, verb[1] if verb else run.__name__, run, frozenset(body.split()), frozenset(query.split())
    )


CHAT = "session chatId"
FILE = f"{CHAT} file caption reply_to mentions"
PAGE = "limit offset sortBy sortOrder"
FILTERS = "filter.timestamp.gte filter.timestamp.lte filter.fromMe"

ROUTES = [
    _route("GET", "/api/sessions", api_sessions.list_sessions, query="all expand"),
    _route("POST", "/api/sessions", api_sessions.create_session, "name start config"),
    _route("GET", "/api/sessions/{session}", api_sessions.get_session, query="expand"),
    _route("PUT", "/api/sessions/{session}", api_sessions.update_session, "name config"),
    _route("DELETE", "/api/sessions/{session}", api_sessions.delete_session),
    _route("GET", "/api/sessions/{session}/me", api_sessions.get_me),
    _route("POST", "/api/sessions/{session}/start", api_sessions.start_session),
    _route("POST", "/api/sessions/{session}/stop", api_sessions.stop_session),
    _route("POST", "/api/sessions/{session}/restart", api_sessions.restart_session),
    _route("POST", "/api/sessions/{session}/logout", api_sessions.logout_session),
    _route("GET", "/api/{session}/auth/qr", api_sessions.get_qr, query="format"),
    _route("POST", "/api/{session}/auth/request-code", api_sessions.request_code, "phoneNumber method"),
    _route(
        "POST",
        "/api/sendText",
        api_sending.send_text,
        f"{CHAT} text reply_to linkPreview linkPreviewHighQuality mentions id",
    ),
    _route("POST", "/api/sendImage", api_sending.send_image, FILE),
    _route("POST", "/api/sendFile", api_sending.send_file, FILE),
    _route("POST", "/api/sendVideo", api_sending.send_video, f"{FILE} convert asNote"),
    _route("POST", "/api/sendVoice", api_sending.send_voice, f"{CHAT} file convert reply_to"),
    _route("POST", "/api/sendLocation", api_sending.send_location, f"{CHAT} latitude longitude title reply_to"),
    _route("POST", "/api/sendContactVcard", api_sending.send_contact, f"{CHAT} contacts reply_to"),
    _route("PUT", "/api/reaction", api_sending.set_reaction, "session messageId reaction"),
    _route("POST", "/api/sendSeen", api_sending.send_seen, f"{CHAT} messageIds messageId participant"),
    _route("POST", "/api/startTyping", api_sending.start_typing, CHAT),
    _route("POST", "/api/stopTyping", api_sending.stop_typing, CHAT),
    _route("GET", "/api/contacts/check-exists", api_chats.check_exists, query="session phone"),
    _route("GET", "/api/{session}/lids", api_chats.get_lids, query="limit offset"),
    _route("GET", "/api/{session}/lids/pn/{phone}", api_chats.get_lid_of_phone),
    _route("GET", "/api/{session}/lids/{lid}", api_chats.get_lid),
    _route("GET", "/api/{session}/chats", api_chats.get_chats, query=PAGE),
    _route("GET", "/api/{session}/chats/overview", api_chats.get_overview, query="limit offset"),
    _route(
        "GET", "/api/{session}/chats/{chatId}/messages", api_chats.get_messages, "", f"{PAGE} downloadMedia {FILTERS}"
    ),
    _route("GET", "/api/{session}/chats/{chatId}/messages/{messageId}", api_chats.get_message, "", "downloadMedia"),
    _route(
        "PUT",
        "/api/{session}/chats/{chatId}/messages/{messageId}",
        api_chats.edit_message,
        "text mentions linkPreview linkPreviewHighQuality",
    ),
    _route("DELETE", "/api/{session}/chats/{chatId}/messages/{messageId}", api_chats.delete_message),
]


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The call behind a raw path, and the parts of it, decoded."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path) if route.method == method else None
        if found is not None:
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None
