"""The plugin manager: made by a function, belonging to whoever made it; there is no global one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import pluggy

from resolutionkit import hooks
from resolutionkit.errors import PluginError, shown
from resolutionkit.hooks import AsyncStoreOpener, StoreOpener, StoreOptions
from resolutionkit.notify import plugin as notify_plugin
from resolutionkit.ports import AsyncStore, Store
from resolutionkit.storage import plugin as storage_plugin

T = TypeVar("T")

_BUILT_IN = {"resolutionkit.storage": storage_plugin, "resolutionkit.notify": notify_plugin}


def plugin_manager(*plugins: object, entry_points: bool = True) -> pluggy.PluginManager:
    """Return a manager with the backends that ship, the given plugins, and those that installed packages announce.

    Args:
        plugins: Modules or objects with hook implementations.
        entry_points: Whether to load what installed packages announce.

    Raises:
        PluginError: A plugin cannot be loaded, or implements a hook with other arguments than it has.
    """
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    named = {**_BUILT_IN, **{f"given {index}": plugin for index, plugin in enumerate(plugins)}}
    for name, plugin in named.items():
        _registered(manager, name, plugin)
    if entry_points:
        try:
            manager.load_setuptools_entrypoints(hooks.ENTRY_POINT_GROUP)
        except Exception as problem:
            raise PluginError(f"an installed plugin cannot be loaded: {problem}") from problem
    return manager


def _registered(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    try:
        manager.register(plugin, name)
    except (pluggy.PluginValidationError, ValueError) as problem:
        raise PluginError(f"the plugin {name} is refused: {problem}") from problem


def store_openers(manager: pluggy.PluginManager) -> Mapping[str, StoreOpener]:
    """Return every storage backend by its URL scheme.

    Raises:
        PluginError: Two plugins answer to one scheme.
    """
    return _openers(manager.hook.resolutionkit_stores)


def async_store_openers(manager: pluggy.PluginManager) -> Mapping[str, AsyncStoreOpener]:
    """Return every storage backend that an async tracker can use, by its URL scheme.

    Raises:
        PluginError: Two plugins answer to one scheme.
    """
    return _openers(manager.hook.resolutionkit_async_stores)


def _openers(hook: pluggy.HookCaller) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        offered = hook()
    except Exception as problem:
        raise PluginError(f"a plugin cannot say which storage backends it has: {problem}") from problem
    for schemes in offered:
        if not isinstance(schemes, Mapping):
            raise PluginError(f"a plugin's {hook.name} gives {shown(schemes)}; expected a mapping of schemes")
        for scheme, opener in schemes.items():
            if scheme in found:
                raise PluginError(f"two plugins answer to the URL scheme {scheme!r}; uninstall one of them")
            found[scheme] = opener
    return found


def open_store(options: StoreOptions, manager: pluggy.PluginManager) -> Store:
    """Open the store of a URL.

    Raises:
        PluginError: No plugin answers to the URL's scheme.
        StorageError: The store cannot be opened.
    """
    return _answering(options.url, store_openers(manager))(options)


async def open_async_store(options: StoreOptions, manager: pluggy.PluginManager) -> AsyncStore:
    """Open the store of a URL, for an async tracker.

    Raises:
        PluginError: No plugin answers to the URL's scheme.
        StorageError: The store cannot be opened.
    """
    return await _answering(options.url, async_store_openers(manager))(options)


def _answering(url: str, openers: Mapping[str, T]) -> T:
    scheme, colon, _ = url.partition(":")
    # A dialect's driver stands behind a plus sign: sqlite+pysqlite is for sqlite's plugin to understand.
    opener = openers.get(scheme) or openers.get(scheme.partition("+")[0])
    if not colon or opener is None:
        known = ", ".join(f"{name}:" for name in sorted(openers))
        hint = "" if colon else "; a SQLite file is named as 'sqlite:///path/to/file.db'"
        hint = "; write postgresql:" if scheme == "postgres" else hint
        # The scheme alone: the rest of a URL may hold a password.
        raise PluginError(f"no storage backend answers to {shown(scheme)}; there are {known}{hint}")
    return opener
