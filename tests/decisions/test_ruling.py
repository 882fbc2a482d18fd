"""Rules as they act: which of them do, whom they assign to, and what they come to together."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    Access,
    Group,
    IssueOpened,
    Person,
    Policy,
    Rule,
    RulesApply,
    StaticDirectory,
    Topic,
    Why,
    classify,
    workflows,
)
from resolutionkit.decisions.assigning import Case, assigned
from resolutionkit.decisions.audience import plan
from resolutionkit.decisions.explaining import explained
from resolutionkit.decisions.intake import flag
from resolutionkit.decisions.ruling import acting, ruled
from resolutionkit.model.commands import Flag
from resolutionkit.model.history import replay
from resolutionkit.model.issue import line_of
from resolutionkit.model.sortkeys import urgency, urgency_facts
from resolutionkit.policy.assignment import read_assignment
from resolutionkit.testing.changes import opening
from support import response

PEOPLE = ("a", "b", "c", "d")


def crew(*away: str) -> StaticDirectory:
    """Return four people, ``a`` above ``b`` above ``c``, some of whom are away; ``d`` leads the group and all."""
    managers = {"c": "b", "b": "a"}
    return StaticDirectory(
        [Person(id=who, manager=managers.get(who), active=who not in away, access=Access.EVERYTHING) for who in PEOPLE],
        groups=[Group(code="emea", lead="d")],
        leader="d",
    )


def case(people: StaticDirectory, response_id: str = "r-1", **facts: Any) -> Case:
    """Return a response to assign, whose hierarchy is ``a`` and ``b``."""
    return Case(response(response_id), ("a", "b"), people, **facts)


@pytest.mark.parametrize(
    ("written", "away", "found"),
    [
        ("a", "", "a"),
        ("a", "a", None),
        ("nobody", "", None),
        ("lee@partner.example", "", "lee@partner.example"),
        ("group_lead", "", "d"),
        ("group_lead", "d", None),
        ("leader", "", "d"),
        ("leader", "d", None),
        ("reporting_line", "", "b"),
        ("reporting_line", "b", "a"),
        ("reporting_line", "ab", None),
        ({"manager_of": "c"}, "", "b"),
        ({"manager_of": "c"}, "b", "a"),
        ({"manager_of": "c"}, "abc", None),
        ({"manager_of": "a"}, "", None),
        ({"manager_of": "nobody"}, "", None),
        ({"round_robin": ["a", "nobody", "b"]}, "a", "b"),
        ({"round_robin": ["a", "b"]}, "ab", None),
        ({"least_loaded": ["a", "b"]}, "ab", None),
        ({"least_loaded": ["a", "b"]}, "", "b"),
        ({"least_loaded": ["a", "b", "c"]}, "", "c"),
        ({"least_loaded": ["a", "b", "c"]}, "c", "b"),
    ],
)
def test_whom_an_assignment_means(written: Any, away: str, found: str | None) -> None:
    """Whoever is there, or nobody; nobody who has left."""
    assert assigned(read_assignment(written), case(crew(*away), loads={"a": 3, "b": 2})) == found


def test_between_the_equally_loaded_the_first_of_the_rule_is_chosen() -> None:
    """The order that the rule has decides."""
    assert assigned(read_assignment({"least_loaded": ["c", "a"]}), case(crew(), loads={"a": 1, "c": 1})) == "c"


def test_turns_are_fair_and_whoever_is_away_moves_only_their_own() -> None:
    """In the long run each gets a quarter; the issues of others stay theirs when somebody leaves."""
    turns = read_assignment({"round_robin": PEOPLE})
    ids = [f"r-{number}" for number in range(4000)]
    everybody = {one: assigned(turns, case(crew(), one)) for one in ids}
    counts = Counter(everybody.values())
    assert set(counts) == set(PEOPLE)
    assert all(abs(count - 1000) < 140 for count in counts.values())
    without = {one: assigned(turns, case(crew("b"), one)) for one in ids}
    assert all(without[one] == who for one, who in everybody.items() if who != "b")
    assert set(without.values()) == {"a", "c", "d"}
    reordered = read_assignment({"round_robin": PEOPLE[::-1]})
    assert all(assigned(reordered, case(crew(), one)) == who for one, who in everybody.items())


_RULES = st.lists(
    st.fixed_dictionaries(
        {"when": st.sampled_from([None, *(f"score <= {score}" for score in range(7))])},
        optional={
            "assign": st.sampled_from([*PEOPLE, "leader", "nobody"]),
            "alert": st.lists(st.sampled_from([*PEOPLE, "x@y.example"]), max_size=2),
            "tags": st.lists(st.sampled_from(["one", "two"]), max_size=2),
            "escalate": st.sampled_from(["Risk.", "Press."]),
        },
    ),
    max_size=6,
)


@given(_RULES, st.integers(0, 6), st.sets(st.sampled_from(PEOPLE)), st.sampled_from(RulesApply))
def test_what_rules_come_to_is_what_a_loop_says(
    given_rules: list[dict[str, Any]], score: int, away: set[str], apply: RulesApply
) -> None:
    """One after the other, as one would do by hand; the first alone where only that acts."""
    rules = [Rule(name=f"r{number}", **facts) for number, facts in enumerate(given_rules)]
    judged = classify(response(score=score), Policy())
    names, tags, alerted, assignee, reason = [], [], [], None, None
    for number, facts in enumerate(given_rules):
        if facts["when"] is not None and score > int(facts["when"].split()[-1]):
            continue
        names.append(f"r{number}")
        tags += facts.get("tags", [])
        alerted += [who for who in facts.get("alert", []) if who not in away]
        wanted = {"leader": "d"}.get(facts.get("assign"), facts.get("assign"))
        assignee = assignee or (wanted if wanted in PEOPLE and wanted not in away else None)
        reason = reason or facts.get("escalate")
        if apply is RulesApply.FIRST:
            break
    found = ruled(acting(rules, apply, judged), case(crew(*away)))
    assert list(found.rules) == names
    assert (list(found.tags), list(found.alerted)) == (list(dict.fromkeys(tags)), list(dict.fromkeys(alerted)))
    assert (found.assignee, found.escalate) == (assignee, reason)


@given(_RULES, st.integers(0, 6), st.sets(st.sampled_from(PEOPLE)), st.sampled_from(RulesApply))
def test_the_explanation_says_what_is_decided(
    given_rules: list[dict[str, Any]], score: int, away: set[str], apply: RulesApply
) -> None:
    """The same assignee as the decision, each rule once, and those that act are those that acted."""
    rules = [Rule(name=f"r{number}", **facts) for number, facts in enumerate(given_rules)]
    policy, one = Policy(rules=rules, rules_apply=apply), response(score=score)
    judged = classify(one, policy)
    found = explained(judged, case(crew(*away)), policy, opens_issue=judged.opens_issue, opinion=None)
    ruling = ruled(acting(rules, apply, judged), case(crew(*away)))
    assert [each.rule.name for each in found.rules] == [rule.name for rule in rules]
    assert tuple(each.rule.name for each in found.rules if each.acts) == ruling.rules
    assert found.ruling == ruling
    assert (found.routed_by == "rule") is (ruling.assignee is not None)
    assert str(found)


def opened(office: Any, *rules: Rule, apply: str = "first", **facts: Any) -> IssueOpened:
    """Return the opening of an unhappy response's issue under rules."""
    office.policy = Policy(rules=rules, rules_apply=apply)
    event = office.take_in(response(**facts)).events[0]
    assert isinstance(event, IssueOpened)
    return event


def test_an_opening_keeps_what_rules_did(office: Any) -> None:
    """Who is assigned and alerted, the tags, and the names of the rules, so that history needs no policy."""
    rule = Rule(name="one", when="score <= 3", assign="omar", alert=["Nina@host.example", "gone", "nobody"], tags=["x"])
    event = opened(office, rule)
    assert (event.assignee, event.alerted, event.tags, event.rules) == ("omar", ("nina",), ("x",), ("one",))
    issue = replay([event])
    assert (issue.alerted, issue.tags) == (("nina",), ("x",))
    event = opened(office, rule, score=4)
    assert (event.assignee, event.alerted, event.tags, event.rules) == ("ed", (), (), ())


def test_an_absent_assignee_s_issues_go_to_the_fallback_and_then_the_usual_way(office: Any) -> None:
    """Nobody's absence hides work."""
    assert opened(office, Rule(name="one", assign="gone", otherwise="omar")).assignee == "omar"
    assert opened(office, Rule(name="one", assign="gone", otherwise="nobody")).assignee == "ed"
    rules = [Rule(name="one", assign="gone"), Rule(name="two", assign="paula")]
    assert opened(office, *rules).assignee == "ed"
    assert opened(office, *rules, apply="all").assignee == "paula"


def test_whoever_flags_and_names_somebody_is_obeyed(office: Any) -> None:
    """Otherwise the rule assigns; it marks the issue, and alerts nobody of what a person opened."""
    office.policy = Policy(rules=[Rule(name="one", assign="omar", tags=["x"], alert=["paula"])])
    context = office.context
    record = office.record(response(score=9))
    named = flag(record, Flag(response="r-1", note="Said so.", assignee="nina"), context()).events[0]
    unnamed = flag(record, Flag(response="r-1", note="Said so."), context()).events[0]
    assert (named.assignee, unnamed.assignee) == ("nina", "omar")
    assert (unnamed.tags, unnamed.alerted, unnamed.rules) == (("x",), (), ("one",))


def test_a_rule_can_open_an_issue_escalated(office: Any) -> None:
    """The system escalates it with the rule's reason to the highest in command; old data it leaves alone."""
    office.policy = Policy(rules=[Rule(name="one", escalate="Risk.")])
    event, escalated = office.take_in(response()).events
    assert (event.status, event.phase) == ("escalated", "active")
    assert (escalated.reason, escalated.to, escalated.actor) == ("Risk.", "dana", "system")
    issue = replay([event, escalated])
    assert issue.is_urgent
    assert issue.episodes[0].first_action_at is None
    (old,) = office.take_in(response(), announce=False).events
    assert (old.status, old.backfilled) == ("needs_attention", True)


def test_a_rule_can_raise_the_priority(office: Any) -> None:
    """Whichever of those that act says so; it lasts through status, note and reopening, and nobody hears more of it."""
    quiet = Rule(name="one", tags=["x"])
    for rules, is_raised in (([quiet], False), ([quiet, Rule(name="two", raise_priority=True)], True)):
        office.policy = Policy(rules=rules, rules_apply="all")
        (event,) = office.take_in(response()).events
        assert event.has_priority is replay([event]).has_priority is is_raised
        assert line_of(replay([event])).has_priority is is_raised


def test_priority_ranks_behind_urgency_alone() -> None:
    """Four ranks, each told from its number; the score and the due instant come after them."""
    ranks = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
    base = replay(opening(response()).events)
    for (is_urgent, has_priority), rank in ranks.items():
        issue = attrs.evolve(base, escalated_by="dana" if is_urgent else None, has_priority=has_priority)
        assert urgency(issue) == urgency(line_of(issue)) == rank
        assert urgency_facts(rank) == (is_urgent, has_priority)


def test_who_is_told_by_rules(office: Any) -> None:
    """The recipients as well as the usual, each once with all reasons; of a quiet issue the assignee alone."""

    def told(*rules: Rule, apply: str = "all") -> dict[str, tuple[Topic, tuple[Why, ...]]]:
        office.policy = Policy(rules=rules, rules_apply=apply)
        events = office.take_in(response(hierarchy=["omar"])).events
        messages = plan(None, replay(events), events, office.context("system"))
        return {one.recipient: (one.topic, one.why) for one in messages}

    usual = {"omar": (Topic.OPENED, (Why.ASSIGNEE, Why.HIERARCHY)), "ed": (Topic.OPENED, (Why.GROUP_LEAD,))}
    assert told() == usual
    alerting = Rule(name="one", alert=["lee@partner.example", "ed", "gone"])
    assert told(alerting) == {
        "omar": usual["omar"],
        "ed": (Topic.OPENED, (Why.GROUP_LEAD, Why.RULE)),
        "lee@partner.example": (Topic.OPENED, (Why.RULE,)),
    }
    quiet = Rule(name="two", suppress_alerts=True)
    assert told(alerting, quiet) == {"omar": (Topic.OPENED, (Why.ASSIGNEE,))}
    assert set(told(quiet, Rule(name="three", escalate="Risk."))) == {"omar", "dana"}


def test_without_rules_nothing_is_written(office: Any) -> None:
    """An opening is as small as ever."""
    office.policy = Policy(workflow=workflows.THREE_STATUS)
    event = office.take_in(response()).events[0]
    assert event.rules == event.alerted == event.tags == ()
    assert not event.is_quiet
