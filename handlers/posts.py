"""What someone wrote in their chat with the staff bot, in the neutral form."""

from aiogram.types import Message

from channels.reading import Node
from channels.telegram.contents import read_content
from handlers.act import Act
from sales.ids import PostId
from sales.messages import Content
from sales.use_cases.talk import StaffPost

HELD_BY = "staff"
"""Files that staff send are fetched by the staff bot."""


def content_of(act: Act, field: str = "message") -> Content | None:
    """``None`` for a service message (a pin, a topic that was made)."""
    return read_content(Node(act.raw.get(field), field), HELD_BY)


def post_of(act: Act, message: Message) -> StaffPost | None:
    content = content_of(act)
    if content is None:
        return None
    return StaffPost(PostId(message.message_id), content, thread_of(message), reply_of(message), message.media_group_id)


def thread_of(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def reply_of(message: Message) -> PostId | None:
    """What it answers. In a topic Telegram may name the topic's own first message: no copy is known by that id."""
    return PostId(message.reply_to_message.message_id) if message.reply_to_message is not None else None
