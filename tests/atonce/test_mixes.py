"""Random work of several processes on the same issues and tickets: afterwards every law holds (L1, L2, L4)."""

from __future__ import annotations

from collections import defaultdict

from resolutionkit import Tracker, replay
from resolutionkit.testing.suites.intake import check_one_issue_each
from resolutionkit.testing.suites.outbox import TOPICS
from resolutionkit.testing.telling import told
from support import organisation, response
from support.crew import Do, each
from support.jobs import Span, mix, spans


def test_whatever_processes_do_at_once_the_laws_hold(tracker: Tracker, do: Do) -> None:
    """Each event belongs to one command that somebody was told was done; each change has exactly its messages."""
    opened = [tracker.record(response(f"hot-{number}")) for number in range(3)]
    issues = [one.issue.id for one in opened if one.issue is not None]
    done = [span for one in opened for span in spans(one)]
    done += each(do(mix, issues=issues, rounds=40))
    check_one_issue_each(tracker)
    by_issue: dict[str, list[Span]] = defaultdict(list)
    for span in done:
        by_issue[span[0]].append(span)
    assert set(by_issue) == {line.id for line in tracker.issues(limit=1000)}
    for issue_id, its_spans in by_issue.items():
        check_issue(tracker, issue_id, sorted(its_spans))


def check_issue(tracker: Tracker, issue_id: str, its_spans: list[Span]) -> None:
    """Check that what was answered as done is the issue's history without gap or overlap, with its messages."""
    history = tracker.history(issue_id)
    assert replay(history) == tracker.issue(issue_id)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    numbers = [number for _, first, last in its_spans for number in range(first, last + 1)]
    assert numbers == [event.number for event in history]
    outbox = {(one.first_event, one.last_event, one.recipient): one for one in tracker.outbox(issue_id)}
    assert len(outbox) == len(tracker.outbox(issue_id))
    due = {}
    for _, first, last in its_spans:
        before = replay(history[: first - 1]) if first > 1 else None
        after, events = replay(history[:last]), history[first - 1 : last]
        # A correction of what no longer stands is on record, and tells nobody.
        stands = events[0].cause.kind != "response" or after.response.id == events[0].cause.ref
        expected = told(before, after, events, organisation(), {}) if stands else {}
        due |= {(first, last, who): expected[who] for who in expected}
    assert set(outbox) == set(due)
    for key, message in outbox.items():
        assert message.topic == min((topic for topic, _ in due[key]), key=TOPICS.index)
        assert set(message.why) == {why for _, why in due[key]}
