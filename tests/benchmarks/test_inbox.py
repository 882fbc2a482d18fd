"""P6: the copied accounts hold what the library wrote, and every question is asked where there is a full page."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import inbox_people, p6_inbox, prefill
from benchmarks.__main__ import main
from benchmarks.lifecycles import NotTheWork
from benchmarks.p6_inbox import SECTIONS, Place, Question, check, measure, questions

SIZES = (40, 80)
ACCOUNTS = 2


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make accounts, pages and waits small."""
    monkeypatch.setattr(inbox_people, "OPEN", 20)
    monkeypatch.setattr(inbox_people, "RECENT", 18)
    for name, value in {"PAGE": 2, "FAR": 3, "CALLS": 1, "_JUDGED_FROM": 0}.items():
        monkeypatch.setattr(p6_inbox, name, value)


@pytest.fixture
def fill(tmp_path: Path) -> Iterator[Callable[[int], Place]]:
    """Return a function that fills a database and opens it."""
    opened = []

    def make(size: int) -> Place:
        opened.append(Place(f"sqlite:///{prefill.filled(tmp_path, size, ACCOUNTS)}", size, ACCOUNTS))
        return opened[-1]

    yield make
    for place in opened:
        place.close()


def rows(path: Path, account: str) -> dict[str, list[tuple[object, ...]]]:
    """Return an account's rows of every copied table, without the account."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [f"resolutionkit_{name}" for name in prefill.COPIED]
        return {
            name: sorted(
                (row[1:] for row in connection.execute(f"SELECT * FROM {name} WHERE account = ?", [account])), key=repr
            )
            for name in tables
        }


def test_a_copy_has_every_row_that_the_library_wrote(tmp_path: Path) -> None:
    """Row for row, in all tables that lists read."""
    path = prefill.filled(tmp_path, SIZES[1], ACCOUNTS)
    (model,) = tmp_path.glob("model-*.db")
    written = rows(model, "model")
    assert len(written["resolutionkit_issues"]) == SIZES[1] // ACCOUNTS
    assert len(written["resolutionkit_parties"]) > SIZES[1] // ACCOUNTS
    for number in range(ACCOUNTS):
        assert rows(path, prefill.account(number)) == written


def test_lists_read_no_table_that_is_not_copied(tmp_path: Path, fill: Callable[[int], Place]) -> None:
    """A copy answers every question as the account does that the library wrote, with all its tables."""
    place = fill(SIZES[1])
    (path,) = tmp_path.glob("model-*.db")
    model = Place(f"sqlite:///{path}", SIZES[1], 1)
    model._tracker = model._tracker.for_account("model")
    try:
        for access, person in inbox_people.LOOKERS.items():
            ours, theirs = place.inbox(access, 1), model._tracker.as_user(person).inbox()
            assert ours.counts() == theirs.counts()
            for name, order in SECTIONS.values():
                page = getattr(ours, name)(limit=50, order=order)
                assert page == getattr(theirs, name)(limit=50, order=order)
    finally:
        model.close()


def test_a_filled_file_is_used_again(tmp_path: Path) -> None:
    """The second run finds what the first one left, and nothing half made lies beside it."""
    path = prefill.filled(tmp_path, SIZES[0], ACCOUNTS)
    written = path.stat().st_mtime_ns
    assert prefill.filled(tmp_path, SIZES[0], ACCOUNTS) == path
    assert path.stat().st_mtime_ns == written
    assert not list(tmp_path.glob("*.part"))


def test_as_many_issues_are_open_in_every_size() -> None:
    """Only the closed ones become more."""
    open_in = {size: sum(not inbox_people.is_closed(one, size) for one in range(size)) for size in (10, 19, 40, 100)}
    assert open_in == {10: 10, 19: 19, 40: 20, 100: 20}


def test_each_question_is_timed_where_its_page_is_full(fill: Callable[[int], Place]) -> None:
    """Closed lists begin with the larger size; what is there is timed in each round."""
    times = measure([fill(size) for size in SIZES], rounds=2)
    assert set(times) == set(questions())
    for access in inbox_people.LOOKERS:
        assert set(times[Question(access, "open")]) == set(SIZES)
        assert set(times[Question(access, "counts")]) == set(SIZES)
        assert set(times[Question(access, "closed")]) == set(times[Question(access, "closed", 3)]) == {SIZES[1]}
    assert times[Question("own", "followed")] == {}
    assert all(len(sample.values) == 2 for row in times.values() for sample in row.values())


def test_the_far_page_is_the_one_that_turning_pages_comes_to(fill: Callable[[int], Place]) -> None:
    """Its cursor is found in larger steps."""
    place = fill(SIZES[1])
    inbox, after = place.inbox("everything", 0), None
    for _ in range(2):
        after = inbox.closed(limit=2, after=after).next
    ask = place.asking(Question("everything", "closed", 3), 0)
    assert ask is not None
    assert ask() == inbox.closed(limit=2, after=after)


def test_the_lines_compare_sizes_and_pages(fill: Callable[[int], Place]) -> None:
    """For each kind of access: its worst list, its counts, and its far page."""
    lines = list(p6_inbox._lines(measure([fill(size) for size in SIZES], rounds=1), "SQLite"))
    assert len(lines) == 3 * len(inbox_people.LOOKERS)
    assert all(line.ratio > 0 and line.is_met is not None for line in lines)


def test_accounts_that_hold_something_else_are_found(fill: Callable[[int], Place]) -> None:
    """A file of another size is not measured as this one."""
    place = fill(SIZES[1])
    check(place, ACCOUNTS)
    place.size = SIZES[0]
    with pytest.raises(NotTheWork, match="the inbox counts"):
        check(place, ACCOUNTS)


def test_the_whole_benchmark_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sizes can be asked for with k and M; every question stands in the table, at every size."""
    assert main(["P6", "--on", "sqlite", "--sizes", "2k,4000", "--rounds", "1", "--keep", str(tmp_path / "kept")]) == 0
    printed = capsys.readouterr().out
    assert len(list((tmp_path / "kept").glob("inbox-*.db"))) == 2
    (head,) = (row for row in printed.splitlines() if row.startswith("who: what"))
    assert head.split()[2:4] == ["2k", "4k"]
    assert all(f"\n{question} " in printed for question in questions())
