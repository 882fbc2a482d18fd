"""A frozen attrs value with a tuple of notes, by hand: the floor under everything, for orientation only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from attrs import evolve, frozen

from benchmarks import scene
from benchmarks.lifecycles import Lifecycles


@frozen
class _Case:
    response: str
    score: int
    status: str = "needs_attention"
    notes: tuple[str, ...] = ()

    def moved(self, status: str, note: str) -> _Case:
        return evolve(self, status=status, notes=(*self.notes, note))


class AttrsValue(Lifecycles):
    """A frozen value, evolved twice, in a dict."""

    name = "a frozen attrs value by hand"
    package: ClassVar[str | None] = "attrs"
    leaves: ClassVar[Mapping[str, int]] = {"resolved": 1, "notes": 2}

    def __init__(self, folder: Path) -> None:
        """Begin with no case."""
        self._cases: dict[int, _Case] = {}

    def lifecycle(self, number: int) -> None:
        """Make a value, and two more of it, each kept in place of the one before."""
        self._cases[number] = _Case(f"response-{number}", number % 7)
        self._cases[number] = self._cases[number].moved("in_progress", scene.FIRST_NOTE)
        self._cases[number] = self._cases[number].moved("resolved", scene.LAST_NOTE)

    def left(self) -> Mapping[str, int]:
        """Count the values."""
        cases = self._cases.values()
        return {
            "resolved": sum(case.status == "resolved" for case in cases),
            "notes": sum(len(case.notes) for case in cases),
        }
