"""Delivery as a host sees it: what reaches whom through which channel, what is tried again, what the ledger says."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccountSettings,
    Contact,
    Delivered,
    Fate,
    InvalidCursor,
    InvalidFilter,
    InvalidValue,
    NotDelivered,
    Person,
    Policy,
    Preferences,
    QuietHours,
    StaticDirectory,
    StorageError,
    Topic,
    Tracker,
)
from resolutionkit.decisions.delivery import DELAYS
from resolutionkit.ports import Notice
from resolutionkit.testing import RecordingNotifier, TurnableClock, sample_company, sample_response

Make = Callable[..., Tracker]


class Directory:
    """A directory of which people can be taken."""

    def __init__(self) -> None:
        self.now = sample_company()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)

    def without(self, person_id: str) -> None:
        """Let somebody have left."""
        people = [attrs.evolve(one, active=one.id != person_id and one.active) for one in self.now]
        self.now = StaticDirectory(people, groups=self.now.groups, leader="dana")

    def but(self, person: Person) -> None:
        """Let somebody be another."""
        people = [person if one.id == person.id else one for one in self.now]
        self.now = StaticDirectory(people, groups=self.now.groups, leader="dana")


class Blinking:
    """A channel that does what it is told to, call by call; then it takes what it is given."""

    def __init__(self, *problems: Exception | None, name: str = "email") -> None:
        self.name = name
        self.problems = list(problems)
        self.notices: list[Notice] = []

    def notify(self, notice: Notice, /) -> None:
        """Fail as told, or take it."""
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        self.notices.append(notice)


@pytest.fixture
def clock() -> TurnableClock:
    """Return a clock that stands at noon."""
    return TurnableClock()


@pytest.fixture
def company() -> Directory:
    """Return a directory that can change."""
    return Directory()


@pytest.fixture(params=["memory:", "sqlite"])
def make(request: Any, clock: TurnableClock, company: Directory, tmp_path: Any) -> Iterator[Make]:
    """Return a function that opens a tracker on one store, with the given channels."""
    opened: list[Tracker] = []
    url = "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path}/d.db"

    def made(*notifiers: object, observers: Any = (), **settings: Any) -> Tracker:
        given: dict[str, Any] = {"clock": clock, "directory": company} | settings
        tracker = Tracker.open(url, notifiers=notifiers, observers=observers, **given)
        opened.append(tracker)
        return tracker

    yield made
    for one in opened:
        one.close()


def opened_by(tracker: Tracker, response_id: str = "r-1", **facts: Any) -> str:
    """Record an unhappy response, of which Nina and Ed are told, and return the issue's id."""
    issue = tracker.record(sample_response(response_id, hierarchy=["nina"], **facts)).issue
    assert issue is not None
    return issue.id


def fates(tracker: Tracker, issue_id: str | None = None) -> list[tuple[str, str, Fate, str]]:
    """Return the ledger as recipient, channel, fate and reason."""
    return [(one.message.recipient, one.channel, one.fate, one.reason) for one in tracker.ledger(issue_id, limit=1000)]


# --- sending ---------------------------------------------------------------------------------------------------------


def test_everybody_is_told_once(make: Make) -> None:
    """Through every channel; and a second delivery finds nothing to do."""
    email, chat = RecordingNotifier("email"), RecordingNotifier("chat")
    tracker = make(email, chat)
    issue = opened_by(tracker)
    assert tracker.deliver() == Delivered(sent=4)
    assert email.told == chat.told == [("nina", Topic.OPENED), ("ed", Topic.OPENED)]
    assert tracker.deliver() == Delivered()
    assert {fate for _, _, fate, _ in fates(tracker, issue)} == {Fate.SENT}


def test_a_notice_has_all_that_its_text_may_need(make: Make, company: Directory) -> None:
    """The issue as it is when it is sent, the events as they were, in the reader's zone and language."""
    nina = attrs.evolve(company.now.person("nina"), zone="Asia/Tokyo", language="de")
    company.but(nina)
    email = RecordingNotifier("email")
    tracker = make(email)
    issue = opened_by(tracker)
    tracker.as_user("bridget").add_note(issue, "Rang her.")
    tracker.deliver()
    (notice,) = email.to("nina")
    assert notice.issue == tracker.issue(issue)
    assert notice.response == tracker.issue(issue).response
    assert [event.kind for event in notice.events] == ["issue_opened"]
    assert (notice.zone, notice.language, notice.attempt, notice.person) == ("Asia/Tokyo", "de", 1, nina)
    assert [move.status for move in notice.moves] == [move.status for move in tracker.moves(issue)]
    assert notice.labels["needs_attention"] == "Needs Attention"
    assert notice.name_of("nina") == "Nina Okafor"


def test_a_batch_asks_for_each_person_once(
    make: Make, company: Directory, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To see whether they are there, how far they see, and what is said of them, however many messages name them."""
    email, asked = RecordingNotifier("email"), Counter[str]()
    tracker = make(email)
    for number in range(5):
        opened_by(tracker, f"r-{number}")
    person = company.now.person

    def counted(person_id: str) -> Person | None:
        asked[person_id] += 1
        return person(person_id)

    monkeypatch.setattr(company, "person", counted, raising=False)
    assert tracker.deliver() == Delivered(sent=10)
    assert asked["nina"] == asked["ed"] == 3
    first, second = email.to("nina")[:2]
    assert first.people == second.people
    first.labels.clear()
    first.people.clear()
    assert second.labels
    assert second.people


def test_an_observer_hears_of_every_change_in_order(make: Make) -> None:
    """Whoever made it, with all of its events, and of what no person is told."""
    crm = RecordingNotifier("crm")
    tracker = make(RecordingNotifier("email"), observers=[crm])
    issue = opened_by(tracker)
    desk = tracker.as_user("bridget")
    desk.add_note(issue, "Rang her.")
    desk.escalate(issue, reason="At risk.", note="Twice.")
    tracker.deliver()
    events = [event for notice in crm.notices for event in notice.events]
    assert events == list(tracker.history(issue))
    assert {notice.message.topic for notice in crm.notices} == {Topic.CHANGED}
    assert [notice.recipient for notice in crm.notices] == ["crm"] * 3


def test_what_is_old_is_told_to_no_observer_either(make: Make) -> None:
    """History does not ring bells (A11)."""
    crm = RecordingNotifier("crm")
    tracker = make(RecordingNotifier("email"), observers=[crm])
    opened_by(tracker, received_at=sample_response().received_at - timedelta(days=30))
    assert tracker.deliver() == Delivered()
    assert crm.notices == []


def test_only_the_channels_of_the_policy_are_used(make: Make) -> None:
    """One that this process lacks waits for another that has it."""
    email, chat = RecordingNotifier("email"), RecordingNotifier("chat")
    tracker = make(email, policy=Policy(channels=("chat",)))
    issue = opened_by(tracker)
    assert tracker.deliver() == Delivered()
    assert fates(tracker, issue) == [("nina", "chat", Fate.WAITING, ""), ("ed", "chat", Fate.WAITING, "")]
    if "sqlite" in str(tracker._runner.store.__class__.__module__) or hasattr(tracker._runner.store, "engine"):
        other = make(chat, policy=Policy(channels=("chat",)))
        assert other.deliver() == Delivered(sent=2)
    assert email.notices == []


def test_nobody_is_told_where_the_policy_has_no_channel(make: Make) -> None:
    """Which the ledger says; and a tracker without notifiers has to be told so, lest everything be lost."""
    with pytest.raises(InvalidValue, match=r"notifiers.*channels = \[\] in the policy"):
        make().deliver()
    tracker = make(policy=Policy(channels=()))
    issue = opened_by(tracker)
    assert tracker.deliver() == Delivered(suppressed=2)
    assert {(fate, reason) for _, _, fate, reason in fates(tracker, issue)} == {
        (Fate.SUPPRESSED, "the account has no channel for it")
    }


# --- looking again ---------------------------------------------------------------------------------------------------


def test_whoever_has_left_is_not_told(make: Make, company: Directory) -> None:
    """Between the change and its delivery."""
    email = RecordingNotifier("email")
    tracker = make(email)
    issue = opened_by(tracker)
    company.without("ed")
    assert tracker.deliver() == Delivered(sent=1, denied=1)
    assert ("ed", "email", Fate.DENIED, "the recipient is not there any more") in fates(tracker, issue)
    assert email.to("ed") == []


def test_whoever_may_no_longer_see_it_is_not_told(make: Make, company: Directory) -> None:
    """A lead whose group was given to another."""
    tracker = make(email := RecordingNotifier("email"))
    issue = opened_by(tracker)
    company.now = StaticDirectory(
        [attrs.evolve(one, access=type(one.access).OWN) for one in company.now], groups=[], leader="dana"
    )
    assert tracker.deliver() == Delivered(sent=1, denied=1)
    assert ("ed", "email", Fate.DENIED, "the recipient may not see it any more") in fates(tracker, issue)
    assert email.to("ed") == []


def test_what_is_no_longer_so_is_not_said(make: Make) -> None:
    """An assignee who was replaced, a follower who no longer follows."""
    tracker = make(email := RecordingNotifier("email"))
    issue = opened_by(tracker)
    tracker.deliver()
    desk = tracker.as_user("bridget")
    desk.assign(issue, "omar", note="His.")
    desk.follow(issue, "paula")
    desk.set_status(issue, "in_progress", note="Begun.")
    desk.unfollow(issue, "paula")
    desk.assign(issue, "dana", note="Hers.")
    tracker.deliver()
    assert email.to("paula") == email.to("omar") == []
    dropped = {(who, reason) for who, _, fate, reason in fates(tracker, issue) if fate is Fate.DROPPED}
    assert dropped == {
        ("omar", "the recipient is no longer assignee"),
        ("paula", "the recipient is no longer follower"),
    }


def test_a_long_batch_is_looked_at_again_on_the_way(make: Make, clock: TurnableClock) -> None:
    """A slow channel does not send what is no longer so."""
    tracker: Tracker

    class Slow(RecordingNotifier):
        def notify(self, notice: Notice, /) -> None:
            super().notify(notice)
            clock.turn(seconds=6)
            if len(self.notices) == 1:
                tracker.as_user("bridget").assign(notice.message.issue or "", "omar", note="His.")

    email = Slow("email")
    tracker = make(email)
    opened_by(tracker)
    issue = tracker.issues().items[0].id
    tracker.deliver()
    assert email.to("ed") != []
    assert all(notice.issue == tracker.issue(issue) for notice in email.to("ed"))


# --- preferences -----------------------------------------------------------------------------------------------------


def test_what_somebody_does_not_want_is_suppressed(make: Make) -> None:
    """The ledger says by which preference; whatever they want is told on the channels that they chose."""
    email, chat = RecordingNotifier("email"), RecordingNotifier("chat")
    tracker = make(email, chat)
    tracker.set_preferences("ed", Preferences(channels={"opened": []}))
    tracker.set_preferences("nina", Preferences(channels={"opened": ["chat"]}))
    issue = opened_by(tracker)
    assert tracker.deliver() == Delivered(sent=1, suppressed=1)
    assert fates(tracker, issue) == [
        ("nina", "chat", Fate.SENT, ""),
        ("ed", "", Fate.SUPPRESSED, "the recipient's preferences: topic"),
    ]


def test_a_preference_counts_at_the_moment_of_sending(make: Make, clock: TurnableClock) -> None:
    """Also where the message was planned before."""
    email = Blinking(*[OSError("down")] * 2)
    tracker = make(email, RecordingNotifier("chat"), policy=Policy(channels=("email",)))
    issue = opened_by(tracker)
    assert tracker.deliver() == Delivered(retried=2)
    tracker.set_preferences("ed", Preferences(channels={"opened": []}))
    tracker.set_preferences("nina", Preferences(channels={"opened": ["chat"]}))
    clock.turn(minutes=1)
    assert tracker.deliver() == Delivered(suppressed=2)
    assert {reason for _, _, _, reason in fates(tracker, issue)} == {
        "the recipient chose other channels",
        "the recipient's preferences: topic",
    }


def test_quiet_hours_hold_what_is_not_urgent(make: Make, clock: TurnableClock) -> None:
    """A deferral is recorded, never a drop; an escalation is told at once."""
    email = RecordingNotifier("email")
    tracker = make(email)
    quiet = QuietHours({"monday-sunday": "11:00-14:00"})
    for who in ("ed", "nina", "dana"):
        tracker.set_preferences(who, Preferences(quiet_hours=quiet))
    issue = opened_by(tracker)
    tracker.as_user("bridget").escalate(issue, reason="At risk.", note="Now.")
    assert tracker.deliver() == Delivered(sent=1, deferred=2)
    assert email.told == [("dana", Topic.ESCALATED)]
    held = tracker.ledger(fate="deferred")
    assert {(one.reason, one.due_at) for one in held} == {("the recipient's quiet hours", clock() + timedelta(hours=2))}
    assert tracker.deliver() == Delivered()
    clock.turn(hours=2)
    assert tracker.deliver() == Delivered(sent=2)


def test_who_asks_for_more_is_told_of_what_opens_no_issue(make: Make, company: Directory) -> None:
    """And the erased is told to nobody."""
    email = RecordingNotifier("email")
    tracker = make(email)
    tracker.set_preferences("bridget", Preferences(threshold=8))
    tracker.record(sample_response("fine", 8))
    tracker.record(sample_response("gone", 8, contact=Contact(email="x@y.example")))
    tracker.erase(response_id="gone")
    assert tracker.deliver() == Delivered(sent=1, dropped=1)
    (notice,) = email.to("bridget")
    assert (notice.issue, notice.response.id, notice.message.topic) == (None, "fine", Topic.RECORDED)


# --- failing ---------------------------------------------------------------------------------------------------------


def test_what_fails_is_tried_again_with_growing_waits(make: Make, clock: TurnableClock) -> None:
    """For more than three days; then it is a dead letter, which lets the others pass."""
    email = Blinking(*[OSError("down")] * 100)
    tracker = make(email, policy=Policy(zone="UTC"))
    issue = tracker.record(sample_response(group=None)).issue
    assert issue is not None
    began, waits = clock(), []
    assert tracker.deliver() == Delivered(retried=1)
    while (line := tracker.ledger(issue.id).items[0]).due_at is not None:
        assert tracker.deliver() == Delivered()
        waits.append(line.due_at - clock())
        clock.turn(seconds=waits[-1].total_seconds() + 1)
        tracker.deliver()
    assert len(waits) == len(DELAYS)
    assert all(delay <= wait <= delay * 1.2 for delay, wait in zip(DELAYS, waits, strict=True))
    assert clock() - began > timedelta(days=3)
    assert (line.fate, line.attempts) == (Fate.DEAD, len(DELAYS) + 1)
    assert line.reason.startswith("OSError at test_delivering.py:")
    assert tracker.dead_letters().items == (line,)


def test_a_dead_letter_can_be_sent_again(make: Make) -> None:
    """Under the key that it always had."""
    email = Blinking(NotDelivered("no such mailbox", is_final=True))
    tracker = make(email)
    issue = tracker.record(sample_response(group=None)).issue
    assert issue is not None
    assert tracker.deliver() == Delivered(dead=1)
    (dead,) = tracker.dead_letters()
    assert (dead.reason, dead.attempts) == ("no such mailbox", 1)
    assert tracker.send_again(dead.message.id, "email") is True
    assert tracker.send_again(dead.message.id, "email") is False
    assert tracker.deliver() == Delivered(sent=1)
    assert [notice.message.id for notice in email.notices] == [dead.message.id]
    assert tracker.dead_letters().items == ()


def test_a_receiver_may_ask_to_be_left_alone(make: Make, clock: TurnableClock) -> None:
    """For longer than the schedule would; for a day at most."""
    tracker = make(Blinking(NotDelivered("busy", retry_after=timedelta(hours=2))))
    issue = tracker.record(sample_response(group=None)).issue
    assert issue is not None
    tracker.deliver()
    due_at = tracker.ledger(issue.id).items[0].due_at
    assert due_at is not None
    assert due_at - clock() >= timedelta(hours=2)


def test_a_receiver_that_is_gone_disables_its_channel(make: Make) -> None:
    """What waits becomes dead letters, until somebody enables it and sends them again."""
    crm = Blinking(NotDelivered("gone", disables=True), name="crm")
    tracker = make(RecordingNotifier("email"), observers=[crm])
    issue = opened_by(tracker)
    tracker.as_user("bridget").add_note(issue, "Rang her.")
    tracker.deliver()
    assert tracker.disabled_channels() == {"crm": "gone"}
    tracker.as_user("bridget").add_note(issue, "Again.")
    tracker.deliver()
    assert crm.notices == []
    dead = tracker.dead_letters(limit=10)
    assert [one.reason for one in dead] == ["gone"] * 3
    tracker.enable_channel("crm")
    for one in dead:
        assert tracker.send_again(one.message.id, "crm")
    assert tracker.deliver() == Delivered(sent=3)
    assert [event for notice in crm.notices for event in notice.events] == list(tracker.history(issue))


def test_what_failed_holds_up_what_comes_after_it_for_an_observer(make: Make, clock: TurnableClock) -> None:
    """Of that issue alone."""
    crm = Blinking(OSError("down"), name="crm")
    tracker = make(RecordingNotifier("email"), observers=[crm])
    one, other = opened_by(tracker), opened_by(tracker, "r-2")
    tracker.as_user("bridget").add_note(one, "Rang her.")
    tracker.deliver()
    assert [notice.message.issue for notice in crm.notices] == [other]
    clock.turn(seconds=15)
    tracker.deliver()
    told = [event for notice in crm.notices for event in notice.events if notice.message.issue == one]
    assert told == list(tracker.history(one))


def test_one_that_raises_delays_no_other(make: Make) -> None:
    """Whatever it raises; and a channel that hangs holds up its own messages only."""
    gate, chat = threading.Event(), RecordingNotifier("chat")

    class Hanging(Blinking):
        def notify(self, notice: Notice, /) -> None:
            assert gate.wait(30)
            super().notify(notice)

    class Waking(RecordingNotifier):
        def notify(self, notice: Notice, /) -> None:
            super().notify(notice)
            if len(self.notices) == 2:
                gate.set()

    waking = Waking("pager")
    tracker = make(Blinking(*[ZeroDivisionError()] * 9, name="bad"), Hanging(), waking, chat)
    opened_by(tracker)
    assert tracker.deliver() == Delivered(sent=6, retried=2)
    assert len(chat.notices) == 2


def test_an_interruption_loses_nothing(make: Make, clock: TurnableClock) -> None:
    """What was not begun is due again at once; what was being sent, when its lease runs out."""
    email = Blinking()
    tracker = make(email)
    opened_by(tracker)

    class Interrupted(Blinking):
        def notify(self, notice: Notice, /) -> None:
            raise KeyboardInterrupt

    email.notify = Interrupted().notify  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        tracker.deliver()
    del email.notify
    assert tracker.deliver() == Delivered(sent=1)
    clock.turn(minutes=5)
    assert tracker.deliver() == Delivered(sent=1)
    assert [(notice.recipient, notice.attempt) for notice in email.notices] == [("ed", 1), ("nina", 2)]


def test_a_reason_is_kept_as_one_line_without_what_cannot_be_stored(make: Make) -> None:
    """A channel of somebody else's may give anything."""
    tracker = make(Blinking(NotDelivered("a\nb\0c\ud800" + "x" * 500, is_final=True)))
    issue = tracker.record(sample_response(group=None)).issue
    assert issue is not None
    tracker.deliver()
    assert tracker.ledger(issue.id).items[0].reason == ("a b c " + "x" * 500)[:190]


# --- accounts --------------------------------------------------------------------------------------------------------


def test_all_accounts_are_delivered(make: Make, company: Directory, caplog: pytest.LogCaptureFixture) -> None:
    """Each by its own settings; what belongs to an account that nobody knows is put off, and said."""
    known = {"north": AccountSettings(directory=company), "south": AccountSettings(directory=company)}
    email = RecordingNotifier("email")
    everybody = known | {"west": AccountSettings(directory=company)}
    tracker = make(email, account="north", accounts=everybody.get)
    for name in ("north", "south", "west"):
        opened_by(tracker.for_account(name))
    del everybody["west"]
    assert tracker.deliver() == Delivered(sent=4)
    assert {notice.account for notice in email.notices} == {"north", "south"}
    assert [record.account for record in caplog.records if hasattr(record, "account")] == ["west"]
    assert tracker.deliver() == Delivered()


def test_a_tracker_of_one_account_leaves_the_others_alone(make: Make) -> None:
    """What it does not know the settings of is another's to deliver."""
    tracker = make(RecordingNotifier("email"), account="north")
    if hasattr(tracker._runner.store, "engine"):
        opened_by(make(account="south"))
    assert tracker.deliver() == Delivered()


# --- what is refused -------------------------------------------------------------------------------------------------


class Nameless:
    """A channel that lacks a name."""

    def notify(self, notice: Notice, /) -> None:
        """Take it."""


class Awaited:
    """A channel that has to be awaited."""

    name = "slow"

    async def notify(self, notice: Notice, /) -> None:
        """Take it."""


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        ([object()], "a name, and a method notify"),
        ([Nameless()], "a name of 1 to 64 characters"),
        ([RecordingNotifier("x" * 65)], "a name of 1 to 64 characters"),
        ([RecordingNotifier("a"), RecordingNotifier("a")], "another name than 'a', which is taken"),
        ([Awaited()], "an AsyncTracker takes those that are"),
    ],
    ids=["an object", "no name", "a long name", "one name twice", "async"],
)
def test_what_is_no_channel_is_refused(channels: list[Any], told: str) -> None:
    """When the tracker is made, with what would be right."""
    with pytest.raises(InvalidValue, match=told):
        Tracker.open("memory:", notifiers=channels)
    with pytest.raises(InvalidValue, match=told):
        Tracker.open("memory:", observers=channels)


def test_a_question_to_the_ledger_is_checked(make: Make) -> None:
    """Fates, pages and cursors."""
    tracker = make(RecordingNotifier("email"))
    opened_by(tracker)
    with pytest.raises(InvalidFilter, match="fate"):
        tracker.ledger(fate="lost")
    with pytest.raises(InvalidFilter, match="limit"):
        tracker.ledger(limit=0)
    page = tracker.ledger(limit=1)
    with pytest.raises(InvalidCursor):
        tracker.ledger(fate="sent", after=page.next)
    assert len(tracker.ledger(limit=5, after=page.next)) == 1
    assert [one.message.recipient for one in tracker.ledger(person="Ed@Host.example")] == ["ed"]


def test_a_store_without_a_queue_says_so(clock: TurnableClock) -> None:
    """Everything else of it works."""
    from resolutionkit.testing.reference import ReferenceStore

    tracker = Tracker(ReferenceStore(), clock=clock, notifiers=[RecordingNotifier("email")])
    with pytest.raises(StorageError, match="keeps no queue"):
        tracker.deliver()
    with pytest.raises(StorageError, match="keeps no queue"):
        tracker.ledger()
