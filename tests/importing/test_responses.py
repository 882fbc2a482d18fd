"""From a file to responses: good rows come through whatever stands beside them, one at a time."""

import csv
import io
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit.errors import MappingError
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import ImportedRow, RejectedRow, RowRefused

WriteFile = Callable[[str, bytes], Path]


def test_bad_rows_never_stop_good_ones(write: WriteFile, small: dict[str, Any]) -> None:
    """Each row is told with its line, and a rejected one with column, reason and content."""
    path = write(
        "a.csv",
        b"id,score,at\nr-1,6,2026-06-03\nr-2,,2026-06-03\nr-3,7\nr-4,\xff,2026-06-03\nr-5,8,never\nr-6,9,2026-06-04\n",
    )
    found = list(read_responses(path, ImportMapping.from_data(small), b""))
    assert [(one.line, one.response.id) for one in found if isinstance(one, ImportedRow)] == [(2, "r-1"), (7, "r-6")]
    rejected = [one for one in found if isinstance(one, RejectedRow)]
    assert [(one.line, one.column) for one in rejected] == [(3, "score"), (4, None), (5, None), (6, "at")]
    assert rejected[0] == RejectedRow(3, "score", "no score", {"id": "r-2", "score": "", "at": "2026-06-03"})
    assert found[0].raw == {"id": "r-1", "score": "6", "at": "2026-06-03"}


def test_a_file_that_lacks_columns_gives_no_row(write: WriteFile, small: dict[str, Any]) -> None:
    """The error names the column, the nearest one, and the mapping."""
    path = write("a.csv", b"id,Score,at\nr-1,6,2026-06-03\n")
    with pytest.raises(MappingError, match="did you mean 'Score'"):
        next(read_responses(path, ImportMapping.from_data(small), b""))


def test_json_lines_become_responses(write: WriteFile, small: dict[str, Any]) -> None:
    """Nested names and lists serve as columns."""
    path = write(
        "a.jsonl", b'{"id": 1, "score": 6, "at": "2026-06-03T10:00Z", "who": {"mail": "a@b"}, "tags": ["x"]}\n'
    )
    mapping = ImportMapping.from_data(small | {"contact": {"email": "who.mail"}, "tags": "tags"})
    (found,) = read_responses(path, mapping, b"")
    assert isinstance(found, ImportedRow)
    assert (found.response.id, found.response.contact.email, found.response.tags) == ("1", "a@b", ("x",))


def test_memory_does_not_grow_with_the_file(tmp_path: Path, small: dict[str, Any]) -> None:
    """Ten times the rows need the same memory, good and bad ones mixed."""
    mapping = ImportMapping.from_data(small)

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        with path.open("w") as file:
            file.write("id,score,at\n")
            file.writelines(f"r-{number},{number % 12},2026-06-03\n" for number in range(rows))
        tracemalloc.start()
        count = sum(1 for _ in read_responses(path, mapping, b""))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == rows
        return peak

    peak(10)
    assert peak(5_000) < peak(500) + 100_000


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8)), max_size=10))
def test_a_good_row_comes_through_between_any_others(noise: list[tuple[str, str, str]]) -> None:
    """Whatever stands in the cells of the rows around it, a valid row becomes its response."""
    mapping = ImportMapping.from_data({"id": "id", "score": "score", "received_at": "at", "dates": {"zone": "UTC"}})
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("id", "score", "at"), *noise, ("good", "6", "2026-06-03"), *noise])
    content = out.getvalue().encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", lambda *_, **how: io.TextIOWrapper(io.BytesIO(content), **how))
        found = list(read_responses("noise.csv", mapping, b""))
    assert [one.response.id for one in found if isinstance(one, ImportedRow)].count("good") == 1


def test_errors_of_rows_cross_processes() -> None:
    """A worker can hand them to its parent."""
    again = pickle.loads(pickle.dumps(RowRefused("score", "no score")))
    assert (again.column, again.reason, str(again)) == ("score", "no score", "column 'score': no score")
