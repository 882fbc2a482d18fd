"""Store rule: nothing is cut, however long, many or exact it is; and what is interrupted leaves nothing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from resolutionkit.model.events import NoteAdded, RootCauseRecorded
from resolutionkit.model.issue import RootCause, line_of
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, IssueQuery, Order, ResponseFilter, ResponseQuery
from resolutionkit.model.values import ACCOUNT_MAX, CODE_MAX, TEXT_MAX
from resolutionkit.ports import Store
from resolutionkit.testing.changes import event_after, message, note, opening, remembered, stored, then
from resolutionkit.testing.samples import sample_response
from resolutionkit.testing.suites.base import Ask, Save, StoreSuite

_MANY = 350
_PAGE = 1001
_RESPONSES = ResponseQuery(scope=ACCOUNT_WIDE, filter=ResponseFilter(), limit=_PAGE)


class Sizes(StoreSuite):
    """Quiet limits: of histories, pages, texts, keys and numbers."""

    def test_a_long_life_is_kept_whole(self, save: Save, ask: Ask) -> None:
        """Hundreds of events, notes and messages of one issue are all there, in order."""
        latest = opening(sample_response())
        save(latest)
        events = list(latest.events)
        for number in range(_MANY):
            added = event_after(latest.issue, NoteAdded, note=note(f"Note {number}."))
            latest = then(latest.issue, added, messages=(message(latest.issue, f"p{number}@x.example"),))
            save(latest)
            events.append(added)
        assert list(ask("history", latest.issue.id)) == events
        assert len(ask("messages", latest.issue.id)) == _MANY, "messages that are read back"
        assert [line.notes for line in ask("responses", _RESPONSES)] == [latest.issue.notes]
        assert list(ask("issues", issues(Order.NEWEST))) == [line_of(latest.issue)]

    def test_a_page_may_have_a_thousand_lines(self, save: Save, ask: Ask) -> None:
        """The lists and the count have no limit but the one that is asked for."""
        save(*(opening(sample_response(f"r-{number}"), f"i-{number:04}") for number in range(_PAGE)))
        counts = [len(ask("issues", issues(order))) for order in Order]
        assert counts == [_PAGE, _PAGE], "issues on the page, in each order"
        assert len(ask("responses", _RESPONSES)) == _PAGE, "responses on the page"
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(), None) == _PAGE, "issues that are counted"

    def test_keys_and_accounts_differ_in_their_last_character(self, store: Store, save: Save, ask: Ask) -> None:
        """The longest that may be are told apart by the last of their characters."""
        latest, key = opening(sample_response()), "k" * (CODE_MAX - 1)
        save(attrs.evolve(latest, remembered=remembered(latest.issue, f"{key}a")))
        assert ask("remembered", "dana", f"{key}b") is None
        assert ask("remembered", "dana", f"{key}a") is not None
        account = "a" * (ACCOUNT_MAX - 1)
        store.transact(f"{account}1", lambda unit: unit.save([latest]), write=True)
        assert store.transact(f"{account}2", lambda unit: unit.history(latest.issue.id), write=False) == ()

    def test_scores_and_thresholds_are_exact(self, save: Save, ask: Ask) -> None:
        """A double comes back to its last bit."""
        save(stored(sample_response(score=4.3), threshold=6.1))
        record = ask("response", "r-1")
        assert (record.response.score, record.threshold) == (4.3, 6.1)

    @pytest.mark.parametrize("end", ["漢", "😀"], ids=["three bytes", "four bytes"])
    def test_the_longest_text_comes_back(self, save: Save, ask: Ask, end: str) -> None:
        """Characters are counted, not bytes."""
        response = sample_response(comment=end * (TEXT_MAX - 1) + ".")
        save(stored(response))
        assert ask("response", "r-1").response == response

    def test_every_why_of_a_root_cause_is_kept(self, save: Save, ask: Ask) -> None:
        """Five whys are five, and so are the actions."""
        first = opening(sample_response())
        words = tuple(f"{number}." for number in range(5))
        cause = RootCause(category="price", whys=words, actions=words)
        after = then(first.issue, event_after(first.issue, RootCauseRecorded, root_cause=cause))
        save(first, after)
        assert ask("history", after.issue.id)[-1].root_cause == cause

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
    def test_an_interrupt_leaves_nothing(
        self, store: Store, ask: Ask, account: str, error: type[BaseException]
    ) -> None:
        """What ends a program in the middle of the work rolls back like any error."""

        def work(unit: Any) -> None:
            unit.save([opening(sample_response())])
            raise error

        with pytest.raises(error):
            store.transact(account, work, write=True)
        assert ask("response", "r-1") is None


def issues(order: Order) -> IssueQuery:
    """Return the question for everything."""
    return IssueQuery(scope=ACCOUNT_WIDE, filter=IssueFilter(), order=order, limit=_PAGE)
