"""The reference keeps the rules that others are compared by, and the twin finds every difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from resolutionkit.errors import StorageError
from resolutionkit.model.query import IssueFilter, ResponseFilter
from resolutionkit.ports import Store, UnitOfWork, WriteConflict
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.testing import ReferenceStore, StoreRules, TwinStore, fresh_account, sample_response
from resolutionkit.testing.changes import opening, stored
from resolutionkit.testing.predicates import OF_ISSUE, OF_RESPONSE
from resolutionkit.testing.suites.alerts import Alerts
from resolutionkit.testing.suites.policies import KeepingPolicies
from resolutionkit.testing.suites.preferring import Preferring
from resolutionkit.testing.suites.queue import Queue
from resolutionkit.testing.suites.timers import Timers
from resolutionkit.testing.twin import shown


class TestReferenceStore(StoreRules):
    """It is a store like any other, with nothing to reopen, to share or to dump."""

    test_what_was_saved_is_there_after_reopening = None
    test_two_openings_see_each_other = None
    test_two_openings_that_change_one_issue_lose_nothing = None
    test_no_row_is_left_of_what_was_taken_back = None

    # It keeps no queue, no policies, no preferences, no timers and no alerts: these are tried on the stores that do.
    locals().update(
        dict.fromkeys(
            name
            for part in (Queue, KeepingPolicies, Preferring, Alerts, Timers)
            for name in vars(part)
            if name.startswith("test_")
        )
    )

    @pytest.fixture
    def store(self) -> Store:
        """Return an empty one."""
        return ReferenceStore()

    @pytest.fixture
    def abilities(self, store: Store) -> object:
        """Return nothing that can do more, so that the suite has to look through the port."""
        return object()


def test_every_condition_of_a_filter_has_its_predicate() -> None:
    """A new field of a filter needs a line in the table, or the reference would not know what it asks."""
    asked = {field.name for kind in (IssueFilter, ResponseFilter) for field in attrs.fields(kind)}
    assert asked == {*OF_ISSUE, *OF_RESPONSE, "with_replaced", "quarantined"}


@pytest.fixture
def twins() -> TwinStore:
    """Return two stores side by side, of which the second has something else in it."""
    return TwinStore(MemoryStore(), ReferenceStore())


QUESTIONS: dict[str, Callable[[UnitOfWork], Any]] = {
    "response": lambda unit: unit.response("r-1"),
    "history": lambda unit: unit.history("issue"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_twin_fails_where_the_answers_differ(twins: TwinStore, question: str) -> None:
    """The question stands in the error, with both answers."""
    account = fresh_account()
    twins.other.transact(account, lambda unit: unit.save([opening(sample_response(), "issue")]), write=True)
    with pytest.raises(AssertionError, match=rf"^{question}\("):
        twins.transact(account, QUESTIONS[question], write=False)


def test_a_twin_fails_where_one_conflicts(twins: TwinStore) -> None:
    """A save that only one of them refuses is a difference; one that both refuse is a conflict."""
    account, write = fresh_account(), stored(sample_response())
    twins.other.transact(account, lambda unit: unit.save([write]), write=True)
    with pytest.raises(AssertionError, match="the other WriteConflict"):
        twins.transact(account, lambda unit: unit.save([write]), write=True)
    twins.one.transact(account, lambda unit: unit.save([write]), write=True)
    with pytest.raises(WriteConflict):
        twins.transact(account, lambda unit: unit.save([write]), write=True)


def test_a_twin_tells_types_apart() -> None:
    """What is equal and looks different is different."""
    assert shown((1, "a")) != shown((1.0, "a"))
    assert shown(sample_response(attributes={"n": 1})) != shown(sample_response(attributes={"n": True}))


def test_a_twin_has_one_secret_and_no_other_method(twins: TwinStore) -> None:
    """The first store's secret is given; what is no question of the port is not there."""
    account = fresh_account()
    made = twins.transact(account, lambda unit: unit.make_secret(), write=True)
    assert twins.one.transact(account, lambda unit: unit.secret(), write=False) == made
    assert twins.transact(account, lambda unit: unit.secret(), write=False) == made
    with pytest.raises(AttributeError):
        twins.transact(account, lambda unit: unit.no_such_question, write=False)  # type: ignore[attr-defined]


def test_closing_a_twin_closes_both(twins: TwinStore) -> None:
    """Neither is used afterwards."""
    twins.close()
    for store in (twins.one, twins.other):
        with pytest.raises(StorageError):
            store.transact("a", lambda unit: unit.secret(), write=False)


def test_the_reference_shows_its_rows() -> None:
    """Of one account or of all, and nothing of an account where nothing was saved."""
    store = ReferenceStore()
    store.transact("a", lambda unit: unit.save([stored(sample_response())]), write=True)
    store.transact("b", lambda unit: unit.secret(), write=False)
    assert list(store.dump(None)) == list(store.dump("a")) == ["a"]  # type: ignore[call-overload]
    assert store.dump("b") == {}
