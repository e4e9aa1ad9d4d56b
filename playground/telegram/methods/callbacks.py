"""Answers to taps, and reactions."""

from __future__ import annotations

from typing import Any

from playground.telegram.entities import utf16
from playground.telegram.errors import QUERY_TOO_OLD, BadRequest

from .registry import Call, method
from .targets import target

MAX_ANSWER = 200
# python-telegram-bot 22.8, telegram.constants.ReactionEmoji: the 73 that everybody may use.
REACTIONS = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤️\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂️",
        "🤷",
        "🤷\u200d♀️",
        "😡",
    ]
)


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    """Once, and in time; later or again is refused alike."""
    query = call.bot.queries.get(call.params.text("callback_query_id"))
    expired = query is not None and call.world.clock.now() - query.at > call.world.options.callback_seconds
    if query is None or expired or query.answer.done():
        raise BadRequest(QUERY_TOO_OLD)
    text = call.params.text("text")
    if utf16(text) > MAX_ANSWER:
        raise BadRequest("MESSAGE_TOO_LONG")
    query.answer.set_result(
        {"text": text, "show_alert": call.params.boolean("show_alert"), "url": call.params.text("url")}
    )
    return True


@method("setMessageReaction")
def set_message_reaction(call: Call) -> bool:
    """One reaction of the free kind, or none."""
    chat = target(call)
    message = chat.find(call.params.integer("message_id"))
    if message is None:
        raise BadRequest("message to react not found")
    reactions = call.params.items_of("reaction")
    for reaction in reactions:
        _check(reaction)
    if len(reactions) > 1:
        raise BadRequest("REACTIONS_TOO_MANY")
    if message.service:
        raise BadRequest("REACTION_INVALID")
    message.reactions[call.bot.id] = reactions
    chat.touch()
    return True


def _check(reaction: Any) -> None:
    kind = reaction.get("type") if isinstance(reaction, dict) else None
    if kind not in ("emoji", "custom_emoji", "paid"):
        raise BadRequest("can't parse reaction type: unsupported type specified")
    if kind != "emoji" or reaction.get("emoji") not in REACTIONS:
        raise BadRequest("REACTION_INVALID")
