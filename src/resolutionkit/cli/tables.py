"""Lists as tables: issues, responses, legal moves, and the counts of My Issues."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from resolutionkit.cli.document import Cell, Column, Role, Styled, Table
from resolutionkit.cli.settings import Session
from resolutionkit.model.issue import Issue, IssueLine, Phase
from resolutionkit.model.query import Counts, ResponseLine
from resolutionkit.model.response import Contact
from resolutionkit.model.results import LegalMove

_COMMENT = 240
"""How much of a comment a list shows on a terminal; ``show`` and ``--json`` have all of it."""
_ROLES = {Phase.OPEN: Role.STRONG, Phase.ACTIVE: Role.ADVICE, Phase.CLOSED: Role.DONE}


def _received(session: Session) -> Column:
    return Column(f"Received ({session.policy.zone})")


def _local(at: datetime, session: Session) -> str:
    return f"{at.astimezone(session.zone):%Y-%m-%d %H:%M}"


def who_answered(contact: Contact) -> str:
    """Return a contact's name and company, or the address, as far as they are known."""
    return ", ".join(filter(None, (contact.name or contact.email, contact.company))) or "(no name)"


def status_cell(line: Issue | IssueLine, session: Session) -> Styled:
    """Return an issue's status; an escalated one that nobody has acted on says so, as does raised priority."""
    label = session.label_of(line.status)
    if line.has_priority and line.is_open and not line.is_urgent:
        return Styled(f"{label} (priority)", _ROLES[line.phase])
    return Styled(f"{label} (urgent)", Role.ALARM) if line.is_urgent else Styled(label, _ROLES[line.phase])


def in_words(count: int, has_spoken: bool) -> str:
    """Return how many notes there are, and whether the customer was spoken to."""
    if not count:
        return "no notes"
    return f"{count} note{'s' if count > 1 else ''}{', spoken' if has_spoken else ', not spoken'}"


def issue_table(lines: Iterable[IssueLine], session: Session) -> Table:
    """Return a page of issues."""
    columns = (
        Column("Score", is_number=True),
        _received(session),
        Column("Status", stacked=1),
        Column("Customer", wraps=True),
        Column("Assignee", stacked=1, prefix="for "),
        Column("Notes", stacked=1),
        Column("Response", stacked=2),
        Column("Group", stacked=2),
        Column("Issue", stacked=3),
    )

    def row(line: IssueLine) -> tuple[Cell, ...]:
        answer = line.response
        return (
            str(answer.score),
            _local(answer.received_at, session),
            status_cell(line, session),
            who_answered(answer.contact),
            line.assignee or "nobody",
            in_words(line.note_count, line.has_spoken),
            answer.id,
            answer.group or "",
            line.id,
        )

    return Table(columns, tuple(row(line) for line in lines), "No issues.")


def response_table(lines: Iterable[ResponseLine], session: Session) -> Table:
    """Return a page of responses, each with its comment and the latest note (requirement D5)."""
    columns = (
        Column("Score", is_number=True),
        _received(session),
        Column("Response"),
        Column("Customer", wraps=True),
        Column("Status", stacked=1),
        Column("Group", stacked=1),
        Column("Issue", stacked=2),
        Column("Comment", stacked=3, wraps=True, cut=_COMMENT),
        Column("Latest note", stacked=4, prefix="latest note: ", wraps=True, cut=_COMMENT),
    )

    def row(line: ResponseLine) -> tuple[Cell, ...]:
        answer, issue = line.record.response, line.issue
        standing = "no issue" if line.record.replaced_by is None else line.record.standing.value
        return (
            str(answer.score),
            _local(answer.received_at, session),
            answer.id,
            who_answered(answer.contact),
            standing if issue is None else status_cell(issue, session),
            answer.group or "",
            "" if issue is None else issue.id,
            answer.comment or "",
            line.notes[-1:].printed(session.zone) if line.notes else "",
        )

    return Table(columns, tuple(row(line) for line in lines), "No responses.")


def move_table(moves: Iterable[LegalMove]) -> Table:
    """Return what can be done to an issue now: the command, what it demands, when to use it, what is advised."""
    columns = (
        Column("Command"),
        Column("Leads to", stacked=1),
        Column("Demands", stacked=1, prefix="demands "),
        Column("When to use it", wraps=True),
        Column("Advice", stacked=2, prefix="advice: ", wraps=True),
    )

    def row(move: LegalMove) -> tuple[Cell, ...]:
        demands = [name for name in ("note", "reason") if getattr(move.demands, name)]
        advice = " ".join(one.message for one in move.advice)
        return (
            _COMMANDS[move.command].format(move.status),
            move.label,
            " and ".join(demands) or "nothing",
            move.guidance,
            Styled(advice, Role.ADVICE),
        )

    return Table(columns, tuple(row(move) for move in moves), "Nothing: the workflow has no move from here.")


_COMMANDS = {"set_status": "status {}", "escalate": "escalate", "reopen": "reopen --status {}"}
"""A library method as the command that calls it."""


def count_line(counts: Counts) -> str:
    """Return the counts of My Issues in a line."""
    closed = f"more than {counts.closed:,}" if counts.closed_is_floor else counts.closed
    return (
        f"flagged {counts.flagged} · working {counts.working} · followed {counts.followed} · "
        f"open {counts.open} · closed {closed} · mine {counts.mine}"
    )
