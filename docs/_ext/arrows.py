"""Which arrows a workflow's picture needs: as few as can be, and exactly the moves of its table. Pure.

Where every status of a phase may go to every status of another, one arrow between the phases says so. An arrow
never stands for a move that is not legal, and no legal move is without one; a test holds both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from attrs import frozen

from resolutionkit import Phase, Workflow

Pair = tuple[str, str]
Node = tuple[str, ...]
"""The keys of one status, or of all statuses of a phase."""


@frozen(kw_only=True)
class Arrow:
    """One arrow of the picture.

    Attributes:
        start: Where it begins: each of these statuses.
        to: Where it leads: each of these; the same as ``start`` where it means *any to any* within a phase.
        reopens: Whether it leaves the closed phase.
        unusual: The moves among those it stands for that are advised against.
    """

    start: Node
    to: Node
    reopens: bool = False
    unusual: tuple[Pair, ...] = ()

    @property
    def is_within(self) -> bool:
        """Say whether it means any to any within a phase."""
        return self.start == self.to

    def pairs(self) -> frozenset[Pair]:
        """Return the moves that it stands for."""
        return frozenset((start, to) for start, to in product(self.start, self.to) if start != to)


def moves_of(workflow: Workflow) -> frozenset[Pair]:
    """Return the moves by ``set_status``, from the table."""
    return frozenset((start.key, to.key) for start in workflow.statuses for to in workflow.next_statuses(start.key))


def reopenings_of(workflow: Workflow) -> frozenset[Pair]:
    """Return the moves by ``reopen``."""
    closed = [status.key for status in workflow.statuses if status.phase is Phase.CLOSED]
    return frozenset(product(closed, workflow.reopen_to))


def bands_of(workflow: Workflow) -> dict[Phase, Node]:
    """Return the statuses of each phase that has some, in the workflow's order."""
    found = {phase: tuple(one.key for one in workflow.statuses if one.phase is phase) for phase in Phase}
    return {phase: keys for phase, keys in found.items() if keys}


def arrows_of(workflow: Workflow) -> list[Arrow]:
    """Return the arrows of a workflow's picture, those between whole phases first."""
    bands = bands_of(workflow)
    closed = set(bands.get(Phase.CLOSED, ()))
    every = moves_of(workflow) | reopenings_of(workflow)
    reopening = {(start, to) for start, to in every if start in closed and to not in closed}
    unusual = {pair for pair in every if (row := workflow.move(*pair)) is not None and row.is_unusual}
    return [
        *_cover(every - reopening, unusual, tuple(bands.values()), reopens=False),
        *_cover(frozenset(reopening), unusual, tuple(bands.values()), reopens=True),
    ]


def _cover(wanted: frozenset[Pair], unusual: set[Pair], bands: Sequence[Node], *, reopens: bool) -> Iterator[Arrow]:
    left = set(wanted)
    for start, to in _candidates(bands):
        arrow = Arrow(start=start, to=to, reopens=reopens)
        pairs = arrow.pairs()
        if pairs and pairs <= wanted and _saves(pairs, left):
            left -= pairs
            yield Arrow(start=start, to=to, reopens=reopens, unusual=tuple(sorted(pairs & unusual)))


def _saves(pairs: frozenset[Pair], left: set[Pair]) -> bool:
    return len(pairs & left) >= min(2, len(pairs))


def _candidates(bands: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    singles = [(key,) for band in bands for key in band]
    wide = [band for band in bands if len(band) > 1]
    whole = [*wide, *(band for band in bands if len(band) == 1)]
    yield from product(whole, whole)
    yield from product(singles, wide)
    yield from product(wide, singles)
    yield from product(singles, singles)


def in_words(arrow: Arrow, workflow: Workflow) -> str:
    """Return what an arrow says, as a sentence for those who do not see it."""
    if arrow.is_within:
        return f"Between any two of {_listed(arrow.start, workflow)}."
    verb = "Reopening leads" if arrow.reopens else "One may go"
    sentence = f"{verb} from {_listed(arrow.start, workflow, 'or')} to {_listed(arrow.to, workflow, 'or')}"
    against = advised_against(arrow, workflow)
    return f"{sentence}{against and '; '}{against}."


def advised_against(arrow: Arrow, workflow: Workflow) -> str:
    """Return which of an arrow's moves are advised against, in words; the empty string where none is."""
    moves = [
        label_of(to, workflow) if len(arrow.start) == 1 else f"{label_of(start, workflow)} to {label_of(to, workflow)}"
        for start, to in arrow.unusual
    ]
    return f"advised against: {', '.join(moves)}" if moves else ""


def label_of(key: str, workflow: Workflow) -> str:
    """Return what a status is called."""
    status = workflow.status(key)
    return key if status is None else status.label


def _listed(keys: Iterable[str], workflow: Workflow, word: str = "and") -> str:
    *first, last = (label_of(key, workflow) for key in keys)
    return f"{', '.join(first)} {word} {last}" if first else last
