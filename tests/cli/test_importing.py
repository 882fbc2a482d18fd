"""``import``: dry runs, rejected rows, a file that must not be lost, and settings that stand in its way."""

from __future__ import annotations

import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

MAPPING = 'id = "id"\nscore = "score"\nreceived_at = "at"\n[dates]\nzone = "UTC"\n'
ROWS = "id,score,at\na,3,2026-06-03\nb,11,2026-06-03\nc,9,never\nd,9,2026-06-04\n"


@pytest.fixture
def words(write: Callable[[str, str], str]) -> list[str]:
    """Return the command for a file with two good rows and two bad ones."""
    return ["import", write("export.csv", ROWS), "--mapping", write("mapping.toml", MAPPING)]


def test_rejected_rows_are_shown_and_the_exit_code_says_so(shell: Any, words: list[str]) -> None:
    """The good ones are in; the line on the error stream says how to get all of the others."""
    done = shell.run(*words)
    assert done.exit_code == 10
    assert "1 opened, 1 stored" in done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()[-2:]] == [["3", "score"], ["4", "at"]]
    assert "2 of 4 rows were rejected; --rejects FILE writes them all" in done.stderr
    assert len(shell.data("list")["items"]) == 1


def test_the_file_of_rejects_has_them_all_and_can_be_written_again(shell: Any, words: list[str]) -> None:
    """A second run replaces the first run's file."""
    rejects = shell.folder / "rejects.csv"
    for _ in range(2):
        assert f"all of them are in {rejects}" in shell.run(*words, "--rejects", str(rejects)).stderr
        assert len(rejects.read_text(encoding="utf-8").splitlines()) == 3


def test_what_differs_from_what_is_known_is_rejected_or_replaces_it(
    shell: Any, words: list[str], write: Callable[[str, str], str]
) -> None:
    """A second export with a score put right goes in with ``--replace``."""
    write("export.csv", "id,score,at\na,3,2026-06-03\n")
    assert shell.run(*words).exit_code == 0
    write("export.csv", "id,score,at\na,2,2026-06-03\n")
    assert "recorded with other content" in shell.run(*words).stdout
    assert "1 replaced" in (done := shell.run(*words, "--replace")).stdout
    assert (done.exit_code, shell.data("list")["items"][0]["response"]["score"]) == (0, 2)


def test_no_other_file_is_replaced_by_rejects(shell: Any, words: list[str]) -> None:
    """A slip of the keyboard costs no file: anything but rejected rows is refused before a row is read."""
    precious = shell.folder / "precious.txt"
    precious.write_text("work of weeks")
    for path in (precious, words[1], words[3]):
        before = Path(path).read_bytes()
        assert "name a new file" in (told := shell.error(3, *words, "--rejects", str(path))) or "another file" in told
        assert Path(path).read_bytes() == before


def count(database: Path, table: str) -> int:
    """Return how many rows a table has, 0 where nobody made it yet."""
    with closing(sqlite3.connect(database)) as connection:
        try:
            found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        return found


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no SIGKILL")
def test_an_import_that_is_killed_loses_and_doubles_nothing_when_it_is_run_again(shell: Any, write: Any) -> None:
    """Whole batches are in, each issue with its response and messages; the second run takes in the rest (A10)."""
    rows = 20_000
    lines = (f"r-{number},{number % 11},2026-06-03" for number in range(rows))
    words = ["import", write("export.csv", "\n".join(["id,score,at", *lines])), "--mapping", write("m.toml", MAPPING)]
    database = shell.folder / "recovery.db"
    with shell.process(*words) as process:
        while process.poll() is None and not count(database, "resolutionkit_responses"):
            time.sleep(0.01)
        process.kill()
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    known, opened = (count(database, f"resolutionkit_{name}") for name in ("responses", "issues"))
    assert 0 < known < rows
    assert opened == sum(number % 11 <= 6 for number in range(known))
    told = " ".join(shell.ok(*words).split())
    assert f"{known:,} duplicate" in told.replace(f"{known} ", f"{known:,} ")
    assert count(database, "resolutionkit_responses") == rows
    assert count(database, "resolutionkit_issues") == sum(number % 11 <= 6 for number in range(rows))


def test_a_dry_run_leaves_nothing_not_even_an_empty_database(shell: Any, words: list[str]) -> None:
    """It says what would happen, with the same exit code."""
    done = shell.run(*words, "--dry-run")
    assert done.exit_code == 10
    assert "Nothing was written." in done.stdout
    assert "1 opened, 1 stored" in done.stdout
    assert not (shell.folder / "recovery.db").exists()


def test_a_dry_run_on_a_database_knows_what_is_in_it(shell: Any, words: list[str]) -> None:
    """What is recorded already would be a duplicate."""
    shell.run(*words)
    assert "2 duplicate" in shell.run(*words, "--dry-run").stdout


def test_the_report_as_json_has_all_counts(shell: Any, words: list[str]) -> None:
    """It is written with exit code 10 as well."""
    done = shell.run(*words, "--json")
    assert done.exit_code == 10
    assert '"recorded": 2' in done.stdout
    assert '"rejected": 2' in done.stdout


def test_an_import_rings_no_bells_unless_asked(shell: Any, words: list[str]) -> None:
    """Issues are backfilled, or announced."""
    assert "1, of which 1 backfilled" in shell.run(*words).stdout
    shell.env["RESOLUTIONKIT_ACCOUNT"] = "loud"
    first, again = shell.run(*words, "--announce"), shell.run(*words, "--announce")
    assert "Issues opened  1\n" in first.stdout
    assert "known already" not in first.stderr
    assert "note: 2 of 4 rows were known already, and nobody is told of those by --announce" in again.stderr


def test_an_import_needs_neither_a_person_nor_a_directory(shell: Any, words: list[str]) -> None:
    """It is the account's own act."""
    del shell.env["RESOLUTIONKIT_USER"], shell.env["RESOLUTIONKIT_DIRECTORY"]
    assert shell.run(*words).exit_code == 10


def test_a_mapping_with_faults_is_one_line_with_all_of_them(shell: Any, words: list[str], write: Any) -> None:
    """Each with its place; and so is a file that cannot be read."""
    told = shell.error(3, *words[:2], "--mapping", write("bad.toml", "scor = 3"))
    assert "id: is missing" in told
    assert "scor: is not a key here" in told
    assert "nowhere.csv" in shell.error(3, "import", str(shell.folder / "nowhere.csv"), *words[2:])
    assert "missing option '--mapping'" in shell.error(2, *words[:2])


QUALTRICS = (
    "RecordedDate,ResponseId,Q1_NPS_GROUP,Q1,RecipientEmail\n"
    "Recorded Date,Response ID,How likely …? - Group,How likely …?,Recipient Email\n"
    '"{""ImportId"":""recordedDate"",""timeZone"":""UTC""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""QID1_NPS_GROUP""}","{""ImportId"":""QID1""}","{""ImportId"":""recipientEmail""}"\n'
    "2026-06-03 10:00:00,R_1,Promoter,3,amy@example.com\n"
)


def test_a_preset_needs_no_mapping_but_the_score(shell: Any, write: Callable[[str, str], str]) -> None:
    """What is different for the survey is set beside it, or stands in a mapping."""
    file = write("export.csv", QUALTRICS)
    assert "score: is missing" in shell.error(3, "import", file, "--preset", "qualtrics")
    assert "1 opened" in shell.ok("import", file, "--preset", "qualtrics", "--set", "score=Q1")
    mapping = write("own.toml", 'score = "Q2"\n')
    words = ["import", file, "--preset", "qualtrics", "--mapping", mapping]
    assert "the file has no column 'Q2'" in shell.error(3, *words)
    more = ["--set", "score=Q1", "--set", "attributes.group=Q1_NPS_GROUP", "--set", "scale=NPS"]
    assert "1 duplicate" in shell.ok(*words, "--set", "score=Q1")
    shell.env["RESOLUTIONKIT_ACCOUNT"] = "other"
    assert "1 opened" in shell.ok(*words, *more)
    assert "3" in shell.ok("list")


@pytest.mark.parametrize("given", ["score", "=Q1", "score=", "score.x=Q1"])
def test_what_cannot_be_set_is_a_wrong_command_line(shell: Any, words: list[str], given: str) -> None:
    """Before anything is read or written."""
    assert "--set" in shell.error(2, *words, "--set", given)


def test_an_unknown_preset_is_told_with_those_there_are(shell: Any, words: list[str]) -> None:
    """The names stand in the help as well."""
    told = shell.error(2, *words[:2], "--preset", "qualtrix")
    assert "'formbricks-csv'" in told
    assert "'qualtrics'" in told


def test_parquet_is_imported_like_any_other_file(shell: Any, words: list[str]) -> None:
    """The suffix says what it is; what is no Parquet is one line."""
    file = shell.folder / "export.parquet"
    parquet.write_table(pa.table({"id": ["a"], "score": [3], "at": [datetime(2026, 6, 3)]}), file)
    assert "1 opened" in shell.ok("import", str(file), *words[2:])
    file.write_bytes(file.read_bytes()[:100])
    assert "is no Parquet file, or was cut off; export it again" in shell.error(3, "import", str(file), *words[2:])
