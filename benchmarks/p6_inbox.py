"""P6: My Issues on SQLite and PostgreSQL, for each kind of access and category, in databases of very different sizes.

Every account has the same 1,000 issues that are not closed in every size; the rest are closed. So the same page can
be asked for in each, and should take as long. The closed ones begin where an account has more than 1,000.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

import resolutionkit as rk
from benchmarks import inbox_people
from benchmarks.harness import Sample, say, seconds_of
from benchmarks.lifecycles import NotTheWork
from benchmarks.prefill import ACCOUNTS, account, filled
from benchmarks.registry import Benchmark
from benchmarks.report import Budget, Line, Result, shown, shown_ratio, table

PAGE = 50
FAR = 100
"""Which page the far one is, counted from 1."""
CALLS = 5
"""How often a question is timed in a row; the middle counts. One more call before them warms the caches."""
SECTIONS: Mapping[str, tuple[str, rk.Order]] = {
    "flagged": ("flagged", rk.Order.NEWEST),
    "working": ("working", rk.Order.NEWEST),
    "followed": ("followed", rk.Order.NEWEST),
    "open": ("open", rk.Order.NEWEST),
    "open, most urgent": ("open", rk.Order.MOST_URGENT),
    "closed": ("closed", rk.Order.NEWEST),
}
_LIMIT = Budget(1.3, at_least=False)
_JUDGED_FROM = 100_000


@frozen
class Question:
    """One thing that is asked of an inbox: a page of a section, or the counts.

    Attributes:
        access: The kind of access of whoever asks.
        section: Which list, or ``counts``.
        page: Which page of it, counted from 1; 1 for the counts.
    """

    access: str
    section: str
    page: int = 1

    def __str__(self) -> str:
        """Return it as the table shows it."""
        return f"{self.access}: {self.section}" + (f", page {self.page}" if self.page > 1 else "")


def questions() -> list[Question]:
    """Return everything that is asked."""
    found = [Question(access, section) for access in inbox_people.LOOKERS for section in SECTIONS]
    found += [Question(access, "closed", FAR) for access in inbox_people.LOOKERS]
    return found + [Question(access, "counts") for access in inbox_people.LOOKERS]


class Place:
    """A database of one size, with an inbox for each kind of access in each account."""

    def __init__(self, url: str, size: int, accounts: int) -> None:
        """Open it."""
        settings = rk.AccountSettings(directory=inbox_people.directory())
        self.size = size
        self._tracker = rk.Tracker.open(url, account=account(0), accounts=lambda _name: settings)
        self._accounts = accounts
        self._cursors: dict[tuple[int, Question], str | None] = {}

    def close(self) -> None:
        """Close it."""
        self._tracker.close()

    def inbox(self, access: str, turn: int) -> rk.Inbox:
        """Return the inbox of whoever has an access, in the account whose turn it is."""
        tracker = self._tracker.for_account(account(turn * 37 % self._accounts))
        return tracker.as_user(inbox_people.LOOKERS[access]).inbox()

    def asking(self, question: Question, turn: int) -> Callable[[], object] | None:
        """Return what asks a question in the account whose turn it is, or None where that page is not full."""
        inbox = self.inbox(question.access, turn)
        if question.section == "counts":
            return inbox.counts
        name, order = SECTIONS[question.section]
        section = getattr(inbox, name)
        after = _cursor(section, order, (question.page - 1) * PAGE)
        if question.page > 1 and after is None:
            return None
        if len(section(limit=PAGE, after=after, order=order)) < PAGE:
            return None
        return lambda: section(limit=PAGE, after=after, order=order)

    def seconds(self, question: Question, turn: int) -> float | None:
        """Return how long a question takes, or None where there is no such page."""
        ask = self.asking(question, turn)
        if ask is None:
            return None
        ask()
        return statistics.median(seconds_of(ask) for _ in range(CALLS))


def _cursor(section: Callable[..., rk.Page[rk.IssueLine]], order: rk.Order, skipped: int) -> str | None:
    """Return the cursor after so many lines; a cursor does not care how long the pages before it were."""
    after = None
    while skipped:
        step = min(skipped, 1000)
        after = section(limit=step, after=after, order=order).next
        skipped -= step
        if after is None:
            return None
    return after


Times = Mapping[Question, Mapping[int, Sample]]


def measure(places: Sequence[Place], rounds: int) -> Times:
    """Return the times of every question in every size; the sizes take turns, and each round asks another account."""
    found: dict[Question, dict[int, list[float]]] = {question: {} for question in questions()}
    for turn in range(rounds):
        for question, times in found.items():
            for place in places:
                spent = place.seconds(question, turn)
                if spent is not None:
                    times.setdefault(place.size, []).append(spent)
        say(f"round {turn + 1} of {rounds}")
    return {
        question: {size: Sample(tuple(values), "s") for size, values in times.items()}
        for question, times in found.items()
    }


@contextmanager
def _on_sqlite(folder: Path, size: int, accounts: int, *, keep: bool) -> Iterator[str]:  # noqa: ARG001  (the folder is)
    yield f"sqlite:///{filled(folder, size, accounts)}"


@contextmanager
def _on_postgresql(_folder: Path, size: int, accounts: int, *, keep: bool) -> Iterator[str]:
    from benchmarks import prefill_postgresql

    with prefill_postgresql.filled(size, accounts, keep=keep) as url:
        yield url


DATABASES = {"sqlite": ("SQLite", _on_sqlite), "postgresql": ("PostgreSQL", _on_postgresql)}
"""The databases by the names that ``--on`` takes: what a report calls each, and what fills one and gives its URL."""


@contextmanager
def opened(
    database: str, folder: Path, sizes: Sequence[int], accounts: int = ACCOUNTS, *, keep: bool = False
) -> Iterator[list[Place]]:
    """Fill a database of each size, and open it."""
    fill = DATABASES[database][1]
    with ExitStack() as stack:
        places = []
        for size in sizes:
            place = Place(stack.enter_context(fill(folder, size, accounts, keep=keep)), size, accounts)
            stack.callback(place.close)
            check(place, accounts)
            places.append(place)
        yield places


def check(place: Place, accounts: int) -> None:
    """Look whether the accounts hold what they should, for whoever sees everything.

    Raises:
        NotTheWork: They do not.
    """
    each = place.size // accounts
    numbers = range(each)
    closed = sum(inbox_people.is_closed(number, each) for number in numbers)
    for turn in (0, accounts - 1):
        counts = place.inbox("everything", turn).counts()
        if (counts.open, counts.closed) != (each - closed, min(closed, 10_000)):
            raise NotTheWork(f"P6: of {each:,} issues {closed:,} should be closed, but the inbox counts {counts}")


def run(options: argparse.Namespace) -> Result:
    """Measure it, on one database after the other."""
    results = [_run_on(database, options) for database in options.on]
    return Result(
        lines=tuple(line for result in results for line in result.lines),
        details=tuple(line for result in results for line in result.details),
        data={"P6": {name: data for result in results for name, data in result.data.items()}},
    )


def _run_on(database: str, options: argparse.Namespace) -> Result:
    sizes = sorted({*options.sizes, *([5_000_000] if options.large else [])})
    name = DATABASES[database][0]
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(TemporaryDirectory(dir=options.folder)))
        folder.mkdir(parents=True, exist_ok=True)
        places = stack.enter_context(opened(database, folder, sizes, keep=options.keep is not None))
        times = measure(places, options.rounds)
    return Result(
        lines=tuple(_lines(times, name)),
        details=tuple(_details(times, sizes, name)),
        data={name: {str(one): {size: sample.values for size, sample in row.items()} for one, row in times.items()}},
    )


def _lines(times: Times, database: str) -> Iterator[Line]:
    """Yield for each kind of access the worst of its lists, its far page and its counts."""
    for access in inbox_people.LOOKERS:
        grown = [_grown(one, times[one], database) for one in times if one.access == access and one.page == 1]
        for wanted in (False, True):
            some = [one for one in grown if one is not None and (one.what.endswith("counts")) is wanted]
            if some:
                yield max(some, key=lambda one: one.ratio)
        far = _far(access, times, database)
        if far is not None:
            yield far


def _grown(question: Question, row: Mapping[int, Sample], database: str) -> Line | None:
    """Return the largest size against the smallest, from 100,000 on, that has such a page."""
    sizes = [size for size in sorted(row) if size >= _JUDGED_FROM]
    if len(sizes) < 2:
        return None
    least, most = sizes[0], sizes[-1]
    what, rival = f"{database}, {_size(most)}, {question}", f"itself at {_size(least)}"
    return Line(id="P6", what=what, ours=row[most], rival=rival, theirs=row[least], budget=_LIMIT)


def _far(access: str, times: Times, database: str) -> Line | None:
    far, first = times[Question(access, "closed", FAR)], times[Question(access, "closed")]
    if not far:
        return None
    size = max(far)
    what = f"{database}, {_size(size)}, {Question(access, 'closed', FAR)}"
    return Line(id="P6", what=what, ours=far[size], rival="its page 1", theirs=first[size], budget=_LIMIT)


def _details(times: Times, sizes: Sequence[int], database: str) -> Iterator[str]:
    yield f"P6 on {database}: medians of one page of {PAGE}, and of the counts; none where there is no full page"
    head = ["who: what", *(_size(size) for size in sizes), "largest to smallest ≥ 100k"]
    rows = [head]
    for question, row in times.items():
        line = _grown(question, row, database)
        cells = [shown(row[size].median, "s") if size in row else "none" for size in sizes]
        rows.append([str(question), *cells, "" if line is None else shown_ratio(line.ratio)])
    yield table(rows)


def _size(size: int) -> str:
    return f"{size // 1_000_000}M" if size % 1_000_000 == 0 else f"{size // 1000}k"


def _parsed(text: str) -> list[int]:
    units = {"k": 1000, "M": 1_000_000}
    return [int(one[:-1]) * units[one[-1]] if one[-1] in units else int(one) for one in text.split(",")]


def _named(text: str) -> list[str]:
    names = text.split(",")
    unknown = sorted(set(names) - set(DATABASES))
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: the databases are {', '.join(DATABASES)}")
    return names


def options(parser: argparse.ArgumentParser) -> None:
    """Add the sizes, and where the databases are kept."""
    default = [10_000, 100_000, 200_000, 1_000_000]
    sizes = "P6: numbers of issues, such as 10k,1M (default: 10k,100k,200k,1M)"
    parser.add_argument("--sizes", type=_parsed, default=default, help=sizes)
    parser.add_argument("--on", type=_named, default=list(DATABASES), help="P6: databases (default: all, by commas)")
    parser.add_argument("--large", action="store_true", help="P6: with 5M issues as well")
    parser.add_argument("--keep", type=Path, help="P6: keep the filled databases in this folder, for the next run")


BENCHMARK = Benchmark(id="P6", title="My Issues, at every size", run=run, options=options)
