"""Making service recovery reports: which responses, and what is known of them now (requirements C6, L6).

What a report is stands in ``reports.recovery``, how it looks in the other modules there. Nothing is written here, and
nothing gets into a report that lies outside of its recipient's access.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import cache

from attrs import evolve, frozen

from resolutionkit.errors import InvalidValue, ResponseNotFound
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.notes import NO_NOTES, NoteLog
from resolutionkit.model.people import Group, Person
from resolutionkit.model.query import PAGE_LIMIT, RecoveryFilter, ResponseFilter, ResponseQuery, Scope, response_key
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.scale import Scale
from resolutionkit.model.values import code, collected, id_code, micros, utc
from resolutionkit.notify.links import LinkAction, LinkClaim, Links
from resolutionkit.notify.report_links import ReportClaim, report_url
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import UnitOfWork
from resolutionkit.reports.recovery import RecoveryReport, ReportEntry
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.pipeline import AccountSettings
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
    links: Links | None,
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
    if not isinstance(links, Links | None):
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
    scope, window = _seen(runner.settings, window)
    groups = frozenset(runner.settings.directory.groups_of(window.who)).union(window.stands_in_for)
    if not groups:
        return None
    condition = ResponseFilter(
        recovery=RecoveryFilter.NEEDING_RECOVERY,
        groups=groups,
        received_from=window.start,
        received_before=window.end,
    )

    def found(unit: UnitOfWork) -> list[_Found]:
        return list(_matching(unit, scope, condition))

    return _Making(runner, window).report(runner.store.transact(runner.account, found, write=False), _recorded_late)


def report_of_responses(runner: Runner, window: ReportWindow, ids: Iterable[str]) -> RecoveryReport | None:
    """Return the report of responses that were chosen before; None where the recipient may see none of them.

    Raises:
        AccessDenied: The person is unknown or inactive.
        ResponseNotFound: There is no such response.
    """
    wanted = tuple(dict.fromkeys(collected(ids, "responses", InvalidValue, code)))
    scope, window = _seen(runner.settings, window)

    def found(unit: UnitOfWork) -> list[_Found]:
        return [one for one in (_one(unit, scope, response_id) for response_id in wanted) if one is not None]

    return _Making(runner, window).report(runner.store.transact(runner.account, found, write=False), _received_before)


@frozen
class _Found:
    """A response that belongs into a report, with its issue and notes."""

    record: ResponseRecord
    issue: IssueLine | Issue | None
    notes: NoteLog


def _seen(settings: AccountSettings, window: ReportWindow) -> tuple[Scope, ReportWindow]:
    """Return how far the recipient sees, with the window in which they are named as the directory spells it.

    Whoever is told in the place of a lead sees that lead's group in the report (requirements C4, D2).
    """
    scope = scope_of(window.who, settings.directory)
    named = window if scope.person is None else evolve(window, who=scope.person)
    if scope.everything or not window.stands_in_for:
        return scope, named
    return Scope(groups=scope.groups.union(window.stands_in_for), person=scope.person), named


def _matching(unit: UnitOfWork, scope: Scope, condition: ResponseFilter) -> Iterator[_Found]:
    after: tuple[int | str, ...] | None = None
    while True:
        query = ResponseQuery(scope=scope, filter=condition, limit=PAGE_LIMIT, after=after)
        lines = unit.responses(query)
        yield from (_Found(line.record, line.issue, line.notes) for line in lines)
        if len(lines) < PAGE_LIMIT:
            return
        after = response_key(lines[-1].record)


def _one(unit: UnitOfWork, scope: Scope, response_id: str) -> _Found | None:
    """Return a response with its issue, or None where it lies outside of the scope: moved since, perhaps."""
    record = unit.response(response_id)
    if record is None:
        raise ResponseNotFound(response_id)
    history = unit.history(record.issue) if record.issue is not None else ()
    issue = replay(history) if history else None
    if not scope.sees_response(record, issue):
        return None
    return _Found(record, issue, NO_NOTES if issue is None else issue.notes)


def _recorded_late(found: _Found, window: ReportWindow) -> bool:
    return found.record.recorded_at >= window.end


def _received_before(found: _Found, window: ReportWindow) -> bool:
    return found.record.response.received_at < window.start


class _Making:
    """Makes one report."""

    def __init__(self, runner: Runner, window: ReportWindow) -> None:
        self._window = window
        self._account = runner.account
        self._settings = runner.settings
        self._made_at = runner.now()
        self._group: Callable[[str], Group | None] = cache(runner.settings.directory.group)

    @property
    def _policy(self) -> Policy:
        return self._settings.policy

    def report(self, found: list[_Found], is_late: Callable[[_Found, ReportWindow], bool]) -> RecoveryReport | None:
        """Return the report of what was found; what has been erased since is left out."""
        kept = sorted((one for one in found if one.record.erased_at is None), key=lambda one: response_key(one.record))
        if not kept:
            return None
        person = self._recipient()
        return RecoveryReport(
            recipient=person,
            start=self._window.start,
            end=self._window.end,
            zone=self._policy.zone,
            entries=tuple(self._entry(one, is_late=is_late(one, self._window)) for one in kept),
            link=self._report_link(),
            language=person.language or self._policy.language,
        )

    def _recipient(self) -> Person:
        person = self._settings.directory.person(self._window.who)
        return Person(id=self._window.who) if person is None else person

    def _entry(self, found: _Found, *, is_late: bool) -> ReportEntry:
        record = found.record
        response = record.response
        group = None if response.group is None else self._group(response.group)
        return ReportEntry(
            response=response,
            issue=record.issue,
            group=response.group,
            group_name=None if group is None else group.name,
            segment=response.segment,
            status=None if found.issue is None else self._label(found.issue.status),
            notes=found.notes,
            scale=self._scale(record),
            category=record.category,
            is_late=is_late,
            link=self._link(found),
            ticket_link=self._policy.ticket_link(response.ticket),
        )

    def _label(self, status: str) -> str:
        rule = self._policy.workflow.status(status)
        return status if rule is None else rule.label

    def _scale(self, record: ResponseRecord) -> Scale:
        """Return the scale that was in force when the response was recorded, where the policy still knows it."""
        response = record.response
        of_its_day = response.scale or self._policy.known_scales.get(record.scale)
        return of_its_day or self._policy.scale_of(response.survey, response.scale)

    def _message(self) -> str:
        window = self._window
        return window.message or f"report-{micros(window.start)}-{micros(window.end)}"

    def _link(self, found: _Found) -> str | None:
        links, issue = self._window.links, found.issue
        if links is None or issue is None:
            return None
        claim = LinkClaim(
            account=self._account,
            recipient=self._window.who,
            action=LinkAction.NOTE,
            issue=issue.id,
            response=found.record.id,
            status=None,
            message=self._message(),
            version=issue.version,
            expires_at=self._made_at + links.lasts,
        )
        return links.of(claim)

    def _report_link(self) -> str | None:
        links, window = self._window.links, self._window
        if links is None:
            return None
        claim = ReportClaim(
            account=self._account,
            recipient=window.who,
            start=window.start,
            end=window.end,
            message=self._message(),
            expires_at=self._made_at + links.lasts,
        )
        return report_url(links, claim)


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
