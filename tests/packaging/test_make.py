"""What `make run` starts, tried with a stand-in for the installed program."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks set up; its `dibs` only prints what it was asked to do."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    scripts = {
        "dibs": 'echo "dibs $@"',
        "dotenv": f'exec "{sys.executable}" -m dotenv "$@"',
        "python": f'exec "{sys.executable}" "$@"',
    }
    for name, line in scripts.items():
        script = bin_folder / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    for stamp in (".python", ".runtime"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def make_run(checkout: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "SECRET_KEY" and "MAKE" not in key}
    done = subprocess.run(["make", "run"], cwd=checkout, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[-1]


def test_without_settings_the_demo_starts(checkout: Path) -> None:
    assert make_run(checkout) == "dibs demo"
    assert not (checkout / ".env").exists()


@pytest.mark.parametrize("line", ["SECRET_KEY=\n", "SECRET_KEY= # any text\n", ""], ids=["empty", "comment", "absent"])
def test_a_new_env_gets_a_secret_key_of_its_own(checkout: Path, line: str) -> None:
    env = checkout / ".env"
    env.write_text(f"# mine\nSTAFF_BOT_TOKEN=1:a\n{line}LANGUAGE=en\n")
    assert make_run(checkout) == "dibs run"
    settings = dotenv_values(env)
    assert len(settings.pop("SECRET_KEY") or "") >= 32
    assert settings == {"STAFF_BOT_TOKEN": "1:a", "LANGUAGE": "en"}
    assert env.stat().st_mode & 0o077 == 0


def test_a_secret_key_that_is_there_stays(checkout: Path) -> None:
    env = checkout / ".env"
    env.write_text("SECRET_KEY=thirty-two-characters-or-even-more\n")
    assert make_run(checkout) == "dibs run"
    assert env.read_text() == "SECRET_KEY=thirty-two-characters-or-even-more\n"
