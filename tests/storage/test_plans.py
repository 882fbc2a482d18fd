"""Query plans: every page of My Issues is read by an index, in the index's order, for each kind of access."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from resolutionkit import Inbox, IssueFilter, Tracker
from support import NOON, TurnableClock, organisation, response
from support.plans import captured

WHO = {"everything": "dana", "group": "ed", "own": "nina"}
READS: dict[str, Callable[[Inbox, str], Any]] = {
    section: lambda inbox, order, section=section: getattr(inbox, section)(limit=5, order=order)
    for section in ("flagged", "working", "followed", "open", "closed")
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the database file of this module stands."""
    return tmp_path_factory.mktemp("plans") / "recovery.db"


@pytest.fixture(scope="module", params=[True, False], ids=["with statistics", "without"])
def tracker(path: Path, request: pytest.FixtureRequest) -> Iterator[Tracker]:
    """Return a tracker with 200 issues in two groups, of which many are Nina's; a new file has no statistics."""
    path.unlink(missing_ok=True)
    opened = Tracker.open(f"sqlite:///{path}", directory=organisation(), clock=TurnableClock())
    opened.record_many(
        response(
            f"r-{index}",
            group=("emea", "field")[index % 2],
            hierarchy=["nina"] if index % 3 else [],
            received_at=NOON - timedelta(minutes=index),
            ticket=f"T-{index}",
        )
        for index in range(200)
    )
    if request.param:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("ANALYZE")
    yield opened
    opened.close()


def plans(path: Path, statements: list[tuple[str, Any]]) -> list[str]:
    """Return the steps of the statements' plans that touch a table of ours, or sort."""
    steps = []
    with closing(sqlite3.connect(path)) as connection:
        for statement, parameters in statements:
            if statement.startswith("SELECT"):
                rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps += [row[3] for row in rows]
    return steps


def faults(steps: list[str]) -> list[str]:
    """Return the steps that grow with the table: full scans of it, and sorting."""
    return [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN resolutionkit_")]


@pytest.mark.parametrize("order", ["newest", "most_urgent"])
@pytest.mark.parametrize("section", READS)
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_a_page_of_my_issues_is_read_by_an_index(
    tracker: Tracker, path: Path, who: str, section: str, order: str
) -> None:
    """No table of ours is scanned whole and nothing is sorted, on the first page."""
    with captured() as statements:
        READS[section](tracker.as_user(who).inbox(), order)
    steps = plans(path, statements)
    assert any("USING" in step and "INDEX resolutionkit_" in step for step in steps)
    assert faults(steps) == []


@pytest.mark.parametrize("order", ["newest", "most_urgent"])
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_a_later_page_is_read_by_an_index_too(tracker: Tracker, path: Path, who: str, order: str) -> None:
    """A cursor goes on where the page before ended, in the index."""
    inbox = tracker.as_user(who).inbox()
    after = inbox.open(limit=5, order=order).next
    with captured() as statements:
        page = inbox.open(limit=5, after=after, order=order)
    assert len(page) == 5
    steps = plans(path, statements)
    assert faults(steps) == []
    # The index is bounded by every column of the key, not by its first alone.
    whole = {"newest": "(received_at,id)<(?,?)", "most_urgent": "(urgency,due_at,received_at,id)>(?,?,?,?)"}
    assert any(whole[order] in step for step in steps)


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_counts_are_read_by_an_index(tracker: Tracker, path: Path, who: str) -> None:
    """Counting reads no table whole; several sources are united, which sorts ids only."""
    with captured() as statements:
        tracker.as_user(who).inbox().counts()
    steps = plans(path, statements)
    assert [step for step in steps if step.startswith("SCAN resolutionkit_")] == []
    # Bounded by the account alone, an index is read whole.
    assert [step for step in steps if step.endswith("(account=?)")] == []


@pytest.mark.parametrize(
    "condition",
    [{"email": "jane@customer.example"}, {"company": "ABC Ltd"}, {"ticket": "T-7"}, {"assignee": "nina"}],
    ids=["email", "company", "ticket", "assignee"],
)
def test_issues_are_found_by_contact_ticket_and_assignee_without_a_scan(
    tracker: Tracker, path: Path, condition: dict[str, str]
) -> None:
    """Past issues of a customer are looked up, not searched for."""
    with captured() as statements:
        page = tracker.issues(IssueFilter(**condition), limit=3)
    assert len(page) > 0
    assert [step for step in plans(path, statements) if step.startswith("SCAN resolutionkit_")] == []


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_a_page_of_responses_is_read_by_an_index(tracker: Tracker, path: Path, who: str) -> None:
    """No table is scanned whole."""
    with captured() as statements:
        tracker.as_user(who).responses(limit=5)
    assert [step for step in plans(path, statements) if step.startswith("SCAN resolutionkit_")] == []


def test_working_on_one_issue_reads_by_keys_alone(tracker: Tracker, path: Path) -> None:
    """A command's cost does not grow with the number of issues."""
    issue = tracker.issues(limit=1).items[0]
    with captured() as statements:
        tracker.as_user("dana").set_status(issue.id, "in_progress", note="N", key="k")
        tracker.record(response("r-new", ticket="T-1", received_at=NOON))
    assert faults(plans(path, statements)) == []


def test_old_responses_are_read_by_an_index(tracker: Tracker, path: Path) -> None:
    """By instant and id, from where the page before ended, whatever else there is."""
    with captured() as statements:
        found = tracker._runner.store.transact(
            tracker.account, lambda unit: cast("Any", unit).responses_before(NOON, (0, ""), 5), write=False
        )
    assert len(found) == 5
    steps = plans(path, statements)
    assert faults(steps) == []
    assert any("responses_newest" in step and "received_at>" in step for step in steps)


def test_what_a_daily_alert_has_to_tell_is_found_by_an_index(tracker: Tracker, path: Path) -> None:
    """Over all accounts, and in one; text messages too."""

    def ask(name: str, *given: Any) -> Callable[[Any], Any]:
        return lambda unit: getattr(unit, name)(*given)

    store, later = tracker._runner.store, NOON + timedelta(days=9)
    questions = (
        ("", ask("accounts_alerted", later, 100)),
        ("default", ask("awaiting", later)),
        ("default", ask("told_already", ["r-1", "r-2"])),
        ("default", ask("texts_due", later)),
        ("default", ask("digest", "ed", later)),
        ("default", ask("digests_of_text", "ed", later)),
    )
    with captured() as seen:
        for account, question in questions:
            store.transact(account, question, write=False)
    steps = plans(path, seen)
    assert len(steps) >= 6
    assert faults(steps) == []


def test_the_addresses_of_many_responses_are_looked_for_at_once() -> None:
    """So that a file with new people in each row asks no more often than one with a few."""
    new = [response(f"new-{index}", 9, hierarchy=[f"p-{index}@partner.example"]) for index in range(250)]
    with Tracker.open("sqlite://") as tracker, captured() as statements:
        tracker.record_many(new)
    texts = [text for text, _ in statements if "resolutionkit_addresses" in text]
    assert Counter(text.split(maxsplit=1)[0] for text in texts) == {"SELECT": 2, "INSERT": 3}
