"""What a link still leads to, and what it leads to no longer: one table, asked before every look and every act.

What a link says, and whether it is ours and in time, stands in ``notify.links``; what following one does in
``tracker.visits``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from attrs import frozen

from resolutionkit.decisions.moves import legal_moves
from resolutionkit.decisions.whereabouts import past_groups
from resolutionkit.errors import AccessDenied, ResolutionKitError
from resolutionkit.model.events import CauseKind, Event, Merged, MergedInto
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, Phase
from resolutionkit.model.people import is_address
from resolutionkit.model.query import Scope
from resolutionkit.model.response import Response, ResponseRecord, Standing
from resolutionkit.notify.links import LinkAction, LinkClaim
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.streams import history_of


class LinkProblem(StrEnum):
    """Why a link of ours, and in time, leads nowhere any more."""

    FOREIGN = "foreign"
    ERASED = "erased"
    REPLACED = "replaced"
    MOVED = "moved"
    NOT_ALLOWED = "not_allowed"
    NOT_FOLLOWING = "not_following"
    FLAGGED = "flagged"
    CLOSED = "closed"
    STATUS = "status"
    NO_PREFERENCES = "no_preferences"


_WORDS: Mapping[LinkProblem, str] = {
    LinkProblem.FOREIGN: "it is about another account, or about what was never here",
    LinkProblem.ERASED: "what it was about has been erased",
    LinkProblem.REPLACED: "the customer has answered again since, and that answer stands in the place of this one",
    LinkProblem.MOVED: "the issue has moved to another group, and its recipient does not see it any more",
    LinkProblem.NOT_ALLOWED: "its recipient may not do this, or may not do it any more",
    LinkProblem.NOT_FOLLOWING: "its recipient does not follow the issue",
    LinkProblem.FLAGGED: "the response has become an issue by now; work that one",
    LinkProblem.CLOSED: "the issue has been closed since",
    LinkProblem.STATUS: "the workflow does not lead from the issue's status to that one",
    LinkProblem.NO_PREFERENCES: "it is about what its recipient wants to be told of, and about no issue",
}


class LinkRefused(ResolutionKitError, PermissionError):
    """A link is proved and in time, and what it was for can no longer be done. Nothing of the issue is told.

    Attributes:
        problem: Why.
    """

    http_status = 410

    def __init__(self, problem: LinkProblem) -> None:
        """Say why."""
        self.problem = problem
        super().__init__(f"this link cannot be used any more: {_WORDS[problem]}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.problem,))


@frozen(kw_only=True)
class Found:
    """What a link is about, as it is now.

    Attributes:
        record: The response, or None where there is none here.
        issue: The issue, or None where there is none.
        history: The issue's events, from the first one on.
        earlier: The events of the issue that the link names, where that one was merged into this one, up to then.
        past_groups: The groups that a response without an issue was in, and is not in any more.
    """

    record: ResponseRecord | None
    issue: Issue | None
    history: tuple[Event, ...] = ()
    earlier: tuple[Event, ...] = ()
    past_groups: frozenset[str] = frozenset()

    @property
    def told(self) -> tuple[Event, ...]:
        """Return what happened to the issue that the link names, and since a merge to the one that it leads to.

        The numbers by which a link counts are those of the first of them.
        """
        if not self.earlier:
            return self.history
        known = {one.id for one in self.earlier}
        merges = (place for place, event in enumerate(self.history) if not known.isdisjoint(_ids_within(event)))
        return (*self.earlier, *self.history[next(merges, len(self.history)) :])


def find(unit: UnitOfWork, claim: LinkClaim) -> Found:
    """Return what a link is about; the issue that a response has become by now, where it had none."""
    record = unit.response(claim.response)
    issue_id = claim.issue or (record.issue if record is not None else None)
    if issue_id is None:
        left = frozenset[str]() if record is None else _left_by(unit, record)
        return Found(record=record, issue=None, past_groups=left)
    own, history = unit.history(issue_id), history_of(unit, issue_id)
    earlier = () if history == own else tuple(event for event in own if not isinstance(event, MergedInto))
    return Found(record=record, issue=replay(history) if history else None, history=history, earlier=earlier)


def _left_by(unit: UnitOfWork, record: ResponseRecord) -> frozenset[str]:
    revisions: Callable[[str], Sequence[Response]] | None = getattr(unit, "revisions", None)
    return frozenset() if revisions is None or record.revision == 1 else past_groups(revisions(record.id))


def _ids_within(event: Event) -> set[str]:
    """Return the ids of all events that came with a merge."""
    history = event.history if isinstance(event, Merged) else ()
    return {one.id for one in history}.union(*map(_ids_within, history))


def scope_by(claim: LinkClaim, directory: Directory) -> Scope:
    """Return how far a link's recipient sees now.

    A bare address has no desk (requirement D2); what it is to the issue is looked at by :func:`check`.

    Raises:
        LinkRefused: The recipient has left, or was never here.
    """
    if directory.person(claim.recipient) is None and is_address(claim.recipient):
        return Scope(person=claim.recipient)
    try:
        return scope_of(claim.recipient, directory)
    except AccessDenied as problem:
        raise LinkRefused(LinkProblem.NOT_ALLOWED) from problem


def done_by(claim: LinkClaim, who: str | None, history: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what the recipient has done by the links of this very message."""
    return tuple(
        event
        for event in history
        if event.actor == who and event.cause.kind is CauseKind.LINK and event.cause.ref == claim.message
    )


@frozen
class _Visit:
    """A link that is followed: what it says, what it is about, by whom, under which policy."""

    claim: LinkClaim
    found: Found
    scope: Scope
    is_person: bool
    policy: Policy

    @property
    def issue(self) -> Issue | None:
        return self.found.issue


_ASSIGNEE = frozenset({LinkAction.VIEW, LinkAction.STATUS, LinkAction.NOTE, LinkAction.ASSIGN})
_FOLLOWER = frozenset({LinkAction.VIEW, LinkAction.UNFOLLOW})
_ALERTED = frozenset({LinkAction.VIEW})
"""What a bare address may do by its links, by what it is to the issue (requirement D2)."""


def _is_foreign(visit: _Visit) -> bool:
    found, claim = visit.found, visit.claim
    return found.record is None or (claim.issue is not None and found.issue is None)


def _is_about_preferences(visit: _Visit) -> bool:
    return visit.claim.action is LinkAction.PREFERENCES


def _is_over(visit: _Visit) -> bool:
    """Say whether it is enough: nobody is kept from hearing no more, whatever has become of the issue."""
    return visit.claim.action is LinkAction.UNFOLLOW


def _is_erased(visit: _Visit) -> bool:
    return visit.found.record is not None and visit.found.record.erased_at is not None


def _is_replaced(visit: _Visit) -> bool:
    return visit.found.record is not None and visit.found.record.standing is not Standing.CURRENT


def _is_allowed(visit: _Visit) -> bool:
    issue, record, who = visit.issue, visit.found.record, visit.scope.person
    if visit.is_person:
        return record is not None and visit.scope.sees_response(record, issue)
    if issue is None:
        return False
    roles = (
        (issue.assignee == who, _ASSIGNEE),
        (who in issue.followers, _FOLLOWER),
        (who in issue.alerted or who in issue.accountable, _ALERTED),
    )
    return any(is_one and visit.claim.action in actions for is_one, actions in roles)


def _has_moved(visit: _Visit) -> bool:
    if _is_allowed(visit):
        return False
    if visit.issue is None:
        return not visit.scope.groups.isdisjoint(visit.found.past_groups)
    before = visit.found.told[: visit.claim.version]
    return bool(before) and replay(before).response.group != visit.issue.response.group


def _is_flagged(visit: _Visit) -> bool:
    is_own = bool(done_by(visit.claim, visit.scope.person, visit.found.told[:1]))
    return visit.claim.action is LinkAction.FLAG and visit.issue is not None and not is_own


def _is_closed(visit: _Visit) -> bool:
    """Say whether somebody else has closed it since; who did so themself knows, and may correct it."""
    if visit.issue is None or visit.issue.is_open or visit.claim.action not in {LinkAction.STATUS, LinkAction.ASSIGN}:
        return False
    if visit.issue.status == visit.claim.status:
        return False
    since = visit.found.told[visit.claim.version :]
    closing = [event for event in since if getattr(event, "phase", None) is Phase.CLOSED]
    return bool(closing) and closing[-1].actor != visit.scope.person


def _is_off_the_table(visit: _Visit) -> bool:
    wanted, issue = visit.claim.status, visit.issue
    if wanted is None or issue is None or issue.status == wanted:
        return False
    return wanted not in {move.status for move in legal_moves(issue, visit.policy)}


_TABLE: tuple[tuple[Callable[[_Visit], bool], LinkProblem | None], ...] = (
    (_is_about_preferences, LinkProblem.NO_PREFERENCES),
    (_is_foreign, LinkProblem.FOREIGN),
    (_is_over, None),
    (_is_erased, LinkProblem.ERASED),
    (_is_replaced, LinkProblem.REPLACED),
    (_has_moved, LinkProblem.MOVED),
    (lambda visit: not _is_allowed(visit), LinkProblem.NOT_ALLOWED),
    (_is_flagged, LinkProblem.FLAGGED),
    (_is_closed, LinkProblem.CLOSED),
    (_is_off_the_table, LinkProblem.STATUS),
)
"""What is asked, in this order; the first that is so is the answer, and None is that the link is good."""


def check(claim: LinkClaim, found: Found, scope: Scope, *, is_person: bool, policy: Policy) -> ResponseRecord:
    """Return the response that a link is about, or refuse a link that leads nowhere any more.

    Args:
        claim: What the link says.
        found: What it is about, as it is now.
        scope: How far its recipient sees.
        is_person: Whether the recipient is somebody of the directory, and no bare address.
        policy: The account's.

    Raises:
        LinkRefused: It does not lead there any more; the error says why.
    """
    visit = _Visit(claim, found, scope, is_person, policy)
    problem = next((problem for is_so, problem in _TABLE if is_so(visit)), None)
    if problem is not None or found.record is None:
        raise LinkRefused(problem or LinkProblem.FOREIGN)
    return found.record
