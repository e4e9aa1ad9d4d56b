"""Every schema Dibs ever had, as Alembic revisions ``versions/NNNN_what.py`` whose ids are the numbers.

Which revisions exist is read from the file names: a command that only checks its database need not import Alembic.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def revisions() -> tuple[str, ...]:
    """All revisions, oldest first."""
    return tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))


def newest() -> str:
    """The revision this program works with."""
    return revisions()[-1]
