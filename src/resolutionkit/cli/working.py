"""The commands that work an issue: ``note``, ``status``, ``assign``, ``follow``, ``flag``, ``escalate`` and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import click
from attrs import frozen

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Document, Heading, Role, Styled, facts
from resolutionkit.cli.options import (
    REOPEN_STATUS,
    ROOT_CAUSE,
    STATUS,
    WHO,
    Decorator,
    as_json,
    flagged_option,
    key_option,
    noted,
    placed,
    read_note,
    reason_kind_option,
    response_option,
    signing,
    stdin_is_terminal,
    version_option,
    with_all,
    word,
)
from resolutionkit.cli.settings import HouseCommand, Session, at_desk
from resolutionkit.cli.tables import in_words, move_table, status_cell, who_answered
from resolutionkit.cli.timeline import said
from resolutionkit.cli.which import Which, issue_of, named, response_named
from resolutionkit.model.events import Escalated, Event, Followed, Reassigned, Reopened, StatusChanged, Unfollowed
from resolutionkit.model.issue import Issue, RootCause
from resolutionkit.model.results import Change
from resolutionkit.tracker.desk import Desk

INTO_VERSION = "Refuse if somebody changed what this changes since version N of INTO."
Work: TypeAlias = Callable[[Session, Desk], Change]


@frozen
class Aim:
    """What a command is for.

    Attributes:
        events: The kinds of event that say it was done.
        words: How things stand, where it was so already.
    """

    events: tuple[type[Event], ...]
    words: Callable[[Issue, Session], str]


def _following(issue: Issue, session: Session) -> str:
    return f"followed by {', '.join(map(session.name_of, issue.followers)) or 'nobody'}"


STATUS_SET = Aim(
    (StatusChanged, Reopened, Escalated), lambda issue, session: f"status {session.label_of(issue.status)}"
)
ASSIGNED = Aim((Reassigned,), lambda issue, session: f"assigned to {session.name_of(issue.assignee)}")
FOLLOWED = Aim((Followed,), _following)
UNFOLLOWED = Aim((Unfollowed,), _following)

versioned: Decorator = with_all(version_option, key_option, as_json)
keyed: Decorator = with_all(key_option, as_json)


def _do(work: Work, *, as_json: bool, aim: Aim | None = None) -> None:
    """Do something at the person's desk, and show what it did.

    Args:
        work: What to do.
        as_json: Whether to show it for programs.
        aim: What it was done for, which may have been so already.
    """
    with at_desk() as session:
        change = work(session, session.desk)
        if as_json:
            printing.show_data(asjson.change(change))
        else:
            printing.show(_told(change, session, aim))


def _told(change: Change, session: Session, aim: Aim | None) -> Document:
    issue = change.issue
    status = status_cell(issue, session)
    head = f"Issue {issue.id} ({issue.response.id}, {who_answered(issue.response.contact)})"
    done = [("Done", said(event, session)) for event in change.events]
    if change.is_repetition:
        done = [("Already", f"under this key: {one}") for _, one in done] or [("Already", "this key was used")]
    elif aim is not None and not any(isinstance(event, aim.events) for event in change.events):
        done.insert(0, ("Unchanged", aim.words(issue, session)))
    return [
        Heading(head),
        facts(
            *done,
            ("Status", status),
            ("Assignee", session.name_of(issue.assignee)),
            ("Notes", in_words(issue.note_count, issue.has_spoken)),
            ("Version", str(issue.version)),
            *(("Advice", Styled(one.message, Role.ADVICE)) for one in change.advice),
        ),
    ]


def _contact(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a note as the library takes them."""
    return {**given, "note": read_note(given.get("note")), "happened_at": placed(given["happened_at"], session.policy)}


@click.command(cls=HouseCommand, short_help="Add a note to an issue.")
@word("issue")
@word("text")
@response_option
@signing
@keyed
def note(*, issue: str | None, text: str | None, response_id: str | None, as_json: bool, **given: Any) -> None:
    """Add a note. TEXT may be '-' for the standard input; left out, an editor opens."""
    which = named(issue, response_id, text, most=1)
    written = _written(which.rest[0] if which.rest else None)
    _do(
        lambda session, desk: desk.add_note(issue_of(session, which), **_contact(session, {**given, "note": written})),
        as_json=as_json,
    )


def _written(text: str | None) -> str:
    if text is not None:
        return read_note(text) or ""
    if not stdin_is_terminal():
        raise click.UsageError("missing TEXT, or '-' to read the standard input", click.get_current_context())
    return click.edit("") or ""


@click.command(cls=HouseCommand, short_help="Set the status of an issue, or say which can be set.")
@word("issue")
@word("status", STATUS)
@response_option
@noted
@click.option("--reason", metavar="TEXT", help="Why leadership has to step in; for the escalated status only.")
@reason_kind_option
@click.option("--root-cause", type=ROOT_CAUSE, help="Why it came to this, when closing: one of the policy's list.")
@click.option("--why", "whys", multiple=True, metavar="TEXT", help="One of the five whys, in order; may be repeated.")
@click.option("--action", "actions", multiple=True, metavar="TEXT", help="An action taken; may be repeated.")
@versioned
def status(
    *,
    issue: str | None,
    status: str | None,
    response_id: str | None,
    root_cause: str | None,
    whys: tuple[str, ...],
    actions: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Set the status of an issue; without STATUS, say which can be set, what each demands and what is advised."""
    which = named(issue, response_id, status, most=1)
    if not which.rest:
        _show_moves(which, as_json=as_json)
        return
    if root_cause is None and (whys or actions):
        raise click.UsageError("--why and --action go with --root-cause", click.get_current_context())
    cause = None if root_cause is None else RootCause(category=root_cause, whys=whys, actions=actions)
    _do(
        lambda session, desk: desk.set_status(
            issue_of(session, which), which.rest[0], root_cause=cause, **_contact(session, given)
        ),
        as_json=as_json,
        aim=STATUS_SET,
    )


def _show_moves(which: Which, *, as_json: bool) -> None:
    with at_desk() as session:
        found = session.desk.issue(issue_of(session, which))
        moves = session.desk.moves(found.id)
        if as_json:
            facts = {"issue": found.id, "status": found.status, "version": found.version}
            printing.show_data({**facts, "moves": asjson.data(moves)})
        else:
            now = status_cell(found, session)
            title = Heading(f"Issue {found.id} ({found.response.id}): {now.text}")
            printing.show([title, move_table(moves)])


@click.command(cls=HouseCommand, short_help="Give an issue to somebody.")
@word("issue")
@word("assignee", WHO)
@response_option
@noted
@click.option("--follow", is_flag=True, help="You follow it on.")
@click.option("--follower", "followers", multiple=True, type=WHO, help="Somebody else who follows; may be repeated.")
@versioned
def assign(*, issue: str | None, assignee: str | None, response_id: str | None, as_json: bool, **given: Any) -> None:
    """Give an issue to ASSIGNEE: a person's id or email address, or any email address."""
    which = named(issue, response_id, assignee, most=1)
    if not which.rest:
        raise click.UsageError("missing ASSIGNEE", click.get_current_context())
    _do(
        lambda session, desk: desk.assign(issue_of(session, which), which.rest[0], **_contact(session, given)),
        as_json=as_json,
        aim=ASSIGNED,
    )


@click.command(cls=HouseCommand, short_help="Follow an issue, or let somebody follow it.")
@word("issue")
@word("who", WHO)
@response_option
@keyed
def follow(*, issue: str | None, who: str | None, response_id: str | None, as_json: bool, key: str | None) -> None:
    """Follow an issue, or let WHO follow it: a person's id or email address, or any email address."""
    which = named(issue, response_id, who, most=1)
    _do(
        lambda session, desk: desk.follow(issue_of(session, which), *which.rest, key=key),
        as_json=as_json,
        aim=FOLLOWED,
    )


@click.command(cls=HouseCommand, short_help="Follow an issue no longer.")
@word("issue")
@word("who", WHO)
@response_option
@keyed
def unfollow(*, issue: str | None, who: str | None, response_id: str | None, as_json: bool, key: str | None) -> None:
    """Follow an issue no longer, or let WHO follow it no longer."""
    which = named(issue, response_id, who, most=1)
    _do(
        lambda session, desk: desk.unfollow(issue_of(session, which), *which.rest, key=key),
        as_json=as_json,
        aim=UNFOLLOWED,
    )


@click.command(cls=HouseCommand, short_help="Make a response an issue by hand.")
@click.argument("response", required=False)
@flagged_option
@noted
@click.option("--status", type=STATUS, help="The status to open it in; else the initial one.")
@click.option("--assignee", type=WHO, help="Who works it; else whom intake would have chosen.")
@click.option("--follower", "followers", multiple=True, type=WHO, help="Who follows it; may be repeated.")
@click.option("--reason", metavar="TEXT", help="Why leadership has to step in, where it opens escalated.")
@reason_kind_option
@keyed
def flag(*, response: str | None, response_id: str | None, as_json: bool, **given: Any) -> None:
    """Make a RESPONSE an issue by hand, whatever its score; --note says why, and must be given."""
    which = response_named(response, response_id)
    _do(lambda session, desk: desk.flag(which, **_text_note(_contact(session, given))), as_json=as_json)


def _text_note(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "note": given["note"] or ""}


@click.command(cls=HouseCommand, short_help="Call for the highest in command.")
@word("issue")
@response_option
@click.option("--reason", metavar="TEXT", help="Why leadership has to step in; must be given.")
@reason_kind_option
@noted
@versioned
def escalate(*, issue: str | None, response_id: str | None, reason: str | None, as_json: bool, **given: Any) -> None:
    """Call for the highest in command; an escalated issue is escalated again."""
    which = named(issue, response_id)
    _do(
        lambda session, desk: desk.escalate(issue_of(session, which), reason=reason or "", **_contact(session, given)),
        as_json=as_json,
    )


@click.command(name="raise-level", cls=HouseCommand, short_help="Raise an issue to a level of the escalation matrix.")
@word("issue")
@word("level")
@response_option
@click.option("--reason", metavar="TEXT", help="Why it cannot wait; must be given.")
@noted
@versioned
def raise_level(
    *, issue: str | None, level: str | None, response_id: str | None, reason: str | None, as_json: bool, **given: Any
) -> None:
    """Raise an issue to LEVEL of the policy's escalation matrix, by its name or number; status and assignee stay."""
    which = named(issue, response_id, level, most=1)
    if not which.rest:
        raise click.UsageError("missing LEVEL", click.get_current_context())
    to = int(which.rest[0]) if which.rest[0].isascii() and which.rest[0].isdigit() else which.rest[0]
    _do(
        lambda session, desk: desk.raise_level(
            issue_of(session, which), to, reason=reason or "", **_contact(session, given)
        ),
        as_json=as_json,
    )


@click.command(name="answer-check", cls=HouseCommand, short_help="Say whether a closed issue's customer is satisfied.")
@word("issue")
@response_option
@click.option("--satisfied/--not-satisfied", default=None, help="What came of it; one of them must be given.")
@noted
@versioned
def answer_check(
    *, issue: str | None, response_id: str | None, satisfied: bool | None, as_json: bool, **given: Any
) -> None:
    """Say whether the customer of a closed issue is satisfied; where not, it is reopened, and --note says why."""
    which = named(issue, response_id)
    if satisfied is None:
        raise click.UsageError("missing --satisfied or --not-satisfied", click.get_current_context())
    _do(
        lambda session, desk: desk.answer_check(
            issue_of(session, which), satisfied=satisfied, **_contact(session, given)
        ),
        as_json=as_json,
    )


@click.command(cls=HouseCommand, short_help="Take a closed issue up again.")
@word("issue")
@response_option
@noted
@click.option("--status", type=REOPEN_STATUS, help="Where to; else the initial status.")
@versioned
def reopen(*, issue: str | None, response_id: str | None, as_json: bool, **given: Any) -> None:
    """Take a closed issue up again, in a new episode; whoever had it has it still."""
    which = named(issue, response_id)
    _do(
        lambda session, desk: desk.reopen(issue_of(session, which), **_contact(session, given)),
        as_json=as_json,
    )


@click.command(cls=HouseCommand, short_help="Make one issue of two of the same customer.")
@click.argument("issue")
@click.argument("into")
@noted
@click.option("--expected-into-version", type=int, metavar="N", help=INTO_VERSION)
@versioned
def merge(*, issue: str, into: str, as_json: bool, **given: Any) -> None:
    """Make one issue of ISSUE and INTO, two open issues of the same customer; for administrators.

    The older one stays, whichever is named first; the id of the other one leads to it from then on.
    """
    _do(lambda session, desk: desk.merge(issue, into, **_contact(session, given)), as_json=as_json)
