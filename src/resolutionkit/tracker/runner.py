"""Runs the pipeline's work in the store's transactions, for one account. The faces stand on this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from attrs import field, frozen

from resolutionkit.decisions.opinions import Opinions
from resolutionkit.errors import InvalidResponse, InvalidValue, ResolutionKitError, StorageError
from resolutionkit.model.commands import Command, Merge, Record
from resolutionkit.model.people import SYSTEM
from resolutionkit.model.response import Response, plain
from resolutionkit.model.results import Change, Recorded, ResponseChange
from resolutionkit.model.trusted import trusted
from resolutionkit.model.values import utc
from resolutionkit.ports import Clock, Store, UnitOfWork
from resolutionkit.tracker import merging, pipeline
from resolutionkit.tracker.attempts import Attempts
from resolutionkit.tracker.bulk import RecordedOrRefused, in_turn, record_all
from resolutionkit.tracker.channels import NO_CHANNELS, Channels
from resolutionkit.tracker.opinions import opinions_of
from resolutionkit.tracker.pipeline import AccountSettings, Surroundings, Way
from resolutionkit.tracker.placing import OnResponse
from resolutionkit.tracker.plugins import Plugins
from resolutionkit.tracker.reading import Reader
from resolutionkit.tracker.versions import Keeping, Versions
from resolutionkit.tracker.watching import Watch

BATCH = 500
"""How many responses one transaction takes in; each may leave up to ten rows."""

T = TypeVar("T")

_surroundings = trusted(Surroundings)


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield items as they come, as many at a time as one transaction takes in."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


class _NotForGood(Exception):
    """Ends a transaction that was only tried."""

    def __init__(self, results: list[RecordedOrRefused]) -> None:
        super().__init__()
        self.results = results


@frozen(kw_only=True)
class Runner:
    """One account's store, settings, clock and ids.

    Attributes:
        store: Where everything is.
        account: The account.
        settings: Its policy and directory.
        clock: Gives the instant.
        ids: Gives ids.
        plugins: What is plugged in.
        channels: Through what people are told, and who hears of everything.
        is_joined: Whether the store works in a transaction of the host's, which nobody here may roll back.
        watch: Tells of the work.
        versions: Which versions of policies are known to be kept.
    """

    store: Store
    account: str
    settings: AccountSettings
    clock: Clock
    ids: Callable[[], str]
    plugins: Plugins
    channels: Channels = NO_CHANNELS
    is_joined: bool = False
    watch: Watch = Watch()
    versions: Versions = field(factory=Versions)

    def reader(self, actor: str | None = None) -> Reader:
        """Return a reader for somebody, or for the account as a whole."""
        return Reader(store=self.store, account=self.account, settings=self.settings, actor=actor, now=self.now)

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return utc(self.clock(), "clock", InvalidValue)

    def around(self, actor: str = SYSTEM, *, is_alone: bool = False, way: Way | None = None) -> Surroundings:
        """Return what a command is carried out in, now."""
        return _surroundings(
            settings=self.settings,
            now=self.now(),
            ids=self.ids,
            actor=actor,
            # A policy that is new is kept behind what is saved.
            is_alone=is_alone and self.versions.knows(self.account, self.settings.policy),
            opinions=self.opinions,
            observers=tuple(self.channels.observers),
            way=way,
        )

    @property
    def opinions(self) -> Opinions:
        """Return who is asked besides."""
        return opinions_of(self.plugins, self.account, self.settings.directory)

    def write(self, work: Callable[[UnitOfWork], T], around: Surroundings) -> T:
        """Run work that may change something, in one transaction; a policy that is new is kept with what it changes.

        Args:
            work: What to do.
            around: Its surroundings; what is alone in them saves last of all.
        """
        policy = self.settings.policy
        if around.is_alone or self.versions.knows(self.account, policy):
            return self.store.transact(self.account, work, write=True)
        keeping = Keeping(self.account, policy, around.now)

        def first(unit: UnitOfWork) -> T:
            done = work(unit)
            keeping.keep(unit)  # behind what may be refused: a refusal leaves nothing, in a host's transaction either
            return done

        done = self.store.transact(self.account, first, write=True)
        self.versions.note(keeping, is_joined=self.is_joined)
        return done

    def record(self, command: Record) -> Recorded:
        """Take in one response, in a transaction of its own."""
        if self.watch.is_idle():
            return self._record(command)
        return self.watch.recorded(self.account, lambda: self._record(command))

    def _record(self, command: Record) -> Recorded:
        around = self.around(is_alone=True)
        return self.write(lambda unit: pipeline.record(unit, command, around), around)

    def record_batch(self, commands: Sequence[Record], *, for_good: bool = True) -> list[RecordedOrRefused]:
        """Take in many responses in one transaction; one that is refused does not stop the others.

        In a host's transaction each is a unit of work by itself: one that must be run again then repeats no other.

        Args:
            commands: The responses.
            for_good: False to roll all of it back and only say what would have become of each.

        Raises:
            InvalidValue: It would have to roll back a transaction of the host's.
        """
        if not commands or not for_good or self.watch.is_idle():
            return self._record_batch(commands, for_good=for_good)
        return self.watch.recorded_many(self.account, len(commands), lambda: self._record_batch(commands))

    def _record_batch(self, commands: Sequence[Record], *, for_good: bool = True) -> list[RecordedOrRefused]:
        places = in_turn([command.response for command in commands])
        if self.is_joined:
            self.check_may_roll_back(for_good=for_good)
            done = {place: _tried(partial(self._record, commands[place])) for place in places}
            return [done[place] for place in range(len(commands))]
        around = self.around()

        def work(unit: UnitOfWork) -> list[RecordedOrRefused]:
            done = dict(zip(places, record_all(unit, [commands[place] for place in places], around), strict=True))
            results = [done[place] for place in range(len(commands))]
            if not for_good:
                raise _NotForGood(results)
            return results

        try:
            return self.write(work, around)
        except _NotForGood as tried:
            return tried.results

    def check_may_roll_back(self, *, for_good: bool) -> None:
        """Refuse to try something out where only the host may roll back.

        Raises:
            InvalidValue: It is to be tried out in a transaction of the host's.
        """
        if self.is_joined and not for_good:
            told = "False in a joined transaction, which a dry run would roll back; run it on the tracker itself"
            raise InvalidValue("dry_run", True, told)

    def change(self, command: Command, actor: str, way: Way | None = None) -> Change:
        """Carry out one command, in a transaction of its own; ``way`` is how the actor comes to it without a desk."""
        if self.watch.is_idle():
            return self._change(command, actor, way)
        return self.watch.changed(self.account, command, lambda: self._change(command, actor, way))

    def _change(self, command: Command, actor: str, way: Way | None) -> Change:
        around, attempts = self.around(actor, is_alone=True, way=way), Attempts()

        def work(unit: UnitOfWork) -> Change:
            if isinstance(command, Merge):
                return merging.change(unit, command, around, attempts)
            return pipeline.change(unit, command, around, attempts)

        return self.write(work, around)

    def change_all(self, commands: Sequence[Command], actor: str) -> list[Change]:
        """Carry out commands in one transaction: all of them, or none."""
        if not commands or self.watch.is_idle():
            return self._change_all(commands, actor)
        return self.watch.changed_all(self.account, commands, lambda: self._change_all(commands, actor))

    def _change_all(self, commands: Sequence[Command], actor: str) -> list[Change]:
        around, attempts = self.around(actor), [Attempts() for _ in commands]

        def work(unit: UnitOfWork) -> list[Change]:
            return pipeline.change_all(unit, commands, around, attempts)

        return self.write(work, around)

    def place_all(
        self, commands: Sequence[OnResponse], actor: str = SYSTEM, way: Way | None = None
    ) -> list[ResponseChange]:
        """Carry out commands on responses in one transaction: all of them, or none; see :meth:`change`."""
        if not commands or self.watch.is_idle():
            return self._place_all(commands, actor, way)
        return self.watch.changed_all(self.account, commands, lambda: self._place_all(commands, actor, way))

    def _place_all(self, commands: Sequence[OnResponse], actor: str, way: Way | None) -> list[ResponseChange]:
        around = self.around(actor, is_alone=len(commands) == 1, way=way)
        attempts = [Attempts() for _ in commands]

        def work(unit: UnitOfWork) -> list[ResponseChange]:
            return pipeline.place_all(unit, commands, around, attempts)

        return self.write(work, around)

    def secret(self, *, make: bool) -> bytes | None:
        """Return the account's secret; ``make`` makes one where there is none yet."""
        if make:
            return self.store.transact(self.account, lambda unit: unit.make_secret(), write=True)
        return self.store.transact(self.account, lambda unit: unit.secret(), write=False)


def _tried(take_in: Callable[[], Recorded]) -> RecordedOrRefused:
    try:
        return take_in()
    except StorageError:
        raise
    except ResolutionKitError as refusal:
        return refusal


def as_record(response: object, *, replace: bool = False, announce: bool | None = None) -> Record:
    """Return the command that takes a response in.

    Raises:
        InvalidResponse: It is no response.
    """
    if not isinstance(response, Response):
        raise InvalidResponse("response", response, "a Response")
    return Record(response=plain(response, Response), replace=replace, announce=announce)
