"""What the Bot API tells, as ``sales.incoming`` events. Pure; raw JSON ends here.

Only private chats are conversations with clients: groups and channels the bot was put into are ignored, as are other
bots. Kinds of updates nobody asked for are ignored by name; a kind nobody knows is kept as malformed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence

from channels.phones import canonical, to_e164, variants
from channels.reading import Anomalous, Node
from channels.telegram.contents import read_content
from channels.text import clean_name
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId, Moment
from sales.incoming import (
    ClientEdited,
    ClientReach,
    ClientReacted,
    ClientWrote,
    Event,
    Ignored,
    Incoming,
    Malformed,
    Sender,
)
from sales.messages import Content, MessageKind

ALLOWED_UPDATES = ("message", "edited_message", "message_reaction", "my_chat_member")
"""What a customers' bot asks for. ``message_reaction`` is never sent unless asked for (Bot API, getUpdates)."""

_UNASKED_KINDS = (
    "channel_post edited_channel_post business_connection business_message edited_business_message "
    "deleted_business_messages guest_message message_reaction_count inline_query chosen_inline_result callback_query "
    "shipping_query pre_checkout_query purchased_paid_media poll poll_answer chat_member chat_join_request chat_boost "
    "removed_chat_boost managed_bot"
)
UNASKED = frozenset(_UNASKED_KINDS.split())
Read = Callable[[Node, str], Event]
_START = re.compile(r"/start(@\w+)?(\s+\S+)?\s*", re.ASCII)


def parse_update(channel_id: ChannelId, raw: bytes, read: Read | None = None) -> Incoming | Malformed:
    """One update, whatever it is: never raises. ``read`` is what a kind of channel makes of it; else ``to_event``."""
    update_id = f"raw:{hashlib.sha256(raw).hexdigest()[:32]}"
    try:
        update = Node(json.loads(raw), "update")
        update_id = str(update.natural("update_id"))
        return Incoming(channel_id, update_id, (read or to_event)(update, f"channel:{channel_id}"), raw)
    except Anomalous as error:
        return Malformed(channel_id, update_id, raw, str(error))
    except (ValueError, RecursionError):
        return Malformed(channel_id, update_id, raw, "update: not JSON")


def to_event(update: Node, held_by: str) -> Event:
    """``held_by`` marks files as this channel's. Raises ``Anomalous``."""
    if "message" in update:
        return _message(update.node("message"), held_by)
    if "edited_message" in update:
        return _edited(update.node("edited_message"), held_by)
    if "message_reaction" in update:
        return _reaction(update.node("message_reaction"))
    if "my_chat_member" in update:
        return _membership(update.node("my_chat_member"))
    for kind in UNASKED:
        if kind in update:
            return Ignored(kind)
    raise Anomalous("update", "of no known kind")


def _message(message: Node, held_by: str) -> Event:
    """A message, unless it is nothing a client says.

    ``/start`` alone is not: Telegram makes every stranger press Start before they can write, so it must not ring the
    whole team. The payload of a deep link (``/start spring_sale``) is told apart in ``why`` for those who want to
    count where people come from; it becomes an offer with the first real word, as any contact does.
    """
    why = _not_a_client(message)
    if why is not None:
        return Ignored(why)
    content = read_content(message, held_by)
    if content is None:
        return Ignored("service")
    start = _START.fullmatch(content.text) if content.kind is MessageKind.TEXT else None
    if start is not None:
        return Ignored("start_link" if start[2] else "start")
    return _wrote(message, content)


def _not_a_client(message: Node) -> str | None:
    if message.node("chat").text("type") != "private":
        return "group"
    return "bot" if message.node("from").flag("is_bot") else None


def _wrote(message: Node, content: Content) -> ClientWrote:
    answered = message.maybe_node("reply_to_message")
    return ClientWrote(
        _address(message),
        str(message.natural("message_id")),
        sender_of(message.node("from"), content),
        content,
        moment_of(message, "date"),
        str(answered.natural("message_id")) if answered is not None else None,
        message.maybe_text("media_group_id"),
    )


def _edited(message: Node, held_by: str) -> Event:
    why = _not_a_client(message)
    if why is not None:
        return Ignored(why)
    content = read_content(message, held_by)
    if content is None:
        return Ignored("service")
    at = moment_of(message, "edit_date" if "edit_date" in message else "date")
    return ClientEdited(_address(message), str(message.natural("message_id")), content, at)


def _reaction(reaction: Node) -> Event:
    """Only plain emoji have a counterpart. One replaced by a custom or paid one counts as taken back."""
    if reaction.node("chat").text("type") != "private":
        return Ignored("group")
    emoji = _emoji(reaction, "new_reaction")
    if emoji is None and list(reaction.nodes("new_reaction")) and _emoji(reaction, "old_reaction") is None:
        return Ignored("custom_reaction")
    return ClientReacted(_address(reaction), str(reaction.natural("message_id")), emoji)


def _emoji(reaction: Node, name: str) -> str | None:
    return next((node.text("emoji") for node in reaction.nodes(name) if node.text("type") == "emoji"), None)


def _membership(change: Node) -> Event:
    """In a private chat: ``kicked`` is what stopping the bot is called, ``member`` starting it again."""
    if change.node("chat").text("type") != "private":
        return Ignored("group")
    return ClientReach(_address(change), change.node("new_chat_member").text("status") == "member")


def _address(node: Node) -> str:
    return str(node.node("chat").natural("id"))


def moment_of(node: Node, name: str) -> Moment:
    """Telegram tells whole seconds."""
    return Moment(node.natural(name) * 1000)


def sender_of(user: Node, content: Content | None = None) -> Sender:
    """``user`` is a User, or the Chat of a private chat, which has the same names. ``content`` is what they said."""
    username = user.maybe_text("username")
    both = f"{user.maybe_text('first_name') or ''} {user.maybe_text('last_name') or ''}"
    user_id = user.natural("id")
    identities = [Identity(IdentityKind.TELEGRAM, str(user_id))]
    identities += _own_phones(user_id, content) if content is not None else ()
    return Sender(clean_name(both, username), tuple(identities), username)


def _own_phones(user_id: int, content: Content) -> Sequence[Identity]:
    """A contact card with the sender's own id is their own number, vouched for by Telegram.

    Where a number may be filed in two forms (``channels.phones``), the client is known by both.
    """
    contact = content.contact
    if contact is None or contact.telegram_id != user_id:
        return ()
    phone = to_e164(contact.phone if contact.phone.startswith("+") else f"+{contact.phone}")
    forms = [form for form in variants(phone) if canonical(form) == form] if phone is not None else []
    return [Identity(IdentityKind.PHONE, form) for form in forms]
