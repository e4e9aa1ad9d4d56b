"""What can go wrong with the data, as types. A docstring is the default message; a door shows ``str(error)`` as it is.

StorageError
├── StorageUnavailable    not now: nothing was written, it may work later
│   ├── DiskFull          the disk has no room, or the quota is used up
│   ├── StorageBusy       somebody else keeps the database locked
│   ├── StorageClosed     the program is stopping
│   └── OutcomeUnknown    the connection broke during COMMIT: it may have been written
├── CannotOpen            this database must not be used as it is
│   ├── BadUrl            DATABASE_URL makes no sense
│   ├── PathNotWritable   the file or its folder can't be written
│   ├── NotOurDatabase    there are tables, but not ours
│   ├── DatabaseDamaged   not readable as a database
│   ├── DatabaseOlder     needs `dibs db upgrade`
│   ├── DatabaseNewer     written by a newer Dibs
│   └── WrongSecretKey    encrypted with another SECRET_KEY
├── AlreadyRunning        a bot holds this database
├── LaneTaken             another process has this way out
├── LaneLost              the connection that held the lane is gone
├── BackupRefused         the backup can't be made here
├── BadSecretKey          SECRET_KEY is too short
├── CannotDecrypt         the text is not ours, or was changed
├── MediaTooLarge         a file over the limit; also sales' FileTooBig
└── MediaMissing          the file was removed, or never was; also sales' FileGone

MediaUnavailable (a StorageUnavailable and sales' FileUnavailable)
└── MediaDiskFull         (also a DiskFull)
"""

import inspect

from sales.errors import Unavailable
from sales.ports.files import FileGone, FileTooBig, FileUnavailable


class StorageError(Exception):
    """Something is wrong with the stored data."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or inspect.cleandoc(type(self).__doc__ or "").partition("\n\n")[0])


class StorageUnavailable(StorageError, Unavailable):
    """The database can't be written at the moment; nothing was changed."""


class DiskFull(StorageUnavailable):
    """The disk is full: nothing was changed. Free some space; Dibs goes on by itself."""


class StorageBusy(StorageUnavailable):
    """Another program keeps the database locked: nothing was changed. Try again when it is done."""


class StorageClosed(StorageUnavailable):
    """The database is closed: the program is stopping."""


class OutcomeUnknown(StorageUnavailable):
    """The connection broke while saving: the change may or may not have been kept."""


class CannotOpen(StorageError):
    """The database can't be opened."""


class BadUrl(CannotOpen):
    """DATABASE_URL must look like sqlite:///data/dibs.db or postgresql://user:password@host/name."""


class PathNotWritable(CannotOpen):
    """The database file can't be written."""


class NotOurDatabase(CannotOpen):
    """There are tables in this database, but Dibs didn't make them. Give Dibs a database of its own in DATABASE_URL."""


class DatabaseDamaged(CannotOpen):
    """This file can't be read as a database. Restore a backup, or point DATABASE_URL elsewhere."""


class DatabaseOlder(CannotOpen):
    """The database was made by an older Dibs: stop the bot and run `dibs db upgrade`."""


class DatabaseNewer(CannotOpen):
    """The database was made by a newer Dibs: install that version, or restore a backup from before the upgrade."""


class WrongSecretKey(CannotOpen):
    """SECRET_KEY is not the one this database was encrypted with: put the old one back into .env."""


class AlreadyRunning(StorageError):
    """A bot is running on this database: stop it first."""


class LaneTaken(StorageError):
    """Another process is sending here already."""


class LaneLost(StorageError):
    """The connection that held the lane is gone, and the lane with it."""


class BackupRefused(StorageError):
    """The backup can't be written there."""


class BadSecretKey(StorageError):
    """SECRET_KEY must have 32 or more characters. Make one with `openssl rand -hex 32`."""


class CannotDecrypt(StorageError):
    """A secret can't be read: it was encrypted with another SECRET_KEY, or changed since."""


class MediaTooLarge(StorageError, FileTooBig):
    """The file is larger than allowed."""


class MediaMissing(StorageError, FileGone):
    """The file is no longer kept."""


class MediaUnavailable(StorageUnavailable, FileUnavailable):
    """The file can't be kept at the moment."""


class MediaDiskFull(DiskFull, MediaUnavailable):
    """The disk is full: the file could not be kept. Free some space; Dibs goes on by itself."""
