"""``plugins``: what is plugged in, which hooks each part of it implements, and what was left out and why."""

from __future__ import annotations

import click

from resolutionkit.cli import asjson, printing
from resolutionkit.cli.document import Column, Role, Styled, Table
from resolutionkit.cli.exits import Exit
from resolutionkit.cli.options import as_json
from resolutionkit.cli.settings import HouseCommand
from resolutionkit.tracker.plugins import HOOKS, Plugin, plugin_manager

_PREFIX = "resolutionkit_"


@click.command(cls=HouseCommand, short_help="List plugins and the hooks that they implement.")
@as_json
def plugins(as_json: bool) -> None:
    """List what is plugged in: each plugin, the package that brings it, and the hooks that it implements.

    A plugin that cannot be used is listed with its fault, and the exit code is 3. Hook names are shown without the
    resolutionkit_ that they begin with.
    """
    found = plugin_manager().listed()
    if as_json:
        printing.show_data({"plugins": [asjson.data(one) for one in found], "hooks": list(HOOKS)})
    else:
        columns = (Column("Plugin"), Column("Package"), Column("Hooks", wraps=True))
        printing.show([Table(columns, tuple(_row(one) for one in found))])
    if any(one.fault for one in found):
        click.get_current_context().exit(Exit.INVALID)


def _row(plugin: Plugin) -> tuple[str | Styled, ...]:
    hooks = ", ".join(one.removeprefix(_PREFIX) for one in plugin.hooks)
    does = hooks if plugin.fault is None else Styled(plugin.fault, Role.ALARM)
    return plugin.name, plugin.package or "resolutionkit", does
