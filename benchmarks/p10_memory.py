"""P10: what importing a large file takes of memory, beside a small one of the same kind, each in a fresh process."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Sample, say
from benchmarks.lifecycles import NotTheWork
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Line, Result

SMALL = 10_000
MORE = 100
"""MB that the large file may take beyond the small one."""
_HEAD = "id,score,at,group,email,company,comment\n"
_MAPPING = """\
id = "id"
score = "score"
received_at = "at"
group = "group"
comment = "comment"
[dates]
zone = "UTC"
[contact]
email = "email"
company = "company"
"""
_PROGRAM = """
import re, resource, sys
from pathlib import Path
from time import perf_counter
import resolutionkit as rk
folder = Path(sys.argv[1])
begin = perf_counter()
with rk.Tracker.open(f"sqlite:///{folder / 'recovery.db'}", create=True) as tracker:
    done = tracker.import_file(folder / "responses.csv", rk.ImportMapping.load(folder / "mapping.toml"))
spent = perf_counter() - begin
peak, status = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, Path("/proc/self/status")
if status.exists():  # there the other figure is never below that of the process by which this one was started
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
print(done.recorded, done.issues_opened, peak, spent)
"""
_PEAK_UNIT = 1e6 if sys.platform == "darwin" else 1e3
"""How many of what the system counts its peak in are a MB: bytes on macOS, KB elsewhere."""


def imported(rows: int, folder: Path | None) -> tuple[float, float]:
    """Import a file of so many rows in a fresh process, and return its peak of memory in MB, and the seconds."""
    with TemporaryDirectory(dir=folder) as place:
        _write(Path(place), rows)
        command = [sys.executable, "-c", _PROGRAM, place]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    recorded, opened, peak, spent = told.split()
    if (int(recorded), int(opened)) != (rows, -(-rows // 5)):
        raise NotTheWork(f"of {rows} rows {recorded} were recorded, and {opened} opened issues")
    return float(peak) / _PEAK_UNIT, float(spent)


def _write(folder: Path, rows: int) -> None:
    (folder / "mapping.toml").write_text(_MAPPING, encoding="utf-8")
    with (folder / "responses.csv").open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for number in range(rows):
            score = 3 if number % 5 == 0 else 9
            file.write(f"r-{number},{score},2026-06-03,g-{number % 25},c{number}@x.example,ABC,Nobody rang back.\n")


def run(options: argparse.Namespace) -> Result:
    """Measure it."""
    peaks: dict[int, list[float]] = {SMALL: [], options.rows: []}
    spent: list[float] = []
    for number in range(options.imports):
        for rows, found in peaks.items():
            peak, seconds = imported(rows, options.folder)
            found.append(peak)
        spent.append(options.rows / seconds)
        say(f"P10: round {number + 1} of {options.imports}")
    small, large = (Sample(tuple(values), " MB") for values in peaks.values())
    budget = Budget((small.median + MORE) / small.median, at_least=False)
    what, rival = f"peak of importing {options.rows:,} rows", f"the same with {SMALL:,}"
    line = Line(id="P10", what=what, ours=large, rival=rival, theirs=small, budget=budget)
    rate = Sample(tuple(spent), "/s").median
    told = f"P10: {large.median - small.median:+.1f} MB of {MORE} that are allowed; {rate:,.0f} rows a second."
    return Result(lines=(line,), details=(told,))


def options(parser: argparse.ArgumentParser) -> None:
    """Add the sizes."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="P10: rows of the large file (default: 1,000,000)")
    parser.add_argument("--imports", type=int, default=1, help="P10: how many imports of each (default: 1)")


BENCHMARK = Benchmark(id="P10", title="memory while importing", run=run, options=options)
