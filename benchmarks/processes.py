"""Dibs as an operator starts it: ``python -m bot`` in a process of its own, nothing imported beforehand."""

import subprocess
import sys

from tests.end_to_end.house import House


class RealHouse(House):
    """The tests' house forks its processes to save time; here the time is what is measured."""

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"dibs {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def _spawn(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bot", "run", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # type: ignore[assignment]  # as much of it as a House needs
                command, env=self.environment(), cwd=self.folder, stdout=log, stderr=log
            )
