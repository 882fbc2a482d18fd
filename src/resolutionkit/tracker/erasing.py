"""Erasing one person, one response, or all that is old (requirement F7, law L11), a transaction at a time.

The order lets an interrupted run be repeated: the words of an issue go before the response that leads to it, and an
address goes last. Every step looks again at what it changes, and repeating one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define, field, frozen

from resolutionkit.errors import InvalidValue, StorageError
from resolutionkit.model.erasure import (
    Swap,
    erased_address,
    everything,
    is_from,
    mentions_of,
    normal,
    preferences_with,
    response_with,
    tombstone,
    with_response,
    with_words,
)
from resolutionkit.model.events import Event, note_of
from resolutionkit.model.history import replay
from resolutionkit.model.query import PAGE_LIMIT
from resolutionkit.model.response import RecordChange, Response, ResponseRecord
from resolutionkit.model.results import Erased
from resolutionkit.model.sortkeys import response_key
from resolutionkit.model.trusted import changed
from resolutionkit.model.values import LINE_MAX, code, text, utc
from resolutionkit.ports import ErasesPeople, Rewrite, UnitOfWork
from resolutionkit.tracker.preferring import keeper_of, missing_of
from resolutionkit.tracker.rewriting import rewrite_history, rewrite_one
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.versions import lacking_of, policy_keeper, without_address

T = TypeVar("T")

ROWS = 1000
"""How many rows one transaction changes; a response with all its revisions is not cut."""
ABILITY = (
    "revisions",
    "responses_holding",
    "issues_holding",
    "responses_before",
    "spellings",
    "rename",
    "rewrite",
)


class Eraser(ErasesPeople, UnitOfWork):
    """A unit of work from which people can be erased."""


def eraser_of(unit: UnitOfWork) -> Eraser:
    """Return the unit of work, if people can be erased from it.

    Raises:
        StorageError: The store cannot.
    """
    missing = [name for name in ABILITY if not callable(getattr(unit, name, None))]
    if missing:
        raise StorageError(
            f"this store can neither find nor erase a person: its unit of work has no {', '.join(missing)}; "
            "see resolutionkit.ports.ErasesPeople"
        )
    eraser: Eraser = unit  # type: ignore[assignment]
    return eraser


def address_of(who: object) -> str:
    """Return an address in its normal form.

    Raises:
        InvalidValue: It is none.
    """
    given = text(who, "who", InvalidValue, LINE_MAX)
    if "@" not in given or given != given.strip():
        raise InvalidValue("who", who, "an email address; a response without one is erased by response_id=")
    return normal(given)


@frozen
class _Step:
    """What became of one response or issue: how many rows it took, and what it counts for."""

    rows: int = 0
    is_done: bool = True
    counts: Mapping[str, int] = field(factory=dict)
    left: str | None = None


_OneByOne = Callable[[Eraser, str, int], _Step]
"""Looks at the response or issue of an id, and changes at most so many rows."""


@define
class _Tally:
    counts: dict[str, int] = field(factory=dict)
    left: set[str] = field(factory=set)

    def add(self, steps: Sequence[_Step]) -> None:
        for step in steps:
            for name, count in step.counts.items():
                self.counts[name] = self.counts.get(name, 0) + count
        self.left.update(step.left for step in steps if step.left is not None)

    def result(self) -> Erased:
        return Erased(**self.counts, left=len(self.left))


@define
class Erasing:
    """One run over an account.

    Attributes:
        runner: The account's.
        now: The instant that erased responses are marked with.
    """

    runner: Runner
    now: datetime
    _tally: _Tally = field(factory=_Tally, init=False)

    def person(self, who: object) -> Erased:
        """Erase everything of the contact or outsider with an address."""
        address = address_of(who)
        instead = erased_address(self.runner.ids())
        # The id of somebody in the directory is the host's to erase there; until then it stays where it names them.
        stays = any(map(self._is_known, (str(who), *self._read(lambda unit: unit.spellings(address)))))
        swap = _as_it_is if stays else mentions_of(address, instead)
        self._everywhere(
            lambda unit, after: unit.responses_holding(address, after, PAGE_LIMIT),
            lambda unit, one, room: self._of_person(unit, one, room, address, swap),
        )
        if not stays:
            self._everywhere(
                lambda unit, after: unit.issues_holding(address, after, PAGE_LIMIT),
                lambda unit, one, room: _said(unit, one, room, address, swap),
            )
            self._tally.add([self._write(lambda unit: _asked_for(unit, swap))])
            self._tally.add([self._write(lambda unit: _ruled(unit, swap))])
            self._write(lambda unit: self._rename(unit, address, instead))
        return self._tally.result()

    def response(self, response_id: str) -> Erased:
        """Erase one response, and the words of its issue."""
        self._one_by_one([response_id], self._whole)
        return self._tally.result()

    def before(self, instant: datetime) -> Erased:
        """Erase the responses received before an instant whose issue is closed, or that have none."""
        after: tuple[int | str, ...] | None = None
        while page := self._older(instant, after):
            self._one_by_one([one.id for one in page], lambda unit, one, room: self._old(unit, one, room, instant))
            after = response_key(page[-1])
        return self._tally.result()

    # --- how it goes through an account ------------------------------------------------------------------------------

    def _older(self, instant: datetime, after: tuple[int | str, ...] | None) -> Sequence[ResponseRecord]:
        return self._read(lambda unit: unit.responses_before(instant, after, PAGE_LIMIT))

    def _everywhere(self, find: Callable[[Eraser, str], Sequence[str]], each: _OneByOne) -> None:
        after = ""
        while ids := self._found(find, after):
            self._one_by_one(ids, each)
            after = ids[-1]

    def _found(self, find: Callable[[Eraser, str], Sequence[str]], after: str) -> Sequence[str]:
        return self._read(lambda unit: find(unit, after))

    def _one_by_one(self, ids: Sequence[str], each: _OneByOne) -> None:
        while ids:
            steps = self._steps(ids, each)
            self._tally.add(steps)
            ids = ids[sum(step.is_done for step in steps) :]

    def _steps(self, ids: Sequence[str], each: _OneByOne) -> Sequence[_Step]:
        return self._write(lambda unit: _in_one_transaction(unit, ids, each))

    def _read(self, question: Callable[[Eraser], T]) -> T:
        runner = self.runner
        return runner.store.transact(runner.account, lambda unit: question(eraser_of(unit)), write=False)

    def _write(self, work: Callable[[Eraser], T]) -> T:
        runner = self.runner
        return runner.store.transact(runner.account, lambda unit: work(eraser_of(unit)), write=True)

    # --- what becomes of a response ----------------------------------------------------------------------------------

    def _of_person(self, unit: Eraser, response_id: str, room: int, address: str, swap: Swap) -> _Step:
        revisions = unit.revisions(response_id)
        if any(is_from(one, address) for one in revisions):
            return self._whole(unit, response_id, room)
        rewritten = {number: response_with(one, swap) for number, one in enumerate(revisions, 1)}
        different = {number: one for number, one in rewritten.items() if one != revisions[number - 1]}
        record = unit.response(response_id)
        if record is None or not different:
            return _Step()
        if not _has_room(different, room):
            return _Step(is_done=False)
        return _Step(rows=_rewrite_response(unit, record, different), counts={"mentions": 1})

    def _is_known(self, party: str) -> bool:
        """Say whether the directory knows a party: then it is a person's id, and the host's to erase there."""
        return self.runner.settings.directory.person(party) is not None

    def _old(self, unit: Eraser, response_id: str, room: int, instant: datetime) -> _Step:
        record = unit.response(response_id)
        history = () if record is None or record.issue is None else unit.history(record.issue)
        if not history:
            return self._whole(unit, response_id, room)
        issue = replay(history)
        if issue.is_open:
            return _Step(left=issue.id)
        # What was said of a younger response stays until that one is old.
        is_last = all(one.received_at < instant for one in issue.responses)
        return self._whole(unit, response_id, room, with_issue=is_last)

    def _whole(self, unit: Eraser, response_id: str, room: int, *, with_issue: bool = True) -> _Step:
        """Leave a tombstone of a response in all its revisions, after the words of its issue."""
        record = unit.response(response_id)
        if record is None:
            return _Step()
        said = _Step()
        if with_issue and record.issue is not None:
            said = _swap_all_words(unit, record.issue, room)
        if not said.is_done:
            return said
        counts = {"issues": min(said.rows, 1)}
        if record.erased_at is not None:
            return _Step(rows=said.rows, counts=counts)
        dimensions = frozenset(self.runner.settings.policy.dimensions)
        left = {number: tombstone(one, dimensions) for number, one in enumerate(unit.revisions(response_id), 1)}
        if not _has_room(left, room - said.rows):
            return _Step(rows=said.rows, is_done=False, counts=counts)
        rows = _rewrite_response(unit, record, left, erased_at=self.now)
        return _Step(rows=said.rows + rows, counts={**counts, "responses": 1})

    def _rename(self, unit: Eraser, address: str, instead: str) -> None:
        known = unit.spellings(address)
        ids = self.runner.ids
        for one in known if not missing_of(unit) else ():
            keeper_of(unit).save_preferences(one, None)
        unit.rename({one: instead if one == address else erased_address(ids()) for one in known})
        self._tally.counts["addresses"] = len(known)


def _in_one_transaction(unit: Eraser, waiting: Sequence[str], each: _OneByOne) -> list[_Step]:
    steps: list[_Step] = []
    room = ROWS
    for one in waiting:
        step = each(unit, one, room)
        steps.append(step)
        room -= step.rows
        if room <= 0 or not step.is_done:
            break
    return steps


def _as_it_is(text: str) -> str:
    return text


def _said(unit: Eraser, issue_id: str, room: int, address: str, swap: Swap) -> _Step:
    """Erase what the address wrote in an issue, or was signed with it; elsewhere the address alone."""

    def is_own(event: Event) -> bool:
        note = note_of(event)
        return address in {normal(event.actor), *([] if note is None else [normal(note.author)])}

    step = _swap_words(unit, issue_id, room, lambda event: everything if is_own(event) else swap)
    return _Step(rows=step.rows, is_done=step.is_done, counts={"mentions": int(step.is_done and step.rows > 0)})


def _asked_for(unit: Eraser, swap: Swap) -> _Step:
    """Erase an address from the alerts of all, where preferences are kept."""
    if missing_of(unit):
        return _Step()
    keeper = keeper_of(unit)
    found = [(who, wanted, preferences_with(wanted, swap)) for who, wanted in keeper.watchers()]
    different = [(who, left) for who, wanted, left in found if left != wanted]
    for who, left in different:
        keeper.save_preferences(who, left)
    return _Step(rows=len(different), counts={"mentions": len(different)})


def _swap_all_words(unit: Eraser, issue_id: str, room: int) -> _Step:
    """Erase the words of an issue and of all that were merged into it, of at most so many events."""
    rows, history = 0, unit.history(issue_id)
    for one in (issue_id, *replay(history).merged) if history else ():
        step = _swap_words(unit, one, room - rows, lambda _event: everything)
        rows += step.rows
        if not step.is_done:
            return _Step(rows=rows, is_done=False)
    return _Step(rows=rows)


def _ruled(unit: Eraser, swap: Swap) -> _Step:
    """Erase an address from all versions of the policy, where those are kept."""
    if lacking_of(unit):
        return _Step()
    keeper = policy_keeper(unit)
    different = without_address(keeper.policies(), swap)
    for fingerprint, body in different.items():
        keeper.rewrite_policy(fingerprint, body)
    return _Step(rows=len(different), counts={"mentions": len(different)})


def _swap_words(unit: Eraser, issue_id: str, room: int, swap_of: Callable[[Event], Swap]) -> _Step:
    """Swap the words in an issue's history, of at most so many events."""
    history = unit.history(issue_id)
    rewritten = [with_words(event, swap_of(event)) for event in history]
    different = [new for old, new in zip(history, rewritten, strict=True) if new != old]
    part = tuple(different[:room])
    if part:
        after = {event.number: event for event in part}
        rewrite_history(unit, history, [after.get(event.number, event) for event in history])
    return _Step(rows=len(part), is_done=len(part) == len(different))


def _rewrite_response(
    unit: Eraser, record: ResponseRecord, revisions: Mapping[int, Response], erased_at: datetime | None = None
) -> int:
    """Rewrite revisions of a response, and the events that carry them; return how many rows that takes."""
    history = () if record.issue is None else unit.history(record.issue)
    merged = replay(history).merged if history else ()
    earlier = [unit.history(one) for one in merged]  # before anything is rewritten that they tell of
    rewritten = [with_response(event, record.id, revisions) for event in history]
    response = revisions.get(record.revision, record.response)
    unit.rewrite(
        Rewrite(
            record=RecordChange(
                record=changed(record, response=response, erased_at=erased_at or record.erased_at), before=record
            ),
            revisions=revisions,
            before=replay(history) if history else None,
            issue=replay(rewritten) if rewritten else None,
            events=tuple(new for old, new in zip(history, rewritten, strict=True) if new != old),
        )
    )
    for one in earlier:
        rewrite_one(unit, one, [with_response(event, record.id, revisions) for event in one])
    return _rows_of(revisions) + len(earlier)


def _rows_of(revisions: Mapping[int, Response]) -> int:
    return len(revisions) + 2  # and the rows of the response and of its issue


def _has_room(revisions: Mapping[int, Response], room: int) -> bool:
    """Say whether a transaction has room for a response; an empty one has, however often it was corrected."""
    return room >= min(ROWS, _rows_of(revisions))


def cut_off(age: object, now: datetime) -> datetime:
    """Return the instant before which everything is old.

    Args:
        age: An instant, or how long before now it is.
        now: Now.

    Raises:
        InvalidValue: It is neither, or lies ahead of now.
    """
    if isinstance(age, timedelta):
        try:
            instant = now - age
        except OverflowError as problem:
            raise InvalidValue("age", age, "a span that a calendar has") from problem
    elif isinstance(age, datetime):
        instant = utc(age, "age", InvalidValue)
    else:
        raise InvalidValue("age", age, "a timedelta, such as timedelta(days=730), or a datetime with a time zone")
    if instant > now:
        raise InvalidValue("age", age, f"an instant not after now, {now.isoformat()}, or a span that is not negative")
    return instant


def response_id_of(value: object) -> str:
    """Return the id of a response.

    Raises:
        InvalidValue: It cannot be one.
    """
    return code(value, "response_id", InvalidValue)
