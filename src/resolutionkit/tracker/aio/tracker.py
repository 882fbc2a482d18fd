"""The async tracker: the same door, awaited; the sync tracker does the work, over a store that waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

from resolutionkit import bridge
from resolutionkit.errors import InvalidValue, StorageError
from resolutionkit.hooks import StoreOptions
from resolutionkit.model.deliveries import Delivered
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification, RecordedMany
from resolutionkit.notify.links import LinkClaim
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import (
    AsyncCanJoin,
    AsyncDirectory,
    AsyncNotifier,
    AsyncStore,
    Clock,
    Directory,
    Notifier,
)
from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.aio.delivering import deliver
from resolutionkit.tracker.aio.desk import AsyncDesk
from resolutionkit.tracker.aio.leaving import AsyncLeaving
from resolutionkit.tracker.aio.opening import Opening
from resolutionkit.tracker.aio.reporting import AsyncTrackerReports
from resolutionkit.tracker.aio.reportvisits import AsyncFollowsReports
from resolutionkit.tracker.aio.settings import AsyncAccountSettings, as_sync, waiting
from resolutionkit.tracker.aio.stores import WaitingStore
from resolutionkit.tracker.aio.telling import AsyncTelling
from resolutionkit.tracker.aio.views import AsyncViews
from resolutionkit.tracker.aio.visits import AsyncLinkVisit
from resolutionkit.tracker.channels import channels_of
from resolutionkit.tracker.delivering import EVERY, tell_of_rest
from resolutionkit.tracker.openers import check_store, open_async_store
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.plugins import Plugins, plugin_manager
from resolutionkit.tracker.tracker import Tracker

T = TypeVar("T")


class AsyncTracker(AsyncFollowsReports, AsyncTrackerReports, AsyncTelling, AsyncLeaving, AsyncViews):
    """Records responses, and gives people their desks; everything that reads or writes is awaited.

    The tasks of one event loop may share it. Use it as an async context manager, or ``aclose`` it. A task that is
    cancelled within a command leaves all of it written or nothing, and no connection in use.

    Args:
        store: Where everything is kept; closed with the tracker.
        account: The account's name, 1 to 64 characters.
        policy: What the account wants; None for the usual closed loop.
        directory: Who works there, awaited or not; None for nobody.
        clock: Gives the present instant, aware; None for the system's clock.
        accounts: Gives the settings of any account by its name, for :meth:`for_account`.
        plugins: Modules or objects with hook implementations, beside those that installed packages announce.
        notifiers: Through what people are told, beside those of plugins; each has a name of its own.
        observers: Who hears of every change, beside those of plugins. Every process that writes has to be given them.

    Raises:
        InvalidValue: The account's name is not acceptable.
        AccountNotFound: ``accounts`` does not know the account.
        PluginError: A given plugin is faulty.
    """

    def __init__(
        self,
        store: AsyncStore,
        *,
        account: str = "default",
        policy: Policy | None = None,
        directory: Directory | AsyncDirectory | None = None,
        clock: Clock | None = None,
        accounts: Callable[[str], AccountSettings | AsyncAccountSettings | None] | None = None,
        plugins: Iterable[object] = (),
        notifiers: Iterable[Notifier | AsyncNotifier] = (),
        observers: Iterable[Notifier | AsyncNotifier] = (),
    ) -> None:
        """Begin to work on a store."""
        check_store(store, "AsyncTracker.open")
        self._store = store
        plugged = plugins if isinstance(plugins, Plugins) else plugin_manager(*plugins)
        self._sync = Tracker(
            WaitingStore(store),
            account=account,
            policy=policy,
            directory=None if directory is None else waiting(directory),
            clock=clock,
            accounts=None if accounts is None else lambda name: as_sync(accounts(name)),
            plugins=plugged,
            notifiers=channels_of(plugged, notifiers, observers, may_be_awaited=True),
        )

    @classmethod
    def open(
        cls,
        url: str,
        *,
        account: str = "default",
        policy: Policy | None = None,
        directory: Directory | AsyncDirectory | None = None,
        clock: Clock | None = None,
        accounts: Callable[[str], AccountSettings | AsyncAccountSettings | None] | None = None,
        create: bool | None = None,
        prefix: str | None = None,
        schema: str | None = None,
        plugins: Iterable[object] = (),
        notifiers: Iterable[Notifier | AsyncNotifier] = (),
        observers: Iterable[Notifier | AsyncNotifier] = (),
    ) -> Opening[Self]:
        """Open a store by its URL: ``async with AsyncTracker.open(url) as tracker``, or ``await`` it and ``aclose``.

        Args:
            url: ``memory:``, ``sqlite:///path/to/file.db``, or whatever an installed plugin answers to.
            account: The account's name.
            policy: What the account wants; None for the usual closed loop.
            directory: Who works there, awaited or not; None for nobody.
            clock: Gives the present instant; None for the system's clock.
            accounts: Gives the settings of any account by its name.
            create: True to make the tables where they are missing, False never to, None to make them in memory
                and in an empty SQLite file only.
            prefix: What the names of tables begin with, in a SQL database; None for ``resolutionkit_``.
            schema: The database schema that they stand in; None for the connection's own.
            plugins: Modules or objects with hook implementations, beside the installed ones.
            notifiers: Through what people are told, beside those of plugins.
            observers: Who hears of every change, beside those of plugins.

        Returns:
            What opens when it is awaited or entered, and raises then.

        Raises:
            InvalidValue: The prefix or the schema cannot be used in names.
            PluginError: A given plugin is faulty, or nothing answers to the URL's scheme.
            MissingExtra: The backend's dependency is not installed.
            SchemaMismatch: The tables are missing, or another version wrote them.
            StorageError: The database cannot be used.
        """

        async def opened() -> Self:
            if not isinstance(url, str):
                raise InvalidValue("url", url, "a URL as text, such as 'sqlite:///recovery.db'")
            bridge.load_greenlet()
            options = StoreOptions(url=url, create=create, prefix=prefix, schema=schema)
            plugged = plugin_manager(*plugins)
            store = await open_async_store(options, plugged)
            try:
                return cls(
                    store,
                    account=account,
                    policy=policy,
                    directory=directory,
                    clock=clock,
                    accounts=accounts,
                    plugins=plugged,
                    notifiers=notifiers,
                    observers=observers,
                )
            except BaseException:
                await store.aclose()
                raise

        return Opening(opened)

    async def aclose(self) -> None:
        """Close the store."""
        await self._store.aclose()

    async def __aenter__(self) -> Self:
        """Return the tracker."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        await self.aclose()

    def __repr__(self) -> str:
        """Show the account."""
        return f"<Async{repr(self._sync)[1:]}"

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._sync.account

    @property
    def policy(self) -> Policy:
        """Return the account's policy."""
        return self._sync.policy

    def for_account(self, account: str) -> AsyncTracker:
        """Return a tracker on another account of the same store; closing either closes the store.

        Raises:
            AccountNotFound: Nobody knows the account.
        """
        return self._with(self._store, self._sync.for_account(account))

    def _with(self, store: AsyncStore, sync: Tracker) -> AsyncTracker:
        """Return a tracker that awaits what another sync one does."""
        other = AsyncTracker(store)
        other._sync = sync
        return other

    @asynccontextmanager
    async def joined(self, connection: object) -> AsyncIterator[AsyncTracker]:
        """Work in the host's own transaction: what is done in the block stands or falls with all else in it (F2).

        ::

            async with engine.begin() as connection:
                await connection.execute(...)
                async with tracker.joined(connection) as t:
                    await t.record(response)

        The host begins, commits and rolls back; nothing of that is issued here. A command that is refused has written
        nothing, and the host may go on. ``StorageError`` means that the transaction has to be rolled back, and
        ``resolutionkit.ports.WriteConflict`` among them that it should then be run again. So does cancelling.

        Args:
            connection: A SQLAlchemy ``AsyncConnection`` or ``AsyncSession``, to the tracker's own database.

        Returns:
            A tracker of the same account and settings. After the block it refuses use, and its desks and inboxes do.

        Raises:
            InvalidValue: It is no such connection, or is closed, or commits every statement by itself.
            StorageError: The tracker's store cannot join a transaction.
        """
        if not isinstance(self._store, AsyncCanJoin):
            raise StorageError(
                f"{type(self._store).__name__} cannot join a transaction; "
                "open the tracker itself on the host's database"
            )
        async with self._store.joined(connection) as within:
            yield self._with(within, self._sync._within(WaitingStore(within)))

    def as_user(self, person_id: str) -> AsyncDesk:
        """Return a person's desk; whether there is one shows at its first use.

        Raises:
            AccessDenied: At the first use: the person is unknown or inactive.
        """
        return AsyncDesk(self._sync.as_user(person_id))

    def by_link(self, claim: LinkClaim, *, signed_in: str | None = None) -> AsyncLinkVisit:
        """Return what a link's recipient sees and does by it; whether it still leads anywhere shows at its first use.

        Args:
            claim: What the link says, as ``Links.read`` has proved it; on another account where ``accounts`` knows it.
            signed_in: The id of whoever is signed in at the host, who signs notes then (requirement B5); or None.

        Raises:
            LinkRefused: The link is about an account that nobody here knows.
        """
        return AsyncLinkVisit(self._sync.by_link(claim, signed_in=signed_in))

    def classify(self, response: Response) -> Classification:
        """Return what a response's score means under the account's policy, without recording it.

        Raises:
            InvalidScore: The score is not one of its scale.
        """
        return self._sync.classify(response)

    @awaited(Tracker.record)
    def record(self) -> None:
        """Take in one response; an unhappy one becomes an issue at once (requirement A2)."""

    async def record_many(
        self,
        responses: Iterable[Response] | AsyncIterable[Response],
        *,
        replace: bool = False,
        announce: bool | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> RecordedMany:
        """Take in many responses, in batches that each commit whole; one that is refused does not stop the others.

        Args:
            responses: The responses; they are read as they are needed, and may come from an async iterable.
            replace: Whether other content under a known id is a correction.
            announce: As for :meth:`record`.
            progress: Called, and not awaited, after each batch with how many were read so far.
        """
        given = _drawn(responses) if isinstance(responses, AsyncIterable) else responses
        return await bridge.run(self._sync.record_many, given, replace=replace, announce=announce, progress=progress)

    @awaited(Tracker.import_file)
    def import_file(self) -> None:
        """Take in a file of responses: CSV, JSON lines, Parquet; streaming, in batches that commit whole (A10)."""

    @awaited(Tracker.apply_update)
    def apply_update(self) -> None:
        """Do what another system says of an issue, all of it or nothing (requirement C9)."""

    @awaited(Tracker.erase)
    def erase(self) -> None:
        """Erase a person's data, or one response's (requirement F7); every figure and history stays as it was."""

    @awaited(Tracker.erase_older_than)
    def erase_older_than(self) -> None:
        """Erase every response received before an instant, with the words of its issue (requirement F7)."""

    @awaited(Tracker.export_person)
    def export_person(self) -> None:
        """Return all that is held about a person, as data that JSON takes (requirement F7)."""

    async def deliver(self) -> Delivered:
        """Tell people and observers what is due, over all accounts that the tracker knows, until nothing is due.

        As :meth:`Tracker.deliver <resolutionkit.Tracker.deliver>` does; every channel has a task of its own. A channel
        whose ``notify`` is async is awaited; any other is called in a thread, so that it holds up nothing else.

        Returns:
            How many deliveries came out how.

        Raises:
            InvalidValue: There is nobody to tell through: no notifier, no observer, and no channel in the policy.
            StorageError: The store keeps no queue, or its database failed.
        """
        return await deliver(self._sync._courier())

    async def work(self, stop: asyncio.Event, *, every: timedelta = EVERY) -> Delivered:
        """Run the timers and alerts and deliver, again and again, until it is told to stop; run as many as you like.

        As :meth:`Tracker.work <resolutionkit.Tracker.work>` does. A task that is cancelled has settled what was sent.

        Args:
            stop: Set it to have it stop.
            every: How long to rest once nothing is due.

        Returns:
            How many deliveries came out how, all in all.

        Raises:
            InvalidValue: As for :meth:`deliver`.
        """
        courier, total = self._sync._courier(stop.is_set), Delivered()
        while not stop.is_set():
            try:
                await bridge.run(self._sync._run_timers_if_kept, stop.is_set)
                await bridge.run(self._sync._run_alerts_if_kept)
                total = total.plus(await deliver(courier))
            except Exception as problem:  # noqa: BLE001  (a directory may raise anything, and be there again)
                tell_of_rest(problem, self.account, every)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every.total_seconds())
        return total


def _drawn(items: AsyncIterable[T]) -> Iterator[T]:
    """Yield the items of an async iterable, waiting for each."""
    iterator = aiter(items)
    while True:
        try:
            yield bridge.wait(anext(iterator))
        except StopAsyncIteration:
            return
