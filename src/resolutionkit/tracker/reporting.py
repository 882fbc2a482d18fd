"""Making service recovery reports: which responses, and what is known of them now (requirements C6, L6).

What a report is stands in ``model.recovery_report``, how it looks in ``reports``. Nothing is written here, and nothing
gets into a report that lies outside of its recipient's access.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from attrs import evolve, frozen

from resolutionkit.errors import InvalidValue, ResponseNotFound
from resolutionkit.model.history import replay
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.query import PAGE_LIMIT, RecoveryFilter, ResponseFilter, ResponseQuery, Scope
from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.model.sortkeys import response_key
from resolutionkit.model.values import code, collected, id_code, utc
from resolutionkit.notify.links import Links
from resolutionkit.notify.report_linking import linked
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.report_making import Reported, made_report
from resolutionkit.tracker.runner import Runner

PERSON_ID = "a person's id, as text; pass person.id"


@frozen(kw_only=True)
class ReportWindow:
    """Whose report is made, of when, and with which links.

    Attributes:
        who: The id of its recipient.
        start: The window's first instant, in UTC.
        end: The first instant after it, in UTC.
        links: Makes the links; None for a report without any.
        message: The id of the message in which it is sent; None for a report that is asked for.
        stands_in_for: The codes of groups of which the recipient is told in the place of their lead.
    """

    who: str
    start: datetime
    end: datetime
    links: Links | None = None
    message: str | None = None
    stands_in_for: Collection[str] = ()


def window_of(
    who: object,
    start: object,
    end: object,
    *,
    links: object,
    message: str | None = None,
    stands_in_for: Iterable[str] = (),
) -> ReportWindow:
    """Return whose report is meant, of when.

    Raises:
        InvalidValue: An instant is naive, or the window is empty, or something else is of another type.
    """
    first, last = utc(start, "start", InvalidValue), utc(end, "end", InvalidValue)
    if not first < last:
        raise InvalidValue("end", last, f"an instant after the start, {first.isoformat()}")
    if links is not None and not isinstance(links, Links):
        raise InvalidValue("links", type(links).__name__, "a Links, or None for a report without links")
    return ReportWindow(
        who=id_code(who, "who", InvalidValue, PERSON_ID),
        start=first,
        end=last,
        links=links,
        message=None if message is None else code(message, "message", InvalidValue),
        stands_in_for=frozenset(collected(stands_in_for, "stands_in_for", InvalidValue, code)),
    )


def report_by_need(runner: Runner, window: ReportWindow) -> RecoveryReport | None:
    """Return the report of what needs recovery in a person's groups and was received in a window; None for nothing.

    Raises:
        AccessDenied: The person is unknown or inactive.
    """
    scope = _scope(runner.settings, window)
    groups = frozenset(runner.settings.directory.groups_of(scope.person or window.who)).union(window.stands_in_for)
    if not groups:
        return None
    condition = ResponseFilter(
        recovery=RecoveryFilter.NEEDING_RECOVERY,
        quarantined=False,
        groups=groups,
        received_from=window.start,
        received_before=window.end,
    )

    def found(unit: UnitOfWork) -> list[Reported]:
        return [_late_if(one, one.record.recorded_at >= window.end) for one in _matching(unit, scope, condition)]

    return _made(runner, window, scope, found)


def report_of_responses(runner: Runner, window: ReportWindow, ids: Iterable[str]) -> RecoveryReport | None:
    """Return the report of responses that were chosen before; None where the recipient may see none of them.

    Raises:
        AccessDenied: The person is unknown or inactive.
        ResponseNotFound: There is no such response.
    """
    wanted = tuple(dict.fromkeys(collected(ids, "responses", InvalidValue, code)))
    scope = _scope(runner.settings, window)

    def found(unit: UnitOfWork) -> list[Reported]:
        seen = (_one(unit, scope, response_id) for response_id in wanted)
        return [_late_if(one, one.record.response.received_at < window.start) for one in seen if one is not None]

    return _made(runner, window, scope, found)


def _made(
    runner: Runner, window: ReportWindow, scope: Scope, find: Callable[[UnitOfWork], list[Reported]]
) -> RecoveryReport | None:
    """Return the report of what is found, with its links where there are to be some."""
    found = runner.store.transact(runner.account, find, write=False)
    report = made_report(scope.person or window.who, window.start, window.end, found, runner.settings)
    if report is None or window.links is None:
        return report
    return linked(report, window.links, account=runner.account, made_at=runner.now(), message=window.message)


def _scope(settings: AccountSettings, window: ReportWindow) -> Scope:
    """Return how far the recipient sees.

    Whoever is told in the place of a lead sees that lead's group in the report (requirements C4, D2).
    """
    scope = scope_of(window.who, settings.directory)
    if scope.everything or not window.stands_in_for:
        return scope
    return Scope(groups=scope.groups.union(window.stands_in_for), person=scope.person)


def _matching(unit: UnitOfWork, scope: Scope, condition: ResponseFilter) -> Iterator[Reported]:
    after: tuple[int | str, ...] | None = None
    while True:
        query = ResponseQuery(scope=scope, filter=condition, limit=PAGE_LIMIT, after=after)
        lines = unit.responses(query)
        yield from (Reported(record=line.record, issue=line.issue, notes=line.notes) for line in lines)
        if len(lines) < PAGE_LIMIT:
            return
        after = response_key(lines[-1].record)


def _one(unit: UnitOfWork, scope: Scope, response_id: str) -> Reported | None:
    """Return a response with its issue, or None where it lies outside of the scope: moved since, perhaps."""
    record = unit.response(response_id)
    if record is None:
        raise ResponseNotFound(response_id)
    history = unit.history(record.issue) if record.issue is not None else ()
    issue = replay(history) if history else None
    if not scope.sees_response(record, issue):
        return None
    return Reported(record=record, issue=issue, notes=NO_NOTES if issue is None else issue.notes)


def _late_if(reported: Reported, is_late: bool) -> Reported:
    return evolve(reported, is_late=True) if is_late else reported


class TrackerReports:
    """The service recovery reports that a tracker makes, for whomever."""

    _runner: Runner

    def report(self, who: str, start: datetime, end: datetime, *, links: Links | None = None) -> RecoveryReport | None:
        """Return a person's service recovery report over a window: what needs recovery in their groups (C6).

        Their groups are those that they lead or are also alerted for. What they do not see is not in it, nor what
        another response replaced, nor what was erased. ``rk.as_pdf`` and its kin turn it into what people read.

        Args:
            who: The recipient's id.
            start: Received at this instant or later, aware.
            end: Received before this instant, aware.
            links: Makes the links to add notes; None for a report without links.

        Returns:
            The report in the order in which the responses were received, or None where nothing needs recovery.

        Raises:
            AccessDenied: The person is unknown or inactive.
            InvalidValue: The window is empty, or an instant is naive.
        """
        return report_by_need(self._runner, window_of(who, start, end, links=links))

    def report_of(
        self,
        who: str,
        responses: Iterable[str],
        start: datetime,
        end: datetime,
        *,
        links: Links | None = None,
        message: str | None = None,
        stands_in_for: Iterable[str] = (),
    ) -> RecoveryReport | None:
        """Return a service recovery report of responses that were chosen before, as those of a digest are (C4).

        Args:
            who: The recipient's id.
            responses: The ids of the responses, in any order. Those outside of the recipient's access are left out,
                and those that were erased.
            start: The window's first instant, aware; what was received before it is marked as late.
            end: The first instant after the window, aware.
            links: Makes the links to add notes; None for a report without links.
            message: The id of the message in which it is sent, which what is done by its links names as the cause.
            stands_in_for: The codes of groups of which the recipient is told in the place of their lead, and which
                they may therefore see in the report.

        Returns:
            The report in the order in which the responses were received, or None where nothing is left.

        Raises:
            AccessDenied: The person is unknown or inactive.
            ResponseNotFound: There is no such response.
            InvalidValue: The window is empty, or an instant is naive.
        """
        window = window_of(who, start, end, links=links, message=message, stands_in_for=stands_in_for)
        return report_of_responses(self._runner, window, responses)


class DeskReports:
    """The service recovery reports that a person makes at their desk: their own."""

    _runner: Runner
    person_id: str

    def report(self, start: datetime, end: datetime, *, links: Links | None = None) -> RecoveryReport | None:
        """Return the person's own service recovery report over a window: what needs recovery in their groups (C6).

        Args:
            start: Received at this instant or later, aware.
            end: Received before this instant, aware.
            links: Makes the links to add notes; None for a report without links.

        Returns:
            The report in the order in which the responses were received, or None where nothing needs recovery.

        Raises:
            AccessDenied: The person is unknown or inactive.
            InvalidValue: The window is empty, or an instant is naive.
        """
        return report_by_need(self._runner, window_of(self.person_id, start, end, links=links))
