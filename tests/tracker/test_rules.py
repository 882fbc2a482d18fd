"""Rules through the whole of a tracker: assignment, alerts and access, explanations, and trials without effect."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    AsyncTracker,
    Fate,
    InvalidFilter,
    InvalidScore,
    InvalidValue,
    IssueFilter,
    IssueNotFound,
    Policy,
    PolicyError,
    ResponseNotFound,
    RoutedBy,
    Rule,
    Status,
    Tracker,
    Why,
    replay,
)
from resolutionkit.model.people import Group, Person, StaticDirectory
from resolutionkit.testing.recorder import RecordingNotifier
from support import NOON, organisation, response
from support.stores import dump

Open = Callable[..., Tracker]
BRAZIL = Rule(
    name="Brazil", when='country = "BR"', assign="omar", alert=["nina", "lee@partner.example"], tags=["south"]
)
SHARED = Rule(name="shared", assign={"least_loaded": ["nina", "omar", "paula", "gone"]})
BY_TURNS = Rule(name="turns", assign={"round_robin": ["nina", "omar"]})


class Asked:
    """A host's own directory, that remembers whom it was asked for."""

    def __init__(self) -> None:
        self._own = organisation()
        self.asked: list[str] = []

    def person(self, person_id: str) -> Person | None:
        """Return a person."""
        self.asked.append(person_id)
        return self._own.person(person_id)

    def group(self, code: str) -> Group | None:
        """Return a group."""
        return self._own.group(code)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)


def brazilian(response_id: str = "r-1", score: int = 3, **facts: Any) -> Any:
    """Return a response from Brazil."""
    return response(response_id, score, attributes={"country": "BR"}, **facts)


def test_raised_priority_comes_early_among_the_most_urgent(open_tracker: Open) -> None:
    """Behind what was escalated, before everything else however old; page by page, in every list; newest unchanged."""
    tracker = open_tracker(policy=Policy(rules=[Rule(name="gold", when='plan = "gold"', raise_priority=True)]))
    made = {}
    for number, plan in enumerate(["tin", "gold", "tin", "gold", "tin"]):
        at = NOON - timedelta(hours=5 - number)
        issue = tracker.record(response(f"r-{number}", 3, received_at=at, attributes={"plan": plan})).issue
        assert issue is not None
        made[number] = issue.id
    desk = tracker.as_user("dana")
    desk.escalate(made[4], reason="Now.", note="See above.")
    desk.escalate(made[3], reason="Now.", note="See above.")
    for read in (lambda **how: desk.inbox().open(**how), lambda **how: desk.issues(IssueFilter(), **how)):
        first = read(order="most_urgent", limit=3)
        pages = [*first, *read(order="most_urgent", limit=3, after=first.next)]
        assert [line.id for line in pages] == [made[number] for number in (3, 4, 1, 0, 2)]
        assert [line.has_priority for line in pages] == [True, False, True, False, False]
        assert [line.is_urgent for line in pages] == [True, True, False, False, False]
        assert [line.id for line in read(order="newest")] == [made[number] for number in (4, 3, 2, 1, 0)]
    tracker.as_user("ed").add_note(made[3], "Rang.")
    assert [line.id for line in desk.inbox().open(order="most_urgent")][:2] == [made[4], made[1]]


def test_an_issue_goes_where_a_rule_says(open_tracker: Open) -> None:
    """To its assignee; the recipients are told as well; and all of it is in the history."""
    tracker = open_tracker(policy=Policy(rules=[BRAZIL]))
    issue = tracker.record(brazilian()).issue
    other = tracker.record(response("r-2")).issue
    assert issue is not None
    assert other is not None
    assert (issue.assignee, issue.alerted, issue.tags) == ("omar", ("nina", "lee@partner.example"), ("south",))
    assert (other.assignee, other.alerted, other.tags) == ("ed", (), ())
    assert tracker.issue(issue.id) == issue == replay(tracker.history(issue.id))
    told = {one.recipient: one.why for one in tracker.outbox(issue.id)}
    assert told == {
        "omar": (Why.ASSIGNEE,),
        "ed": (Why.GROUP_LEAD,),
        "nina": (Why.RULE,),
        "lee@partner.example": (Why.RULE,),
    }


def test_a_rule_s_recipient_sees_the_issue_and_no_other(open_tracker: Open) -> None:
    """In every list and count, from then on; what was never alerted is not found (law L6)."""
    tracker = open_tracker(policy=Policy(rules=[BRAZIL]))
    issue, other = tracker.record(brazilian()).issue, tracker.record(response("r-2")).issue
    assert issue is not None
    assert other is not None
    nina = tracker.as_user("nina")
    assert [line.id for line in nina.issues()] == [line.id for line in nina.inbox().open()] == [issue.id]
    assert [line.id for line in nina.responses()] == ["r-1"]
    assert (nina.inbox().counts().open, nina.issue(issue.id).id) == (1, issue.id)
    assert nina.set_status(issue.id, Status.RESOLVED, note="Called.").issue.status == "resolved"
    assert [line.id for line in nina.inbox().closed()] == [issue.id]
    with pytest.raises(IssueNotFound):
        nina.issue(other.id)
    with pytest.raises(IssueNotFound):
        tracker.as_user("paula").issue(issue.id)


def test_recipients_are_told_by_channels(open_tracker: Open) -> None:
    """People and bare addresses; the ledger has it."""
    notifier = RecordingNotifier("email")
    tracker = open_tracker(policy=Policy(rules=[BRAZIL]), notifiers=[notifier])
    tracker.record(brazilian())
    tracker.deliver()
    assert {one.message.recipient for one in notifier.notices} >= {"nina", "lee@partner.example"}
    assert {one.fate for one in tracker.ledger(limit=100)} == {Fate.SENT}


def test_the_least_loaded_is_counted_one_by_one_and_in_batches(open_tracker: Open) -> None:
    """Each gets as many; what is closed does not count; and whoever is away gets none."""
    tracker = open_tracker(policy=Policy(rules=[SHARED]))
    for number in range(4):
        tracker.record(response(f"one-{number}"))
    tracker.record_many([response(f"many-{number}") for number in range(5)])
    assert Counter(line.assignee for line in tracker.issues()) == {"nina": 3, "omar": 3, "paula": 3}
    desk = tracker.as_user("dana")
    for line in tracker.issues(IssueFilter(assignee="omar")):
        desk.set_status(line.id, Status.RESOLVED, note="Done.")
    tracker.record_many([response(f"new-{number}") for number in range(3)])
    assert Counter(line.assignee for line in tracker.issues(limit=100)) == {"nina": 3, "omar": 6, "paula": 3}


def test_the_same_response_takes_the_same_turn(open_tracker: Open) -> None:
    """Recorded anywhere, explained beforehand or afterwards: one answer."""
    tracker = open_tracker(policy=Policy(rules=[BY_TURNS]))
    for number in range(12):
        one = response(f"r-{number}")
        before = tracker.explain_routing(one).assignee
        issue = tracker.record(one).issue
        assert issue is not None
        assert issue.assignee == before == tracker.explain_routing(one.id).assignee
    assert len({line.assignee for line in tracker.issues()}) == 2


def test_counting_happens_only_where_a_rule_needs_it(open_tracker: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """No question for a happy response, for another rule's, or where one alone is there."""
    from resolutionkit.tracker import ruling

    counted: list[str | None] = []
    real = ruling.IssueFilter

    def noted(**facts: Any) -> Any:
        counted.append(facts["assignee"])
        return real(**facts)

    monkeypatch.setattr(ruling, "IssueFilter", noted)
    alone = Rule(name="alone", when="score = 2", assign={"least_loaded": ["nina", "gone"]})
    tracker = open_tracker(policy=Policy(rules=[BRAZIL, alone, SHARED]))
    tracker.record(response("happy", 9))
    tracker.record(brazilian("brazil"))
    tracker.record(response("alone", 2))
    assert counted == []
    tracker.record(response("shared"))
    assert counted == ["nina", "omar", "paula"]


def test_a_host_s_directory_is_asked_for_those_whom_rules_name(open_tracker: Open) -> None:
    """Only for those of rules that act."""
    directory = Asked()
    other = Rule(name="other", when="score = 0", assign="bridget")
    tracker = open_tracker(policy=Policy(rules=[other, BRAZIL]), directory=directory)
    issue = tracker.record(brazilian()).issue
    assert issue is not None
    assert (issue.assignee, issue.alerted) == ("omar", ("nina", "lee@partner.example"))
    assert "bridget" not in directory.asked
    found = tracker.explain_routing("r-1")
    assert (found.assignee, found.rules[0].acts) == ("omar", False)
    loads = Policy(rules=[Rule(name="a", assign={"least_loaded": ["omar", "nina"]})])
    again = Tracker(tracker._runner.store, policy=loads, directory=Asked())
    assert again.explain_routing(response("new")).assignee == "nina"


def test_a_rule_escalates_at_once(open_tracker: Open) -> None:
    """Leadership is told, the issue ranks first; a replacing detractor does not do so again."""
    tracker = open_tracker(policy=Policy(rules=[Rule(name="press", when='tag = "press"', escalate="Press.")]))
    issue = tracker.record(response(tags=["press"], ticket="T-1")).issue
    assert issue is not None
    assert (issue.status, issue.is_urgent, issue.escalated_to) == ("escalated", True, "dana")
    assert {one.recipient: one.is_urgent for one in tracker.outbox(issue.id)} == {"ed": False, "dana": True}
    later = tracker.record(response("r-2", tags=["press"], ticket="T-1", received_at=NOON))
    assert later.issue is not None
    assert [event.kind for event in later.events] == ["replacement_recorded"]


def test_routing_is_explained(open_tracker: Open) -> None:
    """Which rules hold and which not, who is missing, what the usual way adds, and how the issue did open."""
    rules = [
        Rule(name="gold", when='plan = "gold" and score <= 3', assign="gone", otherwise="paula"),
        BRAZIL,
        Rule(name="rest", assign="nobody"),
    ]
    tracker = open_tracker(policy=Policy(rules=rules))
    tracker.record(brazilian())
    found = tracker.explain_routing("r-1")
    gold, brazil, rest = found.rules
    assert (gold.holds, gold.comparisons) == (False, (('plan = "gold"', False), ("score <= 3", True)))
    assert (brazil.holds, brazil.acts, brazil.assignee, brazil.missing) == (True, True, "omar", ())
    assert (rest.holds, rest.acts, rest.assignee, rest.missing) == (True, False, None, ("nobody",))
    assert (found.assignee, found.routed_by, found.opens_issue) == ("omar", RoutedBy.RULE, True)
    assert found.opened is not None
    assert (found.opened.assignee, found.opened.rules, found.opened.same_policy) == ("omar", ("Brazil",), True)
    assert str(found).splitlines() == [
        'gold: does not hold: plan = "gold" and score <= 3 (not so: plan = "gold")',
        'Brazil: holds: country = "BR"; assigns to omar; alerts nina, lee@partner.example; marks with south',
        "rest: holds of every response; an earlier rule acts in its stead",
        "The issue goes to omar: a rule says so.",
        "Opened at 2026-11-20T12:00+00:00 under the present policy, by Brazil, and went to omar.",
    ]
    golden = tracker.explain_routing(response("new", 3, attributes={"plan": "gold"}))
    assert (golden.assignee, golden.rules[0].is_fallback, golden.opened) == ("paula", True, None)
    assert "assigns to gone, but nobody of these is there; otherwise to paula; not there: gone" in str(golden)
    usual = tracker.explain_routing(response("new", 3))
    assert (usual.assignee, usual.routed_by) == ("ed", RoutedBy.GROUP_LEAD)
    assert "The response opens no issue by itself" in str(tracker.explain_routing(response("new", 9)))


def test_an_explanation_tells_of_another_policy_and_of_flagging(open_tracker: Open) -> None:
    """The rules are today's; how the issue opened is history."""
    tracker = open_tracker()
    tracker.record(response("r-1"))
    tracker.record(response("r-2", 9))
    tracker.as_user("dana").flag("r-2", note="Said so.", assignee="nina")
    ruled = Tracker(tracker._runner.store, policy=Policy(rules=[BY_TURNS]), directory=organisation())
    first, second = ruled.explain_routing("r-1").opened, ruled.explain_routing("r-2").opened
    assert first is not None
    assert second is not None
    assert (first.same_policy, first.by_hand, first.assignee, first.rules) == (False, False, "ed", ())
    assert (second.by_hand, second.assignee) == (True, "nina")
    assert f"under another policy ({tracker.policy.fingerprint}), by hand, and went to nina." in str(
        ruled.explain_routing("r-2")
    )


def test_what_cannot_be_explained_is_refused(tracker: Tracker) -> None:
    """An id that nobody has, a score beside its scale, and what is neither."""
    with pytest.raises(ResponseNotFound):
        tracker.explain_routing("nothing")
    with pytest.raises(InvalidScore):
        tracker.explain_routing(response(score=11))
    with pytest.raises(InvalidValue):
        tracker.explain_routing(5)  # type: ignore[arg-type]


def test_rules_are_tried_without_effect(open_tracker: Open, url: str) -> None:
    """Where past issues would go, who would get how many, which rules never act; and nothing is written."""
    tracker = open_tracker()
    tracker.record_many([brazilian(f"b-{number}", 2, group="field") for number in range(2)])
    tracker.record_many([response(f"r-{number}", 3) for number in range(3)])
    tracker.record(response("happy", 9))
    before = dump(tracker._runner.store)
    rules = [BRAZIL, Rule(name="never", when='country = "PT"', assign="paula"), SHARED]
    found = tracker.try_rules(rules)
    assert dump(tracker._runner.store) == before
    assert (len(found.trials), found.opened) == (6, 5)
    assert found.by_rule == {"Brazil": 2, "never": 0, "shared": 3}
    # Omar has the two of his group now; the trial gives one to each of the others first.
    assert found.by_assignee == {"omar": 2, "nina": 2, "paula": 1}
    assert {one.response: one.assignee_now for one in found.trials}["r-1"] == "ed"
    assert tracker.try_rules(Policy(recovery_threshold=2, rules=[BRAZIL])).opened == 2
    assert len(tracker.try_rules([], limit=2).trials) == 2
    assert [one.response for one in tracker.try_rules(rules, "r").trials] == ["b-0", "b-1", "r-0", "r-1", "r-2"]


def test_what_cannot_be_tried_is_refused(tracker: Tracker) -> None:
    """A limit that is none, what are no rules, and rules that clash."""
    for limit in (0, 100_001, True, "3"):
        with pytest.raises(InvalidFilter):
            tracker.try_rules([], limit=limit)  # type: ignore[arg-type]
    for rules in (5, "a", [5]):
        with pytest.raises(InvalidValue):
            tracker.try_rules(rules)  # type: ignore[arg-type]
    with pytest.raises(PolicyError):
        tracker.try_rules([Rule(name="a"), Rule(name="a")])


def test_an_async_tracker_explains_and_tries_as_well() -> None:
    """Awaited, the same."""

    async def story() -> None:
        policy = Policy(rules=[SHARED])
        async with AsyncTracker.open("memory:", policy=policy, directory=organisation(), clock=lambda: NOON) as tracker:
            await tracker.record(response())
            found = await tracker.explain_routing("r-1")
            assert (found.opened.assignee, found.assignee) == ("nina", "omar")
            assert (await tracker.try_rules([BRAZIL])).by_rule == {"Brazil": 0}

    asyncio.run(story())


def test_an_erased_address_is_no_recipient_any_more(open_tracker: Open) -> None:
    """The event and the issue have a pseudonym in its stead, and history still folds (law L11)."""
    tracker = open_tracker(policy=Policy(rules=[BRAZIL]))
    issue = tracker.record(brazilian()).issue
    assert issue is not None
    assert [one["roles"] for one in tracker.export_person("lee@partner.example")["roles"]] == [["alerted"]]
    tracker.erase("lee@partner.example")
    assert "lee@partner.example" not in repr(dump(tracker._runner.store))
    kept = tracker.issue(issue.id)
    assert len(kept.alerted) == 2
    assert "lee@partner.example" not in kept.alerted
    assert replay(tracker.history(issue.id)) == kept


def test_a_directory_without_anybody_leaves_rules_harmless(open_tracker: Open) -> None:
    """Nobody is there to be assigned, alerted or called in; the issue opens all the same."""
    rule = Rule(name="a", assign={"least_loaded": ["x", "y"]}, otherwise="leader", alert=["x"], escalate="Risk.")
    issue = open_tracker(policy=Policy(rules=[rule]), directory=StaticDirectory()).record(response()).issue
    assert issue is not None
    assert (issue.assignee, issue.alerted, issue.status) == (None, (), "escalated")
