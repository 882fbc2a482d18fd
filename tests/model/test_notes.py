"""Notes and the note log: how it prints, letter by letter, and that it is an immutable sequence."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from resolutionkit import Note, NoteLog

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def note(text: str = "Left voicemail.", **facts: Any) -> Note:
    """Return a note of Ed's, written at noon."""
    return Note(**({"text": text, "author": "Ed Long", "at": NOON, "happened_at": NOON} | facts))


LOG = NoteLog(
    [
        note(),
        note("Agreed on:\n- weekly calls\n- a new contact", at=NOON + timedelta(hours=2), happened_at=NOON, spoke=True),
    ]
)


def test_the_log_prints_as_people_know_it() -> None:
    """Instant, author, whether the customer was spoken to, the text; further lines stand in."""
    assert str(LOG).splitlines() == [
        "2026-07-01 12:00 UTC  Ed Long (Spoke? No): Left voicemail.",
        "2026-07-01 14:00 UTC  Ed Long (Spoke? Yes), contact of 2026-07-01 12:00 UTC: Agreed on:",
        "    - weekly calls",
        "    - a new contact",
    ]


def test_the_log_prints_in_the_reader_s_zone() -> None:
    """Both instants move, summer time included."""
    printed = LOG.printed(ZoneInfo("Europe/Berlin")).splitlines()
    assert printed[0].startswith("2026-07-01 14:00 CEST  Ed Long")
    assert "2026-07-01 16:00 CEST" in printed[1]
    assert "contact of 2026-07-01 14:00 CEST" in printed[1]


def test_an_empty_log_says_so() -> None:
    """Nothing is printed as nothing."""
    assert str(NoteLog()) == "No notes."


def test_a_note_prints_alone_as_in_the_log() -> None:
    """The text of one note is its paragraph in the log."""
    assert str(note()) == str(NoteLog([note()]))


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n", "\x0b", "\u2028", "\x85"], ids=ascii)
def test_a_note_s_text_cannot_forge_another_note(newline: str) -> None:
    """Whatever breaks the line, what follows stands in."""
    forged = f"Rang.{newline}2026-07-02 09:00 UTC  Dana (Spoke? Yes): All fine."
    first, second = str(note(forged)).splitlines()
    assert first.endswith(": Rang.")
    assert second.startswith("    2026-07-02")


def test_an_author_s_name_cannot_forge_another_note() -> None:
    """An author is any name, so a name with a line break must not begin a note of its own."""
    forged = "Ed (Spoke? No): Rang.\n2026-07-02 09:00 UTC  Dana Reyes"
    starts = [line for line in str(note(author=forged)).splitlines() if not line.startswith("    ")]
    assert len(starts) == 1


def test_a_printed_note_obeys_no_control_character() -> None:
    """Text shows U+FFFD in their place, tabs aside; white space in a name is one blank."""
    printed = str(note("Rang\x1b[2K\u202e.\tTwice.", author="Ed\t \n Long\x1b[1m"))
    assert printed == "2026-07-01 12:00 UTC  Ed Long\ufffd[1m (Spoke? No): Rang\ufffd[2K\ufffd.\tTwice."


def test_the_log_is_a_sequence_oldest_first() -> None:
    """Index, slice, length, iteration, membership: those of a tuple."""
    assert (LOG[0], LOG[-1], len(LOG)) == (note(), list(LOG)[1], 2)
    assert LOG[:1] == NoteLog([note()])
    assert isinstance(LOG[:1], NoteLog)
    assert note() in LOG
    assert [one.spoke for one in reversed(LOG)] == [True, False]
    with pytest.raises(IndexError):
        LOG[2]


def test_a_longer_log_leaves_the_shorter_one_as_it_was() -> None:
    """A log is appended to by making another."""
    longer = LOG + note("Once more.")
    assert (len(LOG), len(longer)) == (2, 3)
    assert longer[:2] == LOG


def test_a_log_is_a_value() -> None:
    """Equal notes make equal logs; a tuple is none."""
    same = NoteLog(list(LOG))
    assert (same, hash(same)) == (LOG, hash(LOG))
    assert tuple(LOG) != LOG
    assert NoteLog() != LOG
    assert pickle.loads(pickle.dumps(LOG)) == LOG
    assert repr(LOG) == "<NoteLog of 2 notes>"
    assert repr(LOG[:1]) == "<NoteLog of 1 note>"


def test_a_log_and_its_notes_cannot_be_changed() -> None:
    """A saved note is never edited."""
    with pytest.raises(AttributeError):
        LOG[0].text = "other"
    with pytest.raises(TypeError):
        LOG[0] = note()
    with pytest.raises(AttributeError):
        LOG.other = 1


@pytest.mark.parametrize(
    ("spoken", "has"), [((), False), ((False,), False), ((False, True), True)], ids=["empty", "never", "once"]
)
def test_once_spoken_is_spoken(spoken: tuple[bool, ...], has: bool) -> None:
    """One note with spoke is enough."""
    assert NoteLog(note(spoke=one) for one in spoken).has_spoken is has


def test_the_printed_log_keeps_what_words_are_made_of() -> None:
    """A French no-break space, a Persian joiner and a joined emoji are text; a reversal of direction is not."""
    note = Note(text="enfin\u00a0! می\u200cروم 👩\u200d🔧 \u202eevil", author="Ana", at=NOON, happened_at=NOON)
    assert str(note).endswith("enfin\u00a0! می\u200cروم 👩\u200d🔧 \ufffdevil")
