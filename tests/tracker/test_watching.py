"""The log as an operator reads it: which line is written when, at which level, with which extras."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from resolutionkit import (
    ImportMapping,
    InvalidScore,
    IssueNotFound,
    NotDelivered,
    Person,
    StaticDirectory,
    StorageError,
    Tracker,
    logs,
)
from resolutionkit.model.commands import Command, Noted
from resolutionkit.ports import Notice, WriteConflict
from resolutionkit.storage.sql.retries import Retries
from resolutionkit.testing import RecordingNotifier, TurnableClock, sample_company, sample_response
from resolutionkit.tracker.delivering import tell_of_rest
from resolutionkit.tracker.watching import KINDS
from resolutionkit.web import app as pages
from support.observing import Listening, extras, listening


@pytest.fixture
def log() -> Iterator[Listening]:
    """Return everything that is logged."""
    with listening() as kept:
        yield kept


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon."""
    return TurnableClock()


@pytest.fixture
def channel() -> RecordingNotifier:
    """Return a channel that takes everything, until it is told to fail."""
    return RecordingNotifier("email")


@pytest.fixture
def tracker(clock: TurnableClock, channel: RecordingNotifier) -> Iterator[Tracker]:
    """Return a tracker in memory with one channel."""
    with Tracker.open("memory:", clock=clock, directory=sample_company(), notifiers=[channel]) as opened:
        yield opened


def facts(log: Listening, line: logs.Line) -> list[dict[str, Any]]:
    """Return the extras of every record of a kind of line, but for how long it took."""
    found = [extras(one) for one in log.records if one.msg == line.text]
    for one in found:
        duration = one.pop("duration", None)
        assert duration is None or 0 <= duration < 60
    return found


def test_a_recorded_response_is_a_line_at_debug(log: Listening, tracker: Tracker) -> None:
    """With what became of it, the issue and how many events, and never the response's id."""
    done = tracker.record(sample_response())
    assert done.issue is not None
    assert facts(log, logs.RECORDED) == [
        {"account": "default", "issue_id": done.issue.id, "outcome": "opened", "events": 1, "error_type": None}
    ]
    assert (log.records[0].levelno, log.records[0].name) == (logging.DEBUG, "resolutionkit.commands")


def test_a_record_tells_where_the_line_was_written(log: Listening, tracker: Tracker) -> None:
    """And not where all lines go through."""
    tracker.record(sample_response())
    assert log.records[0].module == "watching"


def test_a_refused_response_is_a_line_with_the_kind_of_error(log: Listening, tracker: Tracker) -> None:
    """And without its words, which quote what was given."""
    with pytest.raises(InvalidScore):
        tracker.record(sample_response(score=11))
    (told,) = facts(log, logs.RECORDED)
    assert (told["outcome"], told["error_type"], told["issue_id"]) == ("refused", "InvalidScore", None)


def test_a_batch_is_one_line(log: Listening, tracker: Tracker) -> None:
    """With how many were refused, and how many issues it opened."""
    tracker.record_many([sample_response("r-1", 2), sample_response("r-2", 9), sample_response("r-3", 11)])
    assert facts(log, logs.RECORDED_MANY) == [
        {"account": "default", "size": 3, "refused": 1, "issues_opened": 1, "outcome": "done", "error_type": None}
    ]
    assert facts(log, logs.RECORDED) == []


def test_a_dry_run_is_no_batch(log: Listening, tracker: Tracker, tmp_path: Path) -> None:
    """Nothing was recorded; that an import was tried is said."""
    file = tmp_path / "some.csv"
    file.write_text("id,score,when\nr-1,2,2026-01-02T03:04:05Z\n", encoding="utf-8")
    mapping = ImportMapping.from_data({"id": "id", "score": "score", "received_at": "when"})
    tracker.import_file(file, mapping, dry_run=True)
    assert facts(log, logs.RECORDED_MANY) == []
    tracker.import_file(file, mapping)
    assert [one["size"] for one in facts(log, logs.RECORDED_MANY)] == [1]
    told = [
        (one["rows"], one["rejected"], one["issues_opened"], one["is_dry_run"]) for one in facts(log, logs.IMPORTED)
    ]
    assert told == [(1, 0, 1, True), (1, 0, 1, False)]


def test_a_command_is_a_line_at_debug(log: Listening, tracker: Tracker) -> None:
    """With its kind, the issue, how many events, and how it ended: done, unchanged, repeated or refused."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    desk = tracker.as_user("bridget")
    desk.add_note(issue.id, "Rang.", key="once")
    desk.add_note(issue.id, "Rang.", key="once")
    desk.follow(issue.id)
    desk.follow(issue.id)
    with pytest.raises(IssueNotFound):
        tracker.as_user("nina").add_note(issue.id, "Rang.")
    told = [(one["kind"], one["events"], one["outcome"], one["error_type"]) for one in facts(log, logs.ACTED)]
    assert told == [
        ("add_note", 1, "done", None),
        ("add_note", 0, "repeated", None),
        ("follow", 1, "done", None),
        ("follow", 0, "unchanged", None),
        ("add_note", 0, "refused", "IssueNotFound"),
    ]
    assert {one["issue_id"] for one in facts(log, logs.ACTED)} == {issue.id}
    assert {one["size"] for one in facts(log, logs.ACTED)} == {1}


def test_commands_that_are_one_are_one_line(log: Listening, tracker: Tracker) -> None:
    """All or nothing is one transaction: its size is told, and no issue; none at all is no line."""
    issues = [tracker.record(sample_response(f"r-{number}")).issue for number in range(3)]
    desk = tracker.as_user("bridget")
    desk.add_note_to_all([one.id for one in issues if one is not None], "Rang.", atomic=True)
    desk.add_note_to_all([], "Rang.", atomic=True)
    (told,) = facts(log, logs.ACTED)
    assert (told["kind"], told["size"], told["issue_id"], told["events"]) == ("add_note", 3, None, 3)


def test_an_id_that_is_none_is_not_told(log: Listening, tracker: Tracker) -> None:
    """What somebody puts in the place of an issue's id may be anything, a line of its own among it."""
    with pytest.raises(IssueNotFound):
        tracker.as_user("bridget").follow("x\nERROR all is lost")
    assert "all is lost" not in log.text


def test_every_command_has_a_name(log: Listening) -> None:
    """A new command without one would fail where somebody listens, and only there."""
    found = {one for kind in (Command, Noted) for one in kind.__subclasses__()} - {Noted}
    assert found == set(KINDS)


def test_what_is_not_listened_to_is_not_told(tracker: Tracker) -> None:
    """At INFO a command leaves no line; a batch that was sent does."""
    with listening(logging.INFO) as log:
        tracker.record(sample_response())
        tracker.deliver()
    assert [one.msg for one in log.records] == [logs.BATCH_SENT.text]
    (told,) = facts(log, logs.BATCH_SENT)
    assert told == {"account": "default", "channel": "email", "size": 1, "sent": 1}


def test_what_is_sent_is_a_line_at_debug(log: Listening, tracker: Tracker) -> None:
    """With message, issue, channel, topic, fate and attempt."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    (message,) = tracker.outbox(issue.id)
    tracker.deliver()
    assert facts(log, logs.SENT) == [
        {
            "account": "default",
            "channel": "email",
            "message_id": message.id,
            "issue_id": issue.id,
            "topic": "opened",
            "fate": "sent",
            "attempt": 1,
            "error_type": None,
        }
    ]


def test_a_failed_try_is_a_warning_and_a_dead_letter_an_error(
    log: Listening, tracker: Tracker, channel: RecordingNotifier, clock: TurnableClock
) -> None:
    """Whoever is called at night is called for what needs a hand."""
    channel.failure = ValueError("typed by Jane")
    tracker.record(sample_response())
    tracker.deliver()
    channel.failure = NotDelivered("no such box", is_final=True)
    clock.turn(hours=24)
    tracker.deliver()
    (retried,), (dead,) = facts(log, logs.RETRIED), facts(log, logs.DEAD)
    assert (retried["attempt"], retried["fate"], retried["error_type"]) == (1, "waiting", "ValueError")
    assert (dead["attempt"], dead["fate"], dead["error_type"]) == (2, "dead", "NotDelivered")
    assert "Jane" not in log.text
    assert [one["sent"] for one in facts(log, logs.BATCH_SENT)] == [0, 0]


def test_a_disabled_channel_is_an_error(log: Listening, tracker: Tracker, channel: RecordingNotifier) -> None:
    """Once; what comes for it afterwards is a dead letter each."""
    channel.failure = NotDelivered("gone", disables=True)
    for number in range(3):
        tracker.record(sample_response(f"r-{number}"))
    tracker.deliver()
    tracker.record(sample_response("r-4"))
    tracker.deliver()
    assert facts(log, logs.DISABLED) == [{"account": "default", "channel": "email"}]
    assert [one["attempt"] for one in facts(log, logs.DEAD)] == [1, 0, 0, 0]


def test_what_is_not_sent_is_a_line_with_its_fate(log: Listening, tracker: Tracker) -> None:
    """What is dropped, denied, suppressed or deferred is as it should be: DEBUG."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    tracker.as_user("bridget").assign(issue.id, "omar", note="Yours.")
    tracker.as_user("bridget").assign(issue.id, "nina", note="No, yours.")
    tracker.deliver()
    assert [(one["topic"], one["fate"]) for one in facts(log, logs.SETTLED)] == [("assigned", "dropped")]


def test_a_worker_that_rests_says_why_without_the_databases_words(log: Listening) -> None:
    """They may quote a value; the kinds of both errors are told."""
    problem = StorageError("the database failed: invalid value 'typed by Jane'")
    problem.__cause__ = TimeoutError("typed by Jane")
    tell_of_rest(problem, "default", timedelta(seconds=5))
    (told,) = facts(log, logs.RESTING)
    assert told == {"error_type": "StorageError", "cause": "TimeoutError", "pause": 5.0}
    assert "Jane" not in log.text


def test_erasing_is_a_line_with_numbers_only(log: Listening, tracker: Tracker) -> None:
    """Whose data it was is not for the log to keep."""
    issue = tracker.record(sample_response()).issue
    assert issue is not None
    tracker.as_user("bridget").add_note(issue.id, "Rang Jane.")
    tracker.erase("jane@customer.example")
    (told,) = facts(log, logs.ERASED)
    assert (told["responses"], told["issues"]) == (1, 1)
    assert "jane" not in log.text.lower()


def test_every_record_has_the_extras_that_its_line_names(tracker: Tracker, channel: RecordingNotifier) -> None:
    """A record has all of them and no others, whatever happened."""
    lines = {one.text: one for one in logs.LINES}
    with listening() as log:
        issue = tracker.record(sample_response()).issue
        tracker.record_many([sample_response("r-2")])
        assert issue is not None
        tracker.as_user("bridget").add_note(issue.id, "Rang.")
        for failure in (OSError(), NotDelivered("no", is_final=True), NotDelivered("gone", disables=True), None):
            channel.failure = failure
            tracker.record(sample_response(f"r-{failure!r}"))
            tracker.deliver()
        tracker.erase("jane@customer.example")
    for record in log.records:
        line = lines[str(record.msg)]
        assert (record.name, record.levelno) == (line.logger, line.level)
        assert set(extras(record)) == set(line.extras)


def test_no_extra_is_a_name_of_the_log_records_own() -> None:
    """Logging refuses those, at the moment when the line is written."""
    own = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
    assert not own & {name for line in logs.LINES for name in line.extras}


def test_without_a_handler_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A library that nobody listens to is silent, at every level."""
    logger = logging.getLogger(logs.ROOT)
    assert any(isinstance(one, logging.NullHandler) for one in logger.handlers)
    assert {one.logger.partition(".")[0] for one in logs.LINES} == {logs.ROOT}
    person = Person(id="a", name="A")
    with Tracker.open("memory:", directory=StaticDirectory([person])) as tracker:
        tracker.record(sample_response())
    assert capsys.readouterr() == ("", "")


def test_a_lease_that_another_took_over_is_a_warning(
    log: Listening, tracker: Tracker, channel: RecordingNotifier, clock: TurnableClock
) -> None:
    """A worker that was away for so long that another sent the message finds out when it settles."""
    tracker.record(sample_response())
    slow, notify = RecordingNotifier("email"), channel.notify

    def away(notice: Notice, /) -> None:
        channel.notify = notify  # type: ignore[method-assign]
        clock.turn(hours=1)
        tracker.deliver()
        slow.notify(notice)

    channel.notify = away  # type: ignore[method-assign]
    tracker.deliver()
    (told,) = facts(log, logs.LEASE_LOST)
    assert told == {"account": "default", "channel": "email", "message_id": slow.notices[0].message.id}
    assert len(channel.notices) == 1


def test_a_transaction_that_is_run_again_is_a_line_at_debug(log: Listening) -> None:
    """With the attempt, the kind of conflict, and how long it waits; the database's words may quote a value."""
    pause = Retries().pause_after(WriteConflict("Key (email)=(jane@customer.example) already exists"))
    assert facts(log, logs.REPEATED) == [{"attempt": 1, "error_type": "WriteConflict", "pause": pause}]
    assert "jane" not in log.text


def test_a_link_that_is_refused_is_info_and_one_that_fails_an_error(log: Listening) -> None:
    """By the name of the problem and the status; neither the link nor what was typed is told."""
    pages.told("expired", 410)
    pages.told("unavailable", 503)
    assert facts(log, logs.LINK_REFUSED) == [
        {"problem": "expired", "http_status": 410},
        {"problem": "unavailable", "http_status": 503},
    ]
    assert [record.levelno for record in log.records] == [logging.INFO, logging.ERROR]
