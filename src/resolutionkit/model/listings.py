"""Lists of issues and of responses as a notebook shows them: one row each. Cards stand in ``cards``."""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.model.cards import label_of, marks_of, number_of, status_of, who_answered
from resolutionkit.model.markup import (
    NOTHING,
    Html,
    element,
    escaped,
    excerpt,
    joined,
    moment,
    quiet,
    table,
    view,
    words,
)
from resolutionkit.model.response import Response, ResponseRecord, Standing
from resolutionkit.model.shapes import LineShape, NoteShape, ResponseLineShape

_ISSUE_HEADS = ("Received (UTC)", "Customer", "Score", "Status", "Assignee", "Group", "Notes", "Comment", "Issue id")
_RESPONSE_HEADS = (
    "Received (UTC)", "Customer", "Score", "Group, ticket", "Issue", "Comment", "Latest note", "Response id",
)  # fmt: skip


def page_view(issues: Sequence[LineShape], responses: Sequence[ResponseLineShape], *, more: bool) -> str:
    """Return a page of issues or of responses.

    Args:
        issues: The lines that are issues.
        responses: The lines that are responses.
        more: Whether there is a page after this one.
    """
    end = "More follow: ask again with after=page.next." if more else "The list ends here."
    if not issues and not responses:
        return view(quiet(joined((escaped("No lines."), escaped(end if more else "")))))
    tables = (
        issue_table(counted(len(issues), "issue"), issues) if issues else NOTHING,
        response_table(counted(len(responses), "response"), responses) if responses else NOTHING,
    )
    return view(*tables, quiet(escaped(end)))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def issue_table(caption: str, lines: Sequence[LineShape]) -> Html:
    """Return issues as a table, in the order given."""
    return table(escaped(caption), _ISSUE_HEADS, map(_issue_row, lines))


def _issue_row(line: LineShape) -> tuple[Html, ...]:
    response = line.response
    return (
        moment(response.received_at, zone_named=False),
        who_answered(response),
        _score(response),
        _state(line),
        words(line.assignee) if line.assignee else escaped("nobody"),
        words(response.group or ""),
        _notes(line),
        excerpt(response.comment) if response.comment else NOTHING,
        _id(line.id),
    )


def _state(line: LineShape) -> Html:
    due = joined((escaped("due"), moment(line.due_at))) if line.due_at else NOTHING
    return joined((status_of(line), marks_of(line), quiet(due)))


def _notes(line: LineShape) -> Html:
    spoken = escaped("spoken to" if line.has_spoken else "not spoken to")
    return joined((escaped(line.note_count), quiet(spoken) if line.note_count else NOTHING))


def _score(response: Response) -> Html:
    scale = response.scale
    score = element("strong", escaped(number_of(response.score)))
    if scale is None:
        return score
    reach = escaped(f"{number_of(scale.minimum)} to {number_of(scale.maximum)}")
    return joined((score, quiet(_whole(reach))))


def _whole(content: Html) -> Html:
    return element("span", content, class_="rk-whole")


def _id(value: str) -> Html:
    return element("span", words(value), class_="rk-code")


def response_table(caption: str, lines: Sequence[ResponseLineShape]) -> Html:
    """Return responses as a table, in the order given."""
    return table(escaped(caption), _RESPONSE_HEADS, map(_response_row, lines))


def _response_row(line: ResponseLineShape) -> tuple[Html, ...]:
    record, response = line.record, line.record.response
    return (
        moment(response.received_at, zone_named=False),
        who_answered(response),
        _judged(record),
        joined((words(response.group or ""), quiet(words(response.ticket) if response.ticket else NOTHING))),
        _state(line.issue) if line.issue else NOTHING,
        excerpt(response.comment) if response.comment else NOTHING,
        _latest(line.notes),
        _id(response.id),
    )


def _judged(record: ResponseRecord) -> Html:
    stands = NOTHING
    if record.standing is not Standing.CURRENT:
        by = words(f"by {record.replaced_by}") if record.replaced_by else NOTHING
        stands = quiet(joined((escaped(label_of(record.standing)), by)))
    need = quiet(_whole(escaped("needs recovery"))) if record.needs_recovery else NOTHING
    score = _whole(joined((element("strong", escaped(number_of(record.response.score))), escaped(record.category))))
    return joined((score, quiet(words(record.scale)), need, stands))


def _latest(notes: Sequence[NoteShape]) -> Html:
    if not notes:
        return NOTHING
    note = notes[-1]
    return joined((quiet(joined((moment(note.at), words(note.author)), " · ")), excerpt(note.text)))
