"""What a linked phone can do through WAHA (PLATFORMS.md C1, C4)."""

from sales.channels import Capabilities, FirstMessage, Limits
from sales.messages import MEDIA_KINDS, MessageKind

MEGABYTE = 1024 * 1024
MEDIA_LIMIT = 16 * MEGABYTE
"""WhatsApp's bound for photos, videos, voice and audio."""
DOCUMENT_LIMIT = 37 * MEGABYTE
"""WhatsApp takes 100 MB and more, but WAHA reads requests of 50 MB at most, and a file in one is base64."""
FETCH_LIMIT = 100 * MEGABYTE

CAPABILITIES = Capabilities(
    title="WhatsApp (linked phone)",
    kinds=frozenset(MessageKind) - {MessageKind.UNSUPPORTED, MessageKind.CALL},
    edit=True,
    delete=True,
    reactions=None,
    replies=True,
    read_receipts=True,
    albums=0,
    text_limit=4096,
    caption_limit=1024,
    sizes={kind: DOCUMENT_LIMIT if kind is MessageKind.DOCUMENT else MEDIA_LIMIT for kind in MEDIA_KINDS},
    fetch_limit=FETCH_LIMIT,
    limits=Limits(rate=0.5, burst=3, chat_rate=0.5, chat_burst=1, parallel=4),
    window=None,
    first_message=FirstMessage.FREELY,
    unofficial=True,
)
"""The pace is a person's: accounts that write faster are banned."""
