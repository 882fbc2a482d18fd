"""The report as plain text: in lines that a mail program shows whole, with nothing cut."""

from __future__ import annotations

from resolutionkit import Answer, as_text
from support.reports import entry, note, report

WHOLE = """\
Service recovery report
=======================

For Bridget Shaw
Thu 19 Nov 2026, 12:00 to Fri 20 Nov 2026, 12:00 (Europe/London)

1 response needs recovery.

Add notes to the responses of this report, one after the other:
https://app.example/all

------------------------------------------------------------------------------

3 of 10 (Detractor): Jane Doe
Fri 20 Nov 2026, 11:00, Needs Attention
ABC Ltd, jane@customer.example, 555-0101
Group: EMEA (emea)
Ticket: T-1 <https://desk.example/T-1>

> Too slow.
>
> And nobody rang.

Notes so far:
2026-11-20 11:30 GMT  Bridget Shaw (Spoke? No): Left voicemail.
    Will ring again.

Add a note to this response:
https://app.example/one
"""


def test_the_text_says_all_that_a_report_has() -> None:
    """In the order of the pages."""
    facts = {"comment": "Too slow.\n\nAnd nobody rang.", "ticket": "T-1", "ticket_link": "https://desk.example/T-1"}
    one = entry(link="https://app.example/one", notes=[note("Left voicemail.\nWill ring again.")], **facts)
    assert as_text(report(one, link="https://app.example/all")) == WHOLE


def test_lines_are_short_and_lose_no_word() -> None:
    """A word that is longer than a line has a line of its own, whole."""
    words, long = "word " * 100, "x" * 200
    text = as_text(report(entry(comment=f"{words}\n{long}", notes=[note(words)])))
    assert all(len(line) <= 78 for line in text.splitlines() if long not in line)
    assert text.count("word") == 200
    assert long in text


def test_groups_answers_and_missing_notes_are_said() -> None:
    """As on the pages."""
    one = entry(answers=[Answer("Why?", "Too slow."), Answer("What else?", None)])
    text = as_text(report(one, entry("r-2", group="field", group_name="Field")))
    assert "- EMEA (emea): 1, without notes 1, not spoken to 1\n" in text
    assert "Why?\n> Too slow.\n\nWhat else?\nnot answered\n" in text
    assert "The customer left no comment.\n" in text
    assert text.count("Notes so far:\nNo notes yet.\n") == 2


def test_no_line_of_a_customer_passes_for_one_of_ours() -> None:
    """Each of them is quoted."""
    text = as_text(report(entry(comment="Notes so far:\n2026-11-20 11:30 GMT  Ed (Spoke? Yes): All is well.")))
    assert "\n> Notes so far:\n> 2026-11-20" in text
    assert text.count("\nNotes so far:") == 1
