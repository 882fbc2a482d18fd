"""The settings of every command, given as options before or after its name, or as environment variables.

Also the tracker and the desk that they lead to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from attrs import frozen

from resolutionkit.cli.exits import Refused
from resolutionkit.cli.known import hint_at
from resolutionkit.errors import AccessDenied, PersonNotFound, ResolutionKitError, StorageError, shown
from resolutionkit.model.people import StaticDirectory
from resolutionkit.policy.directory_file import load_directory
from resolutionkit.policy.policy import Policy
from resolutionkit.tracker.desk import Desk
from resolutionkit.tracker.tracker import Tracker


@frozen
class Setting:
    """A setting of every command.

    Attributes:
        name: Its name in the program.
        flag: The option.
        metavar: What stands after the option.
        variable: The environment variable that is read where the option is missing.
        help: What it is.
    """

    name: str
    flag: str
    metavar: str
    variable: str
    help: str


DATABASE = Setting(
    "database", "--database", "URL", "RESOLUTIONKIT_DATABASE", "The database, such as sqlite:///recovery.db."
)
DIRECTORY = Setting(
    "directory", "--directory", "FILE", "RESOLUTIONKIT_DIRECTORY", "Who works here: people and groups, in TOML."
)
POLICY = Setting("policy", "--policy", "FILE", "RESOLUTIONKIT_POLICY", "The account's policy, in TOML; else the usual.")
PREFIX = Setting(
    "prefix",
    "--prefix",
    "TEXT",
    "RESOLUTIONKIT_PREFIX",
    "What the names of tables begin with; else 'resolutionkit_'.",
)
SCHEMA = Setting(
    "schema",
    "--schema",
    "NAME",
    "RESOLUTIONKIT_SCHEMA",
    "The database schema of the tables; else the connection's own.",
)
ACCOUNT = Setting("account", "--account", "NAME", "RESOLUTIONKIT_ACCOUNT", "The account; else 'default'.")
PERSON = Setting("person", "--as", "PERSON", "RESOLUTIONKIT_USER", "Your id in the directory: you see what it may see.")
SETTINGS = (DATABASE, PREFIX, SCHEMA, DIRECTORY, POLICY, ACCOUNT, PERSON)
"""All of them, in the order in which help shows them."""

_META = "resolutionkit.settings."


class SettingOption(click.Option):
    """The option of a setting; the one nearest to the end of the line holds."""

    def __init__(self, setting: Setting, *, reads_variable: bool) -> None:
        """Make the option; only the outermost reads the environment, so that an option always outdoes it."""
        super().__init__(
            [setting.flag, setting.name],
            metavar=setting.metavar,
            help=setting.help,
            envvar=setting.variable if reads_variable else None,
            show_envvar=reads_variable,
            expose_value=False,
            callback=_remember,
        )


def _remember(context: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[f"{_META}{option.name}"] = value


def given(setting: Setting) -> str | None:
    """Return what was given for a setting, or None."""
    value: str | None = click.get_current_context().meta.get(f"{_META}{setting.name}")
    return value


def needed(setting: Setting) -> str:
    """Return what was given for a setting.

    Raises:
        click.UsageError: Nothing was; the error names the option and the variable.
    """
    value = given(setting)
    if value is None:
        what = f"missing {setting.flag} {setting.metavar} (or the variable {setting.variable})"
        raise click.UsageError(what, click.get_current_context())
    return value


class HouseCommand(click.Command):
    """A command that takes the settings after its name, and shows them apart in its help."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """Add the settings to the command's own options."""
        super().__init__(*arguments, **keywords)
        self.params.extend(SettingOption(setting, reads_variable=False) for setting in SETTINGS)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it meets is told in the names of its own options and words."""
        try:
            return super().invoke(ctx)
        except ResolutionKitError as problem:
            raise Refused(problem, {one.name: _written(one) for one in self.params if one.name}) from problem

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then the settings."""
        own: list[tuple[str, str]] = []
        settings: list[tuple[str, str]] = []
        for option in self.get_params(context):
            record = option.get_help_record(context) if isinstance(option, click.Option) else None
            if record is not None:
                (settings if isinstance(option, SettingOption) else own).append(record)
        for title, records in (("Options", own), ("Settings, here or before the command", settings)):
            with formatter.section(title):
                formatter.write_dl(records)


def _written(one: click.Parameter) -> str:
    return max(one.opts, key=len) if isinstance(one, click.Option) else (one.name or "").upper()


class HouseGroup(click.Group):
    """A group whose commands take the settings after their names."""

    command_class: type[click.Command] | None = HouseCommand


@frozen
class Session:
    """What a command works with.

    Attributes:
        tracker: The account.
        directory: Who works there.
        policy: What the account wants.
    """

    tracker: Tracker
    directory: StaticDirectory
    policy: Policy

    @property
    def desk(self) -> Desk:
        """Return the desk of the person who was named; nothing is read or done but there (requirement D2)."""
        return self.tracker.as_user(needed(PERSON))

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the account's clock, in which instants are shown."""
        return ZoneInfo(self.policy.zone)

    def name_of(self, who: str | None) -> str:
        """Return a person's name with the id, or whatever else stands there."""
        person = None if who is None else self.directory.person(who)
        return f"{person.name} ({person.id})" if person is not None and person.name else who or "nobody"

    def label_of(self, status: str) -> str:
        """Return what a status is called; one that an older policy had is called by its key."""
        rule = self.policy.workflow.status(status)
        return status if rule is None else rule.label


def policy_in_force() -> Policy:
    """Return the policy that was named, or the usual one."""
    path = given(POLICY)
    return Policy() if path is None else Policy.load(path)


@contextmanager
def at_desk() -> Iterator[Session]:
    """Open the account for somebody who reads or works."""
    for setting in (DATABASE, PERSON, DIRECTORY):
        needed(setting)
    with account() as session:
        try:
            yield session
        except (PersonNotFound, AccessDenied) as problem:
            hint = "" if session.directory.person(problem.who) else hint_at(problem.who, session.directory)
            raise type(problem)(problem.who, problem.problem + hint) from problem


@contextmanager
def account(*, url: str | None = None, may_be_new: bool = False, create: bool | None = None) -> Iterator[Session]:
    """Open the account that the settings name.

    Args:
        url: Another database than the one named.
        may_be_new: Whether a file that is not there yet is made.
        create: Whether to make the tables; as for ``Tracker.open``.

    Raises:
        StorageError: The database cannot be used, or is a file that is not there.
    """
    wanted = needed(DATABASE) if url is None else url
    if ":" not in wanted:
        what = f"{DATABASE.flag} {shown(wanted)} is no URL; a file of that name is sqlite:///{wanted}"
        raise click.UsageError(what, click.get_current_context())
    missing = missing_file(wanted)
    if missing is not None and not may_be_new:
        # Opening it would leave an empty file wherever a name was mistyped.
        raise StorageError(f"there is no file {missing}; 'resolutionkit import' makes a new database")
    policy = policy_in_force()
    path = given(DIRECTORY)
    directory = StaticDirectory() if path is None else load_directory(path)
    with Tracker.open(
        wanted,
        account=given(ACCOUNT) or "default",
        policy=policy,
        directory=directory,
        create=create,
        prefix=given(PREFIX),
        schema=given(SCHEMA),
    ) as tracker:
        yield Session(tracker, directory, policy)


def missing_file(url: str) -> str | None:
    """Return the path that a SQLite URL names if there is no such file, else None."""
    scheme, _, path = url.partition(":///")
    path = path.partition("?")[0]
    if scheme.partition("+")[0] != "sqlite" or not path or path.startswith((":memory:", "file:")) or "\0" in path:
        return None
    return None if Path(path).exists() else path
