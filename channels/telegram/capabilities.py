"""What a customers' Telegram bot can do (PLATFORMS.md A3)."""

from sales.channels import Capabilities, Limits
from sales.messages import MEDIA_KINDS, MessageKind

MEGABYTE = 1024 * 1024
ALBUM = 10
FETCH_LIMIT = 20 * MEGABYTE
"""getFile hands out nothing larger."""

_EMOJI = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
REACTIONS = frozenset(_EMOJI.split())
"""The emoji that Telegram takes as reactions (Bot API, ReactionTypeEmoji)."""

CAPABILITIES = Capabilities(
    title="Telegram",
    kinds=frozenset(MessageKind) - {MessageKind.UNSUPPORTED, MessageKind.CALL},
    edit=True,
    delete=True,
    reactions=REACTIONS,
    replies=True,
    read_receipts=False,
    albums=ALBUM,
    text_limit=4096,
    caption_limit=1024,
    sizes={kind: (10 if kind is MessageKind.PHOTO else 50) * MEGABYTE for kind in MEDIA_KINDS},
    fetch_limit=FETCH_LIMIT,
    limits=Limits(rate=29.9, burst=4, chat_rate=1.0, chat_burst=4, parallel=60),
)
