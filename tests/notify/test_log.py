"""The notifier that logs: who is told of what, and nothing that a respondent typed."""

from __future__ import annotations

import logging
from typing import Any

import attrs
import pytest

from resolutionkit import Answer, Contact, Tracker
from resolutionkit.notify.log import LogNotifier
from resolutionkit.ports import Notice, Notifier
from support import response

TYPED = "Typed\r\nby a respondent <script>"


@pytest.fixture
def notice(clock: Any, directory: Any) -> Notice:
    """Return a notice of an issue whose response is all hostile text."""
    hostile = response(
        contact=Contact(name=TYPED, email=TYPED, phone=TYPED, company=TYPED),
        comment=TYPED,
        answers=[Answer(TYPED, TYPED)],
        tags=[TYPED],
        factors=[TYPED],
        agent=TYPED,
        attributes={"plan": TYPED},
    )
    with Tracker.open("memory:", clock=clock, directory=directory) as tracker:
        issue = tracker.record(hostile).issue
        assert issue is not None
        tracker.as_user("bridget").add_note(issue.id, TYPED, author=TYPED)
        (message,) = tracker.outbox(issue.id)
        found = tracker.issue(issue.id)
        events = tracker.history(issue.id)
        return Notice(account="acme", message=message, response=found.response, issue=found, events=events)


def test_one_line_says_who_is_told_of_what(notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    """Topic, issue, recipient and reasons; the same as extras for structured logs."""
    with caplog.at_level(logging.INFO, "resolutionkit.notify"):
        LogNotifier().notify(notice)
    (record,) = caplog.records
    assert record.getMessage() == f"opened of issue {notice.issue.id} told to 'ed': assignee, group_lead"
    assert (record.levelno, record.name) == (logging.INFO, "resolutionkit.notify")
    facts: dict[str, Any] = vars(record)
    assert (facts["account"], facts["topic"], facts["recipient"]) == ("acme", "opened", "ed")
    assert (facts["message_id"], facts["issue_id"]) == (notice.message.id, notice.issue.id)


def test_nothing_that_a_respondent_typed_is_logged(notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the line nor in its extras."""
    with caplog.at_level(logging.DEBUG):
        LogNotifier().notify(notice)
    logged = "".join(repr(vars(record)) for record in caplog.records)
    assert logged
    assert "respondent" not in logged


def test_an_address_cannot_add_a_line_to_the_log(notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    """A recipient is shown escaped."""
    forged = attrs.evolve(notice, message=attrs.evolve(notice.message, recipient="a@b\nINFO all is well\u202e"))
    with caplog.at_level(logging.INFO, "resolutionkit.notify"):
        LogNotifier().notify(forged)
    message = caplog.records[0].getMessage()
    assert "\n" not in message
    assert message.isascii()


def test_it_is_a_notifier_with_a_name() -> None:
    """Preferences and the ledger know it as log."""
    assert isinstance(LogNotifier(), Notifier)
    assert LogNotifier.name == "log"
