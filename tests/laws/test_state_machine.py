"""A tracker beside a plain model of the requirements: after each step of a random history they agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from resolutionkit import IssueFilter, KeyReused, Order, Outcome, ResolutionKitError, ResponseFilter, Tracker, replay
from resolutionkit.ports import Store
from resolutionkit.testing import fresh_account
from support import NOON, TurnableClock, organisation, response
from support.model import PHASES, Model, Refused

actors = st.sampled_from(["dana", "bridget", "ed", "omar", "nina"])
parties = st.sampled_from(["dana", "ed", "nina", "omar", "paula", "lee@partner.example", "gone"])
notes = st.sampled_from(["Rang.", "Left voicemail. ", "שלום 😀", " ", ""])
versions = st.none() | st.integers(1, 8)
indexes = st.integers(0, 30)
statuses = st.sampled_from(sorted(PHASES))
SECTIONS = ("flagged", "working", "followed", "open", "closed")


class TrackerBesideModel(RuleBasedStateMachine):
    """Does everything twice: on a tracker and on the model."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.clock = TurnableClock()
        self.tracker = Tracker(self.store, account=fresh_account(), directory=organisation(), clock=self.clock)
        self.model = Model(self.clock.now)
        self.ids: dict[str, str] = {}
        self.touched: str | None = None
        self.done = 0

    def both(self, act: Callable[[], Any], on_model: Callable[[], Any]) -> Any:
        """Do something on both, and check that both do it, or refuse it with the same error."""
        due = None
        try:
            on_model()
        except Refused as refusal:
            due = refusal.error
        if due is None:
            return act()
        with pytest.raises(ResolutionKitError) as refused:
            act()
        assert type(refused.value).__name__ == due
        return None

    def on_issue(self, name: str, actor: str, index: int, given: tuple[Any, ...], **facts: Any) -> None:
        """Do a command on an issue, if the actor sees it; else it is not found."""
        ours = sorted(self.model.issues)[index % len(self.model.issues)]
        method = getattr(self.tracker.as_user(actor), name)
        self.touched = ours
        if not self.model.sees(actor, ours):
            with pytest.raises(ResolutionKitError, match=r"^no issue"):
                method(self.ids[ours], **facts)
            return
        before = len(self.model.issues[ours]["events"])
        change = self.both(
            lambda: method(self.ids[ours], **facts), lambda: getattr(self.model, name)(ours, actor, *given)
        )
        if change is not None:
            assert len(change.events) == len(self.model.issues[ours]["events"]) - before

    # --- rules -------------------------------------------------------------------------------------------------------

    @rule(
        number=st.integers(0, 14),
        score=st.integers(0, 10),
        hours=st.integers(0, 20),
        place=st.tuples(
            st.sampled_from(["emea", "field", "billing", None]),
            st.sampled_from([None, "T-1", "T-2"]),
            st.sampled_from([None, "nps"]),
        ),
        replace=st.booleans(),
    )
    def record(self, number: int, score: int, hours: int, place: tuple[str | None, ...], replace: bool) -> None:
        """Record a response: new, a duplicate, a replacement earlier or later, a correction, or a conflict."""
        group, ticket, survey = place
        at = NOON - timedelta(hours=hours)
        facts = {"id": f"r-{number}", "score": score, "at": at, "survey": survey, "ticket": ticket, "group": group}
        one = response(f"r-{number}", score, received_at=at, survey=survey, ticket=ticket, group=group)
        outcome: list[str] = []
        recorded = self.both(
            lambda: self.tracker.record(one, replace=replace),
            lambda: outcome.append(self.model.record(facts, replace=replace)),
        )
        if recorded is not None:
            assert recorded.outcome == outcome[0]
            self.touched = self.model.responses[one.id]["issue"]
            if recorded.outcome is Outcome.OPENED:
                self.ids[one.id] = recorded.issue.id

    @precondition(lambda self: self.model.responses)
    @rule(index=indexes)
    def record_again(self, index: int) -> None:
        """Deliver a known response again, as it stands: a duplicate."""
        known = sorted(self.model.responses)[index % len(self.model.responses)]
        kept = self.tracker.response(known).response
        assert self.tracker.record(kept).outcome is Outcome.DUPLICATE

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, status=statuses, note=notes, version=versions)
    def set_status(self, actor: str, index: int, status: str, note: str, version: int | None) -> None:
        """Set a status."""
        given = (status, note, version)
        self.on_issue("set_status", actor, index, given, status=status, note=note, expected_version=version)

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, note=notes, version=versions)
    def escalate(self, actor: str, index: int, note: str, version: int | None) -> None:
        """Escalate."""
        self.on_issue("escalate", actor, index, (note, version), reason="Risk.", note=note, expected_version=version)

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, status=st.none() | statuses, note=notes, version=versions)
    def reopen(self, actor: str, index: int, status: str | None, note: str, version: int | None) -> None:
        """Reopen."""
        given = (status, note, version)
        self.on_issue("reopen", actor, index, given, status=status, note=note, expected_version=version)

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, who=st.tuples(parties, st.booleans()), note=notes, version=versions)
    def assign(self, actor: str, index: int, who: tuple[str, bool], note: str, version: int | None) -> None:
        """Assign."""
        given = (who, note, version)
        facts = {"assignee": who[0], "follow": who[1], "note": note, "expected_version": version}
        self.on_issue("assign", actor, index, given, **facts)

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, who=parties, leaves=st.booleans())
    def follow(self, actor: str, index: int, who: str, leaves: bool) -> None:
        """Follow or unfollow."""
        self.on_issue("unfollow" if leaves else "follow", actor, index, (who,), who=who)

    @precondition(lambda self: self.model.issues)
    @rule(actor=actors, index=indexes, note=notes)
    def add_note(self, actor: str, index: int, note: str) -> None:
        """Add a note."""
        self.on_issue("add_note", actor, index, (note,), note=note)

    @precondition(lambda self: self.model.responses)
    @rule(index=indexes, assignee=st.none() | st.sampled_from(["nina", "lee@partner.example"]), note=notes)
    def flag(self, index: int, assignee: str | None, note: str) -> None:
        """Flag a response by hand."""
        which = sorted(self.model.responses)[index % len(self.model.responses)]
        change = self.both(
            lambda: self.tracker.as_user("dana").flag(which, note=note, assignee=assignee),
            lambda: self.model.flag(which, assignee, note),
        )
        if change is not None:
            self.ids[which] = change.issue.id
            self.touched = which

    @precondition(lambda self: self.model.issues)
    @rule(index=indexes, key=st.sampled_from(["k-1", "k-2"]), note=st.sampled_from(["Rang.", "Wrote."]))
    def add_note_once(self, index: int, key: str, note: str) -> None:
        """Add a note under a key: again it is answered as before, with other words the key is refused."""
        ours = sorted(self.model.issues)[index % len(self.model.issues)]
        desk, said = self.tracker.as_user("bridget"), (ours, note)
        known = self.model.keys.get(key)
        if known is not None and known[0] != said:
            with pytest.raises(KeyReused):
                desk.add_note(self.ids[ours], note, key=key)
            return
        change = desk.add_note(self.ids[ours], note, key=key)
        if known is None:
            self.model.add_note(ours, "bridget", note)
            self.model.keys[key] = (said, [event.id for event in change.events])
        assert [event.id for event in change.events] == self.model.keys[key][1]
        self.touched = ours

    @rule(hours=st.integers(-20, 40))
    def turn_the_clock(self, hours: int) -> None:
        """Let time pass, or the clock step back."""
        self.model.now = self.clock.turn(hours=max(hours, -(self.clock.now - NOON) // timedelta(hours=1)))

    # --- what holds after each step ----------------------------------------------------------------------------------

    @invariant()
    def the_issue_is_what_the_model_says(self) -> None:
        """The issue that was touched has the model's status, people, notes, rounds and number of events."""
        if self.touched is None:
            return
        ours = self.model.issues[self.touched]
        issue = self.tracker.issue(self.ids[self.touched])
        assert (issue.status, issue.phase) == (ours["status"], PHASES[ours["status"]])
        assert issue.assignee == ours["assignee"]
        assert list(issue.followers) == ours["followers"]
        assert [note.text for note in issue.notes] == ours["notes"]
        assert (issue.episode, issue.version) == (ours["episodes"], len(ours["events"]))
        assert (issue.changed_at, issue.closed_at) == (ours["at"], ours["closed_at"])
        assert issue.is_urgent == (ours["urgent_by"] is not None)
        assert [one.id for one in issue.responses] == ours["responses"]
        assert issue.response.id == ours["response"]
        assert issue.needs_recovery == (self.model.responses[ours["response"]]["score"] <= 6)
        assert replay(self.tracker.history(issue.id)) == issue
        self.touched = None

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        """Counts and sections are the model's, for somebody else after each step."""
        self.done += 1
        who = ("dana", "ed", "omar", "nina", "paula")[self.done % 5]
        inbox = self.tracker.as_user(who).inbox()
        expected = {name: self.model.section(who, name) for name in (*SECTIONS, "mine")}
        counts = inbox.counts()
        assert {name: getattr(counts, name) for name in expected} == {
            name: len(ones) for name, ones in expected.items()
        }
        name = SECTIONS[self.done % 3 + self.done % 2]
        instants = [self.model.responses[self.model.issues[one]["response"]]["at"] for one in expected[name]]
        page = getattr(inbox, name)()
        assert {line.id for line in page} == {self.ids[one] for one in expected[name]}
        assert [line.response.received_at for line in page] == instants
        urgent = [line.is_urgent for line in getattr(inbox, name)(order=Order.MOST_URGENT)]
        assert urgent == sorted(
            (self.model.issues[one]["urgent_by"] is not None for one in expected[name]), reverse=True
        )

    def teardown(self) -> None:
        """Compare everything once more at the end."""
        lines = self.tracker.responses(ResponseFilter(with_replaced=True), limit=1000)
        found = {line.id: (line.record.standing.value, line.record.revision, line.record.issue) for line in lines}
        assert found == {
            one: (facts["standing"], facts["revision"], self.ids.get(facts["issue"] or ""))
            for one, facts in self.model.responses.items()
        }
        assert {line.id for line in self.tracker.issues(IssueFilter(), limit=1000)} == set(self.ids.values())


def test_a_tracker_is_what_the_requirements_say(store: Store) -> None:
    """However people and responses mix, every backend's tracker does what the plain model does."""
    machine = type("Machine", (TrackerBesideModel,), {"store": store})
    run_state_machine_as_test(machine, settings=settings(settings(), stateful_step_count=30))
