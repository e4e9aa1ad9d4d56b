"""Who the staff bot is, by Telegram's own word. Over httpx alone: `dibs check` need not load aiogram for it."""

from collections.abc import Mapping
from dataclasses import dataclass


class TokenRefused(Exception):
    """STAFF_BOT_TOKEN is not (or no longer) a bot's."""


class NotReached(Exception):
    """No usable answer; later there may be one."""


@dataclass(frozen=True, slots=True)
class Me:
    """``topics``: private chats have topics. ``user_topics``: people may make some themselves (that is to be off)."""

    id: int
    username: str
    topics: bool
    user_topics: bool


async def ask_me(api_url: str, token: str) -> Me:
    """getMe. Raises TokenRefused, NotReached."""
    me = await _call(api_url, token, "getMe", {})
    if not isinstance(me, dict) or not isinstance(me.get("id"), int):
        raise NotReached("the answer is not Telegram's")
    topics, user_topics = me.get("has_topics_enabled"), me.get("allows_users_to_create_topics")
    return Me(me["id"], str(me.get("username", "")), topics is True, user_topics is True)


async def set_webhook(api_url: str, token: str, fields: Mapping[str, str]) -> None:
    """Raises TokenRefused, NotReached."""
    await _call(api_url, token, "setWebhook", fields)


async def _call(api_url: str, token: str, method: str, fields: Mapping[str, str]) -> object:
    import httpx

    from channels.telegram.client import trusted

    try:
        async with httpx.AsyncClient(timeout=15, verify=trusted()) as http:
            answer = await http.post(f"{api_url}/bot{token}/{method}", data=dict(fields))
            said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotReached(type(error).__name__) from error
    reason = str(said.get("description", "")) if isinstance(said, dict) else ""
    if answer.status_code in (401, 404):
        raise TokenRefused(reason or "unauthorized")
    if answer.status_code != 200:
        raise NotReached(reason or f"HTTP {answer.status_code}")
    return said.get("result") if isinstance(said, dict) else None
