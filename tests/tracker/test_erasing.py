"""Erasing and exporting by the tracker: who is meant, what stays, what is refused, how it goes through an account."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccountSettings,
    Contact,
    Erased,
    InvalidValue,
    IssueFilter,
    Outcome,
    Person,
    Policy,
    ResponseFilter,
    RootCause,
    StaticDirectory,
    StorageError,
    Tracker,
    replay,
)
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.tracker import erasing
from support import NOON, TurnableClock, organisation, response

JANE, LEE = "jane@customer.example", "lee@partner.example"


def test_a_person_is_erased_by_the_address_in_whatever_case(tracker: Tracker) -> None:
    """Responses with and without an issue, also one whose contact was corrected since; others stay whole."""
    tracker.record(response("low"))
    tracker.record(response("high", 10))
    tracker.record(response("once", contact=Contact(email="Jane@Customer.Example ")))
    tracker.record(response("once", contact=Contact(email="june@customer.example")), replace=True)
    bob = response("bob", contact=Contact(name="Bob", email="bob@customer.example"))
    tracker.record(bob)
    assert tracker.erase("JANE@customer.example") == Erased(responses=3)
    for name in ("low", "high", "once"):
        assert tracker.response(name).erased_at == NOON
        assert tracker.response(name).response.contact == Contact()
    assert tracker.response("bob").response == bob
    assert tracker.response("bob").erased_at is None


def test_every_response_of_a_ticket_and_every_word_goes(tracker: Tracker, clock: TurnableClock) -> None:
    """The replaced one, the superseded one, and what was noted, reasoned and found out."""
    first = tracker.record(response("r-1", ticket="T")).issue
    assert first is not None
    clock.turn(hours=2)
    tracker.record(response("r-2", ticket="T", received_at=NOON, comment="Still cross."))
    tracker.record(response("r-0", ticket="T", received_at=NOON - timedelta(days=2)))
    desk = tracker.as_user("dana")
    desk.escalate(first.id, reason="She shouts.", note="Really.")
    why = RootCause(category="process", whys=["Her order"], actions=["Her voucher"])
    policy = Policy(root_causes=["process"])
    with_policy = Tracker(tracker._runner.store, directory=organisation(), clock=clock, policy=policy)
    with_policy.as_user("dana").set_status(first.id, "resolved", note="She is calm.", root_cause=why, spoke=True)
    before = tracker.issue(first.id)
    assert tracker.erase(JANE) == Erased(responses=3, issues=1)
    issue = tracker.issue(first.id)
    assert {note.text for note in issue.notes} == {note.author for note in issue.notes} == {"(erased)"}
    assert issue.root_cause == RootCause(category="process", whys=("(erased)",), actions=("(erased)",))
    assert issue.episodes == before.episodes
    assert replay(tracker.history(first.id)) == issue
    assert [event.reason for event in tracker.history(first.id) if event.kind == "escalated"] == ["(erased)"]
    assert tracker.response("r-0").standing == "superseded"


def test_an_outsider_is_one_erased_address_in_all_places(tracker: Tracker) -> None:
    """As assignee, follower and above a customer; what others wrote stays, but for the address."""
    issue = tracker.record(response(hierarchy=["Lee@Partner.example"], comment=f"Write to {LEE.upper()}.")).issue
    assert issue is not None
    desk = tracker.as_user("dana")
    desk.assign(issue.id, LEE, note=f"Sent to {LEE}.")
    desk.add_note(issue.id, "I was here.", author="Lee@partner.example")
    assert tracker.erase(LEE) == Erased(mentions=2, addresses=1)
    after = tracker.issue(issue.id)
    (one,) = {after.assignee, *after.people, *after.response.hierarchy}
    assert one is not None
    assert one.startswith("erased-")
    assert after.response.comment == f"Write to {one}."
    assert [note.text for note in after.notes] == [f"Sent to {one}.", "(erased)"]
    assert after.response.contact.email == JANE
    assert [line.id for line in tracker.issues(IssueFilter(assignee=one))] == [issue.id]
    again = response(hierarchy=["Lee@Partner.example"], comment=f"Write to {LEE.upper()}.")
    assert tracker.record(again).outcome == Outcome.DUPLICATE


def test_a_person_of_the_directory_keeps_an_id_that_is_an_address(
    open_tracker: Callable[..., Tracker], clock: TurnableClock
) -> None:
    """For as long as the directory knows it; afterwards it is an address like any other."""
    zoe = Person(id="Zoe@Host.example", email="zoe@host.example")
    tracker = open_tracker(directory=StaticDirectory([zoe, *organisation()], leader="dana"))
    issue = tracker.record(response()).issue
    assert issue is not None
    tracker.as_user("dana").assign(issue.id, "zoe@host.example", note="Hers.")
    tracker.as_user("Zoe@Host.example").add_note(issue.id, "Mine.")
    assert tracker.erase("zoe@host.example") == Erased()
    assert tracker.as_user("Zoe@Host.example").inbox().counts().mine == 1
    gone = Tracker(tracker._runner.store, directory=organisation(), clock=clock)
    assert gone.erase("zoe@host.example") == Erased(mentions=1, addresses=1)
    assert (gone.issue(issue.id).assignee or "").startswith("erased-")
    assert [note.text for note in gone.issue(issue.id).notes] == ["Hers.", "(erased)"]


def test_a_response_is_erased_by_its_id(tracker: Tracker) -> None:
    """Where a contact has no address; again, it only takes what was written since."""
    issue = tracker.record(response(contact=Contact(name="Jane"))).issue
    assert issue is not None
    tracker.record(response("r-2"))
    assert tracker.erase(response_id="r-1") == Erased(responses=1)
    tracker.as_user("dana").add_note(issue.id, "Jane rang.")
    assert tracker.erase(response_id="r-1") == Erased(issues=1)
    assert tracker.erase(response_id="r-1") == Erased()
    assert tracker.erase(response_id="nobody's") == Erased()
    assert tracker.response("r-2").erased_at is None


def test_only_the_policys_dimensions_outlive_a_person(open_tracker: Callable[..., Tracker]) -> None:
    """The other attributes go, whatever their type."""
    tracker = open_tracker(policy=Policy(dimensions=["country", "plan"]))
    tracker.record(response(attributes={"country": "PT", "job": "surgeon", "age": 41}))
    tracker.erase(JANE)
    assert dict(tracker.response("r-1").response.attributes) == {"country": "PT"}


def test_an_erased_response_cannot_be_brought_back(tracker: Tracker) -> None:
    """Whatever is delivered under its id, as a correction too; a later one of the ticket takes its place as ever."""
    tracker.record(response(ticket="T"))
    tracker.erase(JANE)
    for other in (response(ticket="T"), response(score=10, comment="I am Jane."), response(survey="another")):
        for replace in (False, True):
            assert tracker.record(other, replace=replace).outcome == Outcome.DUPLICATE
    assert tracker.response("r-1").response.comment is None
    done = tracker.record(response("r-2", ticket="T", received_at=NOON))
    assert (done.outcome, done.replaced) == (Outcome.REPLACED, "r-1")


def test_by_age_open_issues_are_left(tracker: Tracker, clock: TurnableClock) -> None:
    """Closed issues and responses without one are erased; what came at the very instant of the cut is not."""
    for name, score, days in (("open", 1, 9), ("closed", 1, 9), ("none", 10, 9), ("young", 10, 7)):
        tracker.record(response(name, score, received_at=NOON - timedelta(days=days)), announce=True)
    (closed,) = [line for line in tracker.issues() if line.response.id == "closed"]
    tracker.as_user("dana").set_status(closed.id, "resolved", note="Jane is calm.")
    assert tracker.erase_older_than(timedelta(days=7)) == Erased(responses=2, issues=1, left=1)
    erased = {line.id for line in tracker.responses() if line.record.erased_at is not None}
    assert erased == {"closed", "none"}
    assert tracker.erase_older_than(NOON - timedelta(days=7)) == Erased(left=1)


def test_by_age_words_go_with_the_youngest_response(tracker: Tracker, clock: TurnableClock) -> None:
    """They are about that one, too."""
    issue = tracker.record(response("r-1", ticket="T", received_at=NOON - timedelta(days=5))).issue
    assert issue is not None
    tracker.record(response("r-2", ticket="T", received_at=NOON - timedelta(days=1)))
    tracker.as_user("dana").set_status(issue.id, "resolved", note="Jane is calm.")
    assert tracker.erase_older_than(timedelta(days=3)) == Erased(responses=1)
    assert [note.text for note in tracker.issue(issue.id).notes] == ["Jane is calm."]
    clock.turn(days=3)
    assert tracker.erase_older_than(timedelta(days=3)) == Erased(responses=1, issues=1)
    assert [note.text for note in tracker.issue(issue.id).notes] == ["(erased)"]


@pytest.mark.parametrize("rows", [3, 5, 8])
def test_a_transaction_changes_so_many_rows_at_most(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Whatever the size of an account or of an issue, and the counts are the same."""
    monkeypatch.setattr(erasing, "ROWS", rows)
    desk = tracker.as_user("dana")
    for number in range(4):
        issue = tracker.record(response(f"r-{number}")).issue
        assert issue is not None
        for turn in range(7 * (number % 2)):
            desk.add_note(issue.id, f"Jane {turn}.")
    store, sizes = tracker._runner.store, []
    transact = store.transact

    def counted(account: str, work: Callable[[Any], Any], /, *, write: bool) -> Any:
        def counting(unit: Any) -> Any:
            size, rewrite = 0, unit.rewrite

            def rewritten(one: Any) -> None:
                nonlocal size
                size += len(one.revisions) + 2 if one.record is not None else len(one.events)
                rewrite(one)

            unit.rewrite = rewritten
            answer = work(unit)
            sizes.append(size)
            return answer

        return transact(account, counting, write=write)

    monkeypatch.setattr(store, "transact", counted)
    assert tracker.erase(JANE) == Erased(responses=4, issues=2)
    assert max(sizes) <= rows
    assert sum(sizes) == 4 * 3 + 2 * 7


def test_an_interrupted_erasing_is_given_again(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before any of its transactions, what is left is found by the next run."""
    store = tracker._runner.store
    transact = store.transact
    for stop in range(12):
        name = f"jane-{stop}@customer.example"
        issue = tracker.record(response(f"r-{stop}", contact=Contact(email=name))).issue
        assert issue is not None
        tracker.as_user("dana").assign(issue.id, name, note=f"Of {name}.")
        left = iter(range(stop))

        def stopping(account: str, work: Any, /, *, write: bool, left: Any = left) -> Any:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return transact(account, work, write=write)

        monkeypatch.setattr(erasing, "ROWS", 1)
        monkeypatch.setattr(store, "transact", stopping)
        try:
            tracker.erase(name)
        except KeyboardInterrupt:
            monkeypatch.setattr(store, "transact", transact)
            tracker.erase(name)
        monkeypatch.setattr(store, "transact", transact)
        assert tracker.response(f"r-{stop}").erased_at is not None
        assert [note.text for note in tracker.issue(issue.id).notes] == ["(erased)"]
        assert name not in json.dumps(tracker.export_person(name)["responses"])
        assert not tracker.issues(IssueFilter(assignee=name))


def test_an_account_touches_no_other(tracker: Tracker) -> None:
    """The same person in another account is another's to erase."""
    other = Tracker(tracker._runner.store, account="other", clock=tracker._runner.clock)
    tracker.record(response())
    other.record(response())
    tracker.erase(JANE)
    assert other.response("r-1").response == response()
    assert tracker.erase_older_than(timedelta(0)) == Erased()
    assert other.response("r-1").erased_at is None
    assert AccountSettings().policy.dimensions == ()


def test_an_export_has_everything_and_nothing_of_others(tracker: Tracker, clock: TurnableClock) -> None:
    """Revisions, issue, history, roles, messages, what was written; of Bob's issue Jane's part only."""
    mine = tracker.record(response(comment="First.")).issue
    assert mine is not None
    tracker.record(response(comment="Second."), replace=True)
    his = tracker.record(
        response("bob", contact=Contact(name="Bob Bobson"), comment="Bob's words.", hierarchy=[JANE])
    ).issue
    loose = tracker.record(response("loose", 10, contact=Contact(), hierarchy=["Jane@customer.example"]))
    assert his is not None
    assert loose.issue is None
    desk = tracker.as_user("dana")
    desk.follow(his.id, JANE.upper())
    desk.add_note(his.id, f"Told {JANE}.")
    desk.add_note(his.id, "Jane wrote this.", author=JANE)
    held = tracker.export_person(JANE.upper())
    assert held == json.loads(json.dumps(held)) == tracker.export_person(JANE)
    assert held["person"] == JANE
    (own,) = held["responses"]
    assert [one["comment"] for one in own["revisions"]] == ["First.", "Second."]
    assert (own["id"], own["revision"], own["issue"], own["erased_at"]) == ("r-1", 2, mine.id, None)
    (issue,) = held["issues"]
    assert issue["id"] == mine.id
    assert [event["kind"] for event in issue["history"]] == ["issue_opened", "correction_recorded"]
    (role, other) = held["roles"]
    assert (role["issue"], role["roles"]) == (his.id, ["follower", "hierarchy"])
    assert [one["topic"] for one in role["messages"]] == ["opened"]
    assert other == {"response": "loose", "roles": ["hierarchy"]}
    (written,) = held["written"]
    assert written["event"]["note"]["text"] == "Jane wrote this."
    assert held["mentions"] == [
        {"response": "bob", "revisions": [1]},
        {"response": "loose", "revisions": [1]},
        {"issue": his.id, "events": [3]},
    ]
    assert "Bob" not in json.dumps(held)


def test_an_export_of_nobody_is_empty(tracker: Tracker) -> None:
    """Which is no error, and an answer too."""
    tracker.record(response())
    held = tracker.export_person("nobody@customer.example")
    assert held.pop("person") == "nobody@customer.example"
    assert not any(held.values())


WRONG: dict[str, Callable[[Tracker], object]] = {
    "nothing": lambda tracker: tracker.erase(),
    "both": lambda tracker: tracker.erase(JANE, response_id="r-1"),
    "blank": lambda tracker: tracker.erase(""),
    "blanks": lambda tracker: tracker.erase("  "),
    "around": lambda tracker: tracker.erase(f" {JANE}"),
    "a name": lambda tracker: tracker.erase("Jane Doe"),
    "a number": lambda tracker: tracker.erase(7),  # type: ignore[arg-type]
    "too long": lambda tracker: tracker.erase("x" * 500 + JANE),
    "NUL": lambda tracker: tracker.erase("\0@x"),
    "a blank id": lambda tracker: tracker.erase(response_id=" "),
    "an id of another type": lambda tracker: tracker.erase(response_id=1),  # type: ignore[arg-type]
    "export of a name": lambda tracker: tracker.export_person("Jane Doe"),
    "export of None": lambda tracker: tracker.export_person(None),  # type: ignore[arg-type]
    "days as a number": lambda tracker: tracker.erase_older_than(730),  # type: ignore[arg-type]
    "a span ahead": lambda tracker: tracker.erase_older_than(timedelta(days=-1)),
    "an instant ahead": lambda tracker: tracker.erase_older_than(NOON + timedelta(seconds=1)),
    "a naive instant": lambda tracker: tracker.erase_older_than(datetime(2020, 1, 1)),
    "no calendar": lambda tracker: tracker.erase_older_than(timedelta.max),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_names_nobody_is_refused(tracker: Tracker, call: Callable[[Tracker], object]) -> None:
    """A wrong type, a blank, a name: an error that says what would be right, and nothing is erased."""
    tracker.record(response())
    with pytest.raises(InvalidValue, match=r"expected"):
        call(tracker)
    assert tracker.response("r-1").erased_at is None


def test_an_instant_of_any_zone_is_taken(tracker: Tracker) -> None:
    """And one of long ago finds nothing."""
    assert tracker.erase_older_than(datetime(2000, 1, 1, tzinfo=UTC)) == Erased()


class CannotErase(MemoryStore):
    """A store of somebody's own, without the ability."""

    def transact(self, account: str, work: Callable[[Any], Any], /, *, write: bool) -> Any:
        """Hide the methods."""

        class Less:
            def __init__(self, unit: Any) -> None:
                self.unit = unit

            def __getattr__(self, name: str) -> Any:
                if name in {"rename", "rewrite"}:
                    raise AttributeError(name)
                return getattr(self.unit, name)

        return super().transact(account, lambda unit: work(Less(unit)), write=write)


@pytest.mark.parametrize("name", ["erase", "export_person"])
def test_a_store_that_cannot_erase_says_so(name: str) -> None:
    """It names the methods that are missing, and works otherwise."""
    with Tracker(CannotErase(), clock=TurnableClock()) as tracker:
        tracker.record(response())
        with pytest.raises(StorageError, match=r"has no rename, rewrite; see resolutionkit\.ports\.ErasesPeople"):
            getattr(tracker, name)(JANE)
        assert tracker.response("r-1").response == response()


def test_an_erased_record_is_a_frozen_value(tracker: Tracker) -> None:
    """The result too; and lists by contact no longer have it, while lists by code do."""
    tracker.record(response(ticket="T"))
    done = tracker.erase(JANE)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        done.responses = 7  # type: ignore[misc]
    assert not tracker.responses(ResponseFilter(email=JANE))
    assert not tracker.responses(ResponseFilter(company="ABC Ltd"))
    assert [line.id for line in tracker.responses(ResponseFilter(ticket="T"))] == ["r-1"]
