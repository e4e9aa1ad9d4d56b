"""Media as the API keeps it: files on disk, ids that expire, addresses that live five minutes."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from playground.kit.clock import Clock
from playground.kit.files import Blob, BlobStore

from .accounts import Number
from .ids import object_id
from .options import Options

Json = dict[str, Any]

PLACE = "/whatsapp_business/attachments/"


@dataclass(slots=True)
class Handle:
    """A media id: which file, whose, and until when (seconds since the epoch)."""

    id: str
    blob: Blob
    number: Number
    until: float


class MediaStore(BlobStore):
    """All files of one server, and the ids and addresses they have. `base` is the server's address."""

    def __init__(self, clock: Clock, options: Options) -> None:
        super().__init__("playground-whatsapp-")
        self.base = ""
        self._clock = clock
        self._options = options
        self._handles: dict[str, Handle] = {}
        self._links: dict[str, tuple[Handle, float]] = {}

    def register(self, blob: Blob, number: Number, seconds: float) -> Handle:
        """A new media id for a file."""
        handle = Handle(object_id(), blob, number, self._clock.now() + seconds)
        self._handles[handle.id] = handle
        return handle

    def find(self, media_id: str) -> Handle | None:
        """A media id that has not expired."""
        handle = self._handles.get(media_id)
        return handle if handle is not None and handle.until > self._clock.now() else None

    def forget(self, handle: Handle) -> None:
        """The id is deleted; its addresses go with it."""
        self._handles.pop(handle.id, None)

    def link(self, handle: Handle, source: str) -> str:
        """A new address of the file."""
        until = self._clock.now() + self._options.link_seconds
        code = secrets.token_urlsafe(24)
        self._links[code] = (handle, until)
        return f"{self.base}{PLACE}?mid={handle.id}&source={source}&ext={int(until)}&hash={code}"

    def by_link(self, code: str) -> Handle | None:
        """What an address points at, while it lives."""
        handle, until = self._links.get(code, (None, 0.0))
        return handle if handle is not None and until > self._clock.now() and self.find(handle.id) else None

    def arrived(self, blob: Blob, number: Number) -> Json:
        """A file that a person sent, as the webhook shows it: a new id, the digest in base64."""
        handle = self.register(blob, number, self._options.received_seconds)
        shown = {"mime_type": blob.mime, "sha256": base64.b64encode(blob.sha256).decode(), "id": handle.id}
        return shown | ({"url": self.link(handle, "webhook")} if self._options.links else {})
