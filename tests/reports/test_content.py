"""What a report says, whatever it becomes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resolutionkit import CSAT_5, THUMBS, Answer, Category, Contact, Scale
from resolutionkit.reports.content import NO_COMMENT, UNANSWERED, SaidEntry, is_right_to_left, said_of
from support import NOON
from support.reports import entry, note, report


def said(*, zone: str = "Europe/London", **facts: object) -> SaidEntry:
    """Return what a report says of one response."""
    return said_of(report(entry(**facts), zone=zone)).entries[0]


def test_dates_are_in_the_account_s_zone() -> None:
    """Window, response and note alike, summer time included; midnight there may be another day."""
    assert said_of(report()).window == "Thu 19 Nov 2026, 12:00 to Fri 20 Nov 2026, 12:00"
    tokyo = said(zone="Asia/Tokyo", received_at=NOON + timedelta(hours=3), notes=[note()])
    assert tokyo.received == "Sat 21 Nov 2026, 00:00"
    assert tokyo.notes[0].when == "2026-11-20 20:30 JST"


def test_what_is_known_of_a_response_is_said_under_its_name() -> None:
    """What is not known is left out, rather than said to be missing."""
    whole = said(segment="Gold", agent="Sam Reed", ticket="T-1", survey="Support", factors=["Speed", "Tone"])
    assert [(one.name, one.value) for one in whole.facts] == [
        ("Group", "EMEA (emea)"),
        ("Segment", "Gold"),
        ("Agent", "Sam Reed"),
        ("Ticket", "T-1"),
        ("Survey", "Support"),
        ("Factors", "Speed, Tone"),
    ]
    assert said(group=None, group_name=None).facts == ()
    assert [one.value for one in said(group="emea", group_name=None).facts] == ["emea"]


def test_the_customer_is_named_as_well_as_can_be() -> None:
    """By name, else by address, else by company; and how to reach them stands beside it."""
    assert said().name == "Jane Doe"
    assert said().contact == ("ABC Ltd", "jane@customer.example", "555-0101")
    bare = said(contact=Contact(email="j@x.example", company="X"))
    assert (bare.name, bare.contact) == ("j@x.example", ("X",))
    assert said(contact=Contact()).name == "Somebody unnamed"


def test_a_rating_is_said_on_its_scale() -> None:
    """With the range where a scale begins elsewhere than at nought or one."""
    mood = Scale(name="mood", minimum=-2, maximum=2, detractor_max=-1, promoter_min=1)
    for scale, score, said_as in (
        (CSAT_5, 2, "2 of 5"),
        (THUMBS, 0, "0 of 1"),
        (mood, -1, "\N{MINUS SIGN}1 on \N{MINUS SIGN}2 to 2"),
    ):
        one = said(scale=scale, score=score)
        assert f"{one.score} {one.out_of}" == said_as
    assert said(category=Category.PASSIVE).band == "Passive"


def test_marks_say_status_lateness_and_the_wish_to_be_contacted() -> None:
    """In this order."""
    assert said(is_late=True, wants_contact=True).marks == ("Needs Attention", "Recorded late", "Asked to be contacted")
    assert said(status=None).marks == ()


def test_where_there_is_no_comment_the_answers_stand_in_its_place() -> None:
    """Each with its question; an unanswered one is shown as such (requirement A3)."""
    answers = [Answer("Why?", "Too slow."), Answer("What else?", " ")]
    assert [(one.question, one.text, one.is_answered) for one in said(answers=answers).said] == [
        ("Why?", "Too slow.", True),
        ("What else?", UNANSWERED, False),
    ]
    assert [one.text for one in said(answers=answers, comment="Mine.").said] == ["Mine."]
    assert [(one.text, one.is_answered) for one in said(comment=" \n ").said] == [(NO_COMMENT, False)]


def test_notes_read_as_the_log_prints_them() -> None:
    """Who, whether the customer was spoken to, and the text with its lines (requirement B4)."""
    one = said(notes=[note("Rang.\nAgain on Friday.", spoke=True)]).notes[0]
    assert (one.when, one.text) == ("2026-11-20 11:30 GMT", "Bridget Shaw (Spoke? Yes): Rang.\nAgain on Friday.")
    earlier = said(notes=[note(happened_at=NOON - timedelta(minutes=45))]).notes[0]
    assert earlier.text == "Bridget Shaw (Spoke? No), contact of 2026-11-20 11:15 GMT: Left voicemail."


@pytest.mark.parametrize(
    ("entries", "summary"),
    [
        ([entry()], "1 response needs recovery, and has no notes yet."),
        ([entry(notes=[note()])], "1 response needs recovery."),
        ([entry(notes=[note()]), entry("r-2")], "2 responses need recovery, 1 of which have no notes yet."),
        ([entry(notes=[note()], is_late=True)], "1 response needs recovery. Recorded late, from an earlier window: 1."),
    ],
)
def test_the_summary_says_how_many_and_how_many_are_untouched(entries: list, summary: str) -> None:
    """In one sentence, or two where some are late."""
    assert said_of(report(*entries)).summary == summary


def test_several_groups_have_a_line_each() -> None:
    """In the order of their names; one group alone needs no table."""
    one, two, three = entry("r-1", notes=[note(spoke=True)]), entry("r-2"), entry("r-3", group=None, group_name=None)
    lines = said_of(report(one, two, three)).groups
    assert [(line.name, line.responses, line.without_notes, line.not_spoken) for line in lines] == [
        ("EMEA (emea)", 2, 1, 1),
        ("No group", 1, 1, 1),
    ]
    assert said_of(report(one, two)).groups == ()


def test_what_a_reader_s_program_would_obey_is_shown_instead() -> None:
    """Controls and marks that turn text around; line ends within a name are spaces (law L12)."""
    hostile = "a\u202eb\x1b[31m\x07"
    one = said(contact=Contact(name=f"{hostile}\nc"), comment=f"{hostile}\r\nd", agent=hostile, notes=[note(hostile)])
    texts = [one.name, *(fact.value for fact in one.facts), one.said[0].text, one.notes[0].text]
    assert all("\u202e" not in text and "\x1b" not in text and "\x07" not in text for text in texts)
    assert one.name == "a\ufffdb\ufffd[31m\ufffd c"
    assert one.said[0].text == "a\ufffdb\ufffd[31m\ufffd\nd"


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("abc", False), ("שלום", True), ("123 مرحبا abc", True), ("abc مرحبا", False), ("123 …", False), ("", False)],
)
def test_the_first_letter_decides_the_direction(text: str, is_so: bool) -> None:
    """As ``dir="auto"`` has it in HTML."""
    assert is_right_to_left(text) is is_so
