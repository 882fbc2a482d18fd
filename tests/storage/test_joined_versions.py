"""Versions of the policy in a host's transaction: each stands or falls with it, and nothing is asked without need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from resolutionkit import NoteRequired, Policy, Tracker
from resolutionkit.storage.sql.policying import PolicyingUnitOfWork
from support import response
from support.hosts import Host


@contextmanager
def watched() -> Iterator[list[bool]]:
    """Yield what stores answer whenever they are asked to keep a policy."""
    answers: list[bool] = []
    keep = PolicyingUnitOfWork.keep_policy

    def kept(unit: Any, policy: Any) -> bool:
        answers.append(keep(unit, policy))
        return answers[-1]

    with patch.object(PolicyingUnitOfWork, "keep_policy", kept):
        yield answers


def test_a_version_stands_or_falls_with_the_hosts_rows(host: Host, outside: Tracker) -> None:
    """Rolled back, it is not there and is kept again; committed, it is there once."""
    with host.rolled_back() as work, outside.joined(work.connection) as t:
        t.record(response())
        assert len(t.policies()) == 1
    assert outside.policies() == ()
    with host.transaction() as work, outside.joined(work.connection) as t:
        issue = t.record(response()).issue
        t.as_user("dana").add_note(issue.id, "Rang.")
    assert [one.fingerprint for one in outside.policies()] == [outside.policy.fingerprint]


def test_a_refusal_leaves_no_version(host: Host, outside: Tracker) -> None:
    """A command that is refused has written nothing, and the host goes on."""
    issue = outside.record(response()).issue
    assert issue is not None
    settings: dict[str, Any] = {"directory": outside._runner.settings.directory, "clock": outside._runner.clock}
    other = Tracker(outside._runner.store, policy=Policy(recovery_threshold=7), **settings)
    with host.transaction() as work:
        with other.joined(work.connection) as t, pytest.raises(NoteRequired):
            t.as_user("dana").set_status(issue.id, "resolved")
        work.order("after")
    assert host.orders() == ["after"]
    assert len(outside.policies()) == 1


def test_what_another_process_has_committed_is_asked_once(host: Host, outside: Tracker, place: str) -> None:
    """Whoever finds the version there remembers it; whoever kept it may have been rolled back, and asks again."""
    with watched() as answers:
        for number in range(3):
            with host.transaction() as work, outside.joined(work.connection) as t:
                t.record(response(f"r-{number}"))
    assert answers == [True, False, False]
    settings: dict[str, Any] = {"directory": outside._runner.settings.directory, "clock": outside._runner.clock}
    with Tracker.open(place, **settings) as second, watched() as answers:
        for number in range(3, 6):
            with host.transaction() as work, second.joined(work.connection) as t:
                t.record(response(f"r-{number}"))
    assert answers == [False]
    with watched() as answers:
        outside.record(response("r-7"))
        with host.transaction() as work, outside.joined(work.connection) as t:
            t.record(response("r-8"))
    assert answers == [False]
