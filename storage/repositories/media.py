"""The book of files."""

from typing import Any

from sqlalchemy import bindparam, select, update

from sales.ids import MediaId
from sales.messages import Media, MediaState, RemoteFile
from storage.repositories.base import Book
from storage.schema import media
from storage.statements import Statement, Tuple, columns, inserting

REMOTE_NAMES = ("held_by", "source", "told_size", "mime", "file_name", "duration", "width", "height", "unique_id")
REMOTE = columns(media, REMOTE_NAMES)
_THIS = media.c.id == bindparam("id_")
_GET = Statement(select(media.c.id, media.c.state, media.c.sha256, media.c.size, media.c.problem, *REMOTE).where(_THIS))
_ADD = Statement(inserting(media, *REMOTE_NAMES, "state", "created_at").returning(media.c.id))
_SETTLE = Statement(
    update(media)
    .where(_THIS)
    .values({name: bindparam(f"to_{name}") for name in ("state", "sha256", "size", "problem")})
)


class MediaRepository(Book):
    def get(self, media_id: MediaId) -> Media | None:
        row = self.link.one(_GET, {"id_": media_id})
        if row is None:
            return None
        id_, state, sha256, size, problem = row[:5]
        return Media(MediaId(id_), MediaState(state), _known(row[5:]), sha256, size, problem)

    def add(self, remote: RemoteFile) -> MediaId:
        values: dict[str, Any] = {
            name: remote.size if name == "told_size" else getattr(remote, name) for name in REMOTE_NAMES
        }
        return MediaId(self.link.value(_ADD, {**values, "state": MediaState.WANTED, "created_at": self.now}))

    def settle(
        self, media_id: MediaId, state: MediaState, sha256: str | None, size: int | None, problem: str | None
    ) -> None:
        values = {"to_state": state, "to_sha256": sha256, "to_size": size, "to_problem": problem}
        self.link.run(_SETTLE, {"id_": media_id, **values})


def _known(row: Tuple) -> RemoteFile:
    return RemoteFile(*row)


def remote_file(row: Tuple) -> RemoteFile | None:
    """From the columns REMOTE of an outer join."""
    return None if row[0] is None else RemoteFile(*row)
