"""What a Telegram message says, in the neutral form. Pure: a raw ``Message`` goes in, ``Content`` comes out.

Order matters where one kind carries the fields of another: an animation also has ``document``, a live photo ``photo``,
a venue ``location`` (Bot API, Message).
"""

from collections.abc import Callable

from channels.phones import to_e164
from channels.reading import Anomalous, Node
from sales.messages import Content, Entity, Location, MessageKind, RemoteFile, SharedContact

_FORMATTING = (
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote "
    "expandable_blockquote code pre text_link custom_emoji"
)
ENTITY_TYPES = frozenset(_FORMATTING.split())
"""Formatting that means the same in any chat. ``text_mention`` names a user only this bot may name: its text stays."""

_STICKER_MIMES = {(False, False): "image/webp", (True, False): "application/x-tgsticker", (False, True): "video/webm"}


def read_content(message: Node, held_by: str) -> Content | None:
    """``None``: a service message, which says nothing. Raises ``Anomalous``.

    What has no counterpart, known or not, becomes ``unsupported`` with a label that ``screens`` has words for.
    """
    for name, read in _READERS.items():
        if name in message:
            return read(message, name, held_by)
    if any(name in message for name in _SERVICE):
        return None
    return Content(MessageKind.UNSUPPORTED, *_caption(message), label="unknown")


def read_entities(message: Node, name: str) -> tuple[Entity, ...]:
    return tuple(_entity(node) for node in message.nodes(name) if node.text("type") in ENTITY_TYPES)


def _entity(node: Node) -> Entity:
    return Entity(
        node.text("type"),
        node.natural("offset"),
        node.natural("length"),
        node.maybe_text("url"),
        node.maybe_text("language"),
        node.maybe_text("custom_emoji_id"),
    )


def _caption(message: Node) -> tuple[str, tuple[Entity, ...]]:
    return message.maybe_text("caption") or "", read_entities(message, "caption_entities")


def _text(message: Node, name: str, held_by: str) -> Content:
    return Content(MessageKind.TEXT, message.text(name), read_entities(message, "entities"))


def _file(node: Node, held_by: str, mime: str | None = None) -> RemoteFile:
    return RemoteFile(
        held_by,
        node.text("file_id"),
        node.maybe_natural("file_size"),
        node.maybe_text("mime_type") or mime,
        node.maybe_text("file_name"),
        node.maybe_natural("duration"),
        node.maybe_natural("width") or node.maybe_natural("length"),
        node.maybe_natural("height") or node.maybe_natural("length"),
        node.maybe_text("file_unique_id"),
    )


def _media(kind: MessageKind, mime: str | None = None) -> "Reader":
    def read(message: Node, name: str, held_by: str) -> Content:
        return Content(kind, *_caption(message), file=_file(message.node(name), held_by, mime))

    return read


def _photo(message: Node, name: str, held_by: str) -> Content:
    """The largest of the sizes that Telegram made."""
    sizes = [_file(node, held_by, "image/jpeg") for node in message.nodes(name)]
    if not sizes:
        raise Anomalous(f"{message.path}.{name}", "empty")
    largest = max(sizes, key=lambda size: ((size.width or 0) * (size.height or 0), size.size or 0))
    return Content(MessageKind.PHOTO, *_caption(message), file=largest)


def _live_photo(message: Node, name: str, held_by: str) -> Content:
    """A photo that moves for a second or two: kept as the video that it is, so that nothing of it is lost."""
    return Content(MessageKind.VIDEO, *_caption(message), file=_file(message.node(name), held_by, "video/mp4"))


def _sticker(message: Node, name: str, held_by: str) -> Content:
    """``label`` is the emoji it stands for."""
    node = message.node(name)
    mime = _STICKER_MIMES.get((node.flag("is_animated"), node.flag("is_video")))
    return Content(MessageKind.STICKER, file=_file(node, held_by, mime), label=node.maybe_text("emoji"))


def _location(message: Node, name: str, held_by: str) -> Content:
    return Content(MessageKind.LOCATION, location=_point(message.node(name)))


def _venue(message: Node, name: str, held_by: str) -> Content:
    venue = message.node(name)
    point = _point(venue.node("location"))
    named = Location(point.latitude, point.longitude, venue.text("title"), venue.text("address"))
    return Content(MessageKind.LOCATION, location=named)


def _point(node: Node) -> Location:
    return Location(node.degrees("latitude"), node.degrees("longitude"))


def _contact(message: Node, name: str, held_by: str) -> Content:
    node = message.node(name)
    user_id = node.natural("user_id") if "user_id" in node else None
    names = node.text("first_name"), node.maybe_text("last_name")
    written = node.text("phone_number")
    contact = SharedContact(to_e164(written) or written, *names, user_id, node.maybe_text("vcard"))
    return Content(MessageKind.CONTACT, contact=contact)


def _unsupported(says: Callable[[Node], str] | None = None) -> "Reader":
    def read(message: Node, name: str, held_by: str) -> Content:
        words = says(Node(message.fields[name], f"{message.path}.{name}")) if says is not None else ""
        text, entities = (words, ()) if words else _caption(message)
        return Content(MessageKind.UNSUPPORTED, text, entities, label=name)

    return read


def _poll_words(poll: Node) -> str:
    return "\n".join([poll.text("question"), *(f"• {option.text('text')}" for option in poll.nodes("options"))])


def _checklist_words(checklist: Node) -> str:
    return "\n".join([checklist.text("title"), *(f"• {task.text('text')}" for task in checklist.nodes("tasks"))])


def _dice_words(dice: Node) -> str:
    return f"{dice.text('emoji')} {dice.natural('value')}"


def _title(node: Node) -> str:
    return node.text("title")


Reader = Callable[[Node, str, str], Content]

_READERS: dict[str, Reader] = {
    "text": _text,
    "live_photo": _live_photo,
    "animation": _media(MessageKind.ANIMATION, "video/mp4"),
    "audio": _media(MessageKind.AUDIO),
    "document": _media(MessageKind.DOCUMENT),
    "photo": _photo,
    "sticker": _sticker,
    "video": _media(MessageKind.VIDEO, "video/mp4"),
    "video_note": _media(MessageKind.VIDEO_NOTE, "video/mp4"),
    "voice": _media(MessageKind.VOICE, "audio/ogg"),
    "contact": _contact,
    "venue": _venue,
    "location": _location,
    "poll": _unsupported(_poll_words),
    "dice": _unsupported(_dice_words),
    "game": _unsupported(_title),
    "invoice": _unsupported(_title),
    "checklist": _unsupported(_checklist_words),
    "paid_media": _unsupported(),
    "story": _unsupported(),
    "giveaway": _unsupported(),
    "giveaway_winners": _unsupported(),
    "rich_message": _unsupported(),
    "gift": _unsupported(),
    "unique_gift": _unsupported(),
    "successful_payment": _unsupported(),
    "refunded_payment": _unsupported(),
    "passport_data": _unsupported(),
    "web_app_data": _unsupported(),
}

UNSUPPORTED_LABELS = (*list(_READERS)[list(_READERS).index("poll") :], "unknown")
"""Every label a message of this platform can carry, for whoever has to have words for them."""

_SERVICE_FIELDS = (
    "new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo group_chat_created "
    "supergroup_chat_created channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id "
    "migrate_from_chat_id pinned_message users_shared chat_shared connected_website write_access_allowed "
    "proximity_alert_triggered boost_added chat_background_set checklist_tasks_done checklist_tasks_added "
    "direct_message_price_changed forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened "
    "general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway_completed "
    "paid_message_price_changed gift_upgrade_sent suggested_post_approved suggested_post_approval_failed "
    "suggested_post_declined suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started "
    "video_chat_ended video_chat_participants_invited chat_owner_left chat_owner_changed managed_bot_created "
    "poll_option_added poll_option_deleted"
)
_SERVICE = frozenset(_SERVICE_FIELDS.split())
"""What Telegram tells about a chat rather than somebody about something (Bot API 10.3, Message)."""
