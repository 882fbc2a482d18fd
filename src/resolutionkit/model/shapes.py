"""What the notebook's cards ask of the values that they show: shapes, since the values themselves call the cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from resolutionkit.model.response import Response, ResponseRecord


class NoteShape(Protocol):
    """What is shown of a note."""

    @property
    def text(self) -> str:
        """Return what was done or said."""

    @property
    def author(self) -> str:
        """Return whose name it is signed with."""

    @property
    def at(self) -> datetime:
        """Return when it was written."""

    @property
    def happened_at(self) -> datetime:
        """Return when the contact took place."""

    @property
    def spoke(self) -> bool:
        """Say whether the customer was spoken to."""


class EpisodeShape(Protocol):
    """What is shown of a round of work."""

    @property
    def number(self) -> int:
        """Return which round it is, counted from 1."""

    @property
    def opened_at(self) -> datetime:
        """Return when it began."""

    @property
    def first_action_at(self) -> datetime | None:
        """Return when somebody first acted, or None."""

    @property
    def contacted_at(self) -> datetime | None:
        """Return when the customer was first spoken to, or None."""

    @property
    def closed_at(self) -> datetime | None:
        """Return when it was closed, or None."""

    @property
    def closed_as(self) -> str | None:
        """Return the status that it was closed with, or None."""


class CauseShape(Protocol):
    """What is shown of a root cause."""

    @property
    def category(self) -> str:
        """Return its name."""

    @property
    def whys(self) -> Sequence[str]:
        """Return the five whys."""

    @property
    def actions(self) -> Sequence[str]:
        """Return what was done about it."""


class StateShape(Protocol):
    """What an issue and its line in a list have in common."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def status(self) -> str:
        """Return the key of its status."""

    @property
    def phase(self) -> str:
        """Return what that status means."""

    @property
    def response(self) -> Response:
        """Return the response that it is about."""

    @property
    def assignee(self) -> str | None:
        """Return who works it, or None."""

    @property
    def level(self) -> int:
        """Return its level of escalation."""

    @property
    def needs_recovery(self) -> bool:
        """Say whether its response is at or below the threshold of its day."""

    @property
    def backfilled(self) -> bool:
        """Say whether it was opened from old data."""

    @property
    def is_urgent(self) -> bool:
        """Say whether it was escalated and nobody else has acted since."""

    @property
    def has_priority(self) -> bool:
        """Say whether a rule raised its priority."""

    @property
    def episode(self) -> int:
        """Return which round of work it is in."""

    @property
    def note_count(self) -> int:
        """Return how many notes it has."""

    @property
    def has_spoken(self) -> bool:
        """Say whether the customer was spoken to."""


class LineShape(StateShape, Protocol):
    """What is shown of an issue in a list."""

    @property
    def due_at(self) -> datetime | None:
        """Return the earliest limit that runs, or None."""


class IssueShape(StateShape, Protocol):
    """What is shown of an issue on its card."""

    @property
    def version(self) -> int:
        """Return the number of its last event."""

    @property
    def responses(self) -> Sequence[Response]:
        """Return all its responses, in the order in which they were recorded."""

    @property
    def followers(self) -> Sequence[str]:
        """Return who hears of its changes."""

    @property
    def people(self) -> Sequence[str]:
        """Return the people above the customer, from top to bottom."""

    @property
    def notes(self) -> Sequence[NoteShape]:
        """Return its notes, oldest first."""

    @property
    def episodes(self) -> Sequence[EpisodeShape]:
        """Return its rounds of work, the current one last."""

    @property
    def flagged_by_hand(self) -> bool:
        """Say whether a person opened it."""

    @property
    def escalated_at(self) -> datetime | None:
        """Return when it was last escalated, or None."""

    @property
    def escalated_to(self) -> str | None:
        """Return who was called in by the last escalation, or None."""

    @property
    def root_cause(self) -> CauseShape | None:
        """Return why it came to this, or None."""


class ResponseLineShape(Protocol):
    """What is shown of a response in a list."""

    @property
    def record(self) -> ResponseRecord:
        """Return the response and what was decided about it."""

    @property
    def issue(self) -> LineShape | None:
        """Return the issue that it belongs to, or None."""

    @property
    def notes(self) -> Sequence[NoteShape]:
        """Return that issue's notes, oldest first."""
