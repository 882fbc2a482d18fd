"""Comparing lifecycles: check the work of each side, let them take turns, and put the ratios under their budgets."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.harness import Sample, rates, say
from benchmarks.lifecycles import Lifecycles, check
from benchmarks.report import Budget, Line, Result


def compare(
    id: str,
    what: str,
    ours: type[Lifecycles],
    rivals: Sequence[tuple[type[Lifecycles], Budget | None]],
    options: argparse.Namespace,
) -> Result:
    """Return ours against each rival.

    Args:
        id: The budget's id.
        what: What is measured.
        ours: Our side.
        rivals: The other sides, each with its budget, or None for orientation.
        options: The command line's.
    """
    kinds = [ours, *(rival for rival, _ in rivals)]
    for kind in kinds:
        check(kind)
    say(f"{id}: {len(kinds)} sides do what they claim")
    found = rates(kinds, rounds=options.rounds, seconds=options.seconds, folder=options.folder)
    return Result(lines=lines_of(id, what, rivals, found))


def lines_of(
    id: str, what: str, rivals: Sequence[tuple[type[Lifecycles], Budget | None]], found: Sequence[Sample]
) -> tuple[Line, ...]:
    """Return a line for each rival, from the samples of ours and of all of them."""
    ours, *theirs = found
    return tuple(
        Line(id=id, what=what, ours=ours, rival=_title(rival), theirs=sample, budget=budget)
        for (rival, budget), sample in zip(rivals, theirs, strict=True)
    )


def _title(kind: type[Lifecycles]) -> str:
    return " ".join(filter(None, [kind.name, kind.version()]))


def repeated(kind: type[Lifecycles]) -> Callable[[Path, int], Callable[[], None]]:
    """Return what ``--profile`` calls: it opens a kind in a folder, and returns so many lifecycles to be run."""

    def prepare(folder: Path, times: int) -> Callable[[], None]:
        work = kind(folder)
        work.lifecycle(0)

        def run() -> None:
            for number in range(1, times + 1):
                work.lifecycle(number)
            work.close()

        return run

    return prepare
