"""Classification and routing by plugins: what they say counts, whatever else they do is contained."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import AsyncTracker, Classification, IssueFilter, Outcome, Policy, Response, Tracker, replay
from resolutionkit.hooks import hookimpl
from resolutionkit.ports import Directory
from support import organisation, response

Open = Callable[..., Tracker]


class Says:
    """A plugin that answers as it is told to, and remembers what it was asked."""

    def __init__(self, recovery: Any = None, assignee: Any = None) -> None:
        self.recovery, self.assignee = recovery, assignee
        self.asked: list[tuple[str, str]] = []

    def _answer(self, account: str, what: Response, answer: Any) -> Any:
        self.asked.append((account, what.id))
        if isinstance(answer, Exception):
            raise answer
        return answer(what) if callable(answer) else answer

    @hookimpl
    def resolutionkit_needs_recovery(self, account: str, classification: Classification) -> Any:
        """Say so."""
        return self._answer(account, classification.response, self.recovery)

    @hookimpl
    def resolutionkit_assignee(self, account: str, response: Response, directory: Directory) -> Any:
        """Say who, of those who are there."""
        assert directory.leader() is not None
        return self._answer(account, response, self.assignee)


def wants_refund(one: Response) -> bool | None:
    """Say whether a word is in the comment."""
    return "refund" in (one.comment or "") or None


def test_a_word_makes_any_score_need_recovery(open_tracker: Open) -> None:
    """The issue says so, is listed as such, and is the same when it is replayed; the category stays the score's."""
    tracker = open_tracker(plugins=[Says(wants_refund)])
    done = tracker.record(response("r-1", 10, comment="I want a refund."))
    assert done.outcome is Outcome.OPENED
    assert done.issue is not None
    assert done.issue.needs_recovery
    assert replay(tracker.history(done.issue.id)) == tracker.issue(done.issue.id)
    assert [line.response.id for line in tracker.issues(IssueFilter(needs_recovery=True))] == ["r-1"]
    assert tracker.response("r-1").category == "promoter"
    assert tracker.record(response("r-2", 10)).issue is None
    assert tracker.classify(response("r-3", 10, comment="refund")).opens_issue


def test_a_plugin_may_deny_what_the_threshold_says(open_tracker: Open) -> None:
    """Unless another one, or the customer's wish to be called, says otherwise."""
    deny, insist = Says(recovery=False), Says(wants_refund)
    assert open_tracker(plugins=[deny]).record(response("r-1", 0)).issue is None
    tracker = open_tracker(plugins=[insist, deny], policy=Policy(open_on_contact_request=True))
    assert tracker.record(response("r-2", 0)).issue is None
    assert tracker.record(response("r-3", 0, comment="refund")).issue is not None
    wish = tracker.record(response("r-4", 0, wants_contact=True)).issue
    assert wish is not None
    assert not wish.needs_recovery


def test_a_delivery_that_is_repeated_is_not_judged_again(open_tracker: Open) -> None:
    """What was decided is kept; the plugin is asked about what is new."""
    plugin = Says(recovery=True)
    tracker = open_tracker(plugins=[plugin])
    assert tracker.record(response("r-1", 9)).outcome is Outcome.OPENED
    plugin.recovery = False
    asked = len(plugin.asked)
    assert tracker.record(response("r-1", 9)).outcome is Outcome.DUPLICATE
    assert len(plugin.asked) == asked
    assert tracker.record(response("r-1", 8), replace=True).outcome is Outcome.REPLACED
    assert not tracker.issues().items[0].needs_recovery


def test_a_plugin_routes_new_issues(open_tracker: Open) -> None:
    """The last that was registered is asked first; where nobody answers it goes the usual way."""
    plain = open_tracker().record(response("r-0", 1)).issue
    assert plain is not None
    first, last = Says(assignee="omar"), Says(assignee=lambda one: "nina" if one.id == "r-1" else None)
    tracker = open_tracker(plugins=[first, last])
    for name, whose in (("r-1", "nina"), ("r-2", "omar")):
        issue = tracker.record(response(name, 1)).issue
        assert issue is not None
        assert issue.assignee == whose
    assert plain.assignee not in {"nina", "omar"}
    tracker.record(response("r-3", 9))
    flagged = tracker.as_user("dana").flag("r-3", note="Rang.", assignee="dana")
    assert flagged.issue.assignee == "dana"


def test_each_account_is_told_to_its_plugins(open_tracker: Open) -> None:
    """So that one plugin can serve all."""
    plugin = Says()
    tracker = open_tracker(plugins=[plugin], account="acme")
    tracker.record(response("r-1", 1))
    assert {account for account, _ in plugin.asked} == {"acme"}


ABSURD = {
    "raises": (KeyError("what Jane typed"), "failed in {hook}: KeyError at test_opinions.py:"),
    "a number": (1, "answers a value of the type int in {hook}"),
    "an object": (object(), "answers a value of the type object in {hook}"),
}


@pytest.mark.parametrize("what", ABSURD)
@pytest.mark.parametrize("hook", ["recovery", "assignee"])
def test_a_plugin_that_fails_for_ever_is_named_and_stops_nothing(
    open_tracker: Open, hook: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each response is taken in, by what the others say; the log says who failed, without what somebody typed."""
    answer, told = ABSURD[what]
    name = {"recovery": "resolutionkit_needs_recovery", "assignee": "resolutionkit_assignee"}[hook]
    tracker = open_tracker(plugins=[Says(wants_refund, assignee="omar"), Says(**{hook: answer})])
    with caplog.at_level(logging.ERROR, "resolutionkit.plugins"):
        for number in range(3):
            issue = tracker.record(response(f"r-{number}", 10, comment="refund")).issue
            assert issue is not None
            assert issue.assignee == "omar"
    assert len(caplog.records) == 3
    assert f"the plugin given 1 {told.format(hook=name)}" in caplog.text
    assert "Jane" not in caplog.text


@pytest.mark.parametrize("who", ["nobody", "gone", "\x1b[31m"])
def test_a_plugin_that_names_nobody_is_passed_over(
    open_tracker: Open, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The issue goes the usual way, and the log says whom the plugin meant."""
    usual = open_tracker().record(response("r-0", 1)).issue
    issue = open_tracker(plugins=[Says(assignee=who)]).record(response("r-1", 1)).issue
    assert usual is not None
    assert issue is not None
    assert issue.assignee == usual.assignee
    assert "expected the id of a person who is there" in caplog.text
    assert "\x1b" not in caplog.text


def test_an_async_tracker_asks_the_same_plugins() -> None:
    """A plugin's functions are plain ones, and may ask the directory."""

    async def main() -> None:
        plugin = Says(wants_refund, assignee="omar")
        async with AsyncTracker.open("memory:", directory=organisation(), plugins=[plugin]) as tracker:
            done = await tracker.record(response("r-1", 10, comment="refund"))
            assert done.issue is not None
            assert done.issue.assignee == "omar"

    asyncio.run(main())
