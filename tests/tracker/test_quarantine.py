"""Responses with codes that the directory does not know: kept, told to administrators alone, and put right (A6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    Access,
    AccessDenied,
    Alerts,
    CauseKind,
    Group,
    InvalidCommand,
    LookupDirectory,
    Outcome,
    Person,
    Policy,
    Preferences,
    QuarantineReason,
    ResponseFilter,
    ResponseNotFound,
    ResponseReplaced,
    Rule,
    StaticDirectory,
    Status,
    Topic,
    Tracker,
    replay,
)
from resolutionkit.storage.memory import MemoryStore
from support import NOON, TurnableClock, response

PEOPLE = (
    Person(id="dana", access=Access.EVERYTHING),
    Person(id="ada", access=Access.EVERYTHING, administrator=True),
    Person(id="own", administrator=True),
    Person(id="ed", access=Access.groups("emea")),
    Person(id="nina"),
    Person(id="omar"),
)
GROUPS = (Group(code="emea", lead="ed"), Group(code="field", lead="omar"))
OFFICE = StaticDirectory(PEOPLE, GROUPS, segments=["gold"], leader="dana")
UNKNOWN, MISSING = QuarantineReason.UNKNOWN_GROUP, QuarantineReason.MISSING_GROUP


def told(tracker: Tracker, response_id: str) -> dict[str, Topic]:
    """Return who was told of what about a response last."""
    return {one.recipient: one.topic for one in tracker.outbox_of_response(response_id)}


@pytest.fixture
def tracker(open_tracker: Any) -> Tracker:
    """Return a tracker whose directory lists groups and segments."""
    found: Tracker = open_tracker(directory=OFFICE)
    return found


REASONS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "a group that is not listed": ({"group": "EMEA"}, {}, ("unknown_group",)),
    "a segment that is not listed": ({"segment": "Gold"}, {}, ("unknown_segment",)),
    "both": ({"group": "x", "segment": "y"}, {}, ("unknown_group", "unknown_segment")),
    "no codes, and none required": ({"group": None}, {}, ()),
    "no group, and one required": ({"group": None}, {"require_group": True}, ("missing_group",)),
    "no segment, and one required": ({}, {"require_segment": True}, ("missing_segment",)),
    "codes that are listed": ({"segment": "gold"}, {"require_group": True, "require_segment": True}, ()),
}


@pytest.mark.parametrize(("facts", "required", "reasons"), REASONS.values(), ids=REASONS)
def test_what_is_quarantined_and_why(
    open_tracker: Any, facts: dict[str, Any], required: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    """Unknown codes are; missing ones only where the policy requires them."""
    tracker: Tracker = open_tracker(directory=OFFICE, policy=Policy(**required))
    recorded = tracker.record(response(**facts))
    assert recorded.quarantined == bool(reasons)
    record = tracker.response("r-1")
    assert record.quarantined_for == reasons
    assert record.quarantined_since == (tracker._runner.now() if reasons else None)
    assert [line.id for line in tracker.quarantined()] == (["r-1"] if reasons else [])
    assert tracker.record(response(**facts)).quarantined == bool(reasons), "a duplicate says the same"


@pytest.mark.parametrize("directory", [StaticDirectory(PEOPLE), LookupDirectory(lambda **_by: ())])
def test_nothing_is_unknown_where_the_directory_does_not_list(open_tracker: Any, directory: Any) -> None:
    """Neither groups nor segments."""
    tracker: Tracker = open_tracker(directory=directory)
    assert not tracker.record(response(group="anything", segment="anything")).quarantined


def lookup(**known: Any) -> LookupDirectory:
    """Return a directory that finds people and groups in tables, as a host's does."""

    def people(**by: str) -> list[Person]:
        return [one for one in PEOPLE if by.get("id") == one.id]

    def groups(**by: str) -> list[Group]:
        return [one for one in GROUPS if one.code == by.get("code") or (by.get("lead") and one.lead == by.get("lead"))]

    return LookupDirectory(people, groups, leader="dana", **known)


def test_a_host_s_own_directory_is_asked_for_codes() -> None:
    """For groups always; for segments and administrators where it answers."""
    with Tracker(MemoryStore(), directory=lookup(), clock=TurnableClock()) as tracker:
        assert tracker.record(response("r-1", group="x", segment="y")).quarantined
        assert tracker.response("r-1").quarantined_for == (UNKNOWN,)
        assert told(tracker, "r-1") == {}
    with Tracker(
        MemoryStore(), directory=lookup(segments=["gold"], administrators=["ada"]), clock=TurnableClock()
    ) as tracker:
        assert tracker.record(response("r-1", segment="y")).quarantined
        assert told(tracker, "r-1") == {"ada": Topic.QUARANTINED}
        change = tracker.as_user("ada").repair("r-1", segment="gold")
        assert (change.response.segment, change.issue and change.issue.assignee) == ("gold", "ed")


def test_in_quarantine_an_issue_belongs_to_the_leader_and_tells_administrators_alone(tracker: Tracker) -> None:
    """Not the people above the customer, nor whoever asks by preference; nor an administrator who may not see it."""
    tracker.set_preferences("ed", Preferences(threshold={"NPS": 9}))
    recorded = tracker.record(response(group="EMEA", hierarchy=["nina", "lee@partner.example"]))
    assert recorded.outcome is Outcome.OPENED
    assert recorded.issue is not None
    assert recorded.issue.assignee == "dana"
    assert recorded.issue.quarantined == (UNKNOWN,)
    assert told(tracker, "r-1") == {"ada": Topic.QUARANTINED}
    assert replay(tracker.history(recorded.issue.id)) == tracker.issue(recorded.issue.id)


def test_content_customers_in_quarantine_tell_nobody(tracker: Tracker) -> None:
    """Who asks for them hears once they are put right."""
    tracker.set_preferences("dana", Preferences(threshold={"NPS": 9}))
    assert tracker.record(response(score=8, group="EMEA")).quarantined
    assert told(tracker, "r-1") == {}
    change = tracker.as_user("ada").repair("r-1", group="emea")
    assert (change.issue, change.events, change.response.group) == (None, (), "emea")
    assert told(tracker, "r-1") == {"dana": Topic.RECORDED}


def test_a_repair_routes_again_and_tells_as_if_it_had_always_been_right(tracker: Tracker, clock: TurnableClock) -> None:
    """A new revision, an event that names it, and everybody whom the opening would have told."""
    issue = tracker.record(response(group="EMEA", hierarchy=["nina"])).issue
    assert issue is not None
    clock.turn(hours=1)
    change = tracker.as_user("ada").repair("r-1", group="emea", note="A typing error.")
    (event,) = change.events
    assert (event.kind, event.revision, event.actor) == ("response_repaired", 2, "ada")
    assert change.issue is not None
    assert (change.issue.assignee, change.issue.response.group) == ("nina", "emea")
    assert (change.issue.quarantined, change.issue.notes[-1].text) == ((), "A typing error.")
    assert told(tracker, "r-1") == {"ada": Topic.QUARANTINED, "nina": Topic.OPENED, "ed": Topic.OPENED}
    record = tracker.response("r-1")
    assert (record.revision, record.quarantined_for, record.repaired_at) == (2, (), NOON + timedelta(hours=1))
    assert record.quarantined_since == NOON
    assert list(tracker.quarantined()) == []
    assert replay(tracker.history(issue.id)) == tracker.issue(issue.id) == change.issue
    assert [line.id for line in tracker.as_user("ed").issues()] == [issue.id]


def test_what_somebody_did_with_it_meanwhile_stays(tracker: Tracker) -> None:
    """Whoever was given the issue by hand keeps it; the others are told all the same."""
    issue = tracker.record(response(group="EMEA", hierarchy=["nina"])).issue
    assert issue is not None
    tracker.as_user("dana").assign(issue.id, "omar", note="Knows them.")
    change = tracker.as_user("ada").repair("r-1", group="emea")
    assert change.issue is not None
    assert change.issue.assignee == "omar"
    assert told(tracker, "r-1") | {"omar": Topic.ASSIGNED} == told(tracker, "r-1")
    assert {who for who, topic in told(tracker, "r-1").items() if topic is Topic.OPENED} == {"nina", "ed"}


def test_a_closed_issue_stays_closed_and_with_whoever_closed_it(tracker: Tracker) -> None:
    """Its codes are put right, and nobody gets it."""
    issue = tracker.record(response(group="EMEA")).issue
    assert issue is not None
    tracker.as_user("dana").set_status(issue.id, Status.RESOLVED, note="Rang.")
    change = tracker.as_user("ada").repair("r-1", group="emea")
    assert change.issue is not None
    assert (change.issue.assignee, change.issue.status, change.issue.response.group) == ("dana", "resolved", "emea")


IN_TIME = {
    "before the alert of the day after": (NOON + timedelta(hours=20), True),
    "at it": (NOON + timedelta(hours=21), False),
}


@pytest.mark.parametrize(("at", "is_told"), IN_TIME.values(), ids=IN_TIME)
def test_repaired_too_late_only_whoever_gets_it_is_told(
    open_tracker: Any, clock: TurnableClock, at: Any, is_told: bool
) -> None:
    """Received at 11 on the 20th; the alert of the day after goes out at 9 on the 21st."""
    tracker: Tracker = open_tracker(directory=OFFICE)
    tracker.record(response(group="EMEA", hierarchy=["nina"]))
    clock.turn(seconds=(at - NOON).total_seconds())
    tracker.as_user("ada").repair("r-1", group="emea")
    everybody = {"ada": Topic.QUARANTINED, "nina": Topic.OPENED}
    assert told(tracker, "r-1") == (everybody | {"ed": Topic.OPENED} if is_told else everybody)


def test_a_policy_may_tell_of_late_repairs(open_tracker: Any, clock: TurnableClock) -> None:
    """As if it had always been right, however late."""
    tracker: Tracker = open_tracker(directory=OFFICE, policy=Policy(alerts=Alerts(repaired_late=True)))
    tracker.record(response(group="EMEA", hierarchy=["nina"]))
    clock.turn(hours=24 * 9)
    tracker.as_user("ada").repair("r-1", group="emea")
    assert set(told(tracker, "r-1")) == {"ada", "nina", "ed"}


def test_history_stays_silent_when_it_is_repaired(tracker: Tracker) -> None:
    """An old response tells nobody, not even administrators, now nor then (A11)."""
    tracker.record(response(group="EMEA"), announce=False)
    tracker.record(response("r-2", 8, group="EMEA", received_at=NOON - timedelta(days=30)))
    tracker.set_preferences("dana", Preferences(threshold={"NPS": 9}))
    for one in ("r-1", "r-2"):
        assert told(tracker, one) == {}
        tracker.as_user("ada").repair(one, group="emea")
        assert told(tracker, one) == {}


def test_rules_wait_for_the_repair(open_tracker: Any) -> None:
    """They may go by the very code that is wrong; then they route, tag, alert and escalate."""
    rules = [Rule(name="field", when="group = 'field'", assign="nina", alert=["ed"], tags=["vip"], escalate="At risk.")]
    tracker: Tracker = open_tracker(directory=OFFICE, policy=Policy(rules=rules))
    issue = tracker.record(response(group="FIELD")).issue
    assert issue is not None
    assert (issue.tags, issue.status) == ((), "needs_attention")
    change = tracker.as_user("ada").repair("r-1", group="field")
    after = change.issue
    assert after is not None
    assert (after.assignee, after.tags, after.alerted, after.status) == ("nina", ("vip",), ("ed",), "escalated")
    assert [event.kind for event in change.events] == ["response_repaired", "status_changed", "escalated"]


def test_a_correction_puts_it_right_as_well_and_wrong(tracker: Tracker) -> None:
    """Delivered again with other codes, as a correction."""
    tracker.record(response(group="EMEA"))
    done = tracker.record(response(group="emea"), replace=True)
    assert (done.outcome, done.quarantined) == (Outcome.REPLACED, False)
    assert [event.kind for event in done.events] == ["correction_recorded", "response_repaired"]
    assert done.issue is not None
    assert done.issue.assignee == "ed"
    assert told(tracker, "r-1") == {"ada": Topic.QUARANTINED, "ed": Topic.OPENED}
    again = tracker.record(response(group="Emea"), replace=True)
    assert again.quarantined
    assert again.issue is not None
    assert again.issue.assignee == "ed", "who works it goes on"
    record = tracker.response("r-1")
    assert (record.quarantined_for, record.quarantined_since, record.repaired_at) == ((UNKNOWN,), NOON, NOON)


def test_a_response_that_takes_its_place_ends_the_quarantine(tracker: Tracker) -> None:
    """The earlier one is no longer listed, nor repaired; the issue goes to whom it would have gone."""
    tracker.record(response(group="EMEA", ticket="T", received_at=NOON - timedelta(hours=2)))
    done = tracker.record(response("r-2", 2, ticket="T"))
    assert list(tracker.quarantined()) == []
    assert done.issue is not None
    assert (done.issue.assignee, done.issue.quarantined) == ("ed", ())
    with pytest.raises(ResponseReplaced):
        tracker.as_user("ada").repair("r-1", group="emea")


def test_a_replacement_with_an_unknown_code_tells_administrators_alone_until_it_is_repaired(tracker: Tracker) -> None:
    """Assignee and followers hear of the customer's new answer then."""
    issue = tracker.record(response(ticket="T", received_at=NOON - timedelta(hours=2))).issue
    assert issue is not None
    tracker.as_user("ada").follow(issue.id, "nina")
    tracker.as_user("ed").set_status(issue.id, Status.RESOLVED, note="Rang.")
    done = tracker.record(response("r-2", 2, ticket="T", group="EMEA"))
    assert done.outcome is Outcome.REOPENED
    assert told(tracker, "r-2") == {"ada": Topic.QUARANTINED}
    tracker.as_user("ada").repair("r-2", group="emea")
    assert told(tracker, "r-2") == {"ada": Topic.QUARANTINED, "ed": Topic.REPLACED, "nina": Topic.REPLACED}


def test_a_late_arrival_is_not_quarantined(tracker: Tracker) -> None:
    """It changes nothing, so that nothing of it has to be put right."""
    tracker.record(response("r-2", 2, ticket="T"))
    late = tracker.record(response("r-1", 2, ticket="T", group="EMEA", received_at=NOON - timedelta(hours=5)))
    assert (late.outcome, late.quarantined) == (Outcome.SUPERSEDED, False)
    assert list(tracker.quarantined()) == []


def test_the_code_s_appearing_in_the_directory_repairs(open_tracker: Any) -> None:
    """By itself, once each, and those whose codes are still unknown wait on."""
    tracker: Tracker = open_tracker(directory=OFFICE)
    for number, code in enumerate(["apac", "latam", "apac"]):
        tracker.record(response(f"r-{number}", group=code))
    assert tracker.repair_known() == 0
    larger = StaticDirectory(PEOPLE, (*GROUPS, Group(code="apac", lead="nina")), ["gold"], "dana")
    tracker._runner = attrs.evolve(tracker._runner, settings=attrs.evolve(tracker._runner.settings, directory=larger))
    assert (tracker.repair_known(), tracker.repair_known()) == (2, 0)
    assert [line.id for line in tracker.quarantined()] == ["r-1"]
    line = next(line for line in tracker.issues() if line.response.id == "r-0")
    assert line.assignee == "nina"
    event = tracker.history(line.id)[-1]
    assert (event.kind, event.actor, event.cause.kind) == ("response_repaired", "system", CauseKind.TIMER)
    assert tracker.response("r-0").revision == 2


REFUSED: dict[str, tuple[str, dict[str, Any], type[Exception], str]] = {
    "an unknown group": ("r-1", {"group": "EMEAA"}, InvalidCommand, "group"),
    "no code at all": ("r-1", {}, InvalidCommand, "group"),
    "a segment that does not help": ("r-1", {"segment": "gold"}, InvalidCommand, "group"),
    "an unknown segment": ("r-1", {"group": "emea", "segment": "x"}, InvalidCommand, "segment"),
    "not in quarantine": ("fine", {"group": "emea"}, InvalidCommand, "response"),
    "never there": ("r-9", {"group": "emea"}, ResponseNotFound, ""),
}


@pytest.mark.parametrize(("which", "codes", "error", "field"), REFUSED.values(), ids=REFUSED)
def test_a_repair_that_is_none_is_refused(
    tracker: Tracker, which: str, codes: dict[str, Any], error: type[Exception], field: str
) -> None:
    """What would not leave quarantine by it, and what is not there; and nothing is changed (L3)."""
    tracker.record(response(group="EMEA"))
    tracker.record(response("fine"))
    before = (tracker.response("r-1"), tracker.outbox_of_response("r-1"))
    with pytest.raises(error) as refused:
        tracker.as_user("ada").repair(which, **codes)
    assert getattr(refused.value, "field", "") == field
    assert (tracker.response("r-1"), tracker.outbox_of_response("r-1")) == before


def test_only_administrators_repair_and_list_within_their_access(tracker: Tracker) -> None:
    """Whoever is none is denied, whatever they name; an administrator does not find what they may not see."""
    tracker.record(response(group="EMEA"))
    for who in ("dana", "ed", "nina"):
        for which in ("r-1", "r-9"):
            with pytest.raises(AccessDenied, match="administrator"):
                tracker.as_user(who).repair(which, group="emea")
        with pytest.raises(AccessDenied, match="administrator"):
            tracker.as_user(who).quarantined()
    with pytest.raises(ResponseNotFound):
        tracker.as_user("own").repair("r-1", group="emea")
    assert list(tracker.as_user("own").quarantined()) == []
    assert [line.id for line in tracker.as_user("ada").quarantined()] == ["r-1"]


def test_a_repair_under_a_key_happens_once(tracker: Tracker) -> None:
    """Given again it is answered as it was, with an issue and without."""
    tracker.record(response(group="EMEA"))
    tracker.record(response("r-2", 9, group="EMEA"))
    desk = tracker.as_user("ada")
    for one in ("r-1", "r-2"):
        first = desk.repair(one, group="emea", key=f"key-{one}")
        desk.move(one, group="field")
        again = desk.repair(one, group="emea", key=f"key-{one}")
        assert (again, again.is_repetition, again.response.group) == (first, True, "emea")


def test_quarantine_is_listed_page_by_page(tracker: Tracker) -> None:
    """Latest received first, each once, by the account and by a filter."""
    for number in range(5):
        tracker.record(response(f"r-{number}", 9, group="x", received_at=NOON - timedelta(hours=number)))
    tracker.record(response("fine", 9))
    found, after = [], None
    while True:
        page = tracker.quarantined(limit=2, after=after)
        found += [line.id for line in page]
        after = page.next
        if after is None:
            break
    assert found == [f"r-{number}" for number in range(5)]
    assert [line.id for line in tracker.responses(ResponseFilter(quarantined=False))] == ["fine"]
    assert len(tracker.responses(ResponseFilter(quarantined=True, groups={"x"}))) == 5
    assert len(tracker.as_user("ed").responses(ResponseFilter(quarantined=True))) == 0
