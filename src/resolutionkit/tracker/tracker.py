"""The tracker: one account's door, from opening a store to recording responses and sitting people at desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import attrs

from resolutionkit import logs
from resolutionkit.errors import AccountNotFound, InvalidValue, StorageError
from resolutionkit.hooks import StoreOptions
from resolutionkit.model.commands import InboundUpdate
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.results import Change, Erased
from resolutionkit.model.values import ACCOUNT_MAX, code, id_code
from resolutionkit.notify.links import LinkClaim
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import CanJoin, Clock, Directory, Notifier, Store
from resolutionkit.tracker.channels import Channels, channels_of
from resolutionkit.tracker.desk import Desk
from resolutionkit.tracker.erasing import Erasing, cut_off, response_id_of
from resolutionkit.tracker.exporting import export_person
from resolutionkit.tracker.ids import Uuid7
from resolutionkit.tracker.leaving import Leaving
from resolutionkit.tracker.linkproblems import LinkProblem, LinkRefused
from resolutionkit.tracker.openers import check_store, open_store
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.plugins import Plugins, plugin_manager
from resolutionkit.tracker.reporting import TrackerReports
from resolutionkit.tracker.reportvisits import FollowsReports
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.telemetry import telemetry
from resolutionkit.tracker.telling import Telling
from resolutionkit.tracker.timing import looked_up
from resolutionkit.tracker.visits import LinkVisit
from resolutionkit.tracker.watching import Watch

PERSON_ID = "a person's id, as text; pass person.id"


def _now() -> datetime:
    return datetime.now(UTC)


class Tracker(FollowsReports, TrackerReports, Telling, Leaving):
    """Records responses, and gives people their desks. Reads on it are account-wide; see :class:`Desk` for people.

    Threads may share it. Use it as a context manager, or ``close`` it.

    Args:
        store: Where everything is kept; closed with the tracker.
        account: The account's name, 1 to 64 characters.
        policy: What the account wants; None for the usual closed loop.
        directory: Who works there; None for nobody.
        clock: Gives the present instant, aware; None for the system's clock.
        accounts: Gives the settings of any account by its name, for :meth:`for_account`.
        plugins: Modules or objects with hook implementations, beside those that installed packages announce.
        notifiers: Through what people are told, beside those of plugins; each has a name of its own.
        observers: Who hears of every change, beside those of plugins. Every process that writes has to be given them.

    Raises:
        InvalidValue: The account's name is not acceptable, or the store is none.
        AccountNotFound: ``accounts`` does not know the account.
        PluginError: A given plugin is faulty.
    """

    def __init__(
        self,
        store: Store,
        *,
        account: str = "default",
        policy: Policy | None = None,
        directory: Directory | None = None,
        clock: Clock | None = None,
        accounts: Callable[[str], AccountSettings | None] | None = None,
        plugins: Iterable[object] = (),
        notifiers: Iterable[Notifier] | Channels = (),
        observers: Iterable[Notifier] = (),
    ) -> None:
        """Begin to work on a store."""
        name = code(account, "account", InvalidValue, ACCOUNT_MAX)
        check_store(store, "Tracker.open")
        if accounts is not None and policy is None and directory is None:
            settings = looked_up(accounts, name)
        else:
            settings = AccountSettings(
                policy=Policy() if policy is None else policy,
                directory=StaticDirectory() if directory is None else directory,
            )
        plugged = plugins if isinstance(plugins, Plugins) else plugin_manager(*plugins)
        runner = Runner(
            store=store,
            account=name,
            settings=settings,
            clock=clock or _now,
            ids=Uuid7(),
            plugins=plugged,
            channels=notifiers if isinstance(notifiers, Channels) else channels_of(plugged, notifiers, observers),
            watch=Watch(telemetry()),
        )
        self._accounts = accounts
        super().__init__(runner)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        account: str = "default",
        policy: Policy | None = None,
        directory: Directory | None = None,
        clock: Clock | None = None,
        accounts: Callable[[str], AccountSettings | None] | None = None,
        create: bool | None = None,
        prefix: str | None = None,
        schema: str | None = None,
        plugins: Iterable[object] = (),
        notifiers: Iterable[Notifier] = (),
        observers: Iterable[Notifier] = (),
    ) -> Self:
        """Open a store by its URL, and return a tracker on it.

        Args:
            url: ``memory:``, ``sqlite:///path/to/file.db``, or whatever an installed plugin answers to.
            account: The account's name.
            policy: What the account wants; None for the usual closed loop.
            directory: Who works there; None for nobody.
            clock: Gives the present instant; None for the system's clock.
            accounts: Gives the settings of any account by its name.
            create: True to make the tables where they are missing, False never to, None to make them in memory
                and in an empty SQLite file only.
            prefix: What the names of tables begin with, in a SQL database; None for ``resolutionkit_``.
            schema: The database schema that they stand in; None for the connection's own.
            plugins: Modules or objects with hook implementations, beside the installed ones.
            notifiers: Through what people are told, beside those of plugins.
            observers: Who hears of every change, beside those of plugins.

        Raises:
            InvalidValue: The prefix or the schema cannot be used in names.
            PluginError: A given plugin is faulty, or nothing answers to the URL's scheme.
            MissingExtra: The backend's dependency is not installed.
            SchemaMismatch: The tables are missing, or another version wrote them.
            StorageError: The database cannot be used.
        """
        if not isinstance(url, str):
            raise InvalidValue("url", url, "a URL as text, such as 'sqlite:///recovery.db'")
        options = StoreOptions(url=url, create=create, prefix=prefix, schema=schema)
        plugged = plugin_manager(*plugins)
        store = open_store(options, plugged)
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
            store.close()
            raise

    def close(self) -> None:
        """Close the store."""
        self._runner.store.close()

    def __enter__(self) -> Self:
        """Return the tracker."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def __repr__(self) -> str:
        """Show the account."""
        return f"<Tracker of account {self.account!r}>"

    @property
    def account(self) -> str:
        """Return the account's name."""
        return self._runner.account

    @property
    def policy(self) -> Policy:
        """Return the account's policy."""
        return self._runner.settings.policy

    def for_account(self, account: str) -> Tracker:
        """Return a tracker on another account of the same store; closing either closes the store.

        Raises:
            AccountNotFound: Nobody knows the account.
        """
        if self._accounts is None:
            raise AccountNotFound(account, "open the tracker with accounts= to serve more than one")
        name = code(account, "account", InvalidValue, ACCOUNT_MAX)
        return self._with(attrs.evolve(self._runner, account=name, settings=looked_up(self._accounts, name)))

    def _with(self, runner: Runner) -> Tracker:
        """Return a tracker that is like this one, on another runner."""
        settings = runner.settings
        other = Tracker(
            runner.store,
            account=runner.account,
            policy=settings.policy,
            directory=settings.directory,
            plugins=runner.plugins,
            notifiers=runner.channels,
        )
        other._runner, other._accounts, other._reader = runner, self._accounts, runner.reader()
        return other

    @contextmanager
    def joined(self, connection: object) -> Iterator[Tracker]:
        """Work in the host's own transaction: what is done in the block stands or falls with all else in it (F2).

        ::

            with engine.begin() as connection:
                connection.execute(...)
                with tracker.joined(connection) as t:
                    t.record(response)

        The host begins, commits and rolls back; nothing of that is issued here. A command that is refused has written
        nothing, and the host may go on. ``StorageError`` means that the transaction has to be rolled back, and
        ``WriteConflict``, one of them, that it should then be run again.

        Args:
            connection: A SQLAlchemy ``Connection`` or ``Session``, or ``django.db.connection`` within ``atomic()``, to
                the tracker's own database.

        Returns:
            A tracker of the same account and settings. After the block it refuses use, and its desks and inboxes do.

        Raises:
            InvalidValue: It is no such connection, or is closed, or commits every statement by itself.
            StorageError: The tracker's store cannot join a transaction.
        """
        store = self._runner.store
        if not isinstance(store, CanJoin):
            raise StorageError(
                f"{type(store).__name__} cannot join a transaction; open the tracker itself on the host's database"
            )
        with store.joined(connection) as within:
            yield self._within(within)

    def _within(self, store: Store) -> Tracker:
        """Return a tracker that is like this one, on a store that is joined to a transaction."""
        return self._with(attrs.evolve(self._runner, store=store, is_joined=True))

    def as_user(self, person_id: str) -> Desk:
        """Return a person's desk; whether there is one shows at its first use.

        Raises:
            AccessDenied: At the first use: the person is unknown or inactive.
        """
        return Desk(self._runner, id_code(person_id, "person_id", InvalidValue, PERSON_ID))

    def by_link(self, claim: LinkClaim, *, signed_in: str | None = None) -> LinkVisit:
        """Return what a link's recipient sees and does by it; whether it still leads anywhere shows at its first use.

        Args:
            claim: What the link says, as ``Links.read`` has proved it; on another account where ``accounts`` knows it.
            signed_in: The id of whoever is signed in at the host, who signs notes then (requirement B5); or None.

        Raises:
            LinkRefused: The link is about an account that nobody here knows.
        """
        if claim.account == self.account:
            return LinkVisit(self._runner, claim, signed_in)
        try:
            return self.for_account(claim.account).by_link(claim, signed_in=signed_in)
        except AccountNotFound as problem:
            raise LinkRefused(LinkProblem.FOREIGN) from problem

    def apply_update(self, update: InboundUpdate, *, acting_as: str) -> Change:
        """Do what another system says of an issue, all of it or nothing (requirement C9).

        It takes the way of every command, as a person of the directory who stands for that system: bounded by that
        person's access, with the person as the events' actor, and the cause ``inbound``. The same update again, as
        when the other system did not get the answer, changes nothing and is answered alike.

        Args:
            update: What it says, from :func:`read_update`, which proves who said it.
            acting_as: The id of the person who stands for that system.

        Raises:
            InvalidValue: It is no update.
            AccessDenied: The person is unknown or inactive.
            IssueNotFound: There is no such issue within the person's access.
            MoveRefused: The workflow has no such move; the error says what is allowed.
            NoteRequired: The policy wants a note with it.
            ReasonRequired: It escalates, and says no reason.
            PersonNotFound: The assignee is nobody who is there.
            StaleIssue: Something happened since the version that it expects.
            KeyReused: Its key belongs to another update.
        """
        if not isinstance(update, InboundUpdate):
            raise InvalidValue("update", type(update).__name__, "an InboundUpdate, such as read_update returns")
        actor = id_code(acting_as, "acting_as", InvalidValue, PERSON_ID)
        return self._runner.change(update, actor)

    def erase(self, who: str | None = None, *, response_id: str | None = None) -> Erased:
        """Erase a person's data, or one response's (requirement F7); every figure and history stays as it was.

        Of each response in which the contact has this address, in any revision, an empty shell stays: its id, score,
        instants and codes, and the attributes that the policy names as dimensions. All words of its issue go. The
        address itself goes wherever it stands: as assignee or follower, above a customer, in others' words, with what
        it wants to be told of. What is
        done is done for good, a transaction at a time; an interrupted call is given again.

        Args:
            who: An email address, whatever its case: a contact's, or that of somebody outside the directory.
            response_id: A response instead, whose contact need have no address.

        Returns:
            How much was erased; nothing found is no error.

        Raises:
            InvalidValue: It is no address, or not exactly one of the two is given.
            StorageError: The store cannot erase people.
        """
        if (who is None) is (response_id is None):
            raise InvalidValue("who", who, "an email address, or response_id= in its place")
        erasing = Erasing(self._runner, self._runner.now())
        done = erasing.person(who) if response_id is None else erasing.response(response_id_of(response_id))
        return self._erased(done)

    def erase_older_than(self, age: datetime | timedelta) -> Erased:
        """Erase every response received before an instant, with the words of its issue (requirement F7).

        A response whose issue is not closed is left, and its issue counted. The words of an issue with a younger
        response stay until that one is old.

        Args:
            age: The instant, aware, or how long ago it is.

        Returns:
            How much was erased, and how many open issues were left.

        Raises:
            InvalidValue: It is neither, naive, or ahead of now.
            StorageError: The store cannot erase people.
        """
        now = self._runner.now()
        return self._erased(Erasing(self._runner, now).before(cut_off(age, now)))

    def _erased(self, done: Erased) -> Erased:
        logs.ERASED.write(account=self.account, **attrs.asdict(done))
        return done

    def export_person(self, who: str) -> dict[str, Any]:
        """Return all that is held about a person, as data that JSON takes (requirement F7).

        ``responses`` has the person's own with every revision, ``issues`` those that they became with notes and
        history, ``roles`` where the person is assigned, follows, or stands above a customer, ``written`` what the
        person wrote elsewhere, ``mentions`` where others wrote the address, and ``preferences`` what it wants to be
        told of. All lists are empty where nothing is
        held. The order depends on what is stored alone.

        Args:
            who: An email address, as for :meth:`erase`.

        Raises:
            InvalidValue: It is no address.
            StorageError: The store cannot find people.
        """
        return export_person(self._runner, who)
