"""Run benchmarks and print how each stands to its budget: ``python -m benchmarks P1 P2 --rounds 7``.

It is a report: a missed budget is no error, unless ``--strict`` asks for that.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import say
from benchmarks.lifecycles import NotTheWork
from benchmarks.registry import Benchmark, benchmarks
from benchmarks.report import Result, plain, summary, surroundings

PROFILED = 1000
"""How many times the work is done under the profiler."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return 0, or with ``--strict`` 1 where a budget was missed."""
    known = benchmarks()
    options = _parser(known).parse_args(arguments)
    chosen = [known[one] for one in dict.fromkeys(options.ids)] or list(known.values())
    if options.profile:
        for one in chosen:
            profile(one, options.folder)
        return 0
    facts = surroundings()
    print(" · ".join(f"{name} {value}" for name, value in facts.items()), flush=True)
    try:
        results = [one.run(options) for one in chosen]
    except ImportError as problem:
        print(f"{problem}; the rivals are in the dependency group 'bench'", file=sys.stderr)
        return 2
    except NotTheWork as problem:
        print(problem, file=sys.stderr)
        return 2
    return _told(results, facts, options)


def _told(results: Sequence[Result], facts: dict[str, str], options: argparse.Namespace) -> int:
    lines = [line for result in results for line in result.lines]
    print(f"\n{summary(lines)}")
    for result in results:
        if result.details:
            print("\n" + "\n".join(result.details))
    if options.json:
        more = {name: value for result in results for name, value in result.data.items()}
        data = {"surroundings": facts, "lines": [plain(line) for line in lines], **more}
        options.json.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return int(options.strict and any(line.is_met is False for line in lines))


def profile(one: Benchmark, folder: Path | None) -> None:
    """Print where the time goes, our side only; the profiler itself slows small functions most."""
    if one.profiled is None:
        say(f"{one.id} cannot be profiled")
        return
    with TemporaryDirectory(dir=folder) as place:
        work = one.profiled(Path(place), PROFILED)
        profiler = cProfile.Profile()
        profiler.runcall(work)
    print(f"\n{one.id}: {one.title}, {PROFILED} times")
    stats = pstats.Stats(profiler)
    for order in ("cumulative", "tottime"):
        stats.sort_stats(order).print_stats(25)


def _parser(known: dict[str, Benchmark]) -> argparse.ArgumentParser:
    titles = "\n".join(f"  {one.id}  {one.title}" for one in known.values())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=titles, formatter_class=argparse.RawDescriptionHelpFormatter
    )

    def known_id(text: str) -> str:
        if text.upper() not in known:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(known)}")
        return text.upper()

    parser.add_argument("ids", nargs="*", type=known_id, metavar="ID", help="which (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side, taking turns (default: 5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a run lasts (default: 1)")
    parser.add_argument("--folder", type=Path, help="where database files are made (default: the system's place)")
    parser.add_argument("--json", type=Path, help="write everything that was measured into this file")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a budget is missed")
    parser.add_argument("--profile", action="store_true", help="print where our time goes, instead of measuring")
    for one in known.values():
        one.options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
