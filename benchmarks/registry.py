"""What a benchmark is, and finding them all: each is a file ``pN_name.py`` beside this one with a ``BENCHMARK``."""

from __future__ import annotations

import argparse
import pkgutil
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from attrs import frozen

from benchmarks.report import Result


def _nothing(_parser: argparse.ArgumentParser) -> None:
    return None


@frozen(kw_only=True)
class Benchmark:
    """One of the budgets, and how it is measured.

    Attributes:
        id: The budget's id, such as P1.
        title: What it is about, for ``--help``.
        run: Checks the work, measures it, and returns what was found.
        options: Adds options of its own to the command line.
        profiled: Does our side of the work so many times in a folder, for ``--profile``; None where it cannot.
    """

    id: str
    title: str
    run: Callable[[argparse.Namespace], Result]
    options: Callable[[argparse.ArgumentParser], None] = _nothing
    profiled: Callable[[Path, int], Callable[[], None]] | None = None


def benchmarks() -> dict[str, Benchmark]:
    """Return all benchmarks by id, in the order of their numbers."""
    places = [str(Path(__file__).parent)]
    names = [one.name for one in pkgutil.iter_modules(places) if re.match(r"p\d+_", one.name)]
    found = [import_module(f"benchmarks.{name}").BENCHMARK for name in names]
    return {one.id: one for one in sorted(found, key=lambda one: int(one.id[1:]))}
