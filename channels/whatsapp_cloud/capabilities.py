"""What a number on WhatsApp's Business API can do (PLATFORMS.md B5–B9)."""

from sales.channels import Capabilities, FirstMessage, Limits
from sales.messages import MessageKind

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
WINDOW = 24 * 3600
"""Seconds after a client's message or call in which anything may be sent."""
STATIC_STICKER = 100 * KILOBYTE
FETCH_LIMIT = 100 * MEGABYTE

CAPABILITIES = Capabilities(
    title="WhatsApp",
    kinds=frozenset(MessageKind) - {MessageKind.UNSUPPORTED, MessageKind.CALL},
    edit=False,
    delete=False,
    reactions=None,
    replies=True,
    read_receipts=True,
    albums=0,
    text_limit=4096,
    caption_limit=1024,
    sizes={
        MessageKind.PHOTO: 5 * MEGABYTE,
        MessageKind.VIDEO: 16 * MEGABYTE,
        MessageKind.VIDEO_NOTE: 16 * MEGABYTE,
        MessageKind.ANIMATION: 16 * MEGABYTE,
        MessageKind.VOICE: 16 * MEGABYTE,
        MessageKind.AUDIO: 16 * MEGABYTE,
        MessageKind.DOCUMENT: 100 * MEGABYTE,
        MessageKind.STICKER: 500 * KILOBYTE,
    },
    fetch_limit=FETCH_LIMIT,
    limits=Limits(rate=76.0, burst=4, chat_rate=0.165, chat_burst=45, parallel=60),
    window=WINDOW,
    first_message=FirstMessage.TEMPLATE,
)
"""80 messages a second for the number, and one in 6 s for a pair after bursts of 45: rates stay a little under them."""
