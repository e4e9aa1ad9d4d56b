"""Files on disk, and the ids that a bot knows them by.

A file id belongs to one bot: the same file has another id for another bot, and foreign ids are refused.
"""

from __future__ import annotations

import base64

from playground.kit.files import BlobStore

from .errors import WRONG_FILE_ID, BadRequest

THUMB_BYTES = 1024


class FileStore(BlobStore):
    """All files of one server. `links` say until when a bot may download a path (seconds since the epoch)."""

    def __init__(self) -> None:
        super().__init__("playground-telegram-")
        self.links: dict[tuple[int, str], float] = {}


def file_id(bot_id: int, kind: str, number: int) -> str:
    """Opaque to bots, as Telegram's are; carries whose it is."""
    raw = f"{kind}:{bot_id}:{number}".encode()
    return "BQACAgIAAxk" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unique_id(kind: str, number: int) -> str:
    """The same for every bot, and useless for sending."""
    return f"AgAD{kind[:2]}{number:06d}"


def parse_file_id(bot_id: int, text: str) -> tuple[str, int]:
    """Kind and number of a file this bot knows; BadRequest for anything else."""
    try:
        raw = text.removeprefix("BQACAgIAAxk")
        kind, owner, number = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode().split(":")
        if raw != text and int(owner) == bot_id:
            return kind, int(number)
    except ValueError:
        pass
    raise BadRequest(WRONG_FILE_ID)
