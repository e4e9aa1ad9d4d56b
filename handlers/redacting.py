"""Raw updates are kept when they can't be handled. A bot's token in one of them must not be kept with it."""

import re
from collections.abc import Mapping

TOKEN = re.compile(r"(?<![\w-])\d{3,20}:[A-Za-z0-9_-]{30,128}(?![\w-])")
"""As BotFather gives them out: wherever it stands in a text, this is taken for a token."""


def without_tokens(raw: bytes) -> bytes:
    return TOKEN.sub("<token>", raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def without_words(raw: Mapping[str, object]) -> Mapping[str, object]:
    """An update whose message may be a secret of any form: who wrote it and when are kept."""
    message = raw.get("message")
    if not isinstance(message, dict):
        return raw
    kept = {name: message[name] for name in ("message_id", "date", "from", "chat") if name in message}
    return {**raw, "message": {**kept, "text": "<answer>"}}
