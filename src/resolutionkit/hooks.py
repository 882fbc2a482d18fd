"""The hooks that plugins implement, and the marker to do it with.

A plugin is a module or object whose functions carry :data:`hookimpl`; an installed package announces it under
the entry point group :data:`ENTRY_POINT_GROUP`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

import pluggy
from attrs import frozen

from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification
from resolutionkit.ports import AsyncStore, Directory, Notifier, Store

PROJECT = "resolutionkit"
"""The name under which pluggy knows these hooks."""
ENTRY_POINT_GROUP = "resolutionkit"
"""The group under which packages announce their plugins."""

hookspec: pluggy.HookspecMarker = pluggy.HookspecMarker(PROJECT)
"""Marks the hooks below as what plugins may implement; plugins themselves have no use for it."""
hookimpl: pluggy.HookimplMarker = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook that has its name."""


@frozen(kw_only=True)
class StoreOptions:
    """What a store is opened with; fields may be added in later versions.

    Attributes:
        url: The whole URL, its scheme included.
        create: Whether to make the schema: True always, False never, None in an empty embedded database only.
        prefix: What the names of tables begin with, where a store has tables; None for its own choice.
        schema: The database schema that they stand in, where a store has such; None for the connection's own.
    """

    url: str
    create: bool | None = None
    prefix: str | None = None
    schema: str | None = None


StoreOpener: TypeAlias = Callable[[StoreOptions], Store]
"""Opens a store."""
AsyncStoreOpener: TypeAlias = Callable[[StoreOptions], Awaitable[AsyncStore]]
"""Opens a store that is awaited, and is awaited itself."""


@hookspec
def resolutionkit_stores() -> Mapping[str, StoreOpener]:  # type: ignore[empty-body]
    """Return the storage backends of this plugin, by the URL scheme that each answers to, such as ``sqlite``."""


@hookspec
def resolutionkit_async_stores() -> Mapping[str, AsyncStoreOpener]:  # type: ignore[empty-body]
    """Return the storage backends of this plugin that an async tracker can use, by their URL schemes likewise."""


@hookspec
def resolutionkit_needs_recovery(account: str, classification: Classification) -> bool | None:
    """Say whether a response needs recovery, whatever its score says (requirement A2); None leaves it to the others.

    It needs recovery where any plugin says so; it needs none where none does and one denies it; where none has an
    opinion the policy's threshold decides. What was decided is kept with the response, and not asked again when it is
    delivered again.

    Args:
        account: The account's name.
        classification: The response, and what its score means under the account's policy.
    """


@hookspec
def resolutionkit_assignee(account: str, response: Response, directory: Directory) -> str | None:
    """Return the id of the person whom a response's new issue goes to (requirement C1); None leaves it to the others.

    The last plugin that was registered is asked first, and the first answer counts. It has to be a person of the
    directory who is there. Where there is none, the issue goes where the policy's rules say (requirement A9), else the
    usual way: to the lowest person of the response's hierarchy, the group's lead, the account's leader. Whoever
    flags a response and names an assignee is obeyed.

    Args:
        account: The account's name.
        response: The response that opens the issue.
        directory: The account's directory; it may be asked.
    """


@hookspec
def resolutionkit_notifiers() -> Sequence[Notifier]:  # type: ignore[empty-body]
    """Return the notifiers of this plugin, each with a name of its own."""


@hookspec
def resolutionkit_observers() -> Sequence[Notifier]:  # type: ignore[empty-body]
    """Return the observers of this plugin: each hears of every change once it is committed, a joined host's as well.

    What it is given is a notice whose topic is ``changed``, whose recipient is the observer's name, and whose events
    are what happened. They come in their order for each issue; one that cannot be told is tried again, and those after
    it wait.
    """
