"""The channels of a tracker: its notifiers, which tell people, and its observers, which hear of everything.

They are given by the host, or by plugins. What a channel does stands in ``notify`` and in plugins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from inspect import iscoroutinefunction
from typing import Any

from attrs import field, frozen

from resolutionkit.errors import InvalidValue, ResolutionKitError, shown
from resolutionkit.model.messages import MADE_FOR, Medium, Topic
from resolutionkit.model.values import code
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import Notifier
from resolutionkit.tracker.plugins import Plugins

NAME_MAX = 64
"""How long a channel's name may be."""
NOTIFIERS, OBSERVERS = "resolutionkit_notifiers", "resolutionkit_observers"


@frozen(kw_only=True)
class Channels:
    """Who can be told, and through what.

    Attributes:
        notifiers: The channels that tell people, by their names, in the order in which they were given.
        observers: Those that hear of every change, by theirs.
    """

    notifiers: Mapping[str, Notifier] = field(factory=dict)
    observers: Mapping[str, Notifier] = field(factory=dict)

    def __getitem__(self, name: str) -> Notifier:
        """Return a channel."""
        return self.observers.get(name) or self.notifiers[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over all names."""
        yield from self.notifiers
        yield from self.observers

    def __contains__(self, name: object) -> bool:
        """Say whether there is a channel of this name."""
        return name in self.notifiers or name in self.observers

    def usual_for(self, topic: Topic, policy: Policy) -> tuple[str, ...]:
        """Return the names of the channels for those who chose no others; of a daily alert, those made for it."""
        usual = tuple(self.notifiers) if policy.channels is None else policy.channels
        medium, alerts = MADE_FOR.get(topic), policy.alerts
        if medium is None:
            return usual
        named = alerts.text_channels if medium is Medium.TEXT else alerts.report_channels
        if named is not None:
            return named
        made = tuple(name for name in usual if self._medium(name) == medium)
        return made or tuple(name for name in usual if self._medium(name) is None)

    def _medium(self, name: str) -> object:
        """Return what a channel is made for; None where it does not say, or is another process's."""
        return getattr(self.notifiers.get(name), "medium", None)

    def in_order(self, name: str) -> bool:
        """Say whether what a channel is told of one issue and recipient has to keep its order."""
        return name in self.observers or bool(getattr(self[name], "in_order", False))


NO_CHANNELS = Channels()


def channels_of(
    plugins: Plugins, notifiers: Iterable[object], observers: Iterable[object], *, may_be_awaited: bool = False
) -> Channels:
    """Return the channels of a tracker, those of its plugins among them.

    Args:
        plugins: What is plugged in; a channel of a plugin that is faulty, or whose name is taken, is noted and left
            out.
        notifiers: What the host gives to tell people.
        observers: What the host gives to hear of everything.
        may_be_awaited: Whether a channel's ``notify`` may be async.

    Raises:
        InvalidValue: What the host gives is no channel, or two have one name.
    """
    found: dict[str, dict[str, Notifier]] = {"notifiers": {}, "observers": {}}
    for kind, given in (("notifiers", notifiers), ("observers", observers)):
        for one in given:
            fault = _fault(one, found, may_be_awaited=may_be_awaited)
            if fault is not None:
                raise InvalidValue(kind, one, fault)
            channel: Any = one
            found[kind][channel.name] = channel
    for kind, hook in (("notifiers", NOTIFIERS), ("observers", OBSERVERS)):
        for plugin, offered in plugins.answers(hook):
            for one in _listed(plugins, plugin, hook, offered):
                fault = _fault(one, found, may_be_awaited=may_be_awaited)
                if fault is not None:
                    plugins.note(plugin, f"gives {shown(one)} in {hook}; expected {fault}")
                else:
                    found[kind][one.name] = one
    return Channels(notifiers=found["notifiers"], observers=found["observers"])


def _listed(plugins: Plugins, plugin: str, hook: str, offered: object) -> Iterable[Any]:
    if isinstance(offered, Iterable) and not isinstance(offered, str):
        return offered
    plugins.note(plugin, f"gives {shown(offered)} in {hook}; expected a sequence of channels")
    return ()


def _fault(channel: object, known: Mapping[str, Mapping[str, Notifier]], *, may_be_awaited: bool) -> str | None:
    """Say what would be right where something is no channel, or its name is taken; else None."""
    name, notify = getattr(channel, "name", None), getattr(channel, "notify", None)
    if not callable(notify):
        return "an object with a name, and a method notify(notice)"
    try:
        code(name, "name", InvalidValue, NAME_MAX)
    except ResolutionKitError:
        return f"a name of 1 to {NAME_MAX} characters"
    if any(name in names for names in known.values()):
        return f"another name than {shown(name)}, which is taken"
    if iscoroutinefunction(notify) and not may_be_awaited:
        return "a notify that is not async; an AsyncTracker takes those that are"
    return None
