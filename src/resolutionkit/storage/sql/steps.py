"""How the steps of one change are carried out: one by one everywhere, or all of them as one statement.

A step is a statement with its rows. Steps that claim something (a row that must still be what was read) come first:
what they miss ends the change before anything else is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from sqlalchemy.exc import DBAPIError

from resolutionkit.ports import WriteConflict
from resolutionkit.storage.sql.dialects import Spelling
from resolutionkit.storage.sql.direct import PsycopgWire
from resolutionkit.storage.sql.failures import original, sqlstate
from resolutionkit.storage.sql.statements import Facts, Statement
from resolutionkit.storage.sql.wire import Given, Wire

ROWS_AT_ONCE = 100
"""How many rows one statement holds; each has up to thirty values, of 32,766 that every driver takes."""
_TEXTS_MAX = 1000
"""How many texts of changes are kept: one command has few shapes, many responses at once have any."""
_DIVISION_BY_ZERO = "22012"
"""How a change fails that misses a claim: the one failure that a question can bring about by itself everywhere."""


class Step(NamedTuple):
    """One statement of a change; a tuple, since a change has ten of them.

    Attributes:
        statement: The statement.
        rows: The rows that it inserts, or the one set of values with which it changes others.
        claims: What is no longer what was read where it meets no row; empty where it claims nothing.
    """

    statement: Statement
    rows: Sequence[Facts]
    claims: str = ""


CarryOut: TypeAlias = Callable[[Wire, Sequence[Step]], None]
"""Carries out the steps of one change, or raises :class:`~resolutionkit.ports.WriteConflict`."""


def together(changes: Iterable[Sequence[Step]]) -> Iterator[Sequence[Step]]:
    """Yield the steps of changes in order; those of neighbours that only add rows are put together by statement.

    A claim of many says what the first of them would: which of them is missed is not looked for.
    """
    adding: list[Step] = []
    for steps in changes:
        if all(step.statement.adds for step in steps):
            adding += steps
            continue
        if adding:
            yield _by_statement(adding)
            adding = []
        yield steps
    if adding:
        yield _by_statement(adding)


def _by_statement(steps: Iterable[Step]) -> list[Step]:
    rows: dict[Statement, list[Facts]] = {}
    claims: dict[Statement, str] = {}
    for step in steps:
        rows.setdefault(step.statement, []).extend(step.rows)
        claims.setdefault(step.statement, step.claims)
    found = [Step(statement, rows[statement], claims[statement]) for statement in rows]
    # All that claim do so in one order, whichever came first: else two of them could wait for each other.
    return claims_first(sorted(found, key=lambda step: step.statement.table))


def claims_first(steps: Iterable[Step]) -> list[Step]:
    """Return steps with those in front that may find something no longer as it was read."""
    return sorted(steps, key=lambda step: not step.claims)


def one_by_one(wire: Wire, steps: Sequence[Step]) -> None:
    """Carry out each step by itself."""
    for step in steps:
        for start in range(0, len(step.rows), ROWS_AT_ONCE):
            rows = step.rows[start : start + ROWS_AT_ONCE]
            met = step.statement.run(wire, *rows)
            if step.claims and met != len(rows):
                raise WriteConflict(step.claims)


def in_bulk(wire: Wire, steps: Sequence[Step]) -> None:
    """Carry out each step by itself, and stream what nobody else can have written, where the driver can."""
    for step in steps:
        if isinstance(wire, PsycopgWire) and step.statement.adds and not step.claims:
            wire.stream(step.statement.streaming, map(step.statement.given_of, step.rows))
        else:
            one_by_one(wire, [step])


def as_one_statement(spelling: Spelling) -> CarryOut:
    """Return a way to carry out all steps in one trip to the server, where they can be one statement.

    The parts of such a statement do not see each other's rows, and their order is not defined. So no table may be
    changed by one part and touched by another; and no part may fail where a claim is missed, so that inserts leave
    existing rows alone and are counted afterwards.
    """
    texts = _Texts(spelling)

    def carry_out(wire: Wire, steps: Sequence[Step]) -> None:
        text = texts.of(steps)
        if not text:
            in_bulk(wire, steps)
            return
        counts = wire.change(text, _given(steps))
        for step, met in zip(steps, counts, strict=True):
            if _must_meet_all(step) and met != len(step.rows):
                raise WriteConflict(step.claims or f"rows of {step.statement.table} are there already")

    return carry_out


class Ending:
    """Carries out a change that is the whole transaction: where it misses a claim it fails, and nothing is written."""

    def __init__(self, spelling: Spelling) -> None:
        self._texts = _Texts(spelling, fails=True)

    def __call__(self, wire: Wire, steps: Sequence[Step]) -> bool:
        """Carry out the steps in one trip that commits them as well; return False, with nothing done, where none can.

        Raises:
            WriteConflict: Something is no longer what was read.
        """
        if not isinstance(wire, PsycopgWire) or not wire.can_end:
            return False
        text = self._texts.of(steps)
        if not text:
            return False
        try:
            wire.end_with(text, _given(steps))
        except DBAPIError as problem:
            if sqlstate(original(problem)) != _DIVISION_BY_ZERO:
                raise
            claims = "; or ".join(step.claims for step in steps if step.claims)
            raise WriteConflict(claims or "rows are there already") from problem
        return True


class InHostsTransaction:
    """Carries out changes where nothing of them may be left behind that misses a claim: nobody here rolls back.

    What a change claims of rows that are there is locked and compared first, then the new rows are put where nobody may
    have put any; only then is anything written that says more.

    Attributes:
        has_written: Whether something was written, so that the work cannot be run again.
    """

    def __init__(self, carry_out: CarryOut) -> None:
        self._carry_out = carry_out
        self.has_written: bool = False

    def __call__(self, wire: Wire, steps: Sequence[Step]) -> None:
        """Carry out the steps of one change."""
        new = [step for step in steps if step.claims and step.statement.adds]
        others = [step for step in steps if not (step.claims and step.statement.adds)]
        for step in others:
            if step.claims and not step.statement.lock(wire, step.rows[0]):
                raise WriteConflict(step.claims)
        for step in new:
            one_by_one(wire, [step])
            self.has_written = True
        if others:
            self.has_written = True
            self._carry_out(wire, others)


def _can_be_one(steps: Sequence[Step]) -> bool:
    if sum(len(step.rows) for step in steps) > ROWS_AT_ONCE:
        return False
    touched = Counter(step.statement.table for step in steps)
    return all(step.statement.adds or touched[step.statement.table] == 1 for step in steps)


class _Texts:
    """The texts of changes as one statement, each made once: changes of one shape have one text."""

    def __init__(self, spelling: Spelling, *, fails: bool = False) -> None:
        self._spelling = spelling
        self._fails = fails
        self._made: dict[tuple[tuple[str, int], ...], str] = {}

    def of(self, steps: Sequence[Step]) -> str:
        """Return the text of steps, empty where they cannot be one statement."""
        shape = tuple([(step.statement.text, len(step.rows)) for step in steps])
        text = self._made.get(shape)
        if text is None:
            if len(self._made) == _TEXTS_MAX:
                self._made.clear()
            joined = _joined(steps, fails=self._fails) if _can_be_one(steps) else ""
            text = self._made[shape] = self._spelling.written(joined)
        return text


def _given(steps: Sequence[Step]) -> Given:
    return [value for step in steps for value in step.statement.given(step.rows)]


def _must_meet_all(step: Step) -> bool:
    return bool(step.claims) or step.statement.adds


def _joined(steps: Sequence[Step], *, fails: bool = False) -> str:
    parts, counts = [], []
    for number, step in enumerate(steps):
        text = step.statement.text_for(len(step.rows)) if step.statement.adds else step.statement.text
        if step.statement.adds and "ON CONFLICT" not in text:
            text += " ON CONFLICT DO NOTHING"
        parts.append(f"s{number} AS ({text} RETURNING 1)")
        counts.append(f"(SELECT count(*) FROM s{number}) AS n{number}")  # noqa: S608  (made of numbers)
    if fails:
        met = (
            f"(SELECT count(*) FROM s{number}) = {len(step.rows)}"  # noqa: S608  (made of numbers)
            for number, step in enumerate(steps)
            if _must_meet_all(step)
        )
        counts = [f"1 / CASE WHEN {' AND '.join(met)} THEN 1 ELSE 0 END AS met"]
    return f"WITH {', '.join(parts)} SELECT {', '.join(counts)}"
