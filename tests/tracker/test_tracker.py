"""The tracker: accounts, recording many, opening and closing, directories that are not static."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccountNotFound,
    AccountSettings,
    AsyncTracker,
    InvalidResponse,
    InvalidScore,
    InvalidValue,
    IssueFilter,
    IssueNotFound,
    Outcome,
    Person,
    Policy,
    ResponseConflict,
    StaticDirectory,
    StorageError,
    Tracker,
    workflows,
)
from resolutionkit.model.people import Group
from support import NOON, TurnableClock, organisation, response

SETTINGS = {
    "acme": AccountSettings(policy=Policy(recovery_threshold=8), directory=organisation()),
    "other": AccountSettings(policy=Policy(workflow=workflows.THREE_STATUS)),
}


def test_accounts_of_one_store_see_nothing_of_each_other(open_tracker: Any) -> None:
    """Each has its own policy, directory, responses and issues."""
    acme = open_tracker(account="acme", accounts=SETTINGS.__getitem__, directory=None)
    other = acme.for_account("other")
    mine, theirs = acme.record(response(score=8)), other.record(response(score=3))
    assert (mine.outcome, theirs.outcome) == (Outcome.OPENED, Outcome.OPENED)
    assert (mine.issue.status, theirs.issue.status) == ("needs_attention", "open")
    assert [len(one.issues()) for one in (acme, other)] == [1, 1]
    with pytest.raises(IssueNotFound):
        acme.issue(theirs.issue.id)
    assert other.account == "other"
    assert acme.for_account("acme").issue(mine.issue.id) == mine.issue


@pytest.mark.parametrize("lookup", [SETTINGS.__getitem__, SETTINGS.get, None], ids=["raises", "none", "missing"])
def test_an_unknown_account_is_not_found(open_tracker: Any, lookup: Any) -> None:
    """Whether the lookup raises, gives nothing, or is not there at all."""
    tracker = open_tracker(accounts=lookup)
    with pytest.raises(AccountNotFound) as refused:
        tracker.for_account("nowhere")
    assert refused.value.account == "nowhere"
    if lookup is not None:
        with pytest.raises(AccountNotFound):
            open_tracker(account="nowhere", accounts=lookup, directory=None)


@pytest.mark.parametrize("name", ["", " a", 5, "x" * 65, "a\0"], ids=ascii)
def test_an_account_s_name_is_a_code_of_64_characters(open_tracker: Any, name: Any) -> None:
    """The refusal names the argument."""
    with pytest.raises(InvalidValue) as refused:
        open_tracker(account=name)
    assert refused.value.field == "account"


def test_a_url_is_no_store() -> None:
    """It is told how one is opened, and nothing of a password that may stand in it."""
    for opening in (Tracker, AsyncTracker):
        with pytest.raises(InvalidValue, match=rf"a URL is opened with {opening.__name__}\.open\(url\)") as refused:
            opening("sqlite://user:secret@host/db")  # type: ignore[arg-type]
        assert "secret" not in str(refused.value)


def test_many_are_counted_by_what_became_of_them(tracker: Tracker) -> None:
    """Each outcome is a key; the refused ones keep their place, id and reason."""
    old = NOON - timedelta(days=8)
    report = tracker.record_many(
        [
            response("a", 3),
            response("a", 3),
            response("a", 4),
            response("b", 10),
            "no response",
            response("c", 11),
            response("d", 2, received_at=old),
            response("e", 9, ticket="T"),
            response("f", 9, ticket="T", received_at=old),
            response("g", 1, ticket="T", received_at=NOON),
        ]
    )
    expected = {Outcome.OPENED: 3, Outcome.DUPLICATE: 1, Outcome.STORED: 2, Outcome.SUPERSEDED: 1}
    assert {outcome: count for outcome, count in report.counts.items() if count} == expected
    assert set(report.counts) == set(Outcome)
    found = [(one.index, one.response_id, type(one.error)) for one in report.rejected]
    assert found == [(2, "a", ResponseConflict), (4, None, InvalidResponse), (5, "c", InvalidScore)]
    assert (report.recorded, report.issues_opened, report.issues_backfilled) == (7, 3, 1)


def test_many_are_read_as_they_are_needed_with_progress_after_each_batch(tracker: Tracker) -> None:
    """A generator is enough, and the last call has the sum."""
    seen: list[int] = []
    report = tracker.record_many((response(f"r-{index}", 9) for index in range(1250)), progress=seen.append)
    assert (seen, report.counts[Outcome.STORED]) == ([500, 1000, 1250], 1250)
    assert tracker.record_many([], progress=seen.append).recorded == 0
    assert seen[3:] == []


def test_many_may_be_corrections_and_need_not_be_announced(tracker: Tracker) -> None:
    """Replace and announce hold for each of them."""
    tracker.record(response(score=3))
    report = tracker.record_many([response(score=2), response("r-2")], replace=True, announce=False)
    assert {one: report.counts[one] for one in (Outcome.REPLACED, Outcome.OPENED)} == {
        Outcome.REPLACED: 1,
        Outcome.OPENED: 1,
    }
    assert report.issues_backfilled == 1
    line = tracker.issues(IssueFilter(backfilled=True)).items[0]
    assert tracker.outbox(line.id) == ()


def test_many_stay_in_their_order_though_one_of_an_id_is_refused(tracker: Tracker) -> None:
    """What was refused under an id says nothing of the ticket that the next one of this id is about."""
    report = tracker.record_many(
        [
            response("r-1", 11, ticket="S"),
            response("r-2", 2, ticket="T", received_at=NOON),
            response("r-1", 3, ticket="T", received_at=NOON - timedelta(hours=1)),
        ]
    )
    assert [one.response_id for one in report.rejected] == ["r-1"]
    assert (report.counts[Outcome.OPENED], report.counts[Outcome.SUPERSEDED]) == (1, 1)
    assert tracker.response("r-1").replaced_by == "r-2"


@pytest.mark.parametrize("given", [None, "r-1", {"id": "r-1"}, 5], ids=ascii)
def test_only_a_response_can_be_recorded(tracker: Tracker, given: Any) -> None:
    """A dict is no response; the refusal says what is."""
    with pytest.raises(InvalidResponse, match="a Response"):
        tracker.record(given)


def test_classifying_records_nothing(tracker: Tracker) -> None:
    """It says what a score would mean."""
    assert tracker.classify(response(score=6)).needs_recovery
    assert len(tracker.responses()) == 0


def test_a_tracker_is_a_context_manager(url: str) -> None:
    """Leaving it closes the store; a closed one refuses every use, and closing twice is fine."""
    with Tracker.open(url, directory=organisation()) as tracker:
        issue = tracker.record(response(), announce=True).issue
        assert issue is not None
    tracker.close()
    for use in (
        lambda: tracker.record(response("r-2")),
        lambda: tracker.issue(issue.id),
        lambda: tracker.as_user("dana").add_note(issue.id, "N"),
        tracker.issues,
    ):
        with pytest.raises(StorageError, match="closed"):
            use()


def test_an_error_inside_goes_through_and_still_closes(url: str) -> None:
    """The context manager swallows nothing."""
    with pytest.raises(KeyError), Tracker.open(url) as tracker:
        raise KeyError
    with pytest.raises(StorageError, match="closed"):
        tracker.issues()


@pytest.mark.parametrize("now", [datetime(2026, 1, 1), "today", None], ids=["naive", "text", "none"])
def test_a_clock_gives_aware_instants(open_tracker: Any, now: Any) -> None:
    """What a host's clock gives wrong is named as the clock's."""
    with pytest.raises(InvalidValue) as refused:
        open_tracker(clock=lambda: now).record(response())
    assert refused.value.field == "clock"


class HostDirectory:
    """A host's own directory, which asks its people table and counts how often."""

    def __init__(self) -> None:
        self._people = organisation()
        self.asked: list[str] = []

    def person(self, person_id: str, /) -> Person | None:
        self.asked.append(person_id)
        return self._people.person(person_id)

    def people_by_email(self, email: str, /) -> list[Person]:
        return list(self._people.people_by_email(email))

    def people_by_name(self, name: str, /) -> list[Person]:
        return list(self._people.people_by_name(name))

    def group(self, group_code: str, /) -> Group | None:
        return self._people.group(group_code)

    def groups_of(self, person_id: str, /) -> list[str]:
        return list(self._people.groups_of(person_id))

    def leader(self) -> Person | None:
        return self._people.leader()


def test_a_host_s_directory_gives_the_same_answers_as_a_static_one(open_tracker: Any) -> None:
    """Routing, resolving, leadership and who is told need no more than the six questions."""
    found = []
    for directory, account in ((HostDirectory(), "host"), (organisation(), "static")):
        tracker: Tracker = open_tracker(directory=directory, account=account)
        issue = tracker.record(response(hierarchy=["Dana Reyes", "NINA@host.example", "gus@host.example"])).issue
        assert issue is not None
        ed = tracker.as_user("ed")
        ed.assign(issue.id, "PAULA@host.example", note="Hers.", followers=["lee@partner.example", "bridget"])
        ed.escalate(issue.id, reason="Risk.", note="Rang.")
        ed.set_status(issue.id, "resolved", note="Done.")
        now = tracker.issue(issue.id)
        told = [(one.recipient, one.topic, one.why) for one in tracker.outbox(issue.id)]
        found.append((issue.assignee, now.assignee, now.people, now.followers, [one.author for one in now.notes], told))
    assert found[0] == found[1]
    assert found[0][:3] == ("nina", "paula", ("dana", "nina"))


def test_a_host_s_directory_without_a_leader_is_climbed(open_tracker: Any) -> None:
    """The managers above everybody concerned are in the snapshot; a loop in them ends."""
    directory = HostDirectory()
    people = [Person(id="ed", manager="chief"), Person(id="chief", manager="top"), Person(id="top", manager="chief")]
    directory._people = StaticDirectory(people=people, groups=[Group(code="emea", lead="ed")])
    tracker = open_tracker(directory=directory)
    issue = tracker.record(response()).issue
    done = tracker.as_user("ed").escalate(issue.id, reason="Risk.", note="Rang.")
    assert done.events[1].to == "top"


def test_people_are_asked_for_each_command_afresh(open_tracker: Any) -> None:
    """Somebody who joins or leaves does so at once; history keeps whom it resolved."""
    directory = HostDirectory()
    tracker = open_tracker(directory=directory)
    issue = tracker.record(response(hierarchy=["nina"])).issue
    directory._people = StaticDirectory(people=[Person(id="dana"), Person(id="nina", active=False)], leader="dana")
    assert tracker.issue(issue.id).assignee == "nina"
    assert tracker.record(response("r-2", hierarchy=["nina"])).issue.assignee == "dana"


def test_the_same_response_five_times_is_one(tracker: Tracker, clock: TurnableClock) -> None:
    """One response, one issue, one message."""
    outcomes = []
    for _ in range(5):
        outcomes.append(tracker.record(response(score=6.0)).outcome)
        clock.turn(days=3)
    assert outcomes == [Outcome.OPENED, *[Outcome.DUPLICATE] * 4]
    (line,) = tracker.issues()
    assert len(tracker.outbox(line.id)) == 1
    assert len(tracker.responses()) == 1
