"""Opening a store by its URL: which plugin answers to the scheme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from resolutionkit.errors import InvalidValue, PluginError, shown
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import AsyncStore, Store
from resolutionkit.tracker.plugins import Plugins

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*")

S = TypeVar("S")


def openers(plugins: Plugins, hook: str) -> Mapping[str, Any]:
    """Return what opens a store for each URL scheme.

    Args:
        plugins: What is plugged in.
        hook: The hook that offers them.

    Raises:
        PluginError: Two plugins answer to one scheme.
    """
    found: dict[str, tuple[str, Any]] = {}
    for name, offered in plugins.answers(hook):
        if not isinstance(offered, Mapping):
            plugins.note(name, f"gives {shown(offered)} in {hook}; expected a mapping of schemes")
            continue
        for scheme, opener in offered.items():
            if not isinstance(scheme, str) or not _SCHEME.fullmatch(scheme) or not callable(opener):
                told = f"gives {shown(scheme)}: {shown(opener)} in {hook}; expected the scheme of a URL, and a function"
                plugins.note(name, told)
                continue
            if scheme in found:
                both = " and ".join(sorted((found[scheme][0], name)))
                raise PluginError(f"two plugins answer to the URL scheme {shown(scheme)}: {both}; uninstall one")
            found[scheme] = (name, opener)
    return {scheme: opener for scheme, (_, opener) in found.items()}


def open_store(options: StoreOptions, plugins: Plugins) -> Store:
    """Open the store of a URL.

    Raises:
        PluginError: No plugin answers to the URL's scheme.
        StorageError: The store cannot be opened.
    """
    store: Store = _answering(options.url, plugins, "resolutionkit_stores")(options)
    return _checked(store, options.url)


async def open_async_store(options: StoreOptions, plugins: Plugins) -> AsyncStore:
    """Open the store of a URL, for an async tracker.

    Raises:
        PluginError: No plugin answers to the URL's scheme.
        StorageError: The store cannot be opened.
    """
    store: AsyncStore = await _answering(options.url, plugins, "resolutionkit_async_stores")(options)
    return _checked(store, options.url)


def check_store(store: object, opening: str) -> None:
    """Refuse what is no store, such as the URL of one.

    Args:
        store: What was given.
        opening: What opens URLs.

    Raises:
        InvalidValue: It is none; its type is told alone, since a URL may hold a password.
    """
    if not _is_store(store):
        raise InvalidValue("store", type(store).__name__, f"a store; a URL is opened with {opening}(url)")


def _is_store(store: object) -> bool:
    return callable(getattr(store, "transact", None))


def _checked(store: S, url: str) -> S:
    if _is_store(store):
        return store
    # The scheme alone: the rest of a URL may hold a password.
    told = f"the plugin that answers to the URL scheme {shown(url.partition(':')[0])} opens no store"
    raise PluginError(f"{told}: a value of the type {type(store).__name__}")


def _answering(url: str, plugins: Plugins, hook: str) -> Any:
    found = openers(plugins, hook)
    scheme, colon, _ = url.partition(":")
    # A dialect's driver stands behind a plus sign: sqlite+pysqlite is for sqlite's plugin to understand.
    opener = found.get(scheme) or found.get(scheme.partition("+")[0])
    if not colon or opener is None:
        known = ", ".join(f"{name}:" for name in sorted(found))
        hint = "" if colon else "; a SQLite file is named as 'sqlite:///path/to/file.db'"
        hint = "; write postgresql:" if scheme == "postgres" else hint
        hint += "".join(f"; the plugin {name} {fault}" for name, fault in plugins.faults.items())
        # The scheme alone: the rest of a URL may hold a password.
        raise PluginError(f"no storage backend answers to {shown(scheme)}; there are {known}{hint}")
    return opener
