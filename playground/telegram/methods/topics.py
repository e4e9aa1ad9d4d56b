"""createForumTopic and its relatives."""

from __future__ import annotations

from playground.telegram import topics
from playground.telegram.chats import Chat, Topic
from playground.telegram.errors import BadRequest

from .registry import Call, Json, method
from .targets import find_topic, target, topics_work

NO_FORUM = "the chat is not a forum"
NO_TOPIC = "TOPIC_ID_INVALID"


def _forum(call: Call) -> Chat:
    chat = target(call)
    if not topics_work(chat, call.bot):
        raise BadRequest(NO_FORUM)
    return chat


def _topic(call: Call) -> tuple[Chat, Topic]:
    chat = _forum(call)
    return chat, find_topic(chat, call.bot, call.params.integer("message_thread_id"), NO_TOPIC)


@method("createForumTopic", charged=True)
def create_forum_topic(call: Call) -> Json:
    """Works in private chats since Bot API 9.4, if the bot has topics enabled."""
    chat = _forum(call)
    name = topics.check_name(call.params.text("name"))
    color = call.params.integer("icon_color", topics.COLORS[0])
    if color not in topics.COLORS:
        raise BadRequest("invalid topic icon color specified")
    return topics.create(call.world, chat, call.bot, name, color, call.params.text("icon_custom_emoji_id")).api()


@method("editForumTopic", charged=True)
def edit_forum_topic(call: Call) -> bool:
    """An empty or missing name keeps the old one."""
    chat, topic = _topic(call)
    name = call.params.text("name")
    emoji = call.params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in call.params else None
    topics.rename(call.world, chat, call.bot, topic, topics.check_name(name) if name else "", emoji)
    return True


@method("deleteForumTopic")
def delete_forum_topic(call: Call) -> bool:
    """With all its messages, of any age."""
    topics.delete(*_topic(call))
    return True


@method("closeForumTopic")
def close_forum_topic(call: Call) -> bool:
    """Forum supergroups only."""
    return _set_closed(call, True)


@method("reopenForumTopic")
def reopen_forum_topic(call: Call) -> bool:
    """Forum supergroups only."""
    return _set_closed(call, False)


def _set_closed(call: Call, closed: bool) -> bool:
    chat, topic = _topic(call)
    if chat.kind != "supergroup":
        raise BadRequest("the chat is not a supergroup")
    if topic.closed == closed:
        raise BadRequest("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    chat.touch()
    return True
