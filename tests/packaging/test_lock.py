"""The lock files install anywhere: they pin what pyproject.toml asks for, by hash, and name no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["build"]]
DEV = [*RUNTIME, *(item for item in PYPROJECT["dependency-groups"]["dev"] if isinstance(item, str))]

LOCKS = pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEV)], ids=["runtime", "dev"]
)


def pins(lock: str) -> dict[str, str]:
    """Name to version of everything that a lock file pins."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@LOCKS
def test_every_dependency_is_pinned_to_a_version_that_is_asked_for(lock: str, wanted: list[str]) -> None:
    pinned = pins(lock)
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line


@LOCKS
def test_a_lock_names_no_registry_and_no_machine(lock: str, wanted: list[str]) -> None:
    code = [line.partition(" #")[0] for line in (ROOT / lock).read_text().splitlines() if not line.startswith("#")]
    pin_or_hash = re.compile(r"[\w.-]+==[^\s;/]+( ; [^/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    ")
    assert [line for line in code if line.strip() and not pin_or_hash.fullmatch(line)] == []
    assert "://" not in (ROOT / lock).read_text()


@LOCKS
def test_every_pin_has_a_hash(lock: str, wanted: list[str]) -> None:
    text = (ROOT / lock).read_text()
    assert len(re.findall(r"==.*\\\n    --hash=sha256:", text)) == len(pins(lock))


def test_both_locks_agree() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
