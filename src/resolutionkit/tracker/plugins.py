"""The plugin manager: made by a function, belonging to whoever made it; there is no global one.

A plugin of the host's own that is faulty is an error. One that a package announces is left out instead, and the fault
is logged and kept: a broken package takes nothing else with it.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from importlib.metadata import EntryPoint
from importlib.metadata import entry_points as announced
from pathlib import Path
from typing import Any

import pluggy
from attrs import frozen

from resolutionkit import hooks, logs
from resolutionkit.errors import PluginError, shown
from resolutionkit.storage import plugin as storage_plugin

HOOKS = tuple(name for name in vars(hooks) if name.startswith(f"{hooks.PROJECT}_"))
"""The names of all hooks."""
_BUILT_IN = {"resolutionkit.storage": storage_plugin}


@frozen(kw_only=True)
class Plugin:
    """A plugin that was found.

    Attributes:
        name: The name of its entry point, or what it is called here.
        package: The package that announces it, with its version; None for those that ship and those that are given.
        hooks: The hooks that it implements.
        fault: Why it is left out, or None.
    """

    name: str
    package: str | None = None
    hooks: tuple[str, ...] = ()
    fault: str | None = None


class Plugins:
    """What is plugged in.

    Attributes:
        manager: Pluggy's manager.
        faults: Why a plugin that a package announces was left out, by its name.
    """

    def __init__(self, plugins: Iterable[object] = (), *, entry_points: bool = True) -> None:
        """Find and check all plugins; see :func:`plugin_manager`."""
        self.manager: pluggy.PluginManager = pluggy.PluginManager(hooks.PROJECT)
        self.manager.add_hookspecs(hooks)
        self.faults: dict[str, str] = {}
        self._packages: dict[str, str] = {}
        self._callers: dict[str, list[tuple[str, pluggy.HookCaller]]] = {}
        for name, plugin in {**_BUILT_IN, **{f"given {number}": one for number, one in enumerate(plugins)}}.items():
            self._register(name, plugin)
        for point in sorted(announced(group=hooks.ENTRY_POINT_GROUP)) if entry_points else ():
            self._load(point)

    def __iter__(self) -> Iterator[object]:
        """Yield every plugin; a tracker that is given these as its plugins takes them as they are."""
        return iter(self.manager.get_plugins())

    def _load(self, point: EntryPoint) -> None:
        """Load what a package announces, or note why it cannot be."""
        if point.dist is not None:
            self._packages[point.name] = f"{point.dist.name} {point.dist.version}"
        try:
            self._register(point.name, point.load())
        except (Exception, SystemExit) as problem:  # noqa: BLE001  (a broken package takes nothing else with it)
            self.note(point.name, f"cannot be used: {told(problem)}")

    def _register(self, name: str, plugin: object) -> None:
        _check(name, plugin)
        try:
            self.manager.register(plugin, name)
        except (pluggy.PluginValidationError, ValueError) as problem:
            raise _refused(name, str(problem)) from problem

    def note(self, name: str, fault: str) -> None:
        """Keep why a plugin does not do what it should, and log it."""
        self.faults[name] = fault
        logs.FAULTY.write(plugin=name, fault=fault)

    def answers(self, hook: str, **given: Any) -> Iterator[tuple[str, Any]]:
        """Ask each plugin by itself, the last one registered first, and yield its name and what it answers.

        One that raises is noted, and the next is asked.
        """
        for name, caller in self.implementing(hook):
            try:
                found = caller(**given)
            except Exception as problem:  # noqa: BLE001  (whatever a plugin does, the others go on)
                self.note(name, f"failed in {hook}: {told(problem)}")
                continue
            for one in found:
                yield name, one

    def implementing(self, hook: str) -> list[tuple[str, pluggy.HookCaller]]:
        """Return who implements a hook, each with what calls it alone."""
        if hook not in self._callers:
            implemented = getattr(self.manager.hook, hook).get_hookimpls()
            self._callers[hook] = [(one.plugin_name, self._alone(hook, one.plugin)) for one in reversed(implemented)]
        return self._callers[hook]

    def _alone(self, hook: str, plugin: object) -> pluggy.HookCaller:
        others = [one for one in self.manager.get_plugins() if one is not plugin]
        return self.manager.subset_hook_caller(hook, others)

    def listed(self) -> tuple[Plugin, ...]:
        """Return all plugins in the order of their names, those that are left out as well."""
        found = [
            Plugin(
                name=name,
                package=self._packages.get(name),
                hooks=tuple(sorted(caller.name for caller in self.manager.get_hookcallers(plugin) or ())),
                fault=self.faults.get(name),
            )
            for name, plugin in self.manager.list_name_plugin()
            if plugin is not None
        ]
        known = {one.name for one in found}
        left_out = {name: fault for name, fault in self.faults.items() if name not in known}
        found += [Plugin(name=name, package=self._packages.get(name), fault=one) for name, one in left_out.items()]
        return tuple(sorted(found, key=lambda one: one.name))


def plugin_manager(*plugins: object, entry_points: bool = True) -> Plugins:
    """Return what ships, the given plugins, and those that installed packages announce.

    Args:
        plugins: Modules or objects with hook implementations.
        entry_points: Whether to load what installed packages announce.

    Raises:
        PluginError: A given plugin implements a hook that there is not, or with other arguments than it has.
    """
    return Plugins(plugins, entry_points=entry_points)


def _refused(name: str, fault: str) -> PluginError:
    return PluginError(f"the plugin {name} is refused: {fault}")


def _check(name: str, plugin: object) -> None:
    """Refuse a plugin whose hooks are not ours, or that has none.

    Raises:
        PluginError: It implements what is no hook, or asks for what a hook is not called with, or has to be awaited.
    """
    implemented = dict(_implementations(plugin))
    if not implemented:
        told = f"{type(plugin).__name__} implements no hook; mark its functions with hookimpl: {', '.join(HOOKS)}"
        raise _refused(name, told)
    for hook, function in implemented.items():
        fault = _fault(hook, function)
        if fault is not None:
            raise _refused(name, fault)
    if type(plugin).__hash__ is None:
        told = "has an __eq__ and no __hash__; a dataclass has neither with eq=False"
        raise _refused(name, f"its class {type(plugin).__name__} {told}")


def _fault(hook: str, function: Callable[..., Any]) -> str | None:
    """Say what is wrong with the implementation of a hook, or None."""
    if hook not in HOOKS:
        near = get_close_matches(hook, HOOKS, 1)
        return f"{hook} is no hook; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(HOOKS)}")
    allowed = inspect.signature(getattr(hooks, hook)).parameters
    signature = f"def {hook}({', '.join(allowed)})"
    if not inspect.isroutine(function):
        return f"{hook} is no function or method; write {signature}"
    asks = inspect.signature(function).parameters
    asked = [one for one in asks if one not in allowed]
    if asked:
        return f"{hook} is not called with {', '.join(asked)}; write {signature}"
    # Pluggy passes what stands in its place and has no default, and nothing else.
    unmet = [one.name for one in asks.values() if one.kind is one.KEYWORD_ONLY or one.default is not one.empty]
    if unmet:
        return f"{hook} would never be given {', '.join(unmet)}; write {signature}, without defaults and *"
    if inspect.iscoroutinefunction(function):
        return f"{hook} is not awaited; write {signature}, without async"
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"{hook} returns its answer; write {signature}, without yield or a wrapper"
    return None


def _implementations(plugin: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each marked function of a plugin under the name of its hook."""
    marker = f"{hooks.PROJECT}_impl"
    for name in dir(plugin):
        found = inspect.getattr_static(plugin, name, None)
        # The mark of a static or class method may be its function's.
        options = getattr(found, marker, None) or getattr(getattr(found, "__func__", None), marker, None)
        if isinstance(options, dict):
            yield options.get("specname") or name, getattr(plugin, name)


def told(problem: BaseException) -> str:
    """Say what a plugin raised and where, without its words: they may quote what a respondent typed (law L12)."""
    if isinstance(problem, PluginError):
        return str(problem)
    frames = traceback.extract_tb(problem.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    missing = f" for {shown(problem.name)}" if isinstance(problem, ImportError) and problem.name else ""
    return f"{type(problem).__name__}{missing}{where}"
