"""What a channel is given of a message: gathered from the account's settings and what is stored."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.decisions.moves import legal_moves
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import Person
from resolutionkit.model.response import Response
from resolutionkit.ports import Directory
from resolutionkit.tracker.pipeline import AccountSettings


def notice_of(
    message: Message,
    settings: AccountSettings,
    *,
    account: str,
    response: Response,
    issue: Issue | None = None,
    history: tuple[Event, ...] = (),
    attempt: int = 1,
) -> Notice:
    """Return what a channel is given.

    Args:
        message: Who is told of what.
        settings: The account's policy and directory.
        account: Its name.
        response: The response that it is about, as it is now.
        issue: The issue as it is now, or None where there is none.
        history: The issue's events, from the first one on.
        attempt: How often it has been tried, this time included.
    """
    policy = settings.policy
    events = history[message.first_event - 1 : message.last_event] if issue is not None else ()
    person = None if message.topic is Topic.CHANGED else settings.directory.person(message.recipient)
    return Notice(
        account=account,
        message=message,
        response=response,
        issue=issue,
        events=events,
        person=person,
        zone=(person.zone if person is not None else None) or policy.zone,
        language=(person.language if person is not None else None) or policy.language,
        scale=policy.scale_of(response.survey, response.scale),
        people=_people(settings.directory, _named(message, response, issue, events)),
        labels={status.key: status.label for status in policy.workflow.statuses},
        moves=legal_moves(issue, policy) if issue is not None else (),
        attempt=attempt,
    )


def _named(
    message: Message, response: Response, issue: Issue | None, events: tuple[Event, ...]
) -> Iterator[str | None]:
    yield message.recipient
    yield from response.hierarchy
    if issue is not None:
        yield from (issue.assignee, issue.escalated_to, *issue.followers, *issue.people)
    for event in events:
        yield event.actor
        yield getattr(event, "assignee", None)


def _people(directory: Directory, named: Iterator[str | None]) -> dict[str, Person]:
    found = ((who, directory.person(who)) for who in dict.fromkeys(named) if who is not None)
    return {who: person for who, person in found if person is not None}
