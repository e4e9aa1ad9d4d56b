"""One post in a staff chat: text with entities (never a parse mode), and buttons."""

from dataclasses import dataclass, replace

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from sales.ids import ClientId, MessageId, PostId
from sales.messages import Entity
from screens import utf16

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
BUTTON_BYTES = 64


@dataclass(frozen=True, slots=True)
class Button:
    """One action: ``data`` (a factory of ``screens.buttons``), a ``url`` or text to ``copy``.

    ``style`` is ``primary``, ``success`` or ``danger``.
    """

    text: str
    data: CallbackData | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None

    def payload(self) -> dict[str, object]:
        """As the Bot API takes it. Raises ``ValueError`` when ``data`` packs to over 64 bytes."""
        button: dict[str, object] = {"text": self.text}
        if self.data is not None:
            button["callback_data"] = self.data.pack()
        elif self.url is not None:
            button["url"] = self.url
        else:
            button["copy_text"] = {"text": utf16.head(self.copy or "-", 256)}
        if self.style is not None:
            button["style"] = self.style
        return button


Keyboard = tuple[tuple[Button, ...], ...]


def rows(*buttons: Button, width: int = 2) -> Keyboard:
    """Buttons in rows of ``width``."""
    return tuple(buttons[start : start + width] for start in range(0, len(buttons), width))


@dataclass(frozen=True, slots=True)
class Post:
    """What to post. ``client_id`` and ``message_id`` say what it is about, so that a reply to it finds the client.

    ``picture`` is a PNG; the text is its caption then. ``sound`` rings; every other post is silent.
    """

    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    sound: bool = False
    client_id: ClientId | None = None
    message_id: MessageId | None = None
    reply_to: PostId | None = None
    picture: bytes | None = None

    def within(self, limit: int) -> "Post":
        """Cut to ``limit`` UTF-16 units and 100 entities."""
        if utf16.units(self.text) <= limit and len(self.entities) <= ENTITY_LIMIT:
            return self
        text = utf16.cut(self.text, limit)
        return replace(self, text=text, entities=utf16.clip(self.entities, utf16.units(text))[:ENTITY_LIMIT])


def post(*nodes: object, keyboard: Keyboard = (), sound: bool = False, limit: int = TEXT_LIMIT) -> Post:
    """A post of words and formatted nodes (``aiogram.utils.formatting``), cut politely at ``limit``."""
    text, entities = Text(*nodes).render()
    found = tuple(
        Entity(str(entity.type), entity.offset, entity.length, entity.url, entity.language, entity.custom_emoji_id)
        for entity in entities
        if entity.length > 0
    )
    return Post(text, found, keyboard, sound).within(limit)


def lines(*nodes: object) -> Text:
    """One line each; ``None`` and empty strings leave no line."""
    parts: list[object] = []
    for node in nodes:
        if node is None or node == "":
            continue
        parts += ["\n", node] if parts else [node]
    return Text(*parts)


def entity_payload(entities: tuple[Entity, ...]) -> list[dict[str, object]]:
    """As the Bot API takes them."""
    return [
        {
            "type": entity.type,
            "offset": entity.offset,
            "length": entity.length,
            **({"url": entity.url} if entity.url else {}),
            **({"language": entity.language} if entity.language else {}),
            **({"custom_emoji_id": entity.custom_emoji_id} if entity.custom_emoji_id else {}),
        }
        for entity in entities
    ]


def keyboard_payload(keyboard: Keyboard) -> dict[str, object] | None:
    """As the Bot API takes it; ``None`` for no buttons (an edit without it takes the old buttons away)."""
    return {"inline_keyboard": [[button.payload() for button in row] for row in keyboard]} if keyboard else None


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """For calls made through aiogram's own methods."""
    buttons = [[InlineKeyboardButton.model_validate(button.payload()) for button in row] for row in keyboard]
    return InlineKeyboardMarkup(inline_keyboard=buttons) if buttons else None
