"""What a mail says: all that requirement C1 names, of each topic what happened, in the reader's zone and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from resolutionkit import CSAT_5, THUMBS, Contact, Note, NoteLog, Response, Scale, Topic, Why
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.ports import Notice
from support import NOON

Mailer = Callable[..., EmailNotifier]


def parts(notifier: EmailNotifier, notice: Notice) -> tuple[str, str]:
    """Return the text and the HTML of a mail."""
    mail = notifier.mail(notice)
    found = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (str(part.get_content()) for part in found if part is not None)
    return text, html


def about(notice: Notice, **facts: Any) -> Notice:
    """Return a notice of a response with other facts."""
    return attrs.evolve(notice, response=attrs.evolve(notice.response, **facts))


def test_a_mail_shows_all_that_is_known(mailer: Mailer, notice: Notice) -> None:
    """Survey and date, who answered, the score, every question with its answer, and those that have none."""
    full = about(notice, factors=["Speed"], agent="Tom Baker")
    for part in parts(mailer(), attrs.evolve(full, zone="Europe/Berlin")):
        for fact in (
            *("Service visit", "20 November 2026, 13:59 CET", "Jane Doe", "ABC Ltd", "jane@customer.example"),
            *("+44 20 7946 0101", "Ed Long / Nina Okafor / lee@partner.example", "key account, renewal due", "T-1"),
            *("2 on a scale of 0 to 10", "Detractor", "Speed", "Tom Baker", "emea"),
            *("How likely are you to recommend us?", "May we quote you?", "Not answered", "and nobody called."),
            *("Needs Attention", "Omar Haddad", "All times are those of Europe/Berlin."),
            *("A Net Promoter Score asks", "You get this mail because", "Choose what you are told, and how"),
        ):
            assert fact in part, fact


def test_what_is_not_known_is_left_out(mailer: Mailer) -> None:
    """A response of which nothing but the score is known has no empty rows."""
    from resolutionkit.testing.changes import opening
    from resolutionkit.testing.suites.notifier import told_of

    notice = told_of(opening(Response(id="r-1", score=3, received_at=NOON)).issue)
    text, html = parts(mailer(), notice)
    for name in ("Company", "Phone", "Tags", "Ticket", "Questions and answers", "Wants to be contacted"):
        assert name not in text
        assert name not in html
    assert mailer().mail(notice)["Subject"] == "[New] A customer: 3 of 10"


HEADINGS = {
    Topic.ESCALATED: ("Escalated: you are asked to step in", "Bridget Shaw escalated the issue to Dana Reyes."),
    Topic.OPENED: ("An unhappy customer needs attention", "The issue was opened, and assigned to Nina Okafor."),
    Topic.REOPENED: ("The issue was reopened", "Bridget Shaw reopened the issue: Needs Attention."),
    Topic.ASSIGNED: ("The issue is yours now", "Bridget Shaw assigned the issue to Omar Haddad."),
    Topic.REPLACED: ("The customer's answer has changed", "The customer answered again, about the same"),
    Topic.MOVED: ("An issue has come to your group", "Ada Bell moved the issue to another group."),
    Topic.QUARANTINED: (
        "A response waits for repair",
        "assigned to Dana Reyes until the response's codes are put right.",
    ),
    Topic.STATUS_CHANGED: (
        "New status: Resolution in Progress",
        "Bridget Shaw set the status: Resolution in Progress.",
    ),
    Topic.MERGED: ("Two issues of one customer are one now", "Bridget Shaw assigned the issue to Omar Haddad."),
    Topic.REASSIGNED: ("Somebody else works the issue now", "Bridget Shaw assigned the issue to Omar Haddad."),
    Topic.NOTED: ("There is a new note", ""),
    Topic.LEVEL_RAISED: (
        "The issue has risen to a level that you answer for",
        "The time for first response ran out 21 November 2026, 12:00 UTC, and the issue rose to level tier one.",
    ),
    Topic.REMINDED: ("Time is running out", "The issue rises to the next level after 21 November 2026, 12:00 UTC."),
    Topic.CHECK_ASKED: (
        "Is the customer satisfied now?",
        "It is time to ask whether the customer is satisfied.",
    ),
    Topic.RECORDED: ("A customer has answered", ""),
    Topic.DAILY_ALERT: ("Your daily alert", "1 unhappy response from 19 November 2026, 12:00 UTC to 20 November"),
    Topic.RECOVERY_REPORT: ("Service recovery report", "1 unhappy response from 19 November 2026, 12:00 UTC to 20"),
    Topic.CHANGED: ("Something has changed", ""),
}


@pytest.mark.parametrize("topic", list(Topic))
def test_each_topic_has_its_heading(topic: Topic, mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """And says what happened; its subject has a tag of its own."""
    heading, sentence = HEADINGS[topic]
    text, html = parts(mailer(), every_topic[topic])
    assert text.splitlines()[2] == heading
    assert f">{heading.replace(chr(39), '&#39;')}</h1>" in html or f">{heading}</h1>" in html
    assert sentence in text
    tags = {str(mailer().mail(one)["Subject"]).partition("]")[0] for one in every_topic.values()}
    assert len(tags) == len(Topic)


def test_an_escalation_has_its_reason_and_every_note(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """The reason in words, and the whole log with who spoke to the customer, and when."""
    text, html = parts(mailer(), every_topic[Topic.ESCALATED])
    for part in (text, html):
        assert "The contract is at risk." in part
        for note in ("Left a voicemail.", "His client.", "Rang her.", "See above.", "Weekly call agreed."):
            assert note in part
        assert "Bridget Shaw · 20 November 2026, 12:00 UTC · Spoke? No" in part
        assert "Spoke? Yes · contact of 20 November 2026, 12:00 UTC" in part
    assert "Escalated." not in text  # that the status is set goes without saying


def test_an_escalation_without_notes_says_so(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """An empty log is shown as one."""
    notice = every_topic[Topic.ESCALATED]
    assert notice.issue is not None
    for part in parts(mailer(), attrs.evolve(notice, issue=attrs.evolve(notice.issue, notes=NoteLog()))):
        assert "Nobody has written a note yet." in part


def test_a_kind_of_reason_is_told(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """Where there is one."""
    notice = every_topic[Topic.ESCALATED]
    events = tuple(
        attrs.evolve(event, reason_kind="reputation at risk") if event.kind == "escalated" else event
        for event in notice.events
    )
    for part in parts(mailer(), attrs.evolve(notice, events=events)):
        assert "reputation at risk" in part


def test_an_assignment_has_its_note_and_no_other(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """The note that came with it."""
    for part in parts(mailer(), every_topic[Topic.ASSIGNED]):
        assert "His client." in part
        assert "Left a voicemail." not in part


def test_what_was_flagged_by_hand_is_not_called_unhappy(mailer: Mailer, notice: Notice) -> None:
    """A promoter can be flagged; the heading says that somebody did."""
    opened = attrs.evolve(notice.events[0], needs_recovery=False, flagged_by_hand=True, actor="ed")
    text, _ = parts(mailer(), attrs.evolve(notice, events=(opened,)))
    assert text.splitlines()[2] == "A response was flagged for attention"
    assert "Ed Long flagged the response, and assigned it to Nina Okafor." in text


def test_what_was_opened_at_the_customers_wish_is_not_called_unhappy(mailer: Mailer, notice: Notice) -> None:
    """Somebody may be content, and ask to be contacted."""
    opened = attrs.evolve(notice.events[0], needs_recovery=False)
    text, _ = parts(mailer(), attrs.evolve(notice, events=(opened,)))
    assert text.splitlines()[2] == "A customer's answer needs attention"


def test_every_reason_is_told(mailer: Mailer, notice: Notice) -> None:
    """One as a sentence, several as a list."""
    for why in Why:
        message = attrs.evolve(notice.message, why=(why,))
        assert "You get this mail because " in parts(mailer(), attrs.evolve(notice, message=message))[0]
    message = attrs.evolve(notice.message, why=tuple(Why))
    text, html = parts(mailer(), attrs.evolve(notice, message=message))
    assert text.count("\n- ") == html.count("<li") == len(Why)


@pytest.mark.parametrize(
    "scale", [CSAT_5, THUMBS, Scale(name="x", minimum=0, maximum=9.5, step=None, detractor_max=3, promoter_min=9)]
)
def test_other_scales_are_shown_as_they_are(scale: Scale, mailer: Mailer, notice: Notice) -> None:
    """With their range, and without what a Net Promoter Score is."""
    text, _ = parts(mailer(), attrs.evolve(about(notice, score=1), scale=scale))
    assert f"1 on a scale of {scale.minimum} to {scale.maximum}" in text
    assert "Net Promoter Score" not in text


def test_a_score_that_the_scale_no_longer_has(mailer: Mailer, notice: Notice) -> None:
    """A policy may have changed since: the score is told, and no category."""
    text, html = parts(mailer(), attrs.evolve(about(notice, score=9), scale=CSAT_5))
    assert "9 on a scale of 1 to 5\n" in text
    assert 'class="score"' in html


def test_the_customer_is_a_click_away(mailer: Mailer, notice: Notice) -> None:
    """Mail and telephone are links where they are surely an address and a number."""
    _, html = parts(mailer(), notice)
    assert 'href="mailto:jane@customer.example"' in html
    assert 'href="tel:+442079460101"' in html
    odd = Contact(email="jane@x.example?bcc=evil@y.example", phone="ring 5 times")
    _, html = parts(mailer(), about(notice, contact=odd))
    assert "mailto:" not in html
    assert "tel:" not in html


def test_a_reader_in_german(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """Words, dates, decimals and statuses; what people typed stays as it is."""
    german = attrs.evolve(
        about(every_topic[Topic.STATUS_CHANGED], score=2.5), language="de-AT", zone="Europe/Vienna",
        scale=Scale(name="x", minimum=0, maximum=10, step=None, detractor_max=6, promoter_min=9),
    )  # fmt: skip
    text, html = parts(mailer(), german)
    assert "Neuer Status: Lösung in Arbeit" in text
    assert "2,5 auf einer Skala von 0 bis 10 (Kritiker)" in text
    assert "20. November 2026, 13:59 Uhr CET" in text
    assert "Two days late," in text
    assert '<html lang="de" dir="ltr">' in html
    assert str(mailer().mail(german)["Subject"]) == "[Status] Jane Doe, ABC Ltd: 2,5 von 10"


def test_a_reader_in_spanish(mailer: Mailer, notice: Notice) -> None:
    """Likewise."""
    text, html = parts(mailer(), attrs.evolve(notice, language="es-MX"))
    assert "Un cliente descontento necesita atención" in text
    assert "20 de noviembre de 2026, 12:59 UTC" in text
    assert '<html lang="es"' in html


@pytest.mark.parametrize("language", ["en", "en-GB", "fr", "tlh", "x"])
def test_an_unknown_language_is_english(language: str, mailer: Mailer, notice: Notice) -> None:
    """And says so to a screen reader."""
    text, html = parts(mailer(), attrs.evolve(notice, language=language))
    assert "An unhappy customer needs attention" in text
    assert '<html lang="en" dir="ltr">' in html


def test_a_clock_without_a_name_is_told_by_its_distance(mailer: Mailer, notice: Notice) -> None:
    """Some zones have no letters."""
    assert "09:59 UTC-03" in parts(mailer(), attrs.evolve(notice, zone="America/Sao_Paulo"))[0]


def test_a_status_of_a_hosts_own_is_told_in_its_words(mailer: Mailer, notice: Notice) -> None:
    """Whatever stands in them, a lone % included."""
    odd = attrs.evolve(notice, language="de", labels={"needs_attention": "100% offen %(x)s"})
    assert "Status: 100% offen %(x)s" in parts(mailer(), odd)[0]


def test_a_note_is_written_as_it_was(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """With its lines, and a mark before each, so that none can pass for one of ours."""
    notice = every_topic[Topic.ESCALATED]
    assert notice.issue is not None
    log = NoteLog([Note(text="One\n\nWHAT YOU CAN DO", author="A\nB", at=NOON, happened_at=NOON)])
    text, html = parts(mailer(), attrs.evolve(notice, issue=attrs.evolve(notice.issue, notes=log)))
    assert "A B · 20 November 2026, 12:00 UTC · Spoke? No\n> One\n>\n> WHAT YOU CAN DO\n" in text
    assert "One<br><br>WHAT YOU CAN DO" in html


def test_a_response_that_reopened_the_issue_is_told(mailer: Mailer, every_topic: dict[Topic, Notice]) -> None:
    """By itself, without a person."""
    notice = every_topic[Topic.REOPENED]
    (event,) = notice.events
    told = attrs.evolve(notice, events=(attrs.evolve(event, actor="system", note=None),))
    assert "A new response reopened the issue: Needs Attention." in parts(mailer(), told)[0]
