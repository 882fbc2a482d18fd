"""Importing a file: dry runs, rejects, progress, and running it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resolutionkit import ImportFailed, ImportMapping, InvalidValue, MappingError, Outcome, Tracker
from support import TurnableClock

ROWS = """id,rating,at
a,3,2026-11-20
b,9,2026-11-20
c,11,2026-11-20
d,six,2026-11-20
a,3,2026-11-20
a,4,2026-11-20
e,2,2030-01-01
"""


@pytest.fixture
def mapping(tmp_path: Path) -> ImportMapping:
    """Return a small mapping."""
    path = tmp_path / "mapping.toml"
    path.write_text("id = 'id'\nscore = 'rating'\nreceived_at = 'at'\n[dates]\nzone = 'UTC'\n", encoding="utf-8")
    return ImportMapping.load(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of seven rows, four of them refused or said twice."""
    path = tmp_path / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_a_file_is_taken_in_row_by_row(tracker: Tracker, mapping: ImportMapping, file: Path, tmp_path: Path) -> None:
    """Good rows are recorded, silently; the others are kept with line and reason."""
    seen: list[int] = []
    rejects = tmp_path / "rejects.csv"
    report = tracker.import_file(file, mapping, rejects=rejects, progress=seen.append)
    assert (report.rows, report.recorded, report.rejected, report.dry_run) == (7, 3, 4, False)
    counts = {outcome: count for outcome, count in report.counts.items() if count}
    assert counts == {Outcome.OPENED: 1, Outcome.STORED: 1, Outcome.DUPLICATE: 1}
    assert (report.issues_opened, report.issues_backfilled, seen) == (1, 1, [7])
    assert [row.line for row in report.rejects] == [4, 5, 7, 8]
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 5
    (line,) = tracker.issues()
    assert line.backfilled
    assert tracker.outbox(line.id) == ()


def test_a_dry_run_says_the_same_and_writes_nothing(tracker: Tracker, mapping: ImportMapping, file: Path) -> None:
    """Rows of one batch are judged one after the other."""
    dry = tracker.import_file(file, mapping, dry_run=True)
    assert (len(tracker.responses()), len(tracker.issues())) == (0, 0)
    real = tracker.import_file(str(file), mapping)
    assert (dry.dry_run, real.dry_run) == (True, False)
    assert (dry.counts, dry.rejected, dry.rows) == (real.counts, real.rejected, real.rows)
    assert [(one.line, one.reason) for one in dry.rejects] == [(one.line, one.reason) for one in real.rejects]


def test_a_file_may_be_imported_again(
    tracker: Tracker, mapping: ImportMapping, file: Path, clock: TurnableClock
) -> None:
    """What is known already is a duplicate, however late it comes."""
    tracker.import_file(file, mapping)
    clock.turn(days=30)
    again = tracker.import_file(file, mapping)
    assert (again.counts[Outcome.DUPLICATE], again.issues_opened) == (3, 0)
    assert len(tracker.responses()) == 2


def test_an_import_may_be_announced(open_tracker: Any, mapping: ImportMapping, file: Path) -> None:
    """Then its issues are not backfilled, and people are told."""
    tracker = open_tracker()
    report = tracker.import_file(file, mapping, announce=True)
    (line,) = tracker.issues()
    assert (report.issues_backfilled, line.backfilled) == (0, False)
    assert [message.recipient for message in tracker.outbox(line.id)] == ["dana"]


def test_other_content_under_a_known_id_is_rejected_or_a_correction(
    tracker: Tracker, mapping: ImportMapping, tmp_path: Path
) -> None:
    """What the reason tells to pass, an import takes; so a file whose mapping left something out can be run again."""
    file = tmp_path / "rows.csv"
    file.write_text("id,rating,at\na,3,2026-11-20\nb,9,2026-11-20\n", encoding="utf-8")
    tracker.import_file(file, mapping)
    file.write_text("id,rating,at\na,2,2026-11-20\nb,9,2026-11-20\n", encoding="utf-8")
    (row,) = tracker.import_file(file, mapping).rejects
    assert (row.line, "replace=True" in row.reason) == (2, True)
    tried = tracker.import_file(file, mapping, replace=True, dry_run=True)
    assert (tried.counts[Outcome.REPLACED], tracker.response("a").response.score) == (1, 3)
    done = tracker.import_file(file, mapping, replace=True)
    assert (done.counts[Outcome.REPLACED], done.counts[Outcome.DUPLICATE], done.rejected) == (1, 1, 0)
    assert (tracker.response("a").response.score, len(tracker.issues())) == (2, 1)
    assert tracker.import_file(file, mapping, replace=True).counts[Outcome.DUPLICATE] == 2


def test_a_file_that_cannot_be_read_is_refused_whole(tracker: Tracker, mapping: ImportMapping, tmp_path: Path) -> None:
    """A missing column is the mapping's fault, a missing file the import's; nothing is recorded."""
    other = tmp_path / "other.csv"
    other.write_text("id,score,at\na,3,2026-11-20\n", encoding="utf-8")
    with pytest.raises(MappingError, match="rating"):
        tracker.import_file(other, mapping)
    with pytest.raises(ImportFailed):
        tracker.import_file(tmp_path / "none.csv", mapping)
    assert len(tracker.responses()) == 0


def test_the_repr_of_a_report_has_no_cell_of_the_file(tracker: Tracker, mapping: ImportMapping, file: Path) -> None:
    """A report ends in logs; which line and which column it was stands there all the same."""
    report = tracker.import_file(file, mapping)
    assert report.rejects[1].reason == "'six' is not a number"
    assert report.rejects[1].raw == {"id": "d", "rating": "six", "at": "2026-11-20"}
    assert "line=5, column='rating'" in repr(report)
    assert "six" not in repr(report)


def test_a_mapping_is_no_path(tracker: Tracker, file: Path) -> None:
    """Whoever passes the file's name is told who reads it, and nothing is recorded; a directory's likewise."""
    mapping: Any = "mapping.toml"
    with pytest.raises(InvalidValue, match=r"a file is read with ImportMapping\.load\(path\)") as refused:
        tracker.import_file(file, mapping)
    assert refused.value.field == "mapping"
    with pytest.raises(InvalidValue, match=r"a file is read with load_directory\(path\)") as refused:
        Tracker.open("memory:", directory=mapping)
    assert refused.value.field == "directory"


def test_the_rejects_never_take_the_place_of_the_file(tracker: Tracker, mapping: ImportMapping, file: Path) -> None:
    """However its path is written; the file stays as it was and nothing is recorded."""
    for rejects in (file, str(file), file.parent / "." / ".." / file.parent.name / file.name):
        with pytest.raises(InvalidValue) as refused:
            tracker.import_file(file, mapping, rejects=rejects)
        assert refused.value.field == "rejects"
    assert file.read_text(encoding="utf-8") == ROWS
    assert len(tracker.responses()) == 0


def test_rejects_without_a_place_are_refused_before_anything_is_recorded(
    tracker: Tracker, mapping: ImportMapping, file: Path, tmp_path: Path
) -> None:
    """Neither a missing folder nor a folder in the file's place is found out after the first batch."""
    for rejects in (tmp_path / "missing" / "rejects.csv", tmp_path):
        with pytest.raises(ImportFailed, match="folder"):
            tracker.import_file(file, mapping, rejects=rejects)
    assert len(tracker.responses()) == 0
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".csv") == ["rows.csv"]
