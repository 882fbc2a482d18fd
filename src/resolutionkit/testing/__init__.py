"""The kit to prove storages, notifiers and integrations with: suites to subclass, a clock, samples, random data.

It needs ``resolutionkit[testing]``. Authors of plugins subclass :class:`StoreConformance` or
:class:`NotifierConformance` and override one fixture. Whoever embeds the library tests with a tracker on ``memory:``,
a :class:`TurnableClock` and a :class:`RecordingNotifier`.
"""

from resolutionkit.testing._rewriting import REWRITTEN  # noqa: F401  (first, for its effect on all that follow)
from resolutionkit.testing.abilities import CanCutOff, CanDump, CanHear, CanReopen, CanShare
from resolutionkit.testing.awkward import AWKWARD_CODES, AWKWARD_TEXTS, codes, texts, words
from resolutionkit.testing.clock import NOON, TurnableClock
from resolutionkit.testing.failing import Boom, FailingStore
from resolutionkit.testing.notices import notices
from resolutionkit.testing.picture import fresh_account, picture
from resolutionkit.testing.play import Player, Step
from resolutionkit.testing.recorder import RecordingNotifier
from resolutionkit.testing.reference import ReferenceStore
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import (
    ADDRESSES,
    PEOPLE,
    attributes,
    deliveries,
    histories,
    issue_filters,
    organisations,
    response_filters,
    responses,
)
from resolutionkit.testing.suites.machine import StoreStateMachine, store_state_machine
from resolutionkit.testing.suites.notifier import NotifierConformance
from resolutionkit.testing.suites.store import StoreConformance, StoreLaws, StoreRules
from resolutionkit.testing.twin import TwinStore

__all__ = [
    "ADDRESSES",
    "AWKWARD_CODES",
    "AWKWARD_TEXTS",
    "NOON",
    "PEOPLE",
    "Boom",
    "CanCutOff",
    "CanDump",
    "CanHear",
    "CanReopen",
    "CanShare",
    "FailingStore",
    "NotifierConformance",
    "Player",
    "RecordingNotifier",
    "ReferenceStore",
    "Step",
    "StoreConformance",
    "StoreLaws",
    "StoreRules",
    "StoreStateMachine",
    "TurnableClock",
    "TwinStore",
    "attributes",
    "codes",
    "deliveries",
    "fresh_account",
    "histories",
    "issue_filters",
    "notices",
    "organisations",
    "picture",
    "response_filters",
    "responses",
    "sample_company",
    "sample_response",
    "store_state_machine",
    "texts",
    "words",
]
