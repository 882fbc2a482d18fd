"""What a short message says: one wording for every chat and text message. Mails have templates of their own.

All that people typed goes through what the channel makes it inert with, of ``taming``. The words are English,
but for those of the daily alert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import frozen

from resolutionkit.model.events import Escalated, LevelRaised, note_of
from resolutionkit.model.messages import Topic
from resolutionkit.model.notices import DigestNotice, Notice
from resolutionkit.notify.email.digests import language_of, summed_up
from resolutionkit.notify.email.wording import title_of
from resolutionkit.notify.taming import tamed

NAME_MAX = 60
WORDS_MAX = 300
"""The most characters of a name, and of what somebody wrote."""


@frozen(kw_only=True)
class ShortText:
    """What a short message says; nothing in it is markup.

    Attributes:
        title: What it is about, in a line.
        facts: Who answered what, and how the issue stands, a line each.
        words: What people wrote: the reason, the note, the customer's comment; a line each.
    """

    title: str
    facts: tuple[str, ...]
    words: tuple[str, ...] = ()


Inert: TypeAlias = Callable[[str, int], str]
"""Makes a text inert, and cuts it: ``tamed`` for chats, ``unlinked`` for text messages."""


def _status(notice: Notice, inert: Inert) -> str:
    issue = notice.issue
    return "no issue" if issue is None else inert(notice.labels.get(issue.status, issue.status), NAME_MAX)


def _assignee(notice: Notice, inert: Inert) -> str:
    issue = notice.issue
    if issue is None or issue.assignee is None:
        return "nobody"
    return inert(notice.name_of(issue.assignee), NAME_MAX)


TITLES: Mapping[Topic, Callable[[Notice, Inert], str]] = {
    Topic.ESCALATED: lambda _notice, _inert: "Escalated to you",
    Topic.LEVEL_RAISED: lambda _notice, _inert: "It rose to your level",
    Topic.OPENED: lambda _notice, _inert: "An unhappy customer",
    Topic.REOPENED: lambda _notice, _inert: "Reopened",
    Topic.ASSIGNED: lambda _notice, _inert: "Assigned to you",
    Topic.REMINDED: lambda _notice, _inert: "Time is running out",
    Topic.CHECK_ASKED: lambda _notice, _inert: "Is the customer satisfied?",
    Topic.REPLACED: lambda _notice, _inert: "The customer answered again",
    Topic.MOVED: lambda _notice, _inert: "Moved to your group",
    Topic.MERGED: lambda _notice, _inert: "Two issues of one customer are one now",
    Topic.STATUS_CHANGED: lambda notice, inert: f"Now: {_status(notice, inert)}",
    Topic.REASSIGNED: lambda notice, inert: f"Now with {_assignee(notice, inert)}",
    Topic.NOTED: lambda _notice, _inert: "A new note",
    Topic.RECORDED: lambda _notice, _inert: "A new response",
    Topic.QUARANTINED: lambda _notice, _inert: "A response waits for repair",
    Topic.DAILY_ALERT: lambda _notice, _inert: "Daily alert",
    Topic.RECOVERY_REPORT: lambda _notice, _inert: "Service recovery report",
    Topic.CHANGED: lambda _notice, _inert: "Something happened",
}
"""How a message begins, by its topic."""


def short_text(notice: Notice, inert: Inert = tamed) -> ShortText:
    """Return what a short message says of a notice.

    Args:
        notice: The notice.
        inert: Makes what people typed inert.
    """
    if notice.digest is not None:
        return _digest(notice, notice.digest)
    topic = TITLES.get(notice.message.topic, TITLES[Topic.CHANGED])
    return ShortText(title=topic(notice, inert), facts=tuple(_facts(notice, inert)), words=tuple(_words(notice, inert)))


def _digest(notice: Notice, digest: DigestNotice) -> ShortText:
    """Return what is said of a daily alert, in the reader's language: a number, and nothing that anybody typed."""
    language = language_of(notice.language)
    title = language.gettext(title_of(notice.message.topic).tag)
    return ShortText(title=title, facts=(summed_up(notice, digest, language),))


def _facts(notice: Notice, inert: Inert) -> list[str]:
    response = notice.response
    contact = response.contact
    who = inert(contact.name or "A customer", NAME_MAX)
    company = f" ({inert(contact.company, NAME_MAX)})" if contact.company else ""
    survey = f", {inert(response.survey, NAME_MAX)}" if response.survey else ""
    facts = [f"{who}{company}: {response.score:g} on {inert(notice.scale.name, NAME_MAX)}{survey}"]
    if notice.issue is not None:
        facts.append(f"{_status(notice, inert)}, with {_assignee(notice, inert)}")
    return facts


def _words(notice: Notice, inert: Inert) -> list[str]:
    found = []
    for event in notice.events:
        note = note_of(event)
        if isinstance(event, Escalated | LevelRaised) and event.reason is not None:
            found.append(f"Why: {inert(event.reason, WORDS_MAX)}")
        if note is not None:
            found.append(f"{inert(note.author, NAME_MAX)}: “{inert(note.text, WORDS_MAX)}”")
    if notice.response.comment:
        found.append(f"The customer: “{inert(notice.response.comment, WORDS_MAX)}”")
    return found
