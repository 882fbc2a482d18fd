"""The conformance suite for storage backends: subclass it, override one fixture."""

from __future__ import annotations

from resolutionkit.testing.suites.access import NobodySeesTooMuch
from resolutionkit.testing.suites.accounts import Accounts
from resolutionkit.testing.suites.alerts import Alerts
from resolutionkit.testing.suites.answers import SameAnswers
from resolutionkit.testing.suites.conflicts import Conflicts
from resolutionkit.testing.suites.digests import EachDigestOnce
from resolutionkit.testing.suites.erasing import Erasing, NothingIsLeft
from resolutionkit.testing.suites.filters import Filters
from resolutionkit.testing.suites.histories import HistoryIsTheTruth
from resolutionkit.testing.suites.intake import OneIssueEach
from resolutionkit.testing.suites.lists import Lists
from resolutionkit.testing.suites.merging import Merging
from resolutionkit.testing.suites.openings import Openings
from resolutionkit.testing.suites.outbox import ExactlyItsMessages
from resolutionkit.testing.suites.pages import Pages
from resolutionkit.testing.suites.policies import KeepingPolicies
from resolutionkit.testing.suites.preferring import Preferring
from resolutionkit.testing.suites.quarantine import Quarantine
from resolutionkit.testing.suites.queue import Queue
from resolutionkit.testing.suites.refusals import RefusalsChangeNothing
from resolutionkit.testing.suites.saving import Saving
from resolutionkit.testing.suites.sizes import Sizes
from resolutionkit.testing.suites.strings import Strings
from resolutionkit.testing.suites.threads import Threads
from resolutionkit.testing.suites.timers import Timers
from resolutionkit.testing.suites.units import UnitsOfWork


class StoreRules(
    Saving,
    UnitsOfWork,
    Conflicts,
    Threads,
    Lists,
    Pages,
    Strings,
    Accounts,
    Openings,
    Filters,
    Sizes,
    Merging,
    Erasing,
    Preferring,
    KeepingPolicies,
    Quarantine,
    Queue,
    Timers,
    Alerts,
):
    """What :class:`~resolutionkit.ports.Store` and :class:`~resolutionkit.ports.UnitOfWork` promise, rule by rule.

    The tests save changes built by hand, so that what fails points at one method. Override the fixture ``store``, as
    for :class:`StoreConformance`, which has these tests as well.
    """


class StoreLaws(
    HistoryIsTheTruth,
    OneIssueEach,
    RefusalsChangeNothing,
    ExactlyItsMessages,
    NobodySeesTooMuch,
    SameAnswers,
    NothingIsLeft,
    EachDigestOnce,
):
    """The laws that a tracker keeps on a store which keeps the rules: L1, L2, L3, L4, L6, L7, L8, L10 and L11.

    The tests play random histories through the whole library, and compare the store with a plain reference. Override
    the fixture ``store``, as for :class:`StoreConformance`, which has these tests as well.
    """


class StoreConformance(StoreRules, StoreLaws):
    """Everything that a storage backend has to show: the rules of the port, and the laws of the library.

    Subclass it in your tests, in a class whose name begins with ``Test``, and override one fixture::

        class TestMyStore(StoreConformance):
            @pytest.fixture
            def store(self, tmp_path):
                opened = MyStore(tmp_path / "data")
                yield opened
                opened.close()

    The fixture ``store`` gives a store that is open and empty. Function scope is the usual one, since one test closes
    the store; every test works in accounts of its own. The suite itself may close the store: closing it twice must do
    no harm.

    What a store can do beyond the port is found on the store itself, or on what the fixture ``abilities`` returns:
    :class:`~resolutionkit.testing.CanReopen`, :class:`~resolutionkit.testing.CanShare` and
    :class:`~resolutionkit.testing.CanDump`; and on its unit of work, :class:`~resolutionkit.ports.ErasesPeople`,
    :class:`~resolutionkit.ports.KeepsPreferences`, :class:`~resolutionkit.ports.KeepsPolicies`,
    :class:`~resolutionkit.ports.KeepsDeliveries`, :class:`~resolutionkit.ports.KeepsTimers` and
    :class:`~resolutionkit.ports.KeepsAlerts`.
    Tests for what is missing are skipped and say so.

    Random tests follow the Hypothesis profile that is loaded: its number of examples, its database, its seed.
    """
