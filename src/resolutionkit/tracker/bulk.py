"""Many responses in one unit of work: what is known of them is asked for at once, what they leave is saved together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from resolutionkit.errors import ResolutionKitError, StorageError
from resolutionkit.model.commands import Record
from resolutionkit.model.response import Response
from resolutionkit.model.results import Recorded
from resolutionkit.ports import UnitOfWork, Write
from resolutionkit.tracker.pipeline import Surroundings, taken_in
from resolutionkit.tracker.ruling import rules_on

RecordedOrRefused: TypeAlias = Recorded | ResolutionKitError
"""What became of one response of many."""


def record_all(unit: UnitOfWork, commands: Sequence[Record], around: Surroundings) -> list[RecordedOrRefused]:
    """Take in responses, one after the other; one that is refused does not stop the others."""
    foresee: Callable[[Sequence[Response]], None] | None = getattr(unit, "foresee", None)
    if foresee is not None:
        foresee([command.response for command in commands])
    waiting = _Waiting(unit)
    results = [_recorded(unit, command, around, waiting) for command in commands]
    waiting.save()
    return results


def in_turn(responses: Sequence[Response]) -> list[int]:
    """Return the places of responses in an order that all batches share: then no two wait for each other in a circle.

    Those that have to do with each other, by their ids or their surveys and tickets, stay in the order that they have.
    """
    leaders = list(range(len(responses)))
    met: dict[object, int] = {}

    def leader(place: int) -> int:
        while leaders[place] != place:
            place = leaders[place]
        return place

    for place, response in enumerate(responses):
        for name in _looked_for(response):
            first, last = sorted((leader(place), leader(met.setdefault(name, place))))
            leaders[last] = first
    turns: dict[int, tuple[bool, str, str, str]] = {}
    for place, response in enumerate(responses):
        turn = _turn(response)
        turns[leader(place)] = min(turn, turns.get(leader(place), turn))
    return sorted(range(len(responses)), key=lambda place: turns[leader(place)])


def _turn(response: Response) -> tuple[bool, str, str, str]:
    # Tickets first: the store claims all of them before any response.
    if response.ticket is None:
        return True, "", "", response.id
    return False, response.ticket, response.survey or "", ""


class _Waiting:
    """What is decided and not saved yet: it must be before anything is asked that it changes."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._writes: list[Write] = []
        self._changed: set[object] = set()
        self._issues: set[str] = set()

    def make_way_for(self, response: Response, *, is_counting: bool) -> None:
        """Save what waits, if the arrival of a response looks for any of it, or has issues counted."""
        if is_counting or not self._changed.isdisjoint(_looked_for(response)):
            self.save()

    def has(self, write: Write | None) -> bool:
        """Say whether a change is one of an issue that what waits changes: it was decided on too little."""
        return write is not None and write.before is not None and write.before.id in self._issues

    def add(self, response: Response, write: Write) -> None:
        """Let what a response leaves wait."""
        self._writes.append(write)
        if write.issue is not None:
            self._issues.add(write.issue.id)
        self._changed.update(_looked_for(response))
        for change in write.records:
            self._changed.update(_looked_for(change.record.response))

    def save(self) -> None:
        """Save all that waits."""
        if self._writes:
            self._unit.save(self._writes)
        self._writes, self._changed, self._issues = [], set(), set()


def _looked_for(response: Response) -> tuple[object, ...]:
    """Return under which names a response's arrival looks for what is known."""
    return (response.id,) if response.ticket is None else (response.id, (response.survey, response.ticket))


def _counts(response: Response, around: Surroundings) -> bool:
    """Say whether a rule assigns a response by how much people have to do."""
    return any(rule.counted for rule in rules_on(response, around.settings.policy, around.opinions))


def _recorded(unit: UnitOfWork, command: Record, around: Surroundings, waiting: _Waiting) -> RecordedOrRefused:
    waiting.make_way_for(command.response, is_counting=_counts(command.response, around))
    try:
        done, write = taken_in(unit, command, around)
        if waiting.has(write):  # since a merge an issue may be about responses of several tickets
            waiting.save()
            done, write = taken_in(unit, command, around)
    except StorageError:
        raise
    except ResolutionKitError as refusal:
        return refusal
    if write is not None:
        waiting.add(command.response, write)
    return done
