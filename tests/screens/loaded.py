"""A sender whose views are handed in: what is rendered and sent is real, what is read is given by the test."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sales import outbox
from sales.ids import MediaId, Moment, OutboxId
from sales.messages import Media, MediaState, RemoteFile
from sales.outbox import NewRow, Row
from sales.ports import Work
from screens.desk import Desk
from screens.language import Languages
from screens.telegram import StaffTelegram
from tests.screens.people import ANNA, BORIS, NOW

T = TypeVar("T")


class Given:
    """``Transactions`` whose reads answer with what the test gave."""

    def __init__(self) -> None:
        self.view: object = None

    async def read(self, view: Callable[[Work], T]) -> T:
        return self.view  # type: ignore[return-value]  # the test gives what the view would have made

    async def write(self, use_case: Callable[[Work], T]) -> T:
        raise AssertionError("nothing is written while sending")


class Folder:
    """``MediaStore`` over plain files named by the test."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"screens only ask for paths, not for {name}")

    def keep(self, name: str, size: int = 2048, mime: str | None = None, file_name: str | None = None) -> Media:
        """A stored file of ``size`` bytes."""
        (self.root / name).write_bytes(b"\x89PNG" + b"x" * (size - 4))
        remote = RemoteFile("channel:3", name, size, mime, file_name)
        return Media(MediaId(len(name)), MediaState.STORED, remote, name, size)


def desk(telegram: StaffTelegram, root: Path) -> tuple[Desk, Given, Folder]:
    given, folder = Given(), Folder(root)
    titles = {"telegram": "Telegram"}
    made = Desk(given, telegram, folder, Languages("en"), titles)  # type: ignore[arg-type]  # Folder
    return made, given, folder


def row(new: NewRow, *, uncertain: bool = False, attempts: int = 1) -> Row:
    return Row(
        OutboxId(1), new.lane, new.stream, new.kind, new.payload, 0, new.bucket, attempts, uncertain, NOW, Moment(NOW)
    )


def relay(*, sound: bool = False, uncertain: bool = False, attempts: int = 1) -> Row:
    return row(outbox.relay(BORIS.id, ANNA.id, 1, sound), uncertain=uncertain, attempts=attempts)
