"""The program: its commands, its settings, and how it ends, whatever happens."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from resolutionkit.cli import plain, printing
from resolutionkit.cli.databases import db
from resolutionkit.cli.delivering import ledger, send_again, work
from resolutionkit.cli.erasing import erase, export
from resolutionkit.cli.exits import Exit, exit_of, report
from resolutionkit.cli.importing import import_
from resolutionkit.cli.leaving import hand_over
from resolutionkit.cli.performing import performance
from resolutionkit.cli.placing import move, repair
from resolutionkit.cli.plugging import plugins
from resolutionkit.cli.policies import policy
from resolutionkit.cli.policy_rules import explain, try_
from resolutionkit.cli.policy_versions import schema, versions
from resolutionkit.cli.reading import inbox, list_, show
from resolutionkit.cli.reporting import report as report_command
from resolutionkit.cli.settings import SETTINGS, HouseGroup, SettingOption
from resolutionkit.cli.working import (
    answer_check,
    assign,
    escalate,
    flag,
    follow,
    merge,
    note,
    raise_level,
    reopen,
    status,
    unfollow,
)

NAME = "resolutionkit"
DEBUG = "RESOLUTIONKIT_DEBUG"
"""The environment variable that makes an unexpected error show where it happened."""


class Program(HouseGroup):
    """The outermost group: every way out of it is an exit code, and at most one line on the standard error stream."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of work rather than of the alphabet."""
        return list(self.commands)

    def main(self, args: Sequence[str] | None = None, *others: Any, **keywords: Any) -> Any:
        """Run a command line, and end the process with its exit code."""
        sys.exit(self.run(sys.argv[1:] if args is None else args, *others, **keywords))

    def run(self, args: Sequence[str], *others: Any, **keywords: Any) -> int:
        """Run a command line, and return its exit code."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # a stream that knows few characters shows the others escaped
                stream.reconfigure(errors="backslashreplace")
        keywords |= {"prog_name": NAME, "obj": tuple(args), "standalone_mode": False}
        return int(_ended(lambda: super(Program, self).main(args, *others, **keywords)))

    def make_context(self, *arguments: Any, **keywords: Any) -> click.Context:
        """Read the command line; showing help is a part of it."""
        with _pipe():
            return super().make_context(*arguments, **keywords)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _pipe():
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return result


@contextmanager
def _pipe() -> Iterator[None]:
    """End quietly where whoever reads the output has closed it."""
    try:
        yield
    except BrokenPipeError:
        printing.drop_output()
        raise click.exceptions.Exit(Exit.PIPE) from None


def _ended(work: Callable[[], object]) -> int:
    try:
        code = work()
        return code if isinstance(code, int) else Exit.DONE
    except click.exceptions.NoArgsIsHelpError as problem:
        click.echo(problem.format_message(), err=True)
        return Exit.USAGE
    except Exception as problem:  # noqa: BLE001  (the last resort: no traceback shows what somebody typed)
        if exit_of(problem) is Exit.FAILED and os.environ.get(DEBUG):
            click.echo(plain.block(traceback.format_exc()), err=True)
        return report(problem)


@click.group(
    cls=Program,
    params=[SettingOption(setting, reads_variable=True) for setting in SETTINGS],
    epilog="Every setting can stand before or after the command. Exit codes: see the reference of the command line.",
)
@click.version_option(package_name="resolutionkit", message="%(prog)s %(version)s")
def program() -> None:
    """Close the loop with unhappy customers: import survey responses, and work the issues that they become."""


for _command in (
    import_,
    inbox,
    list_,
    show,
    note,
    status,
    assign,
    follow,
    unfollow,
    flag,
    escalate,
    reopen,
    answer_check,
    performance,
    move,
    repair,
    report_command,
    merge,
    hand_over,
    raise_level,
    work,
    ledger,
    send_again,
    erase,
    export,
    policy,
    plugins,
    db,
):
    program.add_command(_command)


for _command in (explain, try_, versions, schema):
    policy.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run a command line, and return its exit code."""
    return program.run(arguments)
