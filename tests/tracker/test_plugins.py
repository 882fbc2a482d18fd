"""Plugins: backends by URL scheme, refused where they are faulty, and the extra that a missing one needs."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define

from resolutionkit import MissingExtra, PluginError, Tracker, hooks
from resolutionkit.hooks import StoreOptions, hookimpl
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.tracker.openers import openers
from resolutionkit.tracker.plugins import plugin_manager
from support import response


class Cellar:
    """A plugin with a backend of its own."""

    def __init__(self, *schemes: str) -> None:
        self.schemes = schemes or ("cellar",)
        self.opened: list[StoreOptions] = []

    def open(self, options: StoreOptions) -> MemoryStore:
        """Open a store and remember with what."""
        self.opened.append(options)
        return MemoryStore()

    @hookimpl
    def resolutionkit_stores(self) -> dict[str, Any]:
        """Answer to the schemes."""
        return dict.fromkeys(self.schemes, self.open)


def test_a_plugin_s_backend_answers_to_its_scheme() -> None:
    """It is handed the whole URL and whether to make the schema, and works like any other."""
    plugin = Cellar()
    with Tracker.open("cellar:shelf/3", create=True, plugins=[plugin]) as tracker:
        assert tracker.record(response()).issue is not None
    assert plugin.opened == [StoreOptions(url="cellar:shelf/3", create=True)]


@pytest.mark.parametrize("url", ["cellar:x", "", "memory", "recovery.db", "oracle://host/db", "\x1b[31m:"], ids=ascii)
def test_a_url_that_nothing_answers_to_is_refused_with_what_there_is(url: str) -> None:
    """The refusal names the schemes, and shows the URL escaped."""
    with pytest.raises(PluginError, match="mariadb:, memory:, mysql:, postgresql:, sqlite:") as refused:
        Tracker.open(url)
    assert "\x1b" not in str(refused.value)


def test_a_url_that_is_refused_is_told_by_its_scheme_alone() -> None:
    """The rest of a URL may hold a password."""
    with pytest.raises(PluginError, match="answers to 'oracle'; there are") as refused:
        Tracker.open("oracle://user:secret@host/db")
    assert "secret" not in str(refused.value)


def test_two_plugins_for_one_scheme_are_refused() -> None:
    """Whichever is asked first must not depend on the order of installation."""
    for plugins in ([Cellar(), Cellar()], [Cellar("memory")]):
        with pytest.raises(PluginError, match=r"two plugins answer to the URL scheme .*: given .* and "):
            Tracker.open("memory:", plugins=plugins)


def test_a_hook_with_an_unknown_argument_is_refused_when_it_is_registered() -> None:
    """The refusal names the argument; nothing is opened."""

    def resolutionkit_stores(options: object) -> dict[str, Any]:
        raise AssertionError(options)

    plugin = SimpleNamespace(resolutionkit_stores=hookimpl(resolutionkit_stores))
    told = r"resolutionkit_stores is not called with options; write def resolutionkit_stores\(\)"
    with pytest.raises(PluginError, match=told):
        Tracker.open("memory:", plugins=[plugin])


HOOKS = [name for name in vars(hooks) if name.startswith("resolutionkit_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_with_what_it_is_called(hook: str) -> None:
    """Its own signature is what a refusal tells an author to write."""
    assert getattr(plugin_manager(entry_points=False).manager.hook, hook).spec is not None

    def implementation(frob: object) -> None:
        raise AssertionError(frob)

    plugin = SimpleNamespace(**{hook: hookimpl(implementation, specname=hook)})
    given = ", ".join(inspect.signature(getattr(hooks, hook)).parameters)
    with pytest.raises(PluginError, match=re.escape(f"write def {hook}({given})")):
        Tracker.open("memory:", plugins=[plugin])


@define
class Unhashable(Cellar):
    """A plugin that is a data class, which says by what it is equal and so cannot be hashed."""

    schemes: tuple[str, ...] = ("cellar",)


class Offering:
    """What is called like a function and is none."""

    def __call__(self) -> dict[str, Any]:
        """Offer nothing."""
        return {}


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (None, "NoneType implements no hook; mark its functions with hookimpl"),
        ("refunds", "str implements no hook"),
        (SimpleNamespace(resolutionkit_stores=dict), "SimpleNamespace implements no hook"),
        (SimpleNamespace(resolutionkit_stores=hookimpl(Offering())), "resolutionkit_stores is no function or method"),
        (Unhashable(), "its class Unhashable has an __eq__ and no __hash__"),
    ],
    ids=["None", "a name", "unmarked", "no function", "unhashable"],
)
def test_what_cannot_be_asked_is_refused_when_it_is_given(plugin: object, told: str) -> None:
    """Rather than passed over without a word, or refused by whoever asks first."""
    with pytest.raises(PluginError, match=f"the plugin given 0 is refused: {told}"):
        Tracker.open("memory:", plugins=[plugin])


def test_static_and_class_methods_are_hooks_and_looked_at_alike() -> None:
    """Whether they are marked before or after they become one."""

    class Plugin:
        @staticmethod
        @hookimpl
        def resolutionkit_stores(weather: object) -> dict[str, Any]:
            return {}

    with pytest.raises(PluginError, match="not called with weather"):
        Tracker.open("memory:", plugins=[Plugin()])


OFFERED: dict[Any, Any] = {
    5: MemoryStore,
    None: MemoryStore,
    "": MemoryStore,
    "\x1b[31m": MemoryStore,
    "closed": None,
    "shed": lambda _options: object(),
}
"""What a plugin may offer that opens no store, by schemes that may be none."""


def test_what_opens_no_store_is_told_as_such_and_stops_no_other() -> None:
    """A scheme that is none, and what cannot be called, are passed over; what opens something else is named."""

    class Plugin:
        @hookimpl
        def resolutionkit_stores(self) -> dict[Any, Any]:
            return OFFERED

    with Tracker.open("memory:", plugins=[Plugin()]) as tracker:
        assert tracker.record(response()).issue is not None
    with pytest.raises(PluginError, match=r"no storage backend answers to 'closed'; .*shed:, sqlite:; .*gives") as told:
        Tracker.open("closed:", plugins=[Plugin()])
    assert "\x1b" not in str(told.value)
    with pytest.raises(PluginError, match="the URL scheme 'shed' opens no store: a value of the type object"):
        Tracker.open("shed:secret", plugins=[Plugin()])


def test_a_plugin_that_is_given_twice_is_refused() -> None:
    """It would answer to its scheme twice."""
    plugin = Cellar()
    with pytest.raises(PluginError):
        Tracker.open("cellar:", plugins=[plugin, plugin])


def test_a_manager_is_nobody_s_but_its_maker_s() -> None:
    """A plugin given to one tracker is unknown to the next."""
    with_it = set(openers(plugin_manager(Cellar(), entry_points=False), "resolutionkit_stores"))
    without = set(openers(plugin_manager(entry_points=False), "resolutionkit_stores"))
    assert with_it - without == {"cellar"}
    assert without == {"mariadb", "memory", "mysql", "postgresql", "sqlite"}


PROGRAM = """
import sys
sys.modules["sqlalchemy"] = None
import resolutionkit as rk
with rk.Tracker.open("memory:") as tracker:
    print(len(tracker.issues()))
try:
    rk.Tracker.open("sqlite:///recovery.db")
except ImportError as problem:
    print(type(problem).__name__, problem.extra, problem)
"""


def test_without_sqlalchemy_memory_works_and_sql_names_its_extra() -> None:
    """The core runs without any extra; what is missing says what to install."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    first, second = done.stdout.splitlines()
    assert first == "0"
    assert second.startswith(f"{MissingExtra.__name__} sql ")
    assert "pip install 'resolutionkit[sql]'" in second
