"""The fixtures that pytest finds by itself where the package is installed. What they give is imported on their use.

Their names begin with the package's, since every test of a host sees them: they never stand in for a ``tracker`` or a
``clock`` that the host, or another plugin, has or has forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from resolutionkit.policy.policy import Policy
    from resolutionkit.ports import AsyncDirectory, Directory, Store
    from resolutionkit.testing.clock import TurnableClock
    from resolutionkit.testing.recorder import Recorder
    from resolutionkit.tracker.aio.tracker import AsyncTracker
    from resolutionkit.tracker.tracker import Tracker


@pytest.fixture
def resolutionkit_clock() -> TurnableClock:
    """Return a clock that stands at noon of a fixed day until it is turned."""
    from resolutionkit.testing.clock import TurnableClock

    return TurnableClock()


@pytest.fixture
def resolutionkit_policy() -> Policy:
    """Return the usual policy; override this with yours."""
    from resolutionkit.policy.policy import Policy

    return Policy()


@pytest.fixture
def resolutionkit_directory() -> Directory:
    """Return the small company of ``sample_company``; override this with yours."""
    from resolutionkit.testing.samples import sample_company

    return sample_company()


@pytest.fixture
def resolutionkit_store() -> Iterator[Store]:
    """Return an empty store in memory, closed when the test ends."""
    from resolutionkit.hooks import StoreOptions
    from resolutionkit.tracker.openers import open_store
    from resolutionkit.tracker.plugins import plugin_manager

    store = open_store(StoreOptions(url="memory:"), plugin_manager())
    yield store
    store.close()


@pytest.fixture
def resolutionkit_tracker(
    resolutionkit_store: Store,
    resolutionkit_policy: Policy,
    resolutionkit_directory: Directory,
    resolutionkit_clock: TurnableClock,
) -> Tracker:
    """Return a tracker with this policy, directory and clock on an empty store in memory."""
    from resolutionkit.tracker.tracker import Tracker

    return Tracker(
        resolutionkit_store,
        policy=resolutionkit_policy,
        directory=resolutionkit_directory,
        clock=resolutionkit_clock,
    )


@pytest.fixture
def resolutionkit_async_directory(resolutionkit_directory: Directory) -> Directory | AsyncDirectory:
    """Return the directory of the async tracker, the same; override this with yours if yours is awaited."""
    return resolutionkit_directory


@pytest.fixture
def resolutionkit_async_tracker(
    resolutionkit_store: Store,
    resolutionkit_policy: Policy,
    resolutionkit_async_directory: Directory | AsyncDirectory,
    resolutionkit_clock: TurnableClock,
) -> AsyncTracker:
    """Return an async tracker on the store of ``resolutionkit_tracker``, so that either sees what the other did.

    It needs ``resolutionkit[sql-async]``, as all async work does.
    """
    from resolutionkit.testing.awaiting import AwaitedStore
    from resolutionkit.tracker.aio.tracker import AsyncTracker

    return AsyncTracker(
        AwaitedStore(resolutionkit_store),
        policy=resolutionkit_policy,
        directory=resolutionkit_async_directory,
        clock=resolutionkit_clock,
    )


@pytest.fixture
def resolutionkit_recorder(resolutionkit_tracker: Tracker, resolutionkit_directory: Directory) -> Recorder:
    """Return a recorder of who is told what by the tracker, as its outbox has it at any moment."""
    from resolutionkit.testing.outboxes import OutboxRecorder

    return OutboxRecorder(resolutionkit_tracker, resolutionkit_directory)
