"""The answer to the check after closing: is the customer satisfied (requirement B16)? When it is asked: ``timers``."""

from __future__ import annotations

from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.errors import InvalidCommand, NoteRequired
from resolutionkit.model.commands import AnswerCheck
from resolutionkit.model.events import CheckAnswered, Reopened
from resolutionkit.model.issue import Issue
from resolutionkit.policy.policy import Policy


def answer_check(issue: Issue, command: AnswerCheck, context: Context) -> Decision:
    """Record whether the customer is satisfied; where they are not, the issue is taken up again in a new episode.

    Raises:
        InvalidCommand: The issue is not closed in a status that is checked, or was answered for already.
        NoteRequired: The customer is not satisfied, and no note says why.
    """
    _check_may_answer(issue, command, context.policy)
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if command.satisfied:
        draft.add(CheckAnswered, satisfied=True, note=note)
        return draft.decision(*advice_on(note, context))
    if note is None:
        raise NoteRequired("a customer who is not satisfied")
    workflow = context.policy.workflow
    draft.add(CheckAnswered, satisfied=False, note=None)
    # A check is a promise to the customer: like a replacing detractor, it returns an issue in any workflow.
    draft.add(Reopened, status=workflow.initial, phase=workflow.initial_phase, note=note)
    return draft.decision(*advice_on(note, context))


def _check_may_answer(issue: Issue, command: AnswerCheck, policy: Policy) -> None:
    last = issue.episodes[-1]
    if issue.is_open:
        raise InvalidCommand("satisfied", command.satisfied, "none: the issue is not closed, and nothing was asked")
    if last.satisfied is not None:
        told = "none: it was answered already; a note adds to it, reopening takes the issue up again"
        raise InvalidCommand("satisfied", command.satisfied, told)
    if not is_checked(issue, policy) and last.asked_at is None:
        raise InvalidCommand("satisfied", command.satisfied, "none: the policy asks for no check after this status")


def is_checked(issue: Issue, policy: Policy) -> bool:
    """Say whether an issue is closed in a status after which the policy asks whether the customer is satisfied."""
    check = policy.closing_check
    return check is not None and not issue.is_open and issue.episodes[-1].closed_as in check.statuses
