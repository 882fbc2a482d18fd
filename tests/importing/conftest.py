"""What the tests of importing share: a small mapping, and files made from bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WriteFile = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Return a function that writes a file and returns its path."""

    def make(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


@pytest.fixture
def small() -> dict[str, Any]:
    """Return the data of the smallest mapping that has a zone."""
    return {"id": "id", "score": "score", "received_at": "at", "dates": {"zone": "Europe/London"}}


@pytest.fixture
def key() -> bytes:
    """Return an account's key for ids."""
    return b"a key of the account"
