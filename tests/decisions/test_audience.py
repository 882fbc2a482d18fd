"""Who is told: a table from what happened to who hears of it, each person once, nobody of their own act."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from resolutionkit import Group, Person, StaticDirectory, replay
from resolutionkit.decisions.audience import plan, plan_without_issue
from resolutionkit.decisions.hearers import Wishes
from resolutionkit.model.commands import AddNote, Assign, Escalate, Follow, Reopen, SetStatus, Unfollow
from resolutionkit.model.history import apply
from support import NOON, organisation, response

Told = dict[str, tuple[str, tuple[str, ...]]]


def told(office: Any, issue: Any, events: Any, actor: str = "bridget") -> Told:
    """Return who is told of what, and why, after the events."""
    before = issue
    for event in events:
        issue = apply(issue, event)
    messages = plan(before, issue, events, office.context(actor))
    assert len({one.recipient for one in messages}) == len(messages)
    return {one.recipient: (one.topic.value, tuple(why.value for why in one.why)) for one in messages}


def on_opening(office: Any, **facts: Any) -> Told:
    """Return who is told of a new unhappy response."""
    decision = office.take_in(response(**facts))
    return told(office, None, decision.events, "system")


OPENINGS: dict[str, tuple[dict[str, Any], Told]] = {
    "the group's lead is the assignee": ({}, {"ed": ("opened", ("assignee", "group_lead"))}),
    "hierarchy and lead": (
        {"hierarchy": ["dana", "nina"]},
        {
            "nina": ("opened", ("assignee", "hierarchy")),
            "dana": ("opened", ("hierarchy",)),
            "ed": ("opened", ("group_lead",)),
        },
    ),
    "an address in the hierarchy is told": (
        {"hierarchy": ["lee@partner.example"]},
        {"ed": ("opened", ("assignee", "group_lead")), "lee@partner.example": ("opened", ("hierarchy",))},
    ),
    "the lead left": ({"group": "billing"}, {"dana": ("opened", ("assignee",))}),
    "no group": ({"group": None}, {"dana": ("opened", ("assignee",))}),
    "the also-alerted are not told": ({"group": "field"}, {"omar": ("opened", ("assignee", "group_lead"))}),
    "the lead in the hierarchy": (
        {"hierarchy": ["ed"]},
        {"ed": ("opened", ("assignee", "hierarchy", "group_lead"))},
    ),
}


@pytest.mark.parametrize(("facts", "expected"), OPENINGS.values(), ids=OPENINGS)
def test_a_new_issue_tells_assignee_hierarchy_and_lead(office: Any, facts: dict[str, Any], expected: Told) -> None:
    """Each once, with every reason in the order in which a mail gives them."""
    assert on_opening(office, **facts) == expected


WISHES = Wishes(asking=("dana", "nina"), noting=frozenset({"nina"}))


def test_who_asks_for_a_new_issue_is_told_of_it(office: Any) -> None:
    """Beside those whom it concerns, with the preference as the last of the reasons; not where somebody flags it."""
    decision = office.take_in(response(hierarchy=["nina"]))
    issue = apply(None, decision.events[0])
    messages = plan(None, issue, decision.events, office.context("system"), WISHES)
    assert {one.recipient: tuple(one.why) for one in messages} == {
        "nina": ("assignee", "hierarchy", "preference"),
        "ed": ("group_lead",),
        "dana": ("preference",),
    }
    flagged = office.flag(office.record(response(score=10)), assignee="nina").events
    assert [one.recipient for one in plan(None, apply(None, flagged[0]), flagged, office.context(), WISHES)] == ["nina"]


def test_who_asks_for_a_response_without_an_issue_is_told_of_it(office: Any) -> None:
    """In order, each once, and not who acts; nothing of it is urgent."""
    record = office.record(response(score=8))
    messages = plan_without_issue(record, office.context("nina"), WISHES)
    assert [(one.recipient, one.topic, one.issue, one.is_urgent) for one in messages] == [
        ("dana", "recorded", None, False)
    ]


def test_followers_who_want_notes_hear_of_them(office: Any) -> None:
    """The others do not, nor does somebody who wants notes and follows nothing."""
    issue = followed(office, "omar", "nina")
    events = office.decide(issue, AddNote(issue="i", note="N")).events
    messages = plan(issue, issue, events, office.context(), Wishes(noting=frozenset({"nina", "ed"})))
    assert [(one.recipient, one.topic, one.why) for one in messages] == [("nina", "noted", ("follower",))]


def test_nobody_there_is_nobody_told(office: Any) -> None:
    """An account without people opens its issues all the same."""
    office.people = StaticDirectory()
    assert on_opening(office) == {}


def test_a_flagged_issue_tells_its_assignee_unless_that_is_who_flagged_it(office: Any) -> None:
    """The hierarchy and the lead are told of new responses only."""
    record = office.record(response(score=10, hierarchy=["dana"]))
    events = office.flag(record, assignee="nina", followers=["omar"]).events
    assert told(office, None, events) == {"nina": ("opened", ("assignee",))}
    assert told(office, None, office.flag(record, "nina", assignee="nina").events, "nina") == {}


def followed(office: Any, *who: str) -> Any:
    """Return an issue of Ed's with followers."""
    return attrs.evolve(office.opened(), followers=who)


MOVE = SetStatus(issue="i", status="in_progress", note="N")
CHANGES: dict[str, tuple[Any, str, Told]] = {
    "status": (
        MOVE,
        "bridget",
        {"nina": ("status_changed", ("follower",)), "lee@partner.example": ("status_changed", ("follower",))},
    ),
    "status by a follower": (MOVE, "nina", {"lee@partner.example": ("status_changed", ("follower",))}),
    "note": (AddNote(issue="i", note="N"), "bridget", {}),
    "follow": (Follow(issue="i", who="omar"), "bridget", {}),
    "unfollow": (Unfollow(issue="i", who="nina"), "bridget", {}),
    "assign": (
        Assign(issue="i", assignee="omar", note="N"),
        "bridget",
        {
            "omar": ("assigned", ("assignee",)),
            "nina": ("reassigned", ("follower",)),
            "lee@partner.example": ("reassigned", ("follower",)),
        },
    ),
    "assign to a follower": (
        Assign(issue="i", assignee="nina", note="N"),
        "bridget",
        {"nina": ("assigned", ("assignee", "follower")), "lee@partner.example": ("reassigned", ("follower",))},
    ),
    "take it oneself": (
        Assign(issue="i", assignee="nina", note="N"),
        "nina",
        {"lee@partner.example": ("reassigned", ("follower",))},
    ),
    "escalate": (
        Escalate(issue="i", reason="R", note="N"),
        "bridget",
        {
            "nina": ("status_changed", ("follower",)),
            "lee@partner.example": ("status_changed", ("follower",)),
            "dana": ("escalated", ("leadership",)),
        },
    ),
    "escalate by the leader": (
        Escalate(issue="i", reason="R", note="N"),
        "dana",
        {"nina": ("status_changed", ("follower",)), "lee@partner.example": ("status_changed", ("follower",))},
    ),
}


@pytest.mark.parametrize(("command", "actor", "expected"), CHANGES.values(), ids=CHANGES)
def test_each_change_tells_whom_it_concerns(office: Any, command: Any, actor: str, expected: Told) -> None:
    """Followers, the new assignee, leadership; never who did it."""
    issue = followed(office, "nina", "lee@partner.example")
    assert told(office, issue, office.decide(issue, command, actor).events, actor) == expected


def test_escalating_again_tells_leadership_again_and_nobody_else(office: Any) -> None:
    """It is urgent: quiet hours do not hold it."""
    issue = office.done(followed(office, "nina"), Escalate(issue="i", reason="R", note="N"))
    events = office.decide(issue, Escalate(issue="i", reason="Still.")).events
    (message,) = plan(issue, issue, events, office.context())
    assert (message.recipient, message.topic.value, message.is_urgent) == ("dana", "escalated", True)


def test_a_follower_who_is_leadership_hears_the_escalation_first(office: Any) -> None:
    """One message for one person, about the weightiest, with both reasons."""
    issue = followed(office, "dana")
    events = office.decide(issue, Escalate(issue="i", reason="R", note="N")).events
    assert told(office, issue, events) == {"dana": ("escalated", ("leadership", "follower"))}


def closed(office: Any) -> Any:
    """Return a closed issue that Nina follows."""
    return office.done(followed(office, "nina"), SetStatus(issue="i", status="resolved", note="N"))


def test_followers_stay_after_closing_and_hear_of_a_reopening(office: Any) -> None:
    """By a person: followers; the assignee is told where no person did it."""
    issue = closed(office)
    events = office.decide(issue, Reopen(issue="i", note="N")).events
    assert told(office, issue, events) == {"nina": ("reopened", ("follower",))}


@pytest.mark.parametrize(
    ("score", "is_closed", "expected"),
    [
        (2, False, {"ed": ("replaced", ("assignee",)), "nina": ("replaced", ("follower",))}),
        (9, False, {}),
        (2, True, {"ed": ("reopened", ("assignee",)), "nina": ("reopened", ("follower",))}),
        (9, True, {}),
    ],
    ids=["unhappy", "happy", "reopens", "happy-closed"],
)
def test_a_replacing_detractor_tells_assignee_and_followers(
    office: Any, score: int, is_closed: bool, expected: Told
) -> None:
    """Once each, also where the issue reopens; a happy one tells nobody."""
    issue = closed(office) if is_closed else followed(office, "nina")
    standing = attrs.evolve(office.record(response(ticket="T")), issue=issue.id)
    given = response("r-2", score, ticket="T", received_at=NOON)
    decision = office.take_in(given, standing=standing, issue=issue)
    assert told(office, issue, decision.events, "system") == expected


def replacing(office: Any, issue: Any, score: int, **facts: Any) -> Told:
    """Return who is told of a later response of an issue's ticket."""
    standing = attrs.evolve(office.record(response(ticket="T")), issue=issue.id)
    given = response("r-2", score, **({"ticket": "T", "received_at": NOON} | facts))
    return told(office, issue, office.take_in(given, standing=standing, issue=issue).events, "system")


@pytest.mark.parametrize(
    ("group", "score", "expected"),
    [
        ("emea", 2, {"ed": ("replaced", ("group_lead",)), "nina": ("replaced", ("follower",))}),
        (
            "field",
            2,
            {"omar": ("replaced", ("group_lead",)), "nina": ("replaced", ("follower",))},
        ),
        ("billing", 2, {"dana": ("replaced", ("group_lead",)), "nina": ("replaced", ("follower",))}),
        ("emea", 9, {}),
    ],
    ids=["the lead", "the new group's lead", "the leader", "a happy one"],
)
def test_where_the_assignee_left_the_lead_hears_of_a_replacement(
    office: Any, group: str, score: int, expected: Told
) -> None:
    """Whoever intake would have turned to is told instead, and not the one who is gone."""
    issue = attrs.evolve(followed(office, "nina"), assignee="gone")
    assert replacing(office, issue, score, group=group) == expected


def test_where_the_assignee_left_the_lead_hears_of_a_reopening(office: Any) -> None:
    """An issue that reopens by itself finds somebody."""
    issue = attrs.evolve(closed(office), assignee="gone")
    expected = {"ed": ("reopened", ("group_lead",)), "nina": ("reopened", ("follower",))}
    assert replacing(office, issue, 2) == expected


@pytest.mark.parametrize(
    ("score", "others"),
    [(2, {"ed": ("replaced", ("assignee",)), "nina": ("replaced", ("follower",))}), (9, {})],
    ids=["unhappy", "happy"],
)
def test_a_replacement_that_changes_the_group_tells_its_lead(office: Any, score: int, others: Told) -> None:
    """Whatever its score; a correction does so too."""
    issue = followed(office, "nina")
    expected = {"omar": ("replaced", ("group_lead",)), **others}
    assert replacing(office, issue, score, group="field") == expected
    same = attrs.evolve(office.record(response()), issue=issue.id)
    events = office.take_in(response(score=score, group="field"), same=same, issue=issue, replace=True).events
    assert told(office, issue, events, "system") == expected
    assert replacing(office, issue, score, group="billing") == others


def test_who_left_is_not_told(office: Any) -> None:
    """Neither as assignee nor as follower, though both stay on record."""
    issue = attrs.evolve(followed(office, "gone", "stranger", "nina"), assignee="gone")
    assert set(told(office, issue, office.decide(issue, MOVE).events)) == {"nina"}


def test_a_message_says_what_it_is_of(office: Any) -> None:
    """The events that it tells of, when, and a key of its own."""
    issue = followed(office, "nina", "omar")
    events = office.decide(issue, Escalate(issue="i", reason="R", note="N")).events
    messages = plan(issue, issue, events, office.context())
    assert {(one.issue, one.first_event, one.last_event, one.created_at) for one in messages} == {
        (issue.id, 2, 3, NOON)
    }
    assert len({one.id for one in messages}) == 3
    assert [one.is_urgent for one in messages if one.recipient != "dana"] == [False, False]


def test_a_person_whose_id_is_an_address_is_told_as_that_person(office: Any) -> None:
    """Inactive people are not told even where their id looks like an address."""
    office.people = StaticDirectory(
        people=[Person(id="a@host.example"), Person(id="b@host.example", active=False), *organisation()],
        groups=[Group(code="emea", lead="ed")],
    )
    issue = followed(office, "a@host.example", "b@host.example")
    assert set(told(office, issue, office.decide(issue, MOVE).events)) == {"a@host.example"}
    assert replay(office.history).assignee == "ed"
