"""Who the bot is, and whom it knows."""

from __future__ import annotations

from playground.telegram.errors import BadRequest

from .registry import Call, Json, method
from .targets import known_chat, topics_work


@method("getMe")
def get_me(call: Call) -> Json:
    """The bot itself."""
    return call.bot.me()


@method("logOut")
def log_out(call: Call) -> bool:
    """Leaves the cloud server; here it only ends a poll."""
    call.bot.updates.terminate("terminated by logOut request")
    return True


@method("close")
def close(call: Call) -> bool:
    """Before a move between local servers; here it only ends a poll."""
    call.bot.updates.terminate("terminated by close request")
    return True


@method("getChat")
def get_chat(call: Call) -> Json:
    """`ChatFullInfo`, with its required fields."""
    chat = known_chat(call, call.params.text("chat_id"))
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    shown = chat.api() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    pinned = [message for message in chat.messages.values() if message.pinned]
    if pinned:
        shown["pinned_message"] = pinned[-1].api(call.bot.id, nested=True)
    return shown | ({"is_forum": True} if chat.person is None and topics_work(chat, call.bot) else {})


@method("getChatMember")
def get_chat_member(call: Call) -> Json:
    """Only whether somebody is in."""
    chat = known_chat(call, call.params.text("chat_id"))
    user_id = call.params.integer("user_id")
    person = chat.members.get(user_id) or (chat.person if chat.id == user_id else None)
    if person is not None:
        return {"status": "member", "user": person.user()}
    if user_id in chat.bots:
        return {"status": "member", "user": chat.bots[user_id].user()}
    raise BadRequest("PARTICIPANT_ID_INVALID")


@method("leaveChat")
def leave_chat(call: Call) -> bool:
    """Groups only."""
    chat = known_chat(call, call.params.text("chat_id"))
    if chat.person is not None:
        raise BadRequest("chat member status can't be changed in private chats")
    del chat.bots[call.bot.id]
    return True
