"""The wheel holds what the checkout holds. A room that pyproject.toml forgets passes every other test."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {"tests", "benchmarks"}


def rooms() -> list[Path]:
    return [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in NOT_SHIPPED]


def files_of_the_rooms() -> set[str]:
    """Every file, of any kind, in a top-level package: tracked by git, or new and not ignored."""
    ask_git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(ask_git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    names = {room.name for room in rooms()}
    return {name for name in listed if name.partition("/")[0] in names and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a freshly built wheel, without its metadata."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


needs_checkout = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="compares with what git tracks"
)


@needs_checkout
def test_the_wheel_holds_every_file_of_every_room_and_nothing_else(shipped: set[str]) -> None:
    assert shipped == files_of_the_rooms()


def test_data_that_the_program_reads_is_in_the_wheel(shipped: set[str]) -> None:
    """Also where git ignores it: a file that is built, such as a compiled catalogue, must still be shipped."""
    sources = {".py", ".pyc", ".po", ".pot"}
    data = {
        path.relative_to(ROOT).as_posix()
        for room in rooms()
        for path in room.rglob("*")
        if path.is_file() and path.suffix not in sources
    }
    assert data <= shipped
