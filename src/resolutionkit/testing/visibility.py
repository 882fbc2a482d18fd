"""Who sees what, told from requirement D2 alone: a naive oracle that shares no code with the library's access."""

from __future__ import annotations

from resolutionkit.model.issue import Issue
from resolutionkit.model.people import Access, Person, StaticDirectory
from resolutionkit.model.response import Response, ResponseRecord


def understood(who: str, directory: StaticDirectory) -> str | None:
    """Return whom an entry of a hierarchy names: an id, one email address, one exact name, or a bare address."""
    everybody = list(directory)
    by_id = [person for person in everybody if person.id == who]
    by_email = [person for person in everybody if person.email and person.email.lower() == who.lower()]
    by_name = [person for person in everybody if person.name == who]
    for found in (by_id, by_email, by_name):
        present = [person for person in found if person.active] or found
        if len(present) == 1:
            return present[0].id if present[0].active else None
    return who.lower() if "@" in who else None


def works_in(person: Person, code: str | None, directory: StaticDirectory) -> bool:
    """Say whether a group is within a person's access, by the kind of access or by leading or being alerted."""
    if person.access.kind is Access.EVERYTHING.kind:
        return True
    if code is None:
        return False
    group = directory.group(code)
    leads = group is not None and (group.lead == person.id or person.id in group.also_alert)
    return leads or code in person.access.codes


def is_above(person: Person, response: Response, directory: StaticDirectory) -> bool:
    """Say whether a person stands in a response's hierarchy."""
    return person.id in [understood(who, directory) for who in response.hierarchy]


def sees_issue(who: str, issue: Issue, directory: StaticDirectory) -> bool:
    """Say whether an active person may see an issue."""
    person = directory.person(who)
    if person is None or not person.active:
        return False
    return (
        works_in(person, issue.response.group, directory)
        or issue.assignee == who
        or who in issue.followers
        or issue.escalated_to == who
        or who in issue.alerted
        or who in issue.accountable
        or is_above(person, issue.response, directory)
    )


def sees_response(who: str, record: ResponseRecord, issue: Issue | None, directory: StaticDirectory) -> bool:
    """Say whether an active person may see a response: with its issue, or by group and hierarchy."""
    if issue is not None:
        return sees_issue(who, issue, directory)
    person = directory.person(who)
    if person is None or not person.active:
        return False
    return works_in(person, record.response.group, directory) or is_above(person, record.response, directory)
