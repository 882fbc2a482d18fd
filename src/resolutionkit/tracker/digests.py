"""Digests when it is their turn: what is stored of them, what their recipients may still see, what a channel is given.

When they come about is the matter of ``alerting``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

from resolutionkit.decisions.alerting import can_be_texted, hearers_of
from resolutionkit.decisions.delivery import DigestStanding
from resolutionkit.model.alerts import Digest, DigestLine
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notes import NO_NOTES
from resolutionkit.model.notices import DigestNotice, Reported
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.ports import Directory, KeepsAlerts, KeepsDeliveries
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.report_making import Reported as InReport
from resolutionkit.tracker.report_making import made_report
from resolutionkit.tracker.snapshot import snapshot

AT_ONCE = 500
"""How many rows are asked for at once."""

T = TypeVar("T")


def all_of(find: Callable[[Sequence[str]], Mapping[str, T]], ids: Iterable[str]) -> dict[str, T]:
    """Ask for many by their ids, some at a time: a statement takes so many values and no more."""
    wanted, found = list(dict.fromkeys(ids)), dict[str, T]()
    for start in range(0, len(wanted), AT_ONCE):
        found |= find(wanted[start : start + AT_ONCE])
    return found


def people_of(directory: Directory, groups: Iterable[str]) -> StaticDirectory:
    """Return the people of groups, with those above them; a static directory is its own snapshot."""
    return directory if isinstance(directory, StaticDirectory) else snapshot(directory, (), groups)


def digests_of(unit: KeepsDeliveries, messages: Collection[Message]) -> dict[str, Sequence[Digest]]:
    """Return what each message sums up that is a digest, by the messages' ids."""
    return {one.id: _digests(unit, one) for one in messages if one.digest is not None}


def _digests(unit: KeepsDeliveries, message: Message) -> Sequence[Digest]:
    keeper, at = cast(KeepsAlerts, unit), message.digest
    if at is None:
        return ()
    if message.topic is Topic.DAILY_ALERT:
        return keeper.digests_of_text(message.recipient, at)
    found = keeper.digest(message.recipient, at)
    return () if found is None else (found,)


def issues_reported(
    messages: Collection[Message], digests: Mapping[str, Sequence[Digest]], records: Mapping[str, ResponseRecord]
) -> Iterator[str]:
    """Yield the issues of the responses that reports list; a text message has a number alone, and needs none."""
    for message in messages:
        if message.topic is not Topic.DAILY_ALERT:
            names = (name for one in digests.get(message.id, ()) for name in one.responses)
            issues = (records[name].issue for name in names if name in records)
            yield from (one for one in issues if one is not None)


class Digests:
    """Digests of one account, all at one moment.

    Args:
        settings: The account's policy and directory.
        records: The responses, as they are now.
        issues: Their issues, as they are now.
    """

    def __init__(
        self, settings: AccountSettings, records: Mapping[str, ResponseRecord], issues: Mapping[str, Issue]
    ) -> None:
        """Begin with nobody known."""
        self._settings = settings
        self._directory = settings.directory
        self._records = records
        self._issues = issues
        self._hearers: dict[str, frozenset[str]] = {}

    def standing(self, message: Message, digests: Sequence[Digest], scope: Scope | None) -> DigestStanding:
        """Return what a message is judged by.

        Args:
            message: The message.
            digests: What it sums up.
            scope: How far its recipient sees now, or None where they are not there any more.
        """
        left = [line for one in digests for line in one.lines if self._is_left(line)]
        return DigestStanding(
            left=len(left),
            visible=sum(self._sees(message, line, scope) for line in left),
            has_phone=can_be_texted(self._directory.person(message.recipient)),
        )

    def notice(self, message: Message, digests: Sequence[Digest], scope: Scope | None) -> DigestNotice:
        """Return what a channel is given of a message that has something to say."""
        is_text = message.topic is Topic.DAILY_ALERT
        lines = () if is_text else [line for one in digests for line in one.lines if self._is_left(line)]
        seen = [line for line in lines if self._sees(message, line, scope)]
        start, end = digests[0].start, digests[-1].end
        found = (self._found(line) for line in seen)
        return DigestNotice(
            start=start,
            end=end,
            number=sum(one.number for one in digests),
            reported=tuple(self._reported(line) for line in seen),
            report=made_report(message.recipient, start, end, found, self._settings),
        )

    def _found(self, line: DigestLine) -> InReport:
        record = self._records[line.response]
        issue = self._issues.get(record.issue or "")
        notes = NO_NOTES if issue is None else issue.notes
        return InReport(record=record, issue=issue, notes=notes, is_late=line.is_late)

    def _is_left(self, line: DigestLine) -> bool:
        record = self._records.get(line.response)
        return record is not None and record.erased_at is None

    def _sees(self, message: Message, line: DigestLine, scope: Scope | None) -> bool:
        """Say whether the recipient may still see a response: as anybody may, or as one who hears of its group."""
        record, who = self._records[line.response], message.recipient
        if scope is None:
            return False
        if message.topic is Topic.DAILY_ALERT:  # it shows nothing but a number
            return scope.everything or line.group in scope.groups or self._hears(who, line.group)
        issue = self._issues.get(record.issue or "")
        group = (record if issue is None else issue).response.group
        return scope.sees_response(record, issue) or (group is not None and self._hears(who, group))

    def _hears(self, who: str, group: str) -> bool:
        if group not in self._hearers:
            found = hearers_of(group, people_of(self._directory, [group]))
            self._hearers[group] = frozenset(one for one, _ in found)
        return who in self._hearers[group]

    def _reported(self, line: DigestLine) -> Reported:
        record = self._records[line.response]
        return Reported(response=record.response, issue=self._issues.get(record.issue or ""), is_late=line.is_late)
