"""HTTP to the Bot API, by python-telegram-bot over httpx. What goes wrong is one of three errors.

TelegramError (the library's)
├── ApiError      Telegram answered no: a code, a description, perhaps how long to wait
├── NotSent       the request did not reach Telegram
└── AnswerLost    it may have, but no answer came back
"""

import functools
import json
import ssl
from typing import Any

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

POOL = 100
"""Calls at a time: Telegram takes about 30 messages/s, so this many only when it answers slowly."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteError, httpx.WriteTimeout)
"""A request that was not written to its end is not acted upon."""


class ApiError(TelegramError):
    """Telegram's answer was no. ``after`` is seconds, from ``retry_after``."""

    def __init__(self, code: int, description: str, after: float | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.after = after


class NotSent(TelegramError):
    """The request did not reach Telegram."""


class AnswerLost(TelegramError):
    """The request may have reached Telegram; the answer did not reach us."""


@functools.cache
def trusted() -> ssl.SSLContext:
    """One for all connections: loading the certificates takes 30 ms and megabytes."""
    return httpx.create_ssl_context()


def open_bot(api_url: str, token: str) -> Bot:
    """Ready at once, without ``initialize``, which would ask getMe. Close it by ``bot.request.shutdown()``."""
    request = _Request(
        connection_pool_size=POOL,
        connect_timeout=5,
        read_timeout=30,
        write_timeout=30,
        pool_timeout=30,
        media_write_timeout=120,
        httpx_kwargs={"verify": trusted()},
    )
    return Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )


class _Request(HTTPXRequest):
    """Says precisely what went wrong, and hands the library no more of an answer than is read."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            code, payload = await super().do_request(*args, **kwargs)
        except TelegramError as error:
            raise _transport_error(error) from error
        if not 200 <= code < 300:
            raise read_refusal(code, payload)
        return code, _reduced(payload)


def _transport_error(error: TelegramError) -> TelegramError:
    reason = type(error.__cause__ or error).__name__
    return NotSent(reason) if isinstance(error.__cause__, _NOT_SENT) else AnswerLost(reason)


def read_refusal(code: int, payload: bytes) -> ApiError:
    """Whatever was answered, also by a proxy that speaks no JSON."""
    try:
        answer = json.loads(payload)
        after = answer.get("parameters", {}).get("retry_after")
        description = str(answer.get("description", ""))
    except (ValueError, AttributeError, RecursionError):
        after, description = None, ""
    return ApiError(code, description or f"HTTP {code}", float(after) if isinstance(after, int) else None)


def _reduced(payload: bytes) -> bytes:
    """Of sent messages only the id matters. Less to parse, and nothing new in an answer can turn success into an error.

    Raises ``AnswerLost`` for what is no answer of Telegram's.
    """
    try:
        result = json.loads(payload)["result"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AnswerLost("unreadable answer") from error
    if isinstance(result, list):
        result = [_reduced_message(item) for item in result]
    return json.dumps({"ok": True, "result": _reduced_message(result)}).encode()


def _reduced_message(item: Any) -> Any:
    if not isinstance(item, dict) or "message_id" not in item or "chat" not in item:
        return item
    chat = item["chat"]
    short = {"id": chat.get("id", 0), "type": chat.get("type", "private")} if isinstance(chat, dict) else {}
    return {"message_id": item["message_id"], "date": item.get("date", 0), "chat": short}
