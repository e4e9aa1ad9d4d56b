"""The book of files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, literal_column, select, update

from sales.ids import MediaId, Moment
from sales.messages import Media, MediaState, RemoteFile
from sales.ports.conversations import Swept
from storage.repositories.base import Book
from storage.schema import media, message_versions, messages
from storage.statements import Statement, Tuple, columns, each, fact, inserting

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


SWEPT = 500
"""Files looked at in one go."""
_BITE = Statement(select(media.c.id).where(media.c.id > bindparam("after")).order_by(media.c.id).limit(SWEPT))
_shown = select(messages.c.id).where(messages.c.media_id == media.c.id)
_showed = select(message_versions.c.id).where(message_versions.c.media_id == media.c.id)
_ORPHANS = Statement(
    select(media.c.id, media.c.sha256).where(
        media.c.id > bindparam("after"),
        media.c.id <= bindparam("last"),
        media.c.created_at < bindparam("before"),
        ~_shown.exists(),
        ~_showed.exists(),
    )
)
_FORGET = Statement(delete(media).where(media.c.id.in_(each("ids"))))
_KNOWN = Statement(select(media.c.sha256).where(fact("sha256 IS NOT NULL"), media.c.sha256.in_(each("contents"))))
_EXPIRE = Statement(
    update(media)
    .where(fact("sha256 IS NOT NULL"), media.c.sha256.in_(each("contents")))
    .values(state=literal_column(f"'{MediaState.EXPIRED}'"))
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

    def sweep(self, after: MediaId, before: Moment) -> Swept:
        bite = [row[0] for row in self.link.rows(_BITE, {"after": after})]
        if not bite:
            return Swept(None, ())
        orphans = self.link.rows(_ORPHANS, {"after": after, "last": bite[-1], "before": before})
        contents = {row[1] for row in orphans if row[1] is not None}
        if orphans:
            self.link.run(_FORGET, {"ids": [row[0] for row in orphans]})
        known = {row[0] for row in self.link.rows(_KNOWN, {"contents": list(contents)})} if contents else set()
        return Swept(MediaId(bite[-1]) if len(bite) == SWEPT else None, sorted(contents - known))

    def expire(self, contents: Sequence[str]) -> None:
        if contents:
            self.link.run(_EXPIRE, {"contents": list(contents)})


def _known(row: Tuple) -> RemoteFile:
    return RemoteFile(*row)


def remote_file(row: Tuple) -> RemoteFile | None:
    """From the columns REMOTE of an outer join."""
    return None if row[0] is None else RemoteFile(*row)
