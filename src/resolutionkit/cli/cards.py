"""One issue, or one response, with all that is known of it: what ``show`` shows."""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.cli.document import Document, Element, Entries, Fields, Heading, Prose, Role, Styled, facts
from resolutionkit.cli.settings import Session
from resolutionkit.cli.tables import move_table, status_cell
from resolutionkit.cli.timeline import stamp, timeline
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.notes import NoteLog
from resolutionkit.model.response import Answer, Response, ResponseRecord
from resolutionkit.model.results import LegalMove


def issue_card(
    issue: Issue,
    record: ResponseRecord,
    events: Sequence[Event],
    moves: Sequence[LegalMove] | None,
    session: Session,
) -> Document:
    """Return an issue: its state, the response with every answer, the note log, the timeline, the legal moves."""
    card: Document = [Heading(f"Issue {issue.id}"), _state(issue, session)]
    card += response_card(issue.response, record, session)
    card += [Heading("Notes"), _notes(issue.notes, session)]
    card += [Heading("Timeline"), timeline(events, session)]
    if moves is not None:
        card += [Heading("What can be done now"), move_table(moves)]
    return card


def _state(issue: Issue, session: Session) -> Element:
    status = status_cell(issue, session)
    marks = [name for name, is_so in (("backfilled", issue.backfilled), ("by hand", issue.flagged_by_hand)) if is_so]
    cause = issue.root_cause
    return facts(
        ("Status", Styled(f"{status.text} [{issue.status}, {issue.phase}]", status.role)),
        ("Version", str(issue.version)),
        ("Assignee", session.name_of(issue.assignee)),
        ("Followers", ", ".join(map(session.name_of, issue.followers))),
        ("Alerted by rules", ", ".join(map(session.name_of, issue.alerted)) or None),
        ("Level", str(issue.level) if issue.level else None),
        ("Accountable", ", ".join(map(session.name_of, issue.accountable)) or None),
        ("Tags", ", ".join(issue.tags) or None),
        ("Priority", "raised by a rule" if issue.has_priority else None),
        ("Opened", stamp(issue.opened_at, session.zone) + "".join(f", {mark}" for mark in marks)),
        ("Changed", stamp(issue.changed_at, session.zone)),
        ("Closed", None if issue.closed_at is None else stamp(issue.closed_at, session.zone)),
        ("Episode", str(issue.episode)),
        ("Level", str(issue.level) if issue.level else None),
        ("Called in", None if issue.escalated_to is None else session.name_of(issue.escalated_to)),
        ("Root cause", None if cause is None else "\n".join((cause.category, *cause.whys, *cause.actions))),
        ("Earlier responses", ", ".join(one.id for one in issue.responses if one.id != issue.response.id)),
    )


def response_card(response: Response, record: ResponseRecord, session: Session) -> Document:
    """Return a response: who answered, the score, all that it carries, and every question with its answer."""
    contact = response.contact
    customer = facts(
        ("Name", contact.name),
        ("Email", contact.email),
        ("Phone", contact.phone),
        ("Company", contact.company),
        ("People above", " > ".join(response.hierarchy)),
    )
    card: Document = [
        Heading("Customer"),
        customer if customer.rows else Prose("Nothing is known of who answered."),
        Heading(f"Response {response.id}"),
        facts(
            ("Score", _score(response, record)),
            ("Survey", response.survey),
            ("Received", stamp(response.received_at, session.zone)),
            ("Standing", _standing(record)),
            ("Group", response.group),
            ("Segment", response.segment),
            ("Ticket", response.ticket),
            ("Agent", response.agent),
            ("Tags", ", ".join(response.tags)),
            ("Factors", ", ".join(response.factors)),
            ("Asked to be contacted", "yes" if response.wants_contact else "no"),
            ("Comment", response.comment),
        ),
    ]
    if response.attributes:
        card += [Heading("Attributes"), Fields(tuple((name, str(one)) for name, one in response.attributes.items()))]
    if response.answers:
        card += [Heading("Questions"), Entries(tuple((_question(one), _answer(one)) for one in response.answers))]
    return card


def _question(answer: Answer) -> Styled:
    return Styled(answer.question, Role.STRONG)


def _answer(answer: Answer) -> str:
    return answer.answer or "" if answer.is_answered else "(not answered)"


def _score(response: Response, record: ResponseRecord) -> str:
    need = "needs recovery" if record.needs_recovery else "needs no recovery"
    return f"{response.score} on {record.scale}, {record.category}; {need} (threshold {record.threshold})"


def _standing(record: ResponseRecord) -> str | None:
    return None if record.replaced_by is None else f"{record.standing} by {record.replaced_by}"


def _notes(notes: NoteLog, session: Session) -> Element:
    if not notes:
        return Prose("No notes.")
    # The printed log's head line stands alone, so that no line of a note can pass for one.
    return Entries(
        tuple(
            (
                f"{stamp(note.at, session.zone)}  {note.author} (Spoke? {'Yes' if note.spoke else 'No'})"
                + ("" if note.happened_at == note.at else f", contact of {stamp(note.happened_at, session.zone)}"),
                note.text,
            )
            for note in notes
        )
    )
