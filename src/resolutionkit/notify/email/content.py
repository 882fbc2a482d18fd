"""What a mail shows of a notice (requirement C1), as a value of plain strings in the reader's language.

Nothing in it is markup: escaping is the work of ``rendering``, laying out that of the templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from resolutionkit.errors import InvalidScore
from resolutionkit.model.events import Escalated, IssueOpened, LevelRaised, StatusChanged, note_of
from resolutionkit.model.messages import Topic
from resolutionkit.model.notes import Note
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import is_address
from resolutionkit.model.response import Response
from resolutionkit.model.scale import NPS, Category
from resolutionkit.notify.email.actions import Actions
from resolutionkit.notify.email.digests import Entry, counted, facts_of, hidden, summed_up
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.email.plain import cut, one_line
from resolutionkit.notify.email.wording import (
    CATEGORIES,
    FLAGGED,
    NOW,
    NPS_IN_WORDS,
    WHYS,
    WISHED,
    Telling,
    happened,
    title_of,
)

_MAILTO = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,40}")


@frozen(kw_only=True)
class Fact:
    """One thing that is known of the customer or the issue.

    Attributes:
        name: What it is.
        value: What is known.
        url: What it leads to: a mail to the customer, a call; or empty.
    """

    name: str
    value: str
    url: str = ""


@frozen(kw_only=True)
class Answered:
    """One question.

    Attributes:
        question: The question.
        answer: The answer; empty where there is none.
    """

    question: str
    answer: str


@frozen(kw_only=True)
class Written:
    """One note.

    Attributes:
        head: Who wrote it, when, and whether the customer was spoken to.
        text: The note.
    """

    head: str
    text: str


@frozen(kw_only=True)
class Mail:
    """All that a mail shows. Everything that somebody typed stands in it as it was typed.

    Attributes:
        language: The BCP 47 tag of its language.
        direction: ``ltr`` or ``rtl``.
        topic: What it is about: the value of a :class:`~resolutionkit.Topic`.
        subject: The subject, one line.
        heading: The heading.
        who: What the customer is called, and the company; a word for a customer where neither is known.
        happened: What happened, a sentence each.
        reason: Why it was escalated, in words; empty in other mails.
        reason_kind: Which kind of reason that is; may be empty.
        score: The score on its scale, in words.
        category: What the score means; empty where the scale does not say.
        tone: The same as a word for a style: ``detractor``, ``passive``, ``promoter``; or empty.
        comment: What the customer wrote; may be empty.
        customer: What is known of the customer.
        issue: What is known of the issue; empty where there is none.
        answers: Every question.
        notes: The whole log in an escalation, else the notes that came with what happened.
        has_all_notes: Whether it is the whole log.
        actions: The links.
        whys: Why the reader gets the mail.
        nps: What a Net Promoter Score is; empty on another scale.
        zone: The zone in which instants are told.
        sender: What the sender is called; may be empty.
        entries: The responses of a report; none in other mails.
    """

    language: str
    direction: str
    topic: str
    subject: str
    heading: str
    who: str
    happened: tuple[str, ...]
    reason: str
    reason_kind: str
    score: str
    category: str
    tone: str
    comment: str
    customer: tuple[Fact, ...]
    issue: tuple[Fact, ...]
    answers: tuple[Answered, ...]
    notes: tuple[Written, ...]
    has_all_notes: bool
    actions: Actions
    whys: tuple[str, ...]
    nps: str
    zone: str
    sender: str
    entries: tuple[Entry, ...] = ()


def mail_of(notice: Notice, language: Language, actions: Actions, sender: str) -> Mail:
    """Return what a mail shows of a notice.

    Args:
        notice: The notice.
        language: The reader's language.
        actions: The reader's links.
        sender: What the sender is called; may be empty.
    """
    tell, response = Telling(notice, language), notice.response
    escalation = _escalation(notice)
    kind = escalation.reason_kind if isinstance(escalation, Escalated) else None
    category = _category(notice)
    is_escalation = notice.message.topic in {Topic.ESCALATED, Topic.LEVEL_RAISED}
    return Mail(
        language=language.tag,
        direction=language.direction,
        topic=notice.message.topic.value,
        subject=_subject(notice, language),
        heading=_heading(notice, tell),
        who=_who(notice, language),
        happened=tuple(_happened(notice, tell)),
        reason=(escalation.reason or "") if escalation is not None else "",
        reason_kind=language.gettext(kind) if kind else "",
        score=_score(notice, language),
        category="" if category is None else language.gettext(CATEGORIES[category]),
        tone="" if category is None else category.value,
        comment=(response.comment or "").strip(),
        customer=tuple(_customer(notice, language)),
        issue=tuple(_issue(notice, tell)),
        answers=tuple(
            Answered(question=one.question, answer=one.answer or "" if one.is_answered else "")
            for one in response.answers
        ),
        notes=tuple(_written(note, notice, language) for note in _notes(notice, whole=is_escalation)),
        has_all_notes=is_escalation,
        actions=actions,
        whys=tuple(language.gettext(WHYS[why]) for why in notice.message.why if why in WHYS),
        nps=language.gettext(NPS_IN_WORDS) if notice.scale == NPS else "",
        zone=notice.zone,
        sender=sender,
        entries=tuple(_entries(notice, language, actions)),
    )


def _subject(notice: Notice, language: Language) -> str:
    """Return the subject: the same for all mails of an issue, but for the tag before it.

    Clients that thread by subject leave out what stands in brackets at its beginning (RFC 5256).
    """
    if notice.digest is not None:
        tag = language.gettext(title_of(notice.message.topic).tag)
        return language.gettext("[%(topic)s] %(what)s", topic=tag, what=counted(notice.digest, language))
    return language.gettext(
        "[%(topic)s] %(customer)s: %(score)s of %(most)s",
        topic=language.gettext(title_of(notice.message.topic).tag),
        customer=_who(notice, language),
        score=language.number(notice.response.score),
        most=language.number(notice.scale.maximum),
    )


def _who(notice: Notice, language: Language) -> str:
    return _called(notice.response, language)


def _called(response: Response, language: Language) -> str:
    contact = response.contact
    named = [cut(name, 60) for name in (contact.name, contact.company) if name and one_line(name)]
    return ", ".join(named) or language.gettext("A customer")


def _happened(notice: Notice, tell: Telling) -> Iterator[str]:
    """Yield what happened; that an escalation sets a status goes without saying. Of a digest, what it sums up."""
    if notice.digest is not None:
        yield summed_up(notice, notice.digest, tell.language)
        if notice.digest.reported and (rest := hidden(notice.digest, tell.language)):
            yield rest
        return
    is_escalation = _escalation(notice) is not None
    for event in notice.events:
        sentence = happened(event, tell)
        if sentence and not (is_escalation and isinstance(event, StatusChanged)):
            yield sentence


def _heading(notice: Notice, tell: Telling) -> str:
    """Return the heading; where it is known, it says which status, or that nobody need be unhappy."""
    topic = notice.message.topic
    for event in reversed(notice.events):
        if topic is Topic.STATUS_CHANGED and isinstance(event, StatusChanged):
            return tell.say(NOW, status=tell.status(event.status))
        if topic is Topic.OPENED and isinstance(event, IssueOpened) and not event.needs_recovery:
            return tell.say(FLAGGED if event.flagged_by_hand else WISHED)
    return tell.say(title_of(topic).heading)


def _escalation(notice: Notice) -> Escalated | LevelRaised | None:
    """Return what the reader is called in for."""
    return next((event for event in reversed(notice.events) if isinstance(event, Escalated | LevelRaised)), None)


def _category(notice: Notice) -> Category | None:
    try:
        return notice.scale.category(notice.response.score)
    except InvalidScore:  # the policy's scale is another one than on the day of the response
        return None


def _score(notice: Notice, language: Language) -> str:
    scale = notice.scale
    return language.gettext(
        "%(score)s on a scale of %(least)s to %(most)s",
        score=language.number(notice.response.score),
        least=language.number(scale.minimum),
        most=language.number(scale.maximum),
    )


def _customer(notice: Notice, language: Language) -> Iterator[Fact]:
    response, say = notice.response, language.gettext
    contact = response.contact
    email, phone = contact.email or "", contact.phone or ""
    found = (
        Fact(name=say("Survey"), value=response.survey or ""),
        Fact(name=say("Answered"), value=language.moment(response.received_at, notice.zone)),
        Fact(name=say("Customer"), value=contact.name or ""),
        Fact(name=say("Company"), value=contact.company or ""),
        Fact(name=say("Email"), value=email, url=f"mailto:{email}" if _can_be_mailed(email) else ""),
        Fact(name=say("Phone"), value=phone, url=f"tel:{_dialled(phone)}" if _PHONE.fullmatch(phone) else ""),
        Fact(name=say("Above them"), value=" / ".join(map(notice.name_of, response.hierarchy))),
        Fact(name=say("Wants to be contacted"), value=say("Yes") if response.wants_contact else ""),
        Fact(name=say("Tags"), value=", ".join(response.tags)),
        Fact(name=say("Experience"), value=", ".join(response.factors)),
        Fact(name=say("Group"), value=response.group or ""),
        Fact(name=say("Ticket"), value=response.ticket or ""),
        Fact(name=say("Agent"), value=response.agent or ""),
    )
    return (fact for fact in found if fact.value.strip())


def _can_be_mailed(email: str) -> bool:
    return is_address(email) and _MAILTO.fullmatch(email) is not None


def _dialled(phone: str) -> str:
    return "".join(one for one in phone if one in "+0123456789")


def _issue(notice: Notice, tell: Telling) -> Iterator[Fact]:
    if notice.issue is not None:
        yield Fact(name=tell.say("Status"), value=tell.status(notice.issue.status))
        yield Fact(name=tell.say("Assigned to"), value=tell.who(notice.issue.assignee))


def _notes(notice: Notice, *, whole: bool) -> Iterator[Note]:
    if whole and notice.issue is not None:
        yield from notice.issue.notes
    else:
        yield from filter(None, map(note_of, notice.events))


def _entries(notice: Notice, language: Language, actions: Actions) -> Iterator[Entry]:
    for one in () if notice.digest is None else notice.digest.reported:
        notes = () if one.issue is None else one.issue.notes
        written = [_written(note, notice, language) for note in notes]
        yield Entry(
            who=_called(one.response, language),
            facts=tuple(facts_of(one, notice, language)),
            comment=(one.response.comment or "").strip(),
            notes=tuple((note.head, note.text) for note in written),
            note_url=actions.notes.get(one.response.id),
        )


def _written(note: Note, notice: Notice, language: Language) -> Written:
    say = language.gettext
    when = language.moment(note.at, notice.zone)
    spoke = say("Spoke? Yes") if note.spoke else say("Spoke? No")
    parts = [one_line(note.author), when, spoke]
    if note.happened_at != note.at:
        parts.append(say("contact of %(when)s", when=language.moment(note.happened_at, notice.zone)))
    return Written(head=" · ".join(parts), text=note.text)
