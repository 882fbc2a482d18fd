"""The tracker: one account's door, from opening a store to recording responses and sitting people at desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from resolutionkit.decisions.classify import classify
from resolutionkit.errors import AccountNotFound, InvalidValue, ResolutionKitError, StorageError, shown
from resolutionkit.hooks import StoreOptions
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.model.commands import Record
from resolutionkit.model.messages import Message
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification, Erased, Recorded, RecordedMany
from resolutionkit.model.values import ACCOUNT_MAX, code, id_code
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import CanJoin, Clock, Directory, Store
from resolutionkit.tracker.desk import Desk
from resolutionkit.tracker.erasing import Erasing, cut_off, response_id_of
from resolutionkit.tracker.exporting import export_person
from resolutionkit.tracker.ids import Uuid7
from resolutionkit.tracker.imports import ImportReport, import_file
from resolutionkit.tracker.openers import open_store
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.plugins import Plugins, plugin_manager
from resolutionkit.tracker.runner import RecordedOrRefused, Runner, as_record, batches
from resolutionkit.tracker.tally import Tally
from resolutionkit.tracker.views import Views

PERSON_ID = "a person's id, as text; pass person.id"


def _now() -> datetime:
    return datetime.now(UTC)


class Tracker(Views):
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

    Raises:
        InvalidValue: The account's name is not acceptable.
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
        plugins: Iterable[object] | Plugins = (),
    ) -> None:
        """Begin to work on a store."""
        name = code(account, "account", InvalidValue, ACCOUNT_MAX)
        if accounts is not None and policy is None and directory is None:
            settings = _looked_up(accounts, name)
        else:
            settings = AccountSettings(
                policy=Policy() if policy is None else policy,
                directory=StaticDirectory() if directory is None else directory,
            )
        self._runner = Runner(
            store=store,
            account=name,
            settings=settings,
            clock=clock or _now,
            ids=Uuid7(),
            plugins=plugins if isinstance(plugins, Plugins) else plugin_manager(*plugins),
        )
        self._accounts = accounts
        super().__init__(self._runner.reader())

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
        return self._with(attrs.evolve(self._runner, account=name, settings=_looked_up(self._accounts, name)))

    def _with(self, runner: Runner) -> Tracker:
        """Return a tracker that is like this one, on another runner."""
        settings = runner.settings
        other = Tracker(
            runner.store,
            account=runner.account,
            policy=settings.policy,
            directory=settings.directory,
            plugins=runner.plugins,
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

    def classify(self, response: Response) -> Classification:
        """Return what a response's score means under the account's policy, without recording it.

        Raises:
            InvalidScore: The score is not one of its scale.
        """
        return classify(response, self.policy, self._runner.opinions)

    def record(self, response: Response, *, replace: bool = False, announce: bool | None = None) -> Recorded:
        """Take in one response; an unhappy one becomes an issue at once (requirement A2).

        Delivering the same response again changes nothing (A4).

        Args:
            response: The response.
            replace: Whether other content under a known id is a correction.
            announce: True to tell people however old it is, False to tell nobody, None to go by its age (A11).

        Raises:
            InvalidScore: The score is not one of its scale.
            InvalidResponse: It was received more than a day after now, or is no response.
            ResponseConflict: Its id is known with other content.
        """
        return self._runner.record(as_record(response, replace=replace, announce=announce))

    def record_many(
        self,
        responses: Iterable[Response],
        *,
        replace: bool = False,
        announce: bool | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> RecordedMany:
        """Take in many responses, in batches that each commit whole; one that is refused does not stop the others.

        Args:
            responses: The responses; they are read as they are needed.
            replace: Whether other content under a known id is a correction.
            announce: As for :meth:`record`.
            progress: Called after each batch with how many were read so far.
        """
        if not isinstance(responses, Iterable):
            raise InvalidValue("responses", responses, "an iterable of responses; one alone goes to record()")
        tally = Tally()
        for batch in batches(responses):
            tally.add([getattr(one, "id", None) for one in batch], self._batch(batch, replace, announce))
            if progress is not None:
                progress(tally.read)
        return tally.result()

    def _batch(self, batch: list[Response], replace: bool, announce: bool | None) -> list[RecordedOrRefused]:
        commands: list[Record] = []
        refused: dict[int, ResolutionKitError] = {}
        for index, response in enumerate(batch):
            try:
                commands.append(as_record(response, replace=replace, announce=announce))
            except ResolutionKitError as refusal:
                refused[index] = refusal
        done = iter(self._runner.record_batch(commands))
        return [refused[index] if index in refused else next(done) for index in range(len(batch))]

    def import_file(
        self,
        path: str | Path,
        mapping: ImportMapping,
        *,
        rejects: str | Path | None = None,
        dry_run: bool = False,
        announce: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> ImportReport:
        """Take in a file of responses: CSV, JSON lines or Parquet, streaming, in batches that each commit whole (A10).

        It is safe to run again: what is known already is a duplicate. Issues that it opens are backfilled, and
        nobody is told, unless ``announce`` says otherwise.

        Args:
            path: The file.
            mapping: Which column becomes what.
            rejects: Where to write the rejected rows, with line, column and reason; None for nowhere.
            dry_run: Whether to write nothing and only say what would happen; what depends on another batch of the
                same file is judged without it.
            announce: Whether to tell people of the issues.
            progress: Called after each batch with how many rows were read so far.

        Raises:
            InvalidValue: The mapping is no :class:`ImportMapping`.
            MappingError: The mapping names columns that the file lacks.
            ImportFailed: The file cannot be read as what it should be.
            MissingExtra: The file is Parquet, and the extra ``parquet`` is not installed.
        """
        return import_file(
            self._runner,
            Path(path),
            mapping,
            rejects=None if rejects is None else Path(rejects),
            dry_run=dry_run,
            announce=announce,
            progress=progress,
        )

    def erase(self, who: str | None = None, *, response_id: str | None = None) -> Erased:
        """Erase a person's data, or one response's (requirement F7); every figure and history stays as it was.

        Of each response in which the contact has this address, in any revision, an empty shell stays: its id, score,
        instants and codes, and the attributes that the policy names as dimensions. All words of its issue go. The
        address itself goes wherever it stands: as assignee or follower, above a customer, in others' words. What is
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
        return erasing.person(who) if response_id is None else erasing.response(response_id_of(response_id))

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
        return Erasing(self._runner, now).before(cut_off(age, now))

    def export_person(self, who: str) -> dict[str, Any]:
        """Return all that is held about a person, as data that JSON takes (requirement F7).

        ``responses`` has the person's own with every revision, ``issues`` those that they became with notes and
        history, ``roles`` where the person is assigned, follows, or stands above a customer, ``written`` what the
        person wrote elsewhere, and ``mentions`` where others wrote the address. All lists are empty where nothing is
        held. The order depends on what is stored alone.

        Args:
            who: An email address, as for :meth:`erase`.

        Raises:
            InvalidValue: It is no address.
            StorageError: The store cannot find people.
        """
        return export_person(self._runner, who)

    def outbox(self, issue_id: str) -> tuple[Message, ...]:
        """Return who is to be told of what about an issue, in the order in which it happened."""
        return self._reader.messages(issue_id)


def _looked_up(accounts: Callable[[str], AccountSettings | None], name: str) -> AccountSettings:
    try:
        settings = accounts(name)
    except LookupError as problem:
        raise AccountNotFound(name, "accounts= does not know it") from problem
    if settings is None:
        raise AccountNotFound(name, "accounts= does not know it")
    if not isinstance(settings, AccountSettings):
        raise InvalidValue("accounts", settings, f"a function that gives AccountSettings, or None, for {shown(name)}")
    return settings
