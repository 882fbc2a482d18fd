"""The sample data that newcomers start with: it imports whole, and holds what its story needs."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import ImportedRow
from resolutionkit.model.response import Response

FOLDER = Path(__file__).parents[2] / "examples" / "quickstart"


@pytest.fixture(scope="module")
def responses() -> list[Response]:
    """Return the sample's responses."""
    mapping = ImportMapping.load(FOLDER / "mapping.toml")
    rows = list(read_responses(FOLDER / "responses.csv", mapping, b""))
    assert all(isinstance(row, ImportedRow) for row in rows)
    return [row.response for row in rows if isinstance(row, ImportedRow)]


def test_every_row_of_the_sample_is_imported(responses: list[Response]) -> None:
    """48 responses of all scores, each with its own id."""
    assert len({response.id for response in responses}) == 48
    assert {response.score for response in responses} == set(range(11))
    assert sum(response.score <= 6 for response in responses) == 19


def test_the_sample_has_two_tickets_answered_twice(responses: list[Response]) -> None:
    """One customer was won back and one was lost again."""
    twice = {ticket for ticket, count in Counter(one.ticket for one in responses).items() if count > 1}
    scores = {ticket: [one.score for one in responses if one.ticket == ticket] for ticket in twice}
    assert sorted(scores.values()) == [[3, 9], [9, 4]]


def test_the_sample_s_last_week_has_unhappy_customers(responses: list[Response]) -> None:
    """Enough of them are recent for somebody to be told."""
    recent = [one for one in responses if one.received_at >= datetime(2026, 11, 15, 12, tzinfo=UTC)]
    assert sum(one.score <= 6 for one in recent) >= 6
    assert min(one.received_at for one in responses) == datetime(2026, 6, 3, 8, 14, tzinfo=UTC)


def test_the_sample_holds_awkward_text(responses: list[Response]) -> None:
    """Quotes, lines, formulas, tags, several scripts, very short and very long comments, and silence."""
    comments = [one.comment for one in responses if one.comment]
    for part in ('"', "\n", "=SUM", "<script>", "😊", "í", "خبر", "谢谢", ","):
        assert any(part in comment for comment in comments), part
    assert min(map(len, comments)) <= 3
    assert max(map(len, comments)) > 1000
    assert any(not answer.is_answered for one in responses for answer in one.answers)
