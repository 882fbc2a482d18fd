"""Which issue a command is about: its id, or the id of a response that belongs to it."""

from __future__ import annotations

import click
from attrs import frozen

from resolutionkit.cli.exits import NoIssue
from resolutionkit.cli.settings import Session


@frozen
class Which:
    """What was named.

    Attributes:
        issue: The id of the issue, or None.
        response: The id of a response, where there is no issue's.
        rest: The words after it.
    """

    issue: str | None
    response: str | None
    rest: tuple[str, ...] = ()


def named(issue: str | None, response_id: str | None, *rest: str | None, most: int = 0) -> Which:
    """Return what the words of a command name: with --response there is no ISSUE, and the words move up.

    Args:
        issue: The first word.
        response_id: What --response gave.
        rest: The further words.
        most: The most words after the issue.

    Raises:
        click.UsageError: Nothing is named, or too much.
    """
    words = tuple(one for one in (issue, *rest) if one is not None)
    if response_id is None:
        if not words:
            raise click.UsageError("missing ISSUE, or --response ID", click.get_current_context())
        return Which(words[0], None, words[1:])
    if len(words) > most:
        raise click.UsageError("give ISSUE or --response ID, not both", click.get_current_context())
    return Which(None, response_id, words)


def response_named(response: str | None, response_id: str | None) -> str:
    """Return the id of a response, which is given as a word or, as in the other commands, with --response.

    Raises:
        click.UsageError: It is given nowhere, or twice.
    """
    found = response_id if response is None else response
    if found is None:
        raise click.UsageError("missing RESPONSE", click.get_current_context())
    if None not in (response, response_id):
        raise click.UsageError("give RESPONSE or --response ID, not both", click.get_current_context())
    return found


def issue_of(session: Session, which: Which) -> str:
    """Return the id of the issue.

    Raises:
        NoIssue: The response belongs to no issue.
        ResponseNotFound: There is no such response within the person's access.
    """
    if which.issue is not None:
        return which.issue
    response_id = which.response or ""
    found = session.desk.response(response_id).issue
    if found is None:
        raise NoIssue(response_id)
    return found
