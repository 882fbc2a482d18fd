"""Notes and the note log: append-only, oldest first, printed as people know it (requirement B4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import overload

from attrs import field, frozen

EMPTY_LOG_TEXT = "No notes."
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""The categories of characters that a terminal or a browser acts upon."""
_HARMLESS = frozenset("\t\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
"""Tabs, and what Persian words and emoji are joined with."""


@frozen(kw_only=True, weakref_slot=False)
class Note:
    """One entry of the note log; once saved it is never edited.

    Attributes:
        text: What was done or said.
        author: Whose name it is signed with; any name, never empty (requirement B5). The authenticated
            identity is the event's actor.
        at: When it was written, in UTC.
        happened_at: When the contact took place, in UTC; the same as ``at`` unless the author said otherwise.
        spoke: Whether the customer was spoken to; a voicemail is not.
    """

    text: str = field(repr=False)  # a repr ends in logs
    author: str = field(repr=False)
    at: datetime
    happened_at: datetime
    spoke: bool = False

    def __str__(self) -> str:
        """Return the printed form, instants in UTC."""
        return printed(self)


def printed(note: Note, zone: tzinfo | None = None) -> str:
    """Return a note as the log prints it.

    Args:
        note: The note.
        zone: The reader's zone; UTC where none is given.
    """
    return f"{_stamp(note.at, zone)}  {signed(note, zone)}"


def signed(note: Note, zone: tzinfo | None = None) -> str:
    """Return a note as the log prints it, without when it was written.

    Args:
        note: The note.
        zone: The reader's zone; UTC where none is given.
    """
    contact = "" if note.happened_at == note.at else f", contact of {_stamp(note.happened_at, zone)}"
    first, *rest = (_visible(line) for line in note.text.splitlines() or [""])
    author = _visible(" ".join(note.author.split()))  # one line, whatever was typed: a note cannot pass for two
    head = f"{author} (Spoke? {'Yes' if note.spoke else 'No'}){contact}: {first}"
    return "\n".join([head, *(f"    {line}" for line in rest)])


def _visible(line: str) -> str:
    """Return a line without what a terminal would obey rather than show (law L12)."""
    if line.isprintable():
        return line
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(one) in _OBEYED and one not in _HARMLESS else one
        for one in line
    )


def _stamp(at: datetime, zone: tzinfo | None) -> str:
    return f"{at if zone is None else at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


class NoteLog(Sequence[Note]):
    """An issue's notes, oldest first: an immutable sequence whose ``str`` is the printed log."""

    __slots__ = ("_notes",)

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        """Keep the notes in the order given."""
        self._notes = tuple(notes)

    @overload
    def __getitem__(self, index: int) -> Note: ...
    @overload
    def __getitem__(self, index: slice) -> NoteLog: ...
    def __getitem__(self, index: int | slice) -> Note | NoteLog:
        """Return one note, or a log of some."""
        return NoteLog(self._notes[index]) if isinstance(index, slice) else self._notes[index]

    def __len__(self) -> int:
        """Return how many notes there are."""
        return len(self._notes)

    def __iter__(self) -> Iterator[Note]:
        """Iterate, oldest first."""
        return iter(self._notes)

    def __eq__(self, other: object) -> bool:
        """Compare with another log."""
        return self._notes == other._notes if isinstance(other, NoteLog) else NotImplemented

    def __hash__(self) -> int:
        """Hash the notes."""
        return hash(self._notes)

    def __add__(self, note: Note) -> NoteLog:
        """Return a log with one more note at its end."""
        return NoteLog((*self._notes, note))

    def __str__(self) -> str:
        """Return the printed log, instants in UTC."""
        return self.printed()

    def __repr__(self) -> str:
        """Show the size."""
        return f"<NoteLog of {len(self)} note{'s' if len(self) != 1 else ''}>"

    def _repr_html_(self) -> str:
        """Show the log in a notebook, instants in UTC."""
        from resolutionkit.model.cards import note_log

        return note_log(self)

    def printed(self, zone: tzinfo | None = None) -> str:
        """Return the log as the reports print it, one paragraph a note, instants in the reader's zone, else UTC."""
        return "\n".join(printed(note, zone) for note in self._notes) or EMPTY_LOG_TEXT

    @property
    def has_spoken(self) -> bool:
        """Say whether the customer was spoken to at least once."""
        return any(note.spoke for note in self._notes)


NO_NOTES = NoteLog()
"""The log of an issue on which nobody wrote."""
