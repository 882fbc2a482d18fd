"""What a daily alert and a report say (requirements C4, C6): the words of the text message, and a mail's rows.

A text message has a number and nothing that a respondent typed. What else a mail has stands in ``content``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from attrs import frozen

from resolutionkit.model.notices import DigestNotice, Notice, Reported
from resolutionkit.notify.email.catalogues import Catalogues
from resolutionkit.notify.email.language import Language


@frozen(kw_only=True)
class Entry:
    """One response of a report, as a mail shows it. What somebody typed stands in it as it was typed.

    Attributes:
        who: The customer, and the company.
        facts: What else is known: a name and a value each.
        comment: What the customer wrote; may be empty.
        notes: The notes so far: who wrote each, when, and whether the customer was spoken to; and the note.
        note_url: Where a note can be added, or None.
    """

    who: str
    facts: tuple[tuple[str, str], ...]
    comment: str
    notes: tuple[tuple[str, str], ...]
    note_url: str | None = None


def counted(digest: DigestNotice, language: Language) -> str:
    """Return how many unhappy responses a digest has, in the reader's language."""
    return language.ngettext("%(number)s unhappy response", "%(number)s unhappy responses", digest.number)


def summed_up(notice: Notice, digest: DigestNotice, language: Language) -> str:
    """Return how many unhappy responses a digest has, and of which time."""
    return language.ngettext(
        "%(number)s unhappy response from %(start)s to %(end)s.",
        "%(number)s unhappy responses from %(start)s to %(end)s.",
        digest.number,
        start=language.moment(digest.start, notice.zone),
        end=language.moment(digest.end, notice.zone),
    )


def hidden(digest: DigestNotice, language: Language) -> str:
    """Return how many responses of a report its reader may not see any more; empty where it is none."""
    number = digest.number - len(digest.reported)
    if not number:
        return ""
    return language.ngettext(
        "%(number)s of them is no longer yours.", "%(number)s of them are no longer yours.", number
    )


def language_of(tag: str) -> Language:
    """Return the nearest language to a tag of those that ship; a text message knows no host's translations."""
    return _found(tag)


@lru_cache(maxsize=64)
def _found(tag: str) -> Language:
    return Language(*_shipped().find(tag))


@lru_cache(maxsize=1)
def _shipped() -> Catalogues:
    return Catalogues.load(None)


def facts_of(reported: Reported, notice: Notice, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what a report says of a response beside the customer's words, but for what is not known."""
    response, say = reported.response, language.gettext
    found = (
        (say("Answered"), language.moment(response.received_at, notice.zone)),
        (say("Late"), say("It came to light after the report that it belongs to.") if reported.is_late else ""),
        (say("Segment"), response.segment or ""),
        (say("Agent"), response.agent or ""),
        (say("Group"), response.group or ""),
        (say("Ticket"), response.ticket or ""),
        (say("Experience"), ", ".join(response.factors)),
        (say("Score"), language.number(response.score)),
        (say("Status"), say(notice.labels.get(reported.issue.status, reported.issue.status)) if reported.issue else ""),
    )
    return (fact for fact in found if fact[1].strip())
