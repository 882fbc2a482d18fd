"""What a channel is given of a message: gathered from the account's settings and what is stored."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.decisions.moves import Position, moves_from, position_of
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import Person
from resolutionkit.model.response import Response
from resolutionkit.model.results import LegalMove
from resolutionkit.model.trusted import trusted
from resolutionkit.tracker.pipeline import AccountSettings

_notice = trusted(Notice)


class Notices:
    """Makes notices in one account, all as of one moment: what several of them need is asked and worked out once.

    Args:
        account: The account's name.
        settings: Its policy and directory.
    """

    def __init__(self, account: str, settings: AccountSettings) -> None:
        """Begin with nobody known."""
        self._account = account
        self._policy = settings.policy
        self._directory = settings.directory
        self._labels = {status.key: status.label for status in settings.policy.workflow.statuses}
        self._people: dict[str, Person | None] = {}
        self._moves: dict[Position, tuple[LegalMove, ...]] = {}

    def notice(
        self,
        message: Message,
        *,
        response: Response,
        issue: Issue | None = None,
        history: tuple[Event, ...] = (),
        attempt: int = 1,
    ) -> Notice:
        """Return what a channel is given.

        Args:
            message: Who is told of what.
            response: The response that it is about, as it is now.
            issue: The issue as it is now, or None where there is none.
            history: The issue's events, from the first one on.
            attempt: How often it has been tried, this time included.
        """
        policy = self._policy
        events = history[message.first_event - 1 : message.last_event] if issue is not None else ()
        person = None if message.topic is Topic.CHANGED else self._person(message.recipient)
        return _notice(
            account=self._account,
            message=message,
            response=response,
            issue=issue,
            events=events,
            person=person,
            zone=(person.zone if person is not None else None) or policy.zone,
            language=(person.language if person is not None else None) or policy.language,
            scale=policy.scale_of(response.survey, response.scale),
            people=self._known(_named(message, response, issue, events)),
            labels=self._labels.copy(),
            moves=self._legal_moves(issue) if issue is not None else (),
            attempt=attempt,
        )

    def _legal_moves(self, issue: Issue) -> tuple[LegalMove, ...]:
        position = position_of(issue)
        if position not in self._moves:
            self._moves[position] = moves_from(position, self._policy)
        return self._moves[position]

    def _known(self, named: Iterator[str | None]) -> dict[str, Person]:
        found = {who: self._person(who) for who in named if who is not None}
        return {who: person for who, person in found.items() if person is not None}

    def _person(self, who: str) -> Person | None:
        if who not in self._people:
            self._people[who] = self._directory.person(who)
        return self._people[who]


def _named(
    message: Message, response: Response, issue: Issue | None, events: tuple[Event, ...]
) -> Iterator[str | None]:
    yield message.recipient
    yield from response.hierarchy
    if issue is not None:
        yield from (issue.assignee, issue.escalated_to, *issue.followers, *issue.people, *issue.alerted)
        yield from issue.accountable
    for event in events:
        yield event.actor
        yield getattr(event, "assignee", None)
        yield from getattr(event, "accountable", ())
