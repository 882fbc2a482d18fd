"""Jobs that are killed in the middle, and what they come to when they are done: each may be given again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen

from resolutionkit import ImportMapping, Status, Tracker
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import ImportedRow
from support import NOON, response
from support.killing import BATCH

Job: TypeAlias = Callable[[Tracker], Any]
FILE = Path(__file__).with_name("five_responses.csv")
MAPPING = ImportMapping.load(FILE.with_suffix(".toml"))
MANY = [response(f"m-{number}", number, ticket="T-1" if number == 3 else None) for number in range(5)]


def stage(tracker: Tracker) -> None:
    """Leave a response that is fine, and an issue that is worked and followed."""
    tracker.record(response("fine", 9))
    issue = tracker.record(response(ticket="T-1")).issue
    assert issue is not None
    tracker.as_user("dana").follow(issue.id, "lee@partner.example")


def leave_empty(tracker: Tracker) -> None:
    """Leave the account as it is: it was never used."""


def _issue(tracker: Tracker) -> str:
    issue = tracker.response("r-1").issue
    assert issue is not None
    return issue


def record(tracker: Tracker) -> None:
    """Record an unhappy response, of which several people hear."""
    tracker.record(response("new", 2, ticket="T-2", hierarchy=["nina", "ü@partner.example"]))


def replace(tracker: Tracker) -> None:
    """Record a later response to the ticket, from another group."""
    tracker.record(response("later", 2, ticket="T-1", received_at=NOON, group="field"))


def set_status(tracker: Tracker) -> None:
    """Resolve the issue with a note."""
    tracker.as_user("dana").set_status(_issue(tracker), Status.RESOLVED, note="Done.", spoke=True, key="k")


def assign(tracker: Tracker) -> None:
    """Give the issue to an address that was never used, and follow it."""
    tracker.as_user("dana").assign(_issue(tracker), "new@x.example", note="Yours.", follow=True, key="k")


def escalate(tracker: Tracker) -> None:
    """Call for leadership."""
    tracker.as_user("bridget").escalate(_issue(tracker), reason="Risk.", note="Now.", key="k")


def flag(tracker: Tracker) -> None:
    """Make the response that is fine an issue."""
    tracker.as_user("dana").flag("fine", note="Said so.", followers=["f@x.example"], key="k")


def record_many(tracker: Tracker) -> None:
    """Record five responses in three transactions."""
    tracker.record_many(MANY)


def import_file(tracker: Tracker) -> None:
    """Import five responses in three transactions."""
    tracker.import_file(FILE, MAPPING)


def _rows(start: int) -> Job:
    """Return what the rows of one transaction come to."""
    rows = [row.response for row in read_responses(FILE, MAPPING, b"") if isinstance(row, ImportedRow)]
    return lambda tracker: tracker.record_many(rows[start : start + BATCH], announce=False)


def _batch(start: int) -> Job:
    return lambda tracker: tracker.record_many(MANY[start : start + BATCH])


@frozen
class Victim:
    """A job.

    Attributes:
        job: What is done.
        stage: What is there before.
        parts: What each of its transactions does; itself, where it has one.
    """

    job: Job
    stage: Job = stage
    parts: Sequence[Job] = field()

    @parts.default
    def _whole(self) -> Sequence[Job]:
        return (self.job,)


VICTIMS = {
    "record": Victim(record),
    "record the first": Victim(record, leave_empty),
    "record a replacement": Victim(replace),
    "set a status with a note": Victim(set_status),
    "assign and follow": Victim(assign),
    "escalate": Victim(escalate),
    "flag": Victim(flag),
    "import a file": Victim(import_file, parts=[_rows(start) for start in range(0, len(MANY), BATCH)]),
    "record many": Victim(record_many, parts=[_batch(start) for start in range(0, len(MANY), BATCH)]),
}
