"""A server of the product's own, on a data folder and a port that nobody else has."""

import os
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self
from urllib.error import URLError
from urllib.request import urlopen

from tests.conftest import PASSWORD

REPO = Path(__file__).resolve().parents[2]
# The last line of the greeting: the address that follows is about to be served.
GREETED = "Open "
SECONDS = 60


class Server:
    """`python app.py`, from its greeting until it is told to stop."""

    def __init__(self, data: Path, *, demo: bool = False, now: datetime | None = None) -> None:
        """`now` makes it go by that time instead of the machine's, until it is told another."""
        self.data = data
        self.base = f"http://127.0.0.1:{_free_port()}"
        program = ["-m", "tests.browser.clocked"] if now else ["app.py"]
        self.command = [sys.executable, *program, *(["--demo"] if demo else [])]
        if now:
            self.set_clock(now)
        self.environment = _environment(data, self.base, demo=demo)
        self.greeting: list[str] = []

    def __enter__(self) -> Self:
        self._said: IO[bytes] = TemporaryFile()
        self._process = subprocess.Popen(
            self.command, cwd=REPO, env=self.environment, stdout=subprocess.PIPE, stderr=self._said, text=True
        )
        try:
            self._hear_greeting()
            self._wait_for_answer()
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=SECONDS)
        finally:
            self._process.kill()
            self._said.close()

    def set_clock(self, now: datetime) -> None:
        """Tell a server that goes by no clock of its own what time it is."""
        self.data.with_suffix(".clock").write_text(now.isoformat())

    def complaints(self) -> str:
        """Everything that the server wrote into its log so far; nothing, when all is well."""
        self._said.seek(0)
        return self._said.read().decode()

    def _hear_greeting(self) -> None:
        for line in self._process.stdout or ():
            self.greeting.append(line.strip())
            if line.startswith(GREETED):
                return
        raise AssertionError(f"the server did not start: {self.complaints()}")

    def _wait_for_answer(self) -> None:
        """Ask until there is an answer. Waiting for the process to end is how to notice that there will be none."""
        for _ in range(SECONDS * 20):
            try:
                with urlopen(f"{self.base}/healthz", timeout=SECONDS):
                    return
            except URLError:
                pass
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        raise AssertionError(f"the server does not answer: {self.complaints()}")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _environment(data: Path, base: str, *, demo: bool) -> dict[str, str]:
    """Take this machine's environment, but none of the settings that somebody may have for a centre of their own."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("CCC_")}
    own = {"CCC_DATA": str(data), "CCC_PORT": base.rpartition(":")[2]}
    return others | own | ({"CCC_DEMO_PASSWORD": PASSWORD} if demo else {})
