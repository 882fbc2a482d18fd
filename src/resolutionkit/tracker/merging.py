"""How a merge is carried out: two issues are loaded, and saved together (requirement B15).

It is the way of the pipeline, with two streams in the place of one. Issues are read, and so locked where anything is,
in the order of their ids, and saved with the one that goes first, which is the younger: no two merges that meet wait
for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping

from resolutionkit.decisions.merging import Told, check_may_merge, check_merge, in_order, merge
from resolutionkit.decisions.timers import timetable
from resolutionkit.errors import IssueNotFound
from resolutionkit.model.commands import Merge
from resolutionkit.model.events import Cause, CauseKind
from resolutionkit.model.history import apply
from resolutionkit.model.issue import Issue
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.results import Change
from resolutionkit.ports import UnitOfWork, Write
from resolutionkit.tracker.answering import ON_ISSUES, remembered
from resolutionkit.tracker.attempts import Attempts, check_versions
from resolutionkit.tracker.hearing import messages_of
from resolutionkit.tracker.loading import Loaded
from resolutionkit.tracker.pipeline import Done, Surroundings, context_of, once
from resolutionkit.tracker.streams import leading


def change(unit: UnitOfWork, command: Merge, around: Surroundings, attempts: Attempts) -> Change:
    """Carry out a merge."""

    def newly(seen: Surroundings, scope: Scope) -> Done[Change]:
        return _merged(unit, command, seen, scope, attempts)

    done, writes = once(unit, command, around, ON_ISSUES, newly)
    if writes:
        unit.save(writes)
    return done


def _merged(unit: UnitOfWork, command: Merge, around: Surroundings, scope: Scope, attempts: Attempts) -> Done[Change]:
    found = {one: _told(unit, one, scope) for one in sorted({command.issue, command.into})}
    pair = in_order(found[command.issue], found[command.into])
    stays, goes = pair[0].issue, pair[1].issue
    check_may_merge(around.actor, around.settings.directory.person(around.actor))
    _check_versions(unit, command, found, attempts)
    check_merge(stays, goes)
    cause = Cause(CauseKind.COMMAND, command.key)
    context = context_of(around, (goes.assignee, *goes.followers), Loaded(issue=stays), cause)
    decided = merge(pair, _records(unit, goes), command, context)
    decision = decided.decision
    issue = stays
    for event in decision.events:
        issue = apply(issue, event)
    directory = around.settings.directory
    times = timetable(issue, (*pair[0].history, *decision.events), context.policy, context.now)
    ended = Write(records=decision.records, before=goes, issue=apply(goes, decided.ended), events=(decided.ended,))
    goes_on = Write(
        before=stays,
        issue=issue,
        events=decision.events,
        due_at=times.due_at,
        wake_at=times.wake_at,
        messages=messages_of(unit, decision, context, before=stays, issue=issue, directory=directory),
        remembered=remembered(unit, command, decision, context, record=None, issue=issue),
    )
    return Change(issue=issue, events=decision.events, advice=decision.advice), (ended, goes_on)


def _told(unit: UnitOfWork, issue_id: str, scope: Scope) -> Told:
    lead = leading(unit, issue_id)
    if lead.issue is None or not scope.sees_issue(lead.issue):
        raise IssueNotFound(issue_id)
    history = lead.history if lead.history is not None else unit.history(lead.issue.id)
    return Told(issue=lead.issue, history=history)


def _check_versions(unit: UnitOfWork, command: Merge, found: Mapping[str, Told], attempts: Attempts) -> None:
    expected = {command.issue: command.expected_version, command.into: command.expected_into_version}
    for asked, told in found.items():
        version = expected[asked]
        check_versions(unit, command, told.issue, {asked: version} if version else attempts.versions(asked))
        attempts.seen.setdefault(asked, (told.issue.id, told.issue.version))


def _records(unit: UnitOfWork, issue: Issue) -> list[ResponseRecord]:
    """Return the records of an issue's responses, which are to be the other one's."""
    found = (unit.response(one.id) for one in issue.responses)
    return [record for record in found if record is not None]
