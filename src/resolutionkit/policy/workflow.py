"""Workflows as data: statuses, phases, one table of moves, and what each demands (requirements B1, B2, B3).

The laws of this file: every legal move stands in the table of its workflow, and nothing here knows of issues,
people or commands. What a move does to an issue is decided in ``decisions.moves``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from attrs import field, frozen

from resolutionkit.datafile import nearest
from resolutionkit.errors import Fault, InvalidValue, PolicyError
from resolutionkit.model.issue import Phase
from resolutionkit.model.values import CODE_MAX, LINE_MAX, TEXT_MAX, collected, flag, names, text

T = TypeVar("T")


def _keys(keys: Iterable[str]) -> tuple[str, ...]:
    return names(keys, "workflow: start, to or reopen_to", InvalidValue)


def _key(key: str) -> str:
    return text(key, "workflow: key or initial", InvalidValue, CODE_MAX)


def _label(label: str) -> str:
    return text(label, "workflow: name, label or action", InvalidValue, LINE_MAX)


def _guidance(guidance: str) -> str:
    return text(guidance, "workflow: guidance", InvalidValue, TEXT_MAX)


def _switch(value: bool) -> bool:
    return flag(value, "workflow: wants_history, is_unusual or needs_note", InvalidValue)


def _phase(phase: Phase | str) -> Phase:
    try:
        return Phase(phase)
    except ValueError as problem:
        raise InvalidValue("workflow: phase", phase, f"one of {', '.join(Phase)}") from problem


def _optional_key(key: str | None) -> str | None:
    return None if key is None else _key(key)


def _statuses(statuses: Iterable[StatusRule]) -> tuple[StatusRule, ...]:
    return collected(statuses, "workflow: statuses", InvalidValue, partial(_is_a, StatusRule))


def _moves(moves: Iterable[Move]) -> tuple[Move, ...]:
    return collected(moves, "workflow: moves", InvalidValue, partial(_is_a, Move))


def _is_a(kind: type[T], value: object, place: str, error: type[InvalidValue]) -> T:
    if not isinstance(value, kind):
        raise error(place, value, f"a {kind.__name__}")
    return value


@frozen(kw_only=True)
class StatusRule:
    """A status of a workflow.

    Attributes:
        key: What issues carry; 1 to 190 characters.
        phase: What it means for the work.
        label: What it is called.
        action: What setting it is called; the label where it is missing.
        guidance: When to use it, shown wherever people choose.
        wants_history: Whether setting it with an empty note log is advised against.
    """

    key: str = field(converter=_key)
    phase: Phase = field(converter=_phase)
    label: str = field(converter=_label)
    action: str = field(converter=_label)
    guidance: str = field(default="", converter=_guidance)
    wants_history: bool = field(default=False, converter=_switch)

    @action.default
    def _same_as_label(self) -> str:
        return self.label


@frozen(kw_only=True)
class Move:
    """One row of the table: from which statuses one may go to which.

    Attributes:
        start: The keys of the statuses that it leads from.
        to: The keys of the statuses that it leads to.
        is_unusual: Whether it is advised against, though it is legal.
        needs_note: Whether it is refused without a note, where the policy wants notes on status changes.
    """

    start: tuple[str, ...] = field(converter=_keys)
    to: tuple[str, ...] = field(converter=_keys)
    is_unusual: bool = field(default=False, converter=_switch)
    needs_note: bool = field(default=True, converter=_switch)


@frozen(kw_only=True)
class Workflow:
    """The statuses of an account, and the moves between them.

    Attributes:
        name: What it is called.
        statuses: Its statuses, in the order in which people see them.
        initial: The key of the status that an issue opens in.
        moves: The table; a pair that stands in no row is refused. Where a pair stands in two rows the last holds.
        escalation: The key of the status that ``escalate`` sets, or None where there is none.
        reopen_to: The keys that ``reopen`` can bring a closed issue to: by default the initial one if it is among
            them, else the first. A replacing unhappy response may always bring it to the initial one.

    Raises:
        PolicyError: It is unsound; every fault is listed with its place.
    """

    name: str = field(converter=_label)
    statuses: tuple[StatusRule, ...] = field(converter=_statuses)
    initial: str = field(converter=_key)
    moves: tuple[Move, ...] = field(converter=_moves)
    escalation: str | None = field(default=None, converter=_optional_key)
    reopen_to: tuple[str, ...] = field(default=(), converter=_keys)
    _by_key: Mapping[str, StatusRule] = field(init=False, repr=False, eq=False)
    _table: Mapping[str, Mapping[str, Move]] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Index the table, and refuse an unsound workflow with all its faults."""
        object.__setattr__(self, "_by_key", {status.key: status for status in self.statuses})
        object.__setattr__(self, "_table", self._indexed())
        faults = list(_faults(self))
        if faults:
            raise PolicyError(faults, f"the workflow {self.name!r}")

    def _indexed(self) -> Mapping[str, Mapping[str, Move]]:
        table: dict[str, dict[str, Move]] = {status.key: {} for status in self.statuses}
        for move in self.moves:
            for start in move.start:
                table.setdefault(start, {}).update({to: move for to in move.to if to != start})
        return table

    def status(self, key: str) -> StatusRule | None:
        """Return the status with this key, or None."""
        return self._by_key.get(key)

    @property
    def initial_phase(self) -> Phase:
        """Return the phase of the initial status."""
        return self._by_key[self.initial].phase

    def move(self, start: str, to: str) -> Move | None:
        """Return the row that allows a move, or None where it is not allowed.

        A status that this workflow does not know, because an older policy had it, may go to the initial one or
        to any closed one.
        """
        row = self._table.get(start)
        if row is not None:
            return row.get(to)
        status = self.status(to)
        is_way_out = status is not None and (to == self.initial or status.phase is Phase.CLOSED)
        return Move(start=(start,), to=(to,)) if is_way_out else None

    def next_statuses(self, start: str) -> tuple[StatusRule, ...]:
        """Return the statuses that can be set from a status, in the workflow's order."""
        return tuple(status for status in self.statuses if status.key != start and self.move(start, status.key))


def _faults(workflow: Workflow) -> Iterator[Fault]:
    known = [status.key for status in workflow.statuses]
    yield from _status_faults(known)
    named = {"initial": (workflow.initial,), "reopen_to": workflow.reopen_to}
    if workflow.escalation is not None:
        named["escalation"] = (workflow.escalation,)
    for index, move in enumerate(workflow.moves):
        named[f"moves[{index}].start"], named[f"moves[{index}].to"] = move.start, move.to
    unknown = False
    for place, keys in named.items():
        for key in keys:
            if key not in known:
                unknown = True
                yield Fault(f"workflow.{place}", f"no status {key!r}{nearest(key, known)}")
    yield from _phase_faults(workflow)
    if not unknown:
        yield from _reach_faults(workflow, known)


def _status_faults(known: list[str]) -> Iterator[Fault]:
    for index, key in enumerate(known):
        place = f"workflow.statuses[{index}].key"
        if key in known[:index]:
            yield Fault(place, f"{key!r} stands here twice; give each status its own key")
        if not key.strip() or key != key.strip() or len(key) > CODE_MAX:
            yield Fault(place, f"{key!r} must have 1 to {CODE_MAX} characters and no white space around it")


def _phase_faults(workflow: Workflow) -> Iterator[Fault]:
    def phase(key: str) -> Phase | None:
        status = workflow.status(key)
        return None if status is None else status.phase

    if phase(workflow.initial) is Phase.CLOSED:
        yield Fault("workflow.initial", f"{workflow.initial!r} is closed; an issue opens in a status that is not")
    if workflow.escalation is not None and workflow.escalation in (workflow.initial, *workflow.reopen_to):
        problem = f"{workflow.escalation!r} needs a reason, so it can be neither the initial status nor in reopen_to"
        yield Fault("workflow.escalation", problem)
    for key in workflow.reopen_to:
        if phase(key) is Phase.CLOSED:
            yield Fault("workflow.reopen_to", f"{key!r} is closed; reopening leads to a status that is not")
    if workflow.escalation is not None and phase(workflow.escalation) is Phase.CLOSED:
        yield Fault("workflow.escalation", f"{workflow.escalation!r} is closed; escalating leads to one that is not")
    if all(status.phase is not Phase.CLOSED for status in workflow.statuses):
        yield Fault("workflow.statuses", "no status is closed; give at least one the phase 'closed'")


def _reach_faults(workflow: Workflow, known: list[str]) -> Iterator[Fault]:
    reached = _reachable(workflow, workflow.initial)
    for index, key in enumerate(known):
        if key not in reached:
            yield Fault(f"workflow.statuses[{index}]", f"{key!r} cannot be reached from {workflow.initial!r}")
    closed = {status.key for status in workflow.statuses if status.phase is Phase.CLOSED}
    for index, status in enumerate(workflow.statuses):
        if closed and status.phase is not Phase.CLOSED and not closed & _reachable(workflow, status.key):
            yield Fault(f"workflow.statuses[{index}]", f"no way leads from {status.key!r} to a closed status")


def _reachable(workflow: Workflow, start: str) -> set[str]:
    reached, frontier = {start}, [start]
    while frontier:
        key = frontier.pop()
        status = workflow.status(key)
        reopened = workflow.reopen_to if status is not None and status.phase is Phase.CLOSED else ()
        following = {*workflow._table.get(key, {}), *reopened} - reached
        reached |= following
        frontier += following
    return reached
