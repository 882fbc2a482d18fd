"""A real browser, where there is one, and a server on this machine for what it looks at."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

VARIABLE = "RESOLUTIONKIT_TEST_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30.0


def chromium() -> str:
    """Return the path of the system's own Chromium, or skip: on CI a skipped test is a failure."""
    found = os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium: install the system's package `chromium`, or set {VARIABLE} to the path of one")
    return found


@contextmanager
def opened() -> Iterator[Any]:
    """Yield a browser. While it is open, its thread has an event loop that runs: nothing else can start one there."""
    path = chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: install the group `test`")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"] if is_root else [])
        yield browser
        browser.close()


@contextmanager
def served(app: Any, **settings: Any) -> Iterator[str]:
    """Serve an ASGI application on a port of this machine by uvicorn, in a thread, and yield its URL."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="off", **settings)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
