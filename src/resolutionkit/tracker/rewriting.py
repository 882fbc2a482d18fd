"""Putting other words into a history, and into the histories of the issues that it was merged into (law L11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from resolutionkit.model.events import Event, Merged
from resolutionkit.model.history import replay
from resolutionkit.model.trusted import changed
from resolutionkit.ports import ErasesPeople, Rewrite, UnitOfWork


class Rewriter(ErasesPeople, UnitOfWork, Protocol):
    """A unit of work in which words can be rewritten."""


def rewrite_one(unit: Rewriter, history: Sequence[Event], rewritten: Sequence[Event]) -> None:
    """Put a history in the place of one, where they differ; ids, numbers and kinds are the same."""
    different = tuple(new for old, new in zip(history, rewritten, strict=True) if new != old)
    if different:
        unit.rewrite(Rewrite(before=replay(history), issue=replay(rewritten), events=different))


def rewrite_history(unit: Rewriter, history: Sequence[Event], rewritten: Sequence[Event]) -> None:
    """Put a history in the place of one, also within the issues that it was merged into, which tell of it."""
    above = _above(unit, history)  # before anything is rewritten that they tell of
    rewrite_one(unit, history, rewritten)
    told = {event.id: event for event in rewritten}
    for one in above:
        rewrite_one(unit, one, [_with(event, told) for event in one])


def _above(unit: Rewriter, history: Sequence[Event]) -> list[Sequence[Event]]:
    """Return the histories of the issues that one was merged into, the nearest first."""
    found: list[Sequence[Event]] = []
    while (into := replay(history).merged_into) is not None:
        history = unit.history(into)
        found.append(history)
    return found


def _with(event: Event, told: dict[str, Event]) -> Event:
    """Return an event with what came with it told otherwise."""
    if not isinstance(event, Merged):
        return event
    return changed(event, history=tuple(_with(told.get(one.id, one), told) for one in event.history))
