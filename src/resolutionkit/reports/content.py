"""What a service recovery report says, in words: the same for the PDF, for HTML and for plain text.

Everything in it is text as somebody typed it, without what a reader's program would obey rather than show; none of it
is markup yet. The words are English; dates are written out with names of our own, whatever the machine's locale.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from resolutionkit.model.markup import visible
from resolutionkit.model.notes import printed
from resolutionkit.model.recovery_report import RecoveryReport, ReportEntry
from resolutionkit.model.response import Response
from resolutionkit.model.scale import Category, Scale, Score

TITLE = "Service recovery report"
ADD_NOTE = "Add a note to this response"
ADD_NOTES = "Add notes to the responses of this report, one after the other"
NOTES = "Notes so far"
NO_NOTES_YET = "No notes yet."
NO_COMMENT = "The customer left no comment."
LATE = "Recorded late"
WANTS_CONTACT = "Asked to be contacted"
UNANSWERED = "not answered"
COLUMNS = ("Group", "Responses", "Without notes", "Not spoken to")
"""The heads of the summary by group."""
BY_GROUP = "By group"

CATEGORIES = {Category.DETRACTOR: "Detractor", Category.PASSIVE: "Passive", Category.PROMOTER: "Promoter"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@frozen(kw_only=True)
class Fact:
    """Something about a response, under its name.

    Attributes:
        name: What it is.
        value: What it says.
        link: Where it leads to, or None.
        is_wide: Whether it may be long.
    """

    name: str
    value: str
    link: str | None = None
    is_wide: bool = False


@frozen(kw_only=True)
class SaidNote:
    """A note as the log prints it, in two parts.

    Attributes:
        when: When it was written, in the account's zone.
        text: By whom, whether the customer was spoken to, and the note itself, with its lines.
    """

    when: str
    text: str


@frozen(kw_only=True)
class Said:
    """Something in the customer's words.

    Attributes:
        question: What was asked, or None for the comment.
        text: The answer, with its lines.
        is_answered: Whether they are the customer's words, and not ours that say there are none.
    """

    question: str | None
    text: str
    is_answered: bool = True


@frozen(kw_only=True)
class SaidEntry:
    """What the report says of one response.

    Attributes:
        name: Who answered.
        contact: How to reach them, and the company; perhaps empty.
        received: When, in the account's zone.
        score: The rating.
        out_of: What the rating is out of.
        category: The band of the rating.
        band: The same in a word.
        marks: The status, whether it was late, whether the customer asked to be contacted.
        facts: Group, segment, agent, ticket, survey, factors; what is not known is left out.
        said: The comment, or the answers where there is none.
        notes: The notes so far.
        link: Where to add a note, or None.
    """

    name: str
    contact: tuple[str, ...]
    received: str
    score: str
    out_of: str
    category: Category
    band: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    said: tuple[Said, ...]
    notes: tuple[SaidNote, ...]
    link: str | None


@frozen(kw_only=True)
class SaidGroup:
    """A line of the summary by group.

    Attributes:
        name: What the group is called.
        responses: How many responses of it the report has.
        without_notes: On how many of them nobody has written yet.
        not_spoken: In how many of them nobody has spoken to the customer yet.
    """

    name: str
    responses: int
    without_notes: int
    not_spoken: int


@frozen(kw_only=True)
class SaidReport:
    """What a report says.

    Attributes:
        recipient: Whom it is for.
        window: From when to when, with the zone.
        window_short: The same in fewer words, for the top of later pages.
        zone: The zone of all dates.
        summary: How many responses there are, and how many have no notes, in a sentence.
        groups: The same by group, in the order of their names; empty where there is one group only.
        entries: The responses.
        link: Where to go through all of them, or None.
    """

    recipient: str
    window: str
    window_short: str
    zone: str
    summary: str
    groups: tuple[SaidGroup, ...]
    entries: tuple[SaidEntry, ...]
    link: str | None


def said_of(report: RecoveryReport) -> SaidReport:
    """Return what a report says."""
    zone = ZoneInfo(report.zone)
    start, end = report.start.astimezone(zone), report.end.astimezone(zone)
    return SaidReport(
        recipient=_line(report.recipient.display_name),
        window=f"{_moment(start)} to {_moment(end)}",
        window_short=f"{_day(start)} to {_day(end)}",
        zone=report.zone,
        summary=_summary(report),
        groups=_groups(report),
        entries=tuple(_entry(one, zone) for one in report.entries),
        link=report.link,
    )


def document_title(said: SaidReport) -> str:
    """Return what a window or a tab that shows a report is called."""
    return f"{TITLE}: {said.recipient}, {said.window_short}"


def _entry(entry: ReportEntry, zone: ZoneInfo) -> SaidEntry:
    response = entry.response
    contact = response.contact
    name = contact.name or contact.email or contact.company or "Somebody unnamed"
    reach = (contact.company, contact.email, contact.phone)
    marks = (entry.status, LATE if entry.is_late else None, WANTS_CONTACT if response.wants_contact else None)
    return SaidEntry(
        name=_line(name),
        contact=tuple(_line(one) for one in reach if one is not None and one != name),
        received=_moment(response.received_at.astimezone(zone)),
        score=_number(response.score),
        out_of=_out_of(entry.scale),
        category=entry.category,
        band=CATEGORIES[entry.category],
        marks=tuple(_line(one) for one in marks if one is not None),
        facts=tuple(_facts(entry)),
        said=tuple(_said(response)),
        notes=tuple(_note(printed(one, zone)) for one in entry.notes),
        link=entry.link,
    )


def _facts(entry: ReportEntry) -> Iterator[Fact]:
    response = entry.response
    group = _named(entry.group_name, entry.group)
    for name, value in (("Group", group), ("Segment", entry.segment), ("Agent", response.agent)):
        if value is not None:
            yield Fact(name=name, value=_line(value))
    if response.ticket is not None:
        yield Fact(name="Ticket", value=_line(response.ticket), link=entry.ticket_link)
    if response.survey is not None:
        yield Fact(name="Survey", value=_line(response.survey))
    if response.factors:
        yield Fact(name="Factors", value=_line(", ".join(response.factors)), is_wide=True)


def _said(response: Response) -> Iterator[Said]:
    """Yield the customer's comment; where there is none, the answers stand in its place."""
    if response.comment is not None and response.comment.strip():
        yield Said(question=None, text=_block(response.comment))
    elif response.answers:
        for one in response.answers:
            answer = one.answer if one.is_answered and one.answer is not None else UNANSWERED
            yield Said(question=_line(one.question), text=_block(answer), is_answered=one.is_answered)
    else:
        yield Said(question=None, text=NO_COMMENT, is_answered=False)


def _note(note: str) -> SaidNote:
    """Return a note as the log prints it, without the indent of its later lines, which is for plain text."""
    when, _, text = note.partition("  ")
    return SaidNote(when=when, text="\n".join(line.removeprefix("    ") for line in text.split("\n")))


def _summary(report: RecoveryReport) -> str:
    count = len(report.entries)
    without = sum(not one.notes for one in report.entries)
    late = sum(one.is_late for one in report.entries)
    if count == 1:
        said = "1 response needs recovery" + (", and has no notes yet." if without else ".")
    else:
        said = f"{count:,} responses need recovery" + (f", {without:,} of which have no notes yet." if without else ".")
    if late:
        said += f" Recorded late, from an earlier window: {late:,}."
    return said


def _groups(report: RecoveryReport) -> tuple[SaidGroup, ...]:
    found: dict[str, list[ReportEntry]] = {}
    for one in report.entries:
        found.setdefault(_named(one.group_name, one.group) or "No group", []).append(one)
    if len(found) < 2:
        return ()
    return tuple(
        SaidGroup(
            name=_line(name),
            responses=len(entries),
            without_notes=sum(not one.notes for one in entries),
            not_spoken=sum(not one.notes.has_spoken for one in entries),
        )
        for name, entries in sorted(found.items())
    )


def _named(name: str | None, code: str | None) -> str | None:
    """Return a name with its code, or whichever of the two there is."""
    return f"{name} ({code})" if name and code and name != code else name or code


def _number(score: Score) -> str:
    return f"{score}".replace("-", "\N{MINUS SIGN}")


def _out_of(scale: Scale) -> str:
    if scale.minimum in {0, 1}:
        return f"of {_number(scale.maximum)}"
    return f"on {_number(scale.minimum)} to {_number(scale.maximum)}"


def _day(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _moment(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]} {_day(at)}, {at:%H:%M}"


def _line(value: str) -> str:
    """Return text as one line that nothing obeys."""
    return visible(" ".join(value.split()))


def _block(value: str) -> str:
    """Return text with its lines, that nothing obeys."""
    return visible(value).strip("\n")


def is_right_to_left(value: str) -> bool:
    """Say whether text runs from right to left: its first letter with a direction decides."""
    for one in value:
        direction = unicodedata.bidirectional(one)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
