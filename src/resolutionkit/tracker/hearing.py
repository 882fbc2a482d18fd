"""Who is told of a change, those included who want to hear of it without having to do with it (requirement C3).

The store is asked for their preferences, and only where somebody may want more. What these ask for is said in
``model.wishes``, who is told of what in ``decisions.audience``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from resolutionkit.decisions import audience
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.hearers import NO_WISHES, Wishes
from resolutionkit.model.events import IssueOpened, NoteAdded
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.response import ResponseRecord, Standing
from resolutionkit.model.wishes import asks_for
from resolutionkit.ports import Directory, UnitOfWork
from resolutionkit.tracker.access import scope_of_party
from resolutionkit.tracker.snapshot import administrators_of

_NOBODY = frozenset[str]()


def messages_of(
    unit: UnitOfWork,
    decision: Decision,
    context: Context,
    *,
    before: Issue | None,
    issue: Issue | None,
    directory: Directory,
) -> tuple[Message, ...]:
    """Return who is to be told of what was decided; the store is asked for preferences where anybody may want more.

    Args:
        unit: The unit of work; where it keeps no preferences, nobody wants more.
        decision: What was decided.
        context: The circumstances.
        before: The issue before the change, or None where it is new or there is none.
        issue: The issue after it, or None where there is none.
        directory: Who is there.
    """
    if decision.is_silent:
        return ()
    news = _news(decision)
    if issue is not None and decision.events:
        asking = () if news is None or issue.quarantined else _asking(unit, news, issue, directory)
        noting = _noting(unit, issue, context.actor) if issue.followers and _has_note(decision) else _NOBODY
        overseeing = overseers(issue, decision, directory) if issue.quarantined else ()
        is_wished = asking or noting or overseeing
        wishes = Wishes(asking=asking, noting=noting, administrators=overseeing) if is_wished else NO_WISHES
        return audience.plan(before, issue, decision.events, context, wishes)
    asking = () if news is None or news.is_quarantined else _asking(unit, news, None, directory)
    return audience.plan_without_issue(news, context, Wishes(asking=asking)) if news is not None and asking else ()


def _news(decision: Decision) -> ResponseRecord | None:
    """Return the response that is news: a new one that stands, a correction that opens an issue, or one repaired."""
    if not decision.records:
        return None
    record, before = decision.records[0].record, decision.records[0].before
    is_new = before is None or (decision.outcome is not None and _opens(decision))
    is_repaired = before is not None and before.is_quarantined and not record.is_quarantined
    return record if (is_new or is_repaired) and record.standing is Standing.CURRENT else None


def _opens(decision: Decision) -> bool:
    return bool(decision.events) and isinstance(decision.events[0], IssueOpened)


def overseers(issue: Issue, decision: Decision, directory: Directory) -> tuple[str, ...]:
    """Return the administrators who may see an issue whose response has just come into quarantine (requirement A6)."""
    if not any(getattr(event, "quarantined", ()) for event in decision.events):
        return ()
    found: list[str] = []
    for one in administrators_of(directory):
        scope = scope_of_party(one.id, directory)
        if scope is not None and scope.sees_issue(issue):
            found.append(one.id)
    return tuple(found)


def _asking(unit: UnitOfWork, news: ResponseRecord, issue: Issue | None, directory: Directory) -> tuple[str, ...]:
    """Return who asks for a response and may see it."""
    find: Callable[[], Sequence[tuple[str, Preferences]]] | None = getattr(unit, "watchers", None)
    watchers = find() if find is not None else ()
    if not watchers:
        return ()
    asking = (who for who, wanted in watchers if asks_for(wanted, news))
    return tuple(who for who in asking if _may_see(who, news, issue, directory))


def _may_see(who: str, news: ResponseRecord, issue: Issue | None, directory: Directory) -> bool:
    scope = scope_of_party(who, directory)
    return scope is not None and scope.sees_response(news, issue)


def _has_note(decision: Decision) -> bool:
    return NoteAdded in map(type, decision.events)


def _noting(unit: UnitOfWork, issue: Issue, actor: str) -> frozenset[str]:
    """Return the followers who want to hear of notes."""
    find: Callable[[Collection[str]], Mapping[str, Preferences]] | None = getattr(unit, "preferences_of", None)
    followers = [who for who in issue.followers if who != actor]
    if find is None or not followers:
        return _NOBODY
    return frozenset(who for who, wanted in find(followers).items() if wanted.notes)
