"""The kit to prove storages, notifiers and integrations with: suites to subclass, fixtures, assertions, random data.

It needs ``resolutionkit[testing]``. Authors of plugins subclass :class:`StoreConformance` or
:class:`NotifierConformance` and override one fixture. Whoever embeds the library tests with the fixtures that pytest
finds by itself, and with :func:`assert_issue` and its like.

Each name is imported from its home when it is first asked for: a test with a clock and a tracker does not wait for
Hypothesis, nor need it. ``__init__.pyi`` says the same to type checkers.
"""

from importlib import import_module

from resolutionkit.errors import MissingExtra
from resolutionkit.testing._rewriting import REWRITTEN  # noqa: F401  (first, for its effect on all that follow)

_HOMES = {
    "abilities": ("CanCutOff", "CanDump", "CanHear", "CanReopen", "CanShare"),
    "accounts": ("fresh_account", "picture"),
    "assertions": ("assert_issue", "assert_no_issue", "assert_not_told", "assert_note", "assert_told"),
    "awkward": ("AWKWARD_CODES", "AWKWARD_TEXTS", "codes", "texts", "words"),
    "clock": ("NOON", "TurnableClock"),
    "failing": ("Boom", "FailingStore"),
    "outboxes": ("OutboxRecorder", "notices", "observed", "response_notices"),
    "play": ("Player", "Step"),
    "recorder": ("Recorder", "RecordingNotifier"),
    "reference": ("ReferenceStore",),
    "samples": ("sample_company", "sample_response"),
    "strategies": (
        "ADDRESSES",
        "PEOPLE",
        "attributes",
        "deliveries",
        "histories",
        "issue_filters",
        "organisations",
        "response_filters",
        "responses",
    ),
    "suites.machine": ("StoreStateMachine", "store_state_machine"),
    "suites.notifier": ("NotifierConformance",),
    "suites.store": ("StoreConformance", "StoreLaws", "StoreRules"),
    "twin": ("TwinStore",),
}
"""Where each public name lives, by module; none is called like a module, which would take its place here."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = tuple(sorted(_HOME_OF))


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, and keep it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_HOME_OF[name]}")
    except ModuleNotFoundError as problem:
        if problem.name != "hypothesis":
            raise
        raise MissingExtra("testing", f"{__name__}.{name}") from problem
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    """List the public names, those included that nobody has asked for yet."""
    return sorted({*globals(), *__all__})
