"""Everything that a store has to show, with what this one can do beyond the port."""

from pathlib import Path

import pytest
from json_lines_store import JsonLinesStore

from resolutionkit.testing import StoreConformance


class Lasting:
    """The file outlives the store, several may have it open, and all of it can be read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def reopen(self) -> JsonLinesStore:
        return JsonLinesStore(self.path)

    def share(self) -> JsonLinesStore:
        return JsonLinesStore(self.path)

    def dump(self, account: str | None) -> list[str]:
        lines = self.path.read_text(encoding="utf-8").split("\n")
        return [one for one in lines if account is None or f'"{account}"' in one]


class TestJsonLinesStore(StoreConformance):
    """The suite, with the fixtures that it asks for."""

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "recovery.jsonl"

    @pytest.fixture
    def store(self, path):
        opened = JsonLinesStore(path)
        yield opened
        opened.close()

    @pytest.fixture
    def abilities(self, path):
        return Lasting(path)
