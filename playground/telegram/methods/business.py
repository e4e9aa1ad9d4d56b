"""Methods of business connections."""

from __future__ import annotations

from playground.telegram.business import Connection
from playground.telegram.errors import BadRequest

from .deleting import erase, message_ids
from .registry import Call, Json, method


def _connection(call: Call) -> Connection:
    connection = call.world.connections.get(call.params.text("business_connection_id"))
    if connection is None or connection.bot is not call.bot:
        raise BadRequest("business connection not found")
    return connection


@method("getBusinessConnection")
def get_business_connection(call: Call) -> Json:
    """As it is now, also when it is disabled."""
    return _connection(call).api()


@method("readBusinessMessage")
def read_business_message(call: Call) -> bool:
    """Marks an incoming message as read; needs `can_read_messages`, and a chat that was active in the last 24 hours."""
    connection = _connection(call)
    connection.require("can_read_messages")
    chat = connection.open_chat(call.params.integer("chat_id"), call.world.clock.now())
    message = chat.find(call.params.integer("message_id"))
    if message is None or message.author is connection.owner:
        raise BadRequest("MESSAGE_ID_INVALID")
    read = connection.mailbox.read
    read[chat.id] = max(read.get(chat.id, 0), message.id)
    chat.touch()
    return True


@method("deleteBusinessMessages")
def delete_business_messages(call: Call) -> bool:
    """Own messages need `can_delete_sent_messages`, others' `can_delete_all_messages`. All of one chat."""
    connection = _connection(call)
    wanted = set(message_ids(call))
    found = [message for chat in connection.chats.values() for message in map(chat.find, wanted) if message is not None]
    if len({message.chat.id for message in found}) > 1:
        raise BadRequest("messages must be in the same chat")
    for message in found:
        own = "sender_business_bot" in message.extra
        connection.require("can_delete_sent_messages" if own else "can_delete_all_messages")
    for message in found:
        erase(message)
    if found and call.world.options.business_echo:
        call.world.deliver_deletion(found[0].chat, [message.id for message in found])
    return True
