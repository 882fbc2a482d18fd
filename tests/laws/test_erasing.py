"""Law L11: erasing a person leaves none of their text anywhere, and every figure as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutionkit import (
    Answer,
    Contact,
    IssueFilter,
    Outcome,
    Policy,
    Response,
    ResponseFilter,
    RootCause,
    Tracker,
    replay,
)
from resolutionkit.hooks import StoreOptions
from resolutionkit.ports import Store
from resolutionkit.storage.memory import MemoryStore
from resolutionkit.storage.sql.store import open_store
from resolutionkit.testing import fresh_account
from resolutionkit.testing.awkward import AWKWARD_TEXTS
from support import NOON, TurnableClock, organisation
from support.raw import Cell, Raw, cells_in_memory, holding
from support.servers import SERVERS, shared_database

POLICY = Policy(root_causes=("process",), dimensions=("country",))
PEOPLE = ("jane", "bob")
SEEDS = st.integers(0, 2**32)
"""Of whole stories: what is random in one is too much to draw piece by piece."""


@frozen
class Database:
    """A store, and a way around it."""

    store: Store
    look: Callable[[str], list[Cell]]


@pytest.fixture(params=["memory", "sqlite", *SERVERS], scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Return each kind of store, with all that it keeps of an account as raw cells."""
    if request.param == "memory":
        kept = MemoryStore()
        yield Database(kept, lambda account: list(cells_in_memory(kept, account)))
        return
    file = f"sqlite:///{tmp_path_factory.mktemp('erasing') / 'recovery.db'}"
    url = file if request.param == "sqlite" else shared_database(request.param)
    with closing(open_store(StoreOptions(url=url))) as store, closing(Raw(store.engine.url)) as raw:
        yield Database(store, lambda account: list(raw.cells(account)))


@define
class Story:
    """What two customers went through, and every string that was typed by or about each."""

    tracker: Tracker
    clock: TurnableClock
    random: Random
    said: dict[str, list[str]] = field(factory=lambda: {who: [] for who in PEOPLE})
    responses: dict[str, list[Response]] = field(factory=lambda: {who: [] for who in PEOPLE})

    def chance(self) -> bool:
        """Say yes or no."""
        return self.random.random() < 0.5

    def text(self, who: str) -> str:
        """Return an awkward text that can be told from all others."""
        number = sum(map(len, self.said.values()))
        before, after = (self.random.choice(AWKWARD_TEXTS)[:60] for _ in range(2))
        self.said[who].append(f"{before}<{who.title()}-{number}>{after}")
        return self.said[who][-1]

    def email(self, who: str) -> str:
        """Return the address in some case."""
        address = f"{who}-ü.mail@customer.example"
        return self.random.choice([address, address.upper(), address.title()])

    def delivered(self, who: str, response_id: str) -> Response:
        """Return a response full of personal strings."""
        ticket = self.random.choice([None, f"T-{who}", f"T-{who}"])
        contact = Contact(
            name=self.text(who), email=self.email(who), phone=self.text(who) if self.chance() else None,
            company=self.text(who),
        )  # fmt: skip
        return Response(
            id=response_id,
            score=self.random.randint(0, 10),
            received_at=NOON - timedelta(hours=self.random.randint(1, 40)),
            survey=self.random.choice([None, "nps"]),
            contact=contact,
            answers=[Answer("Why?", self.text(who)), Answer(self.text(who), None)],
            tags=["vip"],
            group=self.random.choice(["emea", "field", None]),
            segment="large",
            hierarchy=self.random.choice([[], ["ed"], [f"{who}-boss@customer.example", "nina"]]),
            ticket=ticket,
            agent="agent-7",
            factors=["price"],
            comment=self.text(who) if self.chance() else None,
            wants_contact=self.chance(),
            attributes={"country": "PT", "plan": self.text(who), "revenue": 7},
        )

    def record(self, who: str) -> None:
        """Record a response, or a correction of one."""
        known = self.responses[who]
        again = self.random.choice(known) if known and self.chance() else None
        one = self.delivered(who, f"{len(known)}-of-{PEOPLE.index(who)}" if again is None else again.id)
        if again is not None:
            kept = {name: getattr(again, name) for name in ("survey", "ticket", "received_at")}
            one = evolve(one, **kept)
        self.tracker.record(one, replace=True)
        known.append(one)

    def work(self, who: str) -> None:
        """Work an issue of theirs in every way that leaves words or addresses."""
        found = self.tracker.issues(IssueFilter(email=self.email(who)))
        if not found.items:
            return
        issue = self.random.choice(found.items).id
        desk = self.tracker.as_user("dana")
        note, key = self.text(who), f"key-{sum(map(len, self.said.values()))}"
        why = RootCause(category="process", whys=[self.text(who)] * 2, actions=[self.text(who)])
        acts: list[Callable[[], object]] = [
            lambda: desk.add_note(issue, note, author=self.text(who), spoke=True, key=key),
            lambda: desk.assign(issue, self.email(who), note=note, key=key),
            lambda: desk.follow(issue, self.email(who), key=key),
            lambda: desk.escalate(issue, reason=self.text(who), note=note),
            lambda: desk.set_status(issue, "resolved", note=note, root_cause=why),
        ]
        is_open = self.tracker.issue(issue).is_open
        self.random.choice(acts if is_open else acts[:3])()

    def flag(self, who: str) -> None:
        """Make issues of the responses that have none."""
        for line in self.tracker.responses(ResponseFilter(email=self.email(who))):
            if line.issue is None:
                self.tracker.as_user("dana").flag(line.id, note=self.text(who), followers=[self.email(who)])

    def play(self) -> None:
        """Let a few things happen to both."""
        for who in self.random.choices(PEOPLE, k=self.random.randint(4, 14)):
            self.clock.turn(hours=1)
            getattr(self, self.random.choice(["record", "record", "work", "work", "flag"]))(who)


def figures(tracker: Tracker) -> dict[str, Any]:
    """Return everything that is counted, listed by code, or drawn from histories."""
    lines = tracker.responses(ResponseFilter(with_replaced=True), limit=1000).items
    issues = [tracker.issue(line.id) for line in tracker.issues(limit=1000)]
    by_code = [IssueFilter(groups=["emea"]), IssueFilter(ticket="T-jane"), IssueFilter(survey="nps")]
    return {
        "responses": [
            (one.record.id, one.record.response.score, one.record.response.received_at, one.record.response.group,
             one.record.response.segment, one.record.response.ticket, one.record.response.survey,
             one.record.response.tags, one.record.response.agent, one.record.response.factors,
             one.record.response.attributes["country"], one.record.category, one.record.threshold,
             one.record.standing, one.record.replaced_by, one.record.issue, one.record.revision,
             one.record.needs_recovery, len(one.notes), one.notes.has_spoken)
            for one in lines
        ],
        "issues": [
            (one.id, one.version, one.status, one.phase, one.episodes, one.note_count, one.has_spoken, one.is_urgent,
             one.needs_recovery, one.changed_at, one.root_cause and len(one.root_cause.whys), len(one.followers))
            for one in issues
        ],
        "histories": [
            [(event.id, event.number, event.kind, event.at, event.cause, event.advice) for event in history]
            for history in (tracker.history(one.id) for one in issues)
        ],
        "counts": Counter((one.status, one.response.group, one.response.score) for one in issues),
        "by code": [[line.id for line in tracker.issues(one, limit=1000)] for one in by_code],
        "recovery": [[one.id for one in tracker.responses(letter, limit=1000)] for letter in "yrxwvsn"],
        "desks": [tracker.as_user(who).inbox().counts() for who in ("dana", "ed", "nina", "omar")],
        "told": [[(one.id, one.topic, one.why) for one in tracker.outbox(issue.id)] for issue in issues],
    }  # fmt: skip


@settings(max_examples=settings().max_examples // 2)
@given(seed=SEEDS)
def test_nothing_is_left_of_an_erased_person(database: Database, seed: int) -> None:
    """No cell holds what Jane typed or was called; what is Bob's, and every figure, stays; the history still folds."""
    account, clock = fresh_account(), TurnableClock()
    tracker = Tracker(database.store, account=account, clock=clock, directory=organisation(), policy=POLICY)
    story = Story(tracker, clock, Random(seed))
    story.play()
    before, found = figures(tracker), database.look(account)
    kept = [text for text in story.said["bob"] if holding(found, text)]
    done = tracker.erase(story.email("jane"))
    found = database.look(account)
    for text in (*story.said["jane"], "<jane-", "jane-ü.mail@customer.example"):
        assert holding(found, text) == set(), text
    assert [text for text in kept if not holding(found, text)] == []
    assert figures(tracker) == before
    for line in tracker.issues(limit=1000):
        assert replay(tracker.history(line.id)) == tracker.issue(line.id)
        assert line.response == tracker.issue(line.id).response
    for again in story.responses["jane"]:
        left = tracker.response(again.id).response
        assert (left.contact, left.answers, left.hierarchy, left.comment) == (Contact(), (), (), None)
        for replace in (False, True):
            assert tracker.record(again, replace=replace).outcome == Outcome.DUPLICATE
    assert figures(tracker) == before
    assert not any(value for name, value in tracker.export_person(story.email("jane")).items() if name != "person")
    for asked in (IssueFilter(email=story.email("jane")), IssueFilter(assignee=story.email("jane"))):
        assert len(tracker.issues(asked)) == 0
    assert done.responses == len({one.id for one in story.responses["jane"]})
    assert tracker.erase(story.email("jane")) == type(done)()


@settings(max_examples=settings().max_examples // 2)
@given(seed=SEEDS, hours=st.integers(0, 50))
def test_what_is_old_is_erased_but_for_open_issues(database: Database, seed: int, hours: int) -> None:
    """Older than a cut and closed, or without an issue: erased. Younger or open: as it was, and counted."""
    account, clock = fresh_account(), TurnableClock()
    tracker = Tracker(database.store, account=account, clock=clock, directory=organisation(), policy=POLICY)
    story = Story(tracker, clock, Random(seed))
    story.play()
    before, cut = figures(tracker), NOON - timedelta(hours=hours)
    lines = tracker.responses(ResponseFilter(with_replaced=True), limit=1000).items
    old = [one.record for one in lines if one.record.response.received_at < cut]
    is_open = {one.id for one in tracker.issues(IssueFilter(phases=["open", "active"]), limit=1000)}
    due = {one.id for one in old if one.issue not in is_open}
    whole = {one.record.id: one.record for one in lines if one.record.id not in due}
    done = tracker.erase_older_than(cut)
    assert (done.responses, done.left) == (len(due), len({one.issue for one in old} & is_open))
    assert figures(tracker) == before
    found = {one.id: one.record for one in tracker.responses(ResponseFilter(with_replaced=True), limit=1000)}
    assert {name: found[name] for name in whole} == whole
    assert all(found[name].erased_at == clock.now and found[name].response.contact == Contact() for name in due)
    for line in tracker.issues(limit=1000):
        issue = tracker.issue(line.id)
        is_due = not issue.is_open and all(one.received_at < cut for one in issue.responses)
        assert all((note.text == "(erased)") is is_due for note in issue.notes)
        assert replay(tracker.history(line.id)) == issue
    assert tracker.erase_older_than(cut).responses == 0


def test_a_file_holds_no_byte_of_an_erased_person(tmp_path: Path) -> None:
    """SQLite overwrites what is erased, also in pages that it split or let go of; and nothing else is lost."""
    path = tmp_path / "recovery.db"
    clock = TurnableClock()
    with Tracker.open(f"sqlite:///{path}", clock=clock, directory=organisation(), policy=POLICY) as tracker:
        desk = tracker.as_user("dana")
        for number in range(400):
            who = f"Person{number:03d}Mark"
            length = (1, 30, 300, 900)[number % 4]  # from a line to several pages
            contact = Contact(name=who, email=f"{who}@customer.example", company=who)
            one = Response(id=f"{number * 7919 % 1000:03d}-{number}", score=number % 11, received_at=NOON,
                           contact=contact, comment=f"{who} " * length, ticket=f"T-{number}")  # fmt: skip
            issue = tracker.record(one).issue
            if issue is not None:
                desk.assign(issue.id, f"{who}@customer.example", note=f"{who} " * length)
        gone = [f"Person{number:03d}Mark" for number in range(0, 400, 9)]
        for who in gone:
            assert tracker.erase(f"{who}@customer.example").responses == 1
    assert not path.with_name("recovery.db-wal").exists()
    raw = path.read_bytes().lower()
    assert [who for who in gone if who.lower().encode() in raw] == []
    assert f"Person{401 - 2:03d}Mark".lower().encode() in raw
