"""Files on disk, and the links that WAHA gives to them for three minutes."""

from __future__ import annotations

import mimetypes

from playground.kit.clock import Clock
from playground.kit.files import Blob, BlobStore

EXTENSIONS = {"audio/ogg": ".oga", "image/jpeg": ".jpeg", "image/webp": ".webp", "video/mp4": ".mp4"}


class FileStore(BlobStore):
    """All files of one server, and under which names they can be downloaded until when."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("playground-whatsapp-gateway-")
        self._links: dict[str, tuple[Blob, float]] = {}
        self._clock = clock

    def publish(self, message_id: str, blob: Blob, seconds: float) -> str:
        """Make it downloadable under a name, which is returned; again prolongs its life."""
        mime = blob.plain_mime
        name = message_id + (EXTENSIONS.get(mime) or mimetypes.guess_extension(mime) or "")
        self._links[name] = (blob, self._clock.now() + seconds)
        return name

    def linked(self, name: str) -> Blob | None:
        """What is downloadable under this name now."""
        blob, until = self._links.get(name, (None, 0.0))
        return blob if until > self._clock.now() else None
