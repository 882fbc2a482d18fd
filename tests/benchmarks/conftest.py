"""What the benchmarks' tests share: a way to do lifecycles that only takes notes of what is called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from benchmarks.lifecycles import Lifecycles


@pytest.fixture
def calls() -> list[str]:
    """Return what was called, as it happens."""
    return []


@pytest.fixture
def noted(calls: list[str]) -> type[Lifecycles]:
    """Return a kind of lifecycles that notes what is called, and leaves one row for each."""

    class Noted(Lifecycles):
        name = "noted"
        leaves: ClassVar[Mapping[str, int]] = {"rows": 1}

        def __init__(self, folder: Path) -> None:
            self.rows = 0
            calls.append(f"{self.name} begins")

        def lifecycle(self, number: int) -> None:
            self.rows += 1

        def left(self) -> Mapping[str, int]:
            return {"rows": self.rows}

        def close(self) -> None:
            calls.append(f"{self.name} ends")

    return Noted
