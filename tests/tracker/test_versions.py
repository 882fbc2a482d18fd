"""Versions of the policy: each is kept with the first change under it, once, and can be had again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import AsyncTracker, Policy, PolicyVersion, ResponseNotFound, Rule, StorageError, Tracker
from resolutionkit.storage.memory import MemoryStore
from support import NOON, organisation, response
from support.stores import dump

Open = Callable[..., Tracker]
ALERTING = Rule(name="x", alert=["Lee@Partner.example"], when='tag != "lee@partner.example"')
LATER = Policy(recovery_threshold=7, rules=[ALERTING])


def written(tracker: Tracker) -> str:
    """Return all that is kept, in lower case."""
    return repr(dump(tracker._runner.store)).lower()


def test_a_version_is_kept_with_the_first_change_under_it(open_tracker: Open) -> None:
    """Not when a tracker is opened, read or refused; once, whatever follows; and events name it."""
    tracker = open_tracker()
    with pytest.raises(ResponseNotFound):
        tracker.as_user("dana").flag("nothing", note="Said so.")
    tracker.issues()
    assert tracker.policies() == ()
    issue = tracker.record(response()).issue
    assert issue is not None
    tracker.as_user("dana").add_note(issue.id, "Rang.")
    (found,) = tracker.policies()
    assert (found.fingerprint, found.first_used_at, found.is_present) == (tracker.policy.fingerprint, NOON, True)
    assert found.load() == tracker.policy
    assert {event.policy for event in tracker.history(issue.id)} == {found.fingerprint}


def test_a_response_without_an_issue_is_a_use_as_well(open_tracker: Open) -> None:
    """It was judged by the policy, whose threshold is kept with it; a dry run is none."""
    tracker = open_tracker()
    tracker.record(response(score=10))
    assert [one.fingerprint for one in tracker.policies()] == [tracker.policy.fingerprint]


def test_each_change_of_the_policy_is_a_version(open_tracker: Open) -> None:
    """In the order of their first use; going back to an earlier one is no new version."""
    first, seen = open_tracker(), []
    for number, policy in enumerate([Policy(), LATER, Policy(), LATER]):
        at = NOON + timedelta(hours=number)
        tracker = Tracker(first._runner.store, policy=policy, directory=organisation(), clock=lambda at=at: at)
        issue = tracker.record(response(f"r-{number}", 3)).issue
        assert issue is not None
        seen.append(tracker.history(issue.id)[0].policy)
    found = tracker.policies()
    assert [one.first_used_at for one in found] == [NOON, NOON + timedelta(hours=1)]
    assert [one.load() for one in found] == [Policy(), LATER]
    assert [one.is_present for one in found] == [False, True]
    assert seen == [one.fingerprint for one in found] * 2


def test_it_is_asked_of_the_store_once_in_a_process(open_tracker: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second command writes nothing more than without versions, in whatever way it comes."""
    tracker = open_tracker()
    unit: Any = type(tracker._runner.store.transact(tracker.account, lambda one: one, write=False))
    kept, keep = [], unit.keep_policy
    monkeypatch.setattr(unit, "keep_policy", lambda self, policy: kept.append(policy) or keep(self, policy))
    issue = tracker.record(response()).issue
    assert issue is not None
    assert len(kept) == 1
    tracker.as_user("dana").add_note(issue.id, "Rang.")
    tracker.record_many([response(f"r-{number}", 3) for number in range(2, 5)])
    assert len(kept) == 1


def test_an_erased_address_goes_from_every_version(open_tracker: Open) -> None:
    """From rules' recipients and their conditions, whatever its case; the version stays under its fingerprint."""
    tracker = open_tracker(policy=LATER)
    tracker.record(response())
    assert "partner.example" in written(tracker)
    assert {"policy": LATER.fingerprint} in tracker.export_person("lee@partner.example")["mentions"]
    assert tracker.erase("LEE@partner.example").mentions == 1
    assert tracker.export_person("lee@partner.example")["mentions"] == []
    assert "partner.example" not in written(tracker)
    (found,) = tracker.policies()
    assert found.fingerprint == LATER.fingerprint
    left = found.load()
    assert left.rules[0].alert[0].endswith("@erased.invalid")
    assert left.rules[0].when is not None


def test_a_store_that_keeps_none_says_so() -> None:
    """Work goes on as ever; only asking for versions is refused, and erasing passes over them."""

    class Without(MemoryStore):
        def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
            def less(unit: Any) -> Any:
                for name in ("policies", "keep_policy", "rewrite_policy"):
                    setattr(unit, name, None)
                return work(unit)

            return super().transact(account, less, write=write)

    tracker = Tracker(Without(), directory=organisation(), clock=lambda: NOON)
    assert tracker.record(response()).issue is not None
    with pytest.raises(StorageError, match="keep_policy"):
        tracker.policies()
    assert tracker.erase("nobody@host.example").mentions == 0


def test_versions_are_told_to_those_who_await() -> None:
    """The async tracker has them too."""

    async def work() -> tuple[PolicyVersion, ...]:
        async with AsyncTracker.open("memory:", clock=lambda: NOON) as tracker:
            await tracker.record(response())
            return await tracker.policies()

    assert [one.load() for one in asyncio.run(work())] == [Policy()]
