"""What a bot is told about the accounts it is connected to, as ``sales.incoming`` events. Pure; raw JSON ends here.

In a private chat of an account ``chat`` is the client, whoever writes: so a message is the client's if it is from the
chat's own id, and the account's otherwise. Everything of the bot's own chats is ignored by name.
"""

from functools import partial

from channels.reading import Anomalous, Node
from channels.telegram.contents import read_content
from channels.telegram.mapping import UNASKED, moment_of, parse_update, sender_of
from channels.telegram_business.capabilities import WINDOW
from channels.telegram_business.connections import Connection, Connections
from sales.ids import ChannelId
from sales.incoming import (
    AccountChanged,
    ClientDeleted,
    ClientEdited,
    ClientWrote,
    Event,
    Ignored,
    Incoming,
    Malformed,
    WrittenOutside,
)
from sales.messages import Content

ALLOWED_UPDATES = (
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
_OWN_CHATS = ("message", "edited_message", "message_reaction", "my_chat_member")
"""What people do in the bot's own chats, where no client is looked for."""

TELEGRAM_ITSELF = 777000
"""Writes log-in codes into accounts: nothing for a team to see."""


def parse(channel_id: ChannelId, raw: bytes, known: Connections) -> Incoming | Malformed:
    """One update, whatever it is: never raises. ``known`` is what was told of connections so far, this one included."""
    return parse_update(channel_id, raw, partial(_to_event, known))


def _to_event(known: Connections, update: Node, held_by: str) -> Event:
    if "business_connection" in update:
        return AccountChanged(known.with_(read_connection(update.node("business_connection"))).problem)
    if "business_message" in update:
        return _message(known, update.node("business_message"), held_by)
    if "edited_business_message" in update:
        return _edited(known, update.node("edited_business_message"), held_by)
    if "deleted_business_messages" in update:
        return _deleted(known, update.node("deleted_business_messages"))
    for kind in (*_OWN_CHATS, *sorted(UNASKED)):
        if kind in update:
            return Ignored("bot_chat" if kind in _OWN_CHATS else kind)
    raise Anomalous("update", "of no known kind")


def read_connection(node: Node) -> Connection:
    """A ``BusinessConnection``. Raises ``Anomalous``. Rights that are missing are not given."""
    rights = node.maybe_node("rights")

    def may(*names: str) -> bool:
        return rights is not None and any(rights.flag(name) for name in names)

    owner = node.node("user")
    return Connection(
        node.text("id"),
        owner.natural("id"),
        node.natural("date"),
        node.flag("is_enabled"),
        may("can_reply"),
        may("can_read_messages"),
        may("can_delete_sent_messages", "can_delete_all_messages"),
        sender_of(owner).name,
    )


def connection_named(update: Node) -> str | None:
    """The connection that an update about a chat goes by. Raises ``Anomalous``."""
    for name in ALLOWED_UPDATES[1:]:
        if name in update:
            return update.node(name).text("business_connection_id")
    return None


def _message(known: Connections, message: Node, held_by: str) -> Event:
    why = _nobody(known, message)
    if why is not None:
        return Ignored(why)
    content = read_content(message, held_by)
    if content is None:
        return Ignored("service")
    return _wrote(known, message, content) if _from_client(message) else _written_outside(known, message, content)


def _edited(known: Connections, message: Node, held_by: str) -> Event:
    why = _nobody(known, message)
    if why is not None:
        return Ignored(why)
    content = read_content(message, held_by)
    if content is None:
        return Ignored("service")
    at = moment_of(message, "edit_date" if "edit_date" in message else "date")
    return ClientEdited(_address(known, message), _id_of(message), content, at, _aliases(known, message))


def _deleted(known: Connections, deleted: Node) -> Event:
    if deleted.node("chat").text("type") != "private":
        return Ignored("group")
    ids = tuple(str(number) for number in deleted.naturals("message_ids"))
    return ClientDeleted(_address(known, deleted), ids, _aliases(known, deleted))


def _nobody(known: Connections, message: Node) -> str | None:
    """Why this is neither a client's message nor one to a client.

    ``sent_by_bot``: ours, told by the answer to the call that sent it. A later edit by the owner of what the bot had
    sent looks just the same, and is not told apart.
    """
    chat = message.node("chat")
    if chat.text("type") != "private":
        return "group"
    if "sender_business_bot" in message:
        return "sent_by_bot"
    if chat.natural("id") == TELEGRAM_ITSELF:
        return "telegram"
    connection = known.current(message.text("business_connection_id"))
    if connection is not None and connection.owner == chat.natural("id"):
        return "saved_messages"
    return "bot" if message.node("from").flag("is_bot") else None


def _from_client(message: Node) -> bool:
    return message.node("from").natural("id") == message.node("chat").natural("id")


def _wrote(known: Connections, message: Node, content: Content) -> ClientWrote:
    return ClientWrote(
        _address(known, message),
        _id_of(message),
        sender_of(message.node("from"), content),
        content,
        moment_of(message, "date"),
        _answered(message),
        message.maybe_text("media_group_id"),
        window=WINDOW,
        aliases=_aliases(known, message),
    )


def _written_outside(known: Connections, message: Node, content: Content) -> WrittenOutside:
    """By the owner, or by Telegram in their name: a greeting, an away message, a scheduled one."""
    return WrittenOutside(
        _address(known, message),
        _id_of(message),
        sender_of(message.node("chat")),
        content,
        moment_of(message, "date"),
        _answered(message),
        message.maybe_text("media_group_id"),
        window=WINDOW,
        aliases=_aliases(known, message),
        automatic=message.flag("is_from_offline"),
    )


def _id_of(message: Node) -> str:
    return str(message.natural("message_id"))


def _answered(message: Node) -> str | None:
    answered = message.maybe_node("reply_to_message")
    return _id_of(answered) if answered is not None else None


def _address(known: Connections, node: Node) -> str:
    """Under the account's connection of now, whichever the update came by."""
    named = node.text("business_connection_id")
    connection = known.current(named)
    return address(connection.id if connection is not None else named, node.node("chat").natural("id"))


def _aliases(known: Connections, node: Node) -> tuple[str, ...]:
    chat_id = node.node("chat").natural("id")
    return tuple(address(former, chat_id) for former in known.former(node.text("business_connection_id")))


def address(connection_id: str, chat_id: int) -> str:
    """Ids of chats are not enough: the bot's own chat with the same person has the same."""
    return f"{connection_id}/{chat_id}"


def parts_of(where: str) -> tuple[str, int]:
    """Connection and chat of an address."""
    connection_id, _, chat_id = where.rpartition("/")
    return connection_id, int(chat_id)
