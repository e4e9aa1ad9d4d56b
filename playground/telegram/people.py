"""Accounts: the people of this small Telegram, and its bots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .updates import UpdateQueue

if TYPE_CHECKING:
    from .callbacks import Query
    from .chats import Chat
    from .webhooks import Webhook

Json = dict[str, Any]

_FLAGS = ("has_topics_enabled", "allows_users_to_create_topics", "can_connect_to_business")


@dataclass(slots=True)
class Counter:
    """Message ids: one row of numbers per mailbox. A bot's private chats share one, so ids are unique per bot."""

    value: int = 0

    def next(self) -> int:
        """The next id."""
        self.value += 1
        return self.value


@dataclass(slots=True)
class Person:
    """A human being, or what a bot sees of one."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    deactivated: bool = False
    blocked: set[int] = field(default_factory=set)
    sounded: dict[int, int] = field(default_factory=dict)
    _user: Json | None = None

    def user(self) -> Json:
        """The `User` object."""
        if self._user is None:
            self._user = {"id": self.id, "is_bot": False, "first_name": self.first_name} | self._optional()
            if self.language_code:
                self._user["language_code"] = self.language_code
        return self._user

    def chat(self) -> Json:
        """The `Chat` object of a private chat with this person."""
        return {"id": self.id, "type": "private", "first_name": self.first_name} | self._optional()

    def renamed(self, **names: str) -> None:
        """Change what is seen; later messages show the new names."""
        for name, value in names.items():
            setattr(self, name, value)
        self._user = None

    def _optional(self) -> Json:
        shown = {"last_name": self.last_name, "username": self.username}
        return {name: value for name, value in shown.items() if value}


@dataclass(slots=True)
class Bot:
    """A bot account and everything kept for it."""

    id: int
    token: str
    username: str
    first_name: str
    updates: UpdateQueue
    has_topics_enabled: bool = False
    allows_users_to_create_topics: bool = False
    can_connect_to_business: bool = False
    revoked: bool = False
    counter: Counter = field(default_factory=Counter)
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    webhook: Webhook | None = None
    webhook_set_at: float = 0.0

    def user(self) -> Json:
        """The `User` object that others see."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def me(self) -> Json:
        """The `User` object of getMe, with what only the bot itself is told."""
        extra = {name: getattr(self, name) for name in _FLAGS}
        return {
            **self.user(),
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
            "has_main_web_app": False,
            **extra,
        }
