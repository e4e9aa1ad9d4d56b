"""A bot's menu of commands, by scope and language, and the texts about itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playground.telegram.errors import BadRequest
from playground.telegram.people import Bot

from .registry import Call, Json, method
from .targets import known_chat

SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")


def _key(call: Call) -> tuple[str, str]:
    scope = call.params.object_of("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in SCOPES:
        raise BadRequest("can't parse BotCommandScope: unsupported type specified")
    language = call.params.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise BadRequest("invalid language code specified")
    if not kind.startswith("chat"):
        return kind, language
    chat = known_chat(call, str(scope.get("chat_id", "")))
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{member}", language


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    """Up to 100; an empty list removes the scope's menu."""
    key = _key(call)
    commands = [_command(item) for item in call.params.items_of("commands")]
    if len(commands) > 100:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    if commands:
        call.bot.commands[key] = commands
    else:
        call.bot.commands.pop(key, None)
    return True


def _command(item: Any) -> Json:
    if not isinstance(item, dict) or "command" not in item or "description" not in item:
        raise BadRequest("can't parse BotCommand")
    name, description = str(item["command"]).removeprefix("/"), str(item["description"]).strip()
    if not _NAME.fullmatch(name):
        raise BadRequest("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands")
def get_my_commands(call: Call) -> list[Json]:
    """Exactly this scope and language."""
    return call.bot.commands.get(_key(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    """Afterwards the wider scope shows."""
    call.bot.commands.pop(_key(call), None)
    return True


def menu(bot: Bot, chat_id: int, person_id: int, language: str) -> list[Json]:
    """What one person sees, by Telegram's order of scopes (core.telegram.org/bots/api#determining-list-of-commands)."""
    if chat_id > 0:
        scopes = [f"chat:{chat_id}", "all_private_chats", "default"]
    else:
        scopes = [f"chat_member:{chat_id}:{person_id}", f"chat:{chat_id}", "all_group_chats", "default"]
    for scope in scopes:
        for code in (language, ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def _texts(field: str, setter: str, getter: str, limit: int) -> None:
    def put(call: Call) -> bool:
        text = call.params.text(field)
        if len(text) > limit:
            raise BadRequest(f"{field.replace('_', ' ')} is too long")
        call.bot.texts[field, call.params.text("language_code")] = text
        return True

    def get(call: Call) -> Json:
        default = call.bot.first_name if field == "name" else ""
        return {field: call.bot.texts.get((field, call.params.text("language_code")), default)}

    register: list[tuple[str, Callable[[Call], Any]]] = [(setter, put), (getter, get)]
    for name, run in register:
        method(name)(run)


_texts("name", "setMyName", "getMyName", 64)
_texts("description", "setMyDescription", "getMyDescription", 512)
_texts("short_description", "setMyShortDescription", "getMyShortDescription", 120)


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    """Of one private chat, or of all that have none of their own (0)."""
    button = call.params.object_of("menu_button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise BadRequest("can't parse MenuButton: unsupported type specified")
    call.bot.menu_buttons[call.params.integer("chat_id")] = button
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Json:
    """The chat's own, else the general one."""
    buttons = call.bot.menu_buttons
    return buttons.get(call.params.integer("chat_id")) or buttons.get(0) or {"type": "commands"}
