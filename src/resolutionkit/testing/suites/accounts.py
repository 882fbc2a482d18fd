"""Store rule: the accounts of one store are apart."""

from __future__ import annotations

from operator import methodcaller
from typing import Any

import attrs
import pytest

from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter
from resolutionkit.ports import Store
from resolutionkit.testing.accounts import EVERY_ISSUE, EVERY_RESPONSE, picture
from resolutionkit.testing.changes import IssueWrite, message, opening, remembered
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import StoreSuite


class Accounts(StoreSuite):
    """What one account must not see or touch of another."""

    def test_accounts_are_apart(self, store: Store, account: str) -> None:
        """The same ids, tickets, keys and addresses in several accounts are one of each; none sees another's."""
        writes: dict[str, IssueWrite] = {}
        for name, score in ((account, 1), (account.upper(), 2), (f"{account} ", 3)):
            write = opening(sample_response("r-1", score, ticket="T-1"), "issue", assignee="lee@partner.example")
            told = (message(write.issue, id=f"message {score}"),)
            writes[name] = attrs.evolve(write, messages=told, remembered=remembered(write.issue, "k", actor=name))
            store.transact(name, methodcaller("save", [writes[name]]), write=True)
        secrets = [store.transact(name, lambda unit: unit.make_secret(), write=True) for name in writes]
        assert len(set(secrets)) == 3
        lees = IssueFilter(assignee="lee@partner.example")
        for name, write in writes.items():

            def ask(question: str, *given: object, name: str = name) -> Any:
                return store.transact(name, methodcaller(question, *given), write=False)

            assert ask("standing", None, "T-1") == write.records[0].record
            assert ask("history", "issue") == write.events
            assert tuple(ask("messages", "issue")) == write.messages
            assert ask("remembered", name, "k") == write.remembered
            counts = [len(ask("issues", EVERY_ISSUE)), len(ask("responses", EVERY_RESPONSE))]
            assert [*counts, ask("count_issues", ACCOUNT_WIDE, lees, None)] == [1, 1, 1], (
                f"issues, responses and Lee's issues that account {name!r} sees, where it has one of each"
            )
        assert tuple(store.transact(f"{account} of nobody", lambda unit: unit.history("issue"), write=False)) == ()

    def test_a_change_and_its_failure_touch_one_account_only(
        self, store: Store, account: str, abilities: object
    ) -> None:
        """Whatever is saved or taken back in one account, another stays as it is."""
        other = f"{account} other"
        store.transact(other, lambda unit: unit.save([opening(sample_response(), "issue")]), write=True)
        before = picture(store, other, abilities)

        def work(unit: Any) -> None:
            unit.save([opening(sample_response("r-2"), "issue")])
            raise Boom

        store.transact(account, lambda unit: unit.save([opening(sample_response(), "mine")]), write=True)
        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert picture(store, other, abilities) == before
