"""An issue as a card with its timeline, and a note log, as a notebook shows them. Lists stand in ``listings``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import frozen

from resolutionkit.errors import InvalidScore
from resolutionkit.model.markup import (
    NOTHING,
    Html,
    badge,
    element,
    escaped,
    facts,
    folded,
    joined,
    listed,
    moment,
    quiet,
    said,
    titled,
    view,
    words,
)
from resolutionkit.model.response import Answer, Response
from resolutionkit.model.shapes import CauseShape, EpisodeShape, IssueShape, NoteShape, StateShape

LATEST = 10
"""How many entries of a timeline or a note log are shown at once; earlier ones are folded away."""

_RECEIVED, _OPENED, _NOTED, _ESCALATED, _CLOSED, _REOPENED = range(6)


@frozen
class Entry:
    """One entry of a timeline; at one instant they stand in the order of their ranks."""

    at: datetime
    rank: int
    content: Html


# --- what lists show too ---------------------------------------------------------------------------------------------


def label_of(status: str) -> str:
    """Return a status's key as words; the label itself is the workflow's, which a value does not know."""
    spoken = "can't resolve" if status == "cant_resolve" else status.replace("_", " ")
    return spoken[:1].upper() + spoken[1:]


def status_of(state: StateShape) -> Html:
    """Return the status as a badge in its phase's colour, and one more where the issue is urgent."""
    urgent = badge("Urgent", "urgent") if state.is_urgent else NOTHING
    return joined((badge(label_of(state.status), str(state.phase)), urgent))


def marks_of(state: StateShape) -> Html:
    """Return an issue's phase, and what is out of the ordinary about it, as small print."""
    marks = (
        (state.phase, state.phase != state.status),
        (f"round {state.episode}", state.episode > 1),
        (f"level {state.level}", state.level > 0),
        ("priority", state.has_priority),
        ("needs no recovery", not state.needs_recovery),
        ("backfilled", state.backfilled),
    )
    return quiet(joined((escaped(mark) for mark, holds in marks if holds), " · "))


def number_of(score: float) -> str:
    """Return a score without the dust of binary fractions."""
    return str(round(score, 6))


def who_answered(response: Response) -> Html:
    """Return the customer's name and company, else the address, else that nobody is named."""
    contact = response.contact
    known = [one for one in (contact.name, contact.company) if one] or [contact.email or contact.phone or "unnamed"]
    return listed(known)


# --- the card --------------------------------------------------------------------------------------------------------


def issue_card(issue: IssueShape) -> str:
    """Return an issue as a card: its state, the response, the work, and its timeline, oldest first."""
    head = joined((status_of(issue), element("strong", who_answered(issue.response)), marks_of(issue)))
    columns = element("div", _response_facts(issue), _work_facts(issue), class_="rk-columns")
    comment = issue.response.comment
    return view(
        element("div", head, class_="rk-head"),
        element("div", said(comment), class_="rk-quote") if comment else NOTHING,
        columns,
        _answers(issue.response.answers),
        titled("Timeline", _log([entry.content for entry in timeline(issue)])),
        quiet(_small_print(issue)),
    )


def _small_print(issue: IssueShape) -> Html:
    call = element("span", escaped(f'desk.history("{issue.id}")'), class_="rk-code")
    return joined((escaped(f"Version {issue.version}. Every step, with who took it:"), call))


def _score(issue: IssueShape) -> Html:
    response, scale = issue.response, issue.response.scale
    score = element("strong", escaped(number_of(response.score)))
    need = escaped("needs recovery" if issue.needs_recovery else "needs no recovery")
    if scale is None:  # then the policy has named it, by the survey
        return joined((score, need), ", ")
    try:
        band = escaped(scale.category(response.score))
    except InvalidScore:
        band = NOTHING
    reach = f"{number_of(scale.minimum)} to {number_of(scale.maximum)}"
    return joined((joined((score, escaped("on"), words(scale.name), escaped(f"({reach})"))), band, need), ", ")


def _response_facts(issue: IssueShape) -> Html:
    response = issue.response
    contact = response.contact
    return facts(
        "The response",
        (
            ("Score", _score(issue)),
            ("Received", moment(response.received_at)),
            ("Survey", _maybe(response.survey)),
            ("Contact", listed(one for one in (contact.email, contact.phone) if one)),
            ("Wants contact", escaped("yes" if response.wants_contact else "")),
            ("Group", _maybe(response.group)),
            ("Segment", _maybe(response.segment)),
            ("Ticket", _maybe(response.ticket)),
            ("Agent", _maybe(response.agent)),
            ("Factors", listed(response.factors)),
            ("Tags", listed(response.tags)),
            ("Attributes", listed(f"{name}: {value}" for name, value in response.attributes.items())),
            ("Response id", words(response.id)),
        ),
    )


def _work_facts(issue: IssueShape) -> Html:
    current = issue.episodes[-1]
    return facts(
        "The work",
        (
            ("Assignee", _maybe(issue.assignee) or escaped("nobody")),
            ("Followers", listed(issue.followers)),
            ("People above", listed(issue.people)),
            ("Opened", moment(current.opened_at)),
            ("First action", _instant(current.first_action_at)),
            ("Spoken to", _instant(current.contacted_at)),
            ("Closed", _instant(current.closed_at)),
            ("Escalated to", _maybe(issue.escalated_to)),
            ("Notes", escaped(issue.note_count)),
            ("Root cause", _cause(issue.root_cause)),
            ("Issue id", element("span", words(issue.id), class_="rk-code")),
        ),
    )


def _maybe(value: str | None) -> Html:
    return words(value) if value else NOTHING


def _instant(at: datetime | None) -> Html:
    return moment(at) if at else NOTHING


def _cause(cause: CauseShape | None) -> Html:
    if cause is None:
        return NOTHING
    told = ("Why? ", cause.whys), ("Action: ", cause.actions)
    lines = (quiet(joined((escaped(name), words(one)), "")) for name, ones in told for one in ones)
    return joined((words(cause.category), *lines))


def _answers(answers: Sequence[Answer]) -> Html:
    if not answers:
        return NOTHING
    return folded(f"Questions and answers ({len(answers)})", joined(map(_answer, answers)))


def _answer(answer: Answer) -> Html:
    question = element("div", escaped(answer.question), class_="rk-title", dir="auto")
    given = said(answer.answer) if answer.answer and answer.is_answered else quiet(escaped("not answered"))
    return joined((question, given))


# --- the timeline ----------------------------------------------------------------------------------------------------


def timeline(issue: IssueShape) -> list[Entry]:
    """Return what an issue itself knows of its history, oldest first.

    These are its responses, rounds, notes and the latest escalation. Who changed a status without a note, and every
    change of people, is known to the events only.
    """
    entries = [*_rounds(issue), *(_received(one) for one in issue.responses)]
    entries += [Entry(note.at, _NOTED, note_entry(note)) for note in issue.notes]
    if issue.escalated_at:
        to = f" to {issue.escalated_to}" if issue.escalated_to else ""
        entries.append(_step(issue.escalated_at, _ESCALATED, f"Escalated{to} (the latest escalation)"))
    return sorted(entries, key=lambda entry: (entry.at, entry.rank))


def _rounds(issue: IssueShape) -> Iterator[Entry]:
    for episode in issue.episodes:
        is_first = episode.number == 1
        yield _step(episode.opened_at, _OPENED if is_first else _REOPENED, _opening(issue, episode))
        if episode.closed_at:
            yield _step(episode.closed_at, _CLOSED, f"Closed: {label_of(episode.closed_as or 'closed')}")


def _opening(issue: IssueShape, episode: EpisodeShape) -> str:
    if episode.number > 1:
        return f"Reopened, round {episode.number}"
    if issue.flagged_by_hand:
        return "Opened by hand"
    return "Opened from old data" if issue.backfilled else "Opened"


def _received(response: Response) -> Entry:
    step = f"Response {response.id} received, score {number_of(response.score)}"
    return _step(response.received_at, _RECEIVED, step)


def _step(at: datetime, rank: int, label: str) -> Entry:
    return Entry(at, rank, joined((quiet(moment(at)), element("strong", words(label)))))


def note_entry(note: NoteShape) -> Html:
    """Return a note: when, who, whether the customer was spoken to, and what was said."""
    contact = joined((escaped("contact of"), moment(note.happened_at))) if note.happened_at != note.at else NOTHING
    spoke = escaped(f"Spoke? {'Yes' if note.spoke else 'No'}")
    head = quiet(joined((moment(note.at), words(note.author), spoke, contact), " · "))
    return joined((head, said(note.text)))


def _log(entries: Sequence[Html]) -> Html:
    earlier, latest = entries[:-LATEST], entries[-LATEST:]
    before = folded(f"{len(earlier):,} earlier", _entries(earlier)) if earlier else NOTHING
    return joined((before, _entries(latest)))


def _entries(entries: Sequence[Html]) -> Html:
    return element("ol", *(element("li", entry) for entry in entries))


def note_log(notes: Sequence[NoteShape]) -> str:
    """Return a note log, oldest first."""
    if not notes:
        return view(quiet(escaped("No notes.")))
    count = f"{len(notes):,} note{'s' if len(notes) != 1 else ''}, oldest first"
    return view(titled(count, _log([note_entry(note) for note in notes])))
