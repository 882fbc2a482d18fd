"""The daily alert in words, and the report as a mail (requirements C4, C6, C12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import Contact, Topic, Why
from resolutionkit.notify.email.message import Attachment
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.links import LinkAction, Links
from resolutionkit.notify.sms import parts_of, sms_text
from resolutionkit.notify.taming import unlinked
from resolutionkit.notify.wording import short_text
from resolutionkit.ports import DigestNotice, Notice, Reported
from support import NOON, response

Mailer = Callable[..., EmailNotifier]
LINKS = Links("https://app.example/recovery", ["a key that is long enough for anybody"])
START, END = datetime(2026, 2, 27, 8, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)


def digest(notice: Notice, number: int, **facts: Any) -> Notice:
    """Return a notice of a text message, or of a report, in Berlin."""
    about = attrs.evolve(
        notice.message,
        issue=None,
        topic=facts.pop("topic", Topic.DAILY_ALERT),
        why=(Why.GROUP_LEAD, Why.ALSO_ALERTED),
        digest=END,
        first_event=0,
        last_event=0,
    )
    summed = DigestNotice(start=START, end=END, number=number, reported=facts.pop("reported", ()))
    given: dict[str, Any] = {"issue": None, "events": (), "moves": (), "zone": "Europe/Berlin"}
    return attrs.evolve(notice, message=about, digest=summed, **(given | facts))


ENGLISH = "27 February 2026, 09:00 CET to 2 March 2026, 09:00 CET."
GERMAN = "27. Februar 2026, 09:00 Uhr CET bis 2. März 2026, 09:00 Uhr CET."
SPANISH = "del 27 de febrero de 2026, 09:00 CET al 2 de marzo de 2026, 09:00 CET."
TEXTS = {
    ("en", 1): f"Daily alert. 1 unhappy response from {ENGLISH}",
    ("en", 4): f"Daily alert. 4 unhappy responses from {ENGLISH}",
    ("de", 1): f"Tagesmeldung. 1 unzufriedene Antwort, {GERMAN}",
    ("de-AT", 2): f"Tagesmeldung. 2 unzufriedene Antworten, {GERMAN}",
    ("es", 1): f"Alerta diaria. 1 respuesta insatisfecha, {SPANISH}",
    ("es", 3): f"Alerta diaria. 3 respuestas insatisfechas, {SPANISH}",
    ("pt-BR", 2): f"Daily alert. 2 unhappy responses from {ENGLISH}",
}


@pytest.mark.parametrize(("language", "number"), TEXTS)
def test_a_text_message_says_how_many_and_of_when(language: str, number: int, notice: Notice) -> None:
    """In the reader's language, one or several, within one part of a text message."""
    text = short_text(digest(notice, number, language=language), unlinked)
    said = f"{text.title}. {'. '.join(text.facts)}"
    assert said == TEXTS[language, number]
    assert text.words == ()
    assert parts_of(sms_text(said, None, 1)) == 1
    assert sms_text(said, None, 1) == said


def test_a_text_message_has_nothing_that_a_respondent_typed(notice: Notice) -> None:
    """Neither the name nor the company, the comment nor the survey (requirement C12)."""
    typed = response(survey="EVIL", comment="EVIL", contact=Contact(name="EVIL", company="EVIL"), ticket="EVIL")
    text = short_text(digest(notice, 2, response=typed))
    assert "EVIL" not in repr(text)


def reported(notice: Notice) -> tuple[Reported, ...]:
    """Return two responses: one that is an issue with a note, and a late one without."""
    other = response(
        "r-9",
        1,
        contact=Contact(name="<b>Bo</b>", company="Bo & Co"),
        comment="Late\nagain",
        segment="Gold",
        agent="Sam",
        ticket="T-9",
        factors=["speed"],
        received_at=NOON - timedelta(days=3),
    )
    return (Reported(response=notice.response, issue=notice.issue), Reported(response=other, is_late=True))


@pytest.fixture
def report(every_topic: dict[Topic, Notice]) -> Notice:
    """Return a report of two responses of three."""
    about = every_topic[Topic.STATUS_CHANGED]
    return digest(about, 3, topic=Topic.RECOVERY_REPORT, reported=reported(about))


def bodies(mail: Any) -> Iterator[str]:
    """Yield the plain text and the HTML."""
    for kind in ("plain", "html"):
        yield mail.get_body((kind,)).get_content()


def test_a_report_has_a_row_for_each_response(mailer: Mailer, report: Notice) -> None:
    """All that is known of each, the notes so far, late ones marked; and how many are not there any more."""
    mail = mailer().mail(report)
    assert mail["Subject"] == "[Report] 3 unhappy responses"
    for text in bodies(mail):
        assert "3 unhappy responses from 27 February 2026, 09:00 CET to 2 March 2026, 09:00 CET." in text
        assert "1 of them is no longer yours." in text
        for known in ("Jane Doe, ABC Ltd", "T-1", "Left a voicemail.", "Two days late,", "Gold", "Sam", "T-9", "speed"):
            assert known in text, known
        assert text.count("It came to light after the report that it belongs to.") == 1
        assert "you are alerted for a group besides its lead" in text
    _, html = bodies(mail)
    assert "&lt;b&gt;Bo&lt;/b&gt;" in html
    assert "<b>Bo" not in html
    assert mail["References"] is None
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_report_whose_reader_sees_all_says_nothing_of_others(mailer: Mailer, report: Notice) -> None:
    """Nor does a text message that goes by mail, which lists none."""
    assert report.digest is not None
    whole = attrs.evolve(report, digest=attrs.evolve(report.digest, number=2))
    alone = attrs.evolve(report.message, topic=Topic.DAILY_ALERT)
    for one in (whole, attrs.evolve(report, message=alone, digest=attrs.evolve(report.digest, reported=()))):
        for text in bodies(mailer().mail(one)):
            assert "no longer yours" not in text


def test_each_issue_of_a_report_has_a_link_for_a_note(mailer: Mailer, report: Notice) -> None:
    """It is for the reader and the one issue; a response without one has none, nor has a mailer without links."""
    text, html = bodies(mailer().mail(report))
    urls = {word: LINKS.read(word.rpartition("/")[2], NOON) for word in text.split() if "/recovery/" in word}
    ((url, claim),) = [(url, one) for url, one in urls.items() if one.action is LinkAction.NOTE]
    assert report.digest is not None
    issue = report.digest.reported[0].issue
    assert issue is not None
    assert (claim.issue, claim.response, claim.recipient) == (issue.id, issue.response.id, report.recipient)
    assert url in html
    assert "/recovery/" not in next(bodies(mailer(links=None).mail(report)))


def test_a_report_may_come_with_files(mailer: Mailer, report: Notice, notice: Notice) -> None:
    """What the host's function gives, byte for byte; other mails never ask it."""
    asked: list[Notice] = []

    def files(one: Notice) -> Iterator[Attachment]:
        asked.append(one)
        yield Attachment(name="räport.pdf", media_type="application/pdf", content=b"%PDF\x00")

    made = mailer(attachments=files)
    mail = made.mail(report)
    (part,) = mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "räport.pdf",
        "application/pdf",
        b"%PDF\x00",
    )
    assert "3 unhappy responses" in next(bodies(mail))
    made.mail(notice)
    made.mail(attrs.evolve(report, message=attrs.evolve(report.message, topic=Topic.DAILY_ALERT)))
    assert asked == [report]
