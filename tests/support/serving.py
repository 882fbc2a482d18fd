"""The example hosts as they run: each a process that serves HTTP on a port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from attrs import field, frozen

EXAMPLES = Path(__file__).parents[2] / "examples"
PASSWORD = "correct horse"
PATIENCE = 30.0
"""How many seconds a host may take to start."""


@frozen
class Site:
    """A host that is running.

    Attributes:
        url: Where it is.
        database: The URL of its database, for SQLAlchemy.
        sessions: What each person who signed in before sends; passwords take long to check.
    """

    url: str
    database: str
    sessions: dict[str, tuple[httpx.Cookies, dict[str, str]]] = field(factory=dict)

    def visitor(self) -> httpx.Client:
        """Return somebody who has not signed in."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE)

    @contextmanager
    def signed_in(self, person: str) -> Iterator[httpx.Client]:
        """Yield somebody who has signed in, by whatever the host gives: a cookie, a token."""
        if person not in self.sessions:
            self.sessions[person] = self._sign_in(person)
        cookies, headers = self.sessions[person]
        with self.visitor() as client:
            client.cookies.update(cookies)
            client.headers.update(headers)
            yield client

    def _sign_in(self, person: str) -> tuple[httpx.Cookies, dict[str, str]]:
        with self.visitor() as client:
            answered = client.post("/sign-in", json={"id": person, "password": PASSWORD})
            assert answered.status_code == 200, answered.text
            headers = {}
            if "token" in answered.json():
                headers["Authorization"] = f"Bearer {answered.json()['token']}"
            if "csrftoken" in client.cookies:
                headers["X-CSRFToken"] = client.cookies["csrftoken"]
            return client.cookies, headers


def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command of a host's to its end, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def served(words: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Serve a host until the end of the block, and yield its URL; ``{port}`` in the command becomes its port."""
    port = str(_free_port())
    command = [sys.executable, *(word.replace("{port}", port) for word in words)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(int(port), process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[Any], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the host did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
