"""Store rule and law L11: words and addresses can be found and taken out, and all else stays as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from operator import methodcaller
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import strategies as st

from resolutionkit.model.erasure import ERASED, renamed, tombstone, with_response, with_words
from resolutionkit.model.events import CorrectionRecorded, Escalated, Event, LevelRaised, NoteAdded, RootCauseRecorded
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, RootCause
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import ACCOUNT_WIDE, IssueFilter, ResponseFilter
from resolutionkit.model.response import Contact, RecordChange, Response
from resolutionkit.model.results import Erased, Outcome
from resolutionkit.model.sortkeys import response_key
from resolutionkit.ports import Rewrite, Store, UnitOfWork, Write, WriteConflict
from resolutionkit.testing.accounts import EVERY_ISSUE, picture
from resolutionkit.testing.changes import event_after, message, note, opening, record_of, remembered, stored, then
from resolutionkit.testing.clock import NOON
from resolutionkit.testing.failing import Boom
from resolutionkit.testing.play import Player, Step
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import ADDRESSES, histories, organisations
from resolutionkit.testing.suites.base import Ask, Look, Save, StoreSuite, for_all, player
from resolutionkit.testing.suites.histories import kept_issue
from resolutionkit.testing.twin import shown
from resolutionkit.tracker.erasing import ABILITY

LEE = "lee@partner.example"
JANE = "jane@customer.example"


WORDS = (
    "First words.", "Second words.", "Words of the opening.", "Signed", "Noted words.", "Reason words.", "More words.",
    "Level words.",
    "Why words.", "Action words.", "Jane Doe", JANE, "555-0101", "ABC Ltd",
)  # fmt: skip
"""What the issue of :func:`filled` is full of."""


ADDRESSES_ASKED = {
    "plain": JANE,
    "in capitals": "JANE@customer.EXAMPLE",
    "umlaut": "ü@partner.example",
    "quoted": 'a"b\\c@x.example',
}


def everything_in(kept: object) -> str:
    """Return all that a picture of an account holds, as text."""
    if isinstance(kept, Mapping):
        return " ".join(f"{everything_in(key)} {everything_in(value)}" for key, value in kept.items())
    if isinstance(kept, list | tuple):
        return " ".join(map(everything_in, kept))
    return shown(kept)


def check_ability(store: Store, account: str) -> None:
    """Skip the test, and say what would have it run, where people cannot be erased from a store."""

    def missing(unit: UnitOfWork) -> list[str]:
        return [name for name in ABILITY if not callable(getattr(unit, name, None))]

    lacking = store.transact(account, missing, write=False)
    if lacking:
        pytest.skip(f"not tried, for want of ErasesPeople: the methods {', '.join(lacking)} (on the unit of work)")


def filled(save: Save) -> tuple[Issue, Response, Response]:
    """Save an issue full of words, whose response was corrected; return it with both revisions."""
    first = sample_response(comment="First words.", ticket="T-1")
    second = sample_response(comment="Second words.", ticket="T-1")
    write = opening(first, assignee=LEE, note=note("Words of the opening.", author="Signed"))
    save(attrs.evolve(write, messages=(message(write.issue, LEE),)))
    record = write.records[0].record
    corrected = attrs.evolve(record, response=second, revision=2)
    issue = write.issue
    cause = RootCause(category="process", whys=("Why words.",), actions=("Action words.",))
    steps: list[tuple[type[Event], dict[str, Any]]] = [
        (NoteAdded, {"note": note("Noted words."), "actor": LEE}),
        (Escalated, {"reason": "Reason words.", "to": None, "note": note("More words.")}),
        (
            LevelRaised,
            {"level": 1, "name": "x", "entered_at": NOON, "accountable": (LEE,), "reason": "Level words."},
        ),
        (RootCauseRecorded, {"root_cause": cause}),
        (CorrectionRecorded, {"response": second, "revision": 2, "people": (LEE,), "needs_recovery": True}),
    ]
    for kind, facts in steps:
        changes = (RecordChange(record=corrected, before=record),) if kind is CorrectionRecorded else ()
        step = then(issue, event_after(issue, kind, **facts), records=changes)
        save(step)
        issue = step.issue
    return issue, first, second


def correction(first: Response, second: Response) -> Write:
    """Return the write of a correction of a response that opened nothing."""
    before = record_of(first)
    return Write(records=(RecordChange(record=attrs.evolve(before, response=second, revision=2), before=before),))


def rewrite_of(unit: Any, response_id: str) -> Rewrite:
    """Return the rewrite that leaves a tombstone of a response and of all words of its issue."""
    record = unit.response(response_id)
    left = {number: tombstone(one, ()) for number, one in enumerate(unit.revisions(response_id), 1)}
    history = () if record.issue is None else unit.history(record.issue)
    events = [with_response(with_words(one, lambda _: "gone"), response_id, left) for one in history]
    after = attrs.evolve(record, response=left[record.revision], erased_at=NOON)
    return Rewrite(
        record=RecordChange(record=after, before=record),
        revisions=left,
        before=replay(history) if history else None,
        issue=replay(events) if events else None,
        events=tuple(events),
    )


Erase: TypeAlias = Callable[[str, Any], None]
"""Rewrites or renames in a transaction of its own."""
Written: TypeAlias = Callable[[str], Rewrite]
"""Gives the rewrite that erases a response, as things are now."""


class Erasing(StoreSuite):
    """What :class:`~resolutionkit.ports.ErasesPeople` promises; skipped where the unit of work cannot."""

    @pytest.fixture
    def erase(self, store: Store, account: str) -> Erase:
        """Return a function that changes something in a transaction of its own, where the unit of work can."""
        check_ability(store, account)
        return lambda name, given: store.transact(account, methodcaller(name, given), write=True)

    @pytest.fixture
    def written(self, store: Store, account: str) -> Written:
        """Return a function that gives the rewrite which erases a response, as things are now."""
        return lambda response_id: store.transact(account, lambda unit: rewrite_of(unit, response_id), write=False)

    def test_every_revision_of_a_response_can_be_read(self, save: Save, ask: Ask, erase: Erase) -> None:
        """In order, the first one included; none of a response that is not there."""
        _, first, second = filled(save)
        save(stored(sample_response("r-2")))
        assert tuple(ask("revisions", "r-1")) == (first, second)
        assert tuple(ask("revisions", "r-2")) == (sample_response("r-2"),)
        assert tuple(ask("revisions", "r-3")) == ()

    def test_what_is_rewritten_is_gone(self, save: Save, ask: Ask, erase: Erase, written: Written, look: Look) -> None:
        """In every revision, event and list; the history folds to the issue, and nothing else has changed."""
        before, _, second = filled(save)
        save(opening(sample_response("r-2", comment="Other words.", contact=Contact(email="bob@customer.example"))))
        made = written("r-1")
        erase("rewrite", made)
        history = ask("history", before.id)
        assert history == made.events
        assert [(one.id, one.number, one.at) for one in history] == [
            (one.id, one.number, one.at) for one in made.events
        ]
        assert replay(history) == made.issue
        assert tuple(ask("revisions", "r-1")) == (tombstone(second, ()), tombstone(second, ()))
        assert made.record is not None
        assert ask("response", "r-1") == ask("standing", None, "T-1") == made.record.record
        line = next(one for one in ask("issues", EVERY_ISSUE) if one.id == before.id)
        assert (line.response, line.note_count) == (tombstone(second, ()), before.note_count)
        for condition in (IssueFilter(email=JANE), IssueFilter(company="ABC Ltd")):
            assert ask("count_issues", ACCOUNT_WIDE, condition, None) == 0
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(email="bob@customer.example"), None) == 1
        kept = everything_in(look())
        assert "Other words." in kept
        assert [one for one in WORDS if one in kept] == []

    def test_a_rewrite_of_what_has_changed_since_is_a_conflict(
        self, save: Save, erase: Erase, written: Written
    ) -> None:
        """A note that was added meanwhile, or an erasing by somebody else, makes the work run again."""
        issue, _, _ = filled(save)
        late = written("r-1")
        save(then(issue, event_after(issue, NoteAdded, note=note("Later."))))
        with pytest.raises(WriteConflict):
            erase("rewrite", late)
        loose = stored(sample_response("r-2"))
        save(loose)
        twice = written("r-2")
        erase("rewrite", twice)
        with pytest.raises(WriteConflict):
            erase("rewrite", twice)

    def test_a_correction_of_what_was_erased_since_is_a_conflict(
        self, save: Save, erase: Erase, written: Written
    ) -> None:
        """Otherwise what was erased would come back."""
        save(stored(sample_response()))
        made = written("r-1")
        erase("rewrite", made)
        with pytest.raises(WriteConflict):
            save(correction(sample_response(), sample_response(comment="Again.")))

    def test_an_address_is_renamed_wherever_it_stands(self, save: Save, ask: Ask, erase: Erase) -> None:
        """As actor, assignee, follower, above a customer, recipient and keeper of a key; a neighbour keeps its name."""
        names = {LEE: "erased-1@erased.invalid", "Lee@Partner.example": "erased-2@erased.invalid"}
        near = "alee@partner.example"
        write = opening(sample_response(), assignee=LEE, followers=("Lee@Partner.example", near), people=(LEE, "ann"))
        told = tuple(message(write.issue, who) for who in (LEE, near))
        save(attrs.evolve(write, messages=told, remembered=remembered(write.issue, "k", actor=LEE)))
        more = then(write.issue, event_after(write.issue, NoteAdded, note=note(), actor=LEE))
        save(more, stored(sample_response("r-2"), people=(LEE,)))
        assert list(ask("spellings", "LEE@partner.EXAMPLE")) == sorted(names)
        erase("rename", names)
        assert list(ask("spellings", LEE)) == []
        expected = renamed(more.issue, names)
        assert ask("history", write.issue.id) == tuple(renamed(one, names) for one in (*write.events, *more.events))
        assert replay(ask("history", write.issue.id)) == expected
        assert [one.recipient for one in ask("messages", write.issue.id)] == [names[LEE], near]
        assert ask("response", "r-2").people == (names[LEE],)
        assert ask("remembered", names[LEE], "k") is not None
        assert ask("remembered", LEE, "k") is None
        for who, count in ((LEE, 0), (names[LEE], 1)):
            assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(assignee=who), None) == count
        assert ask("count_issues", ACCOUNT_WIDE, IssueFilter(follower=near), None) == 1

    @pytest.mark.parametrize("asked", ADDRESSES_ASKED.values(), ids=ADDRESSES_ASKED)
    def test_what_holds_an_address_is_found(self, save: Save, ask: Ask, erase: Erase, asked: str) -> None:
        """In a revision of long ago, in whatever case, as an actor and in any words; a page begins after an id."""
        held = [
            sample_response("r-1", contact=Contact(email=asked.lower())),
            sample_response("r-2", contact=Contact(email=asked.upper())),
            sample_response("r-3", contact=Contact(), hierarchy=[asked]),
        ]
        for one in held:
            save(stored(one))
        save(correction(held[0], sample_response("r-1", contact=Contact())))
        found = ask("responses_holding", asked, "", 10)
        assert set(found) >= {"r-1", "r-2", "r-3"}
        assert list(found) == sorted(found)
        assert [one for one in ask("responses_holding", asked, "r-1", 10) if one <= "r-1"] == []
        assert len(ask("responses_holding", asked, "", 2)) == 2
        by_actor = opening(sample_response("r-4"), "issue-1", actor=asked.lower())
        in_words = opening(sample_response("r-5"), "issue-2", note=note(f"Rang {asked}."))
        save(by_actor, in_words)
        assert set(ask("issues_holding", asked, "", 10)) >= {"issue-1", "issue-2"}
        assert list(ask("issues_holding", asked, "issue-1", 10)) == ["issue-2"]

    def test_old_responses_come_in_order_a_page_at_a_time(
        self, save: Save, ask: Ask, erase: Erase, written: Written
    ) -> None:
        """Oldest first, then by id; neither those of that very instant nor the erased ones."""
        ages = {"r-3": 3, "r-1": 2, "r-2": 2, "r-4": 1}
        for name, hours in ages.items():
            save(stored(sample_response(name, received_at=NOON - timedelta(hours=hours))))
        cut = NOON - timedelta(hours=1)
        first = ask("responses_before", cut, None, 2)
        assert [one.id for one in first] == ["r-3", "r-1"]
        assert [one.id for one in ask("responses_before", cut, response_key(first[-1]), 2)] == ["r-2"]
        erase("rewrite", written("r-2"))
        assert [one.id for one in ask("responses_before", cut, None, 9)] == ["r-3", "r-1"]

    def test_erasing_is_taken_back_with_its_transaction(
        self, store: Store, save: Save, look: Look, account: str, erase: Erase
    ) -> None:
        """An error after a rewrite and a renaming leaves everything as it was."""
        filled(save)
        before = look()

        def work(unit: Any) -> None:
            unit.rewrite(rewrite_of(unit, "r-1"))
            unit.rename({LEE: "erased-1@erased.invalid"})
            raise Boom

        with pytest.raises(Boom):
            store.transact(account, work, write=True)
        assert look() == before


def figures(game: Player) -> dict[str, Any]:
    """Return what is counted, and the shape of every history."""
    tracker = game.tracker
    lines = tracker.responses(ResponseFilter(with_replaced=True), limit=1000)
    issues = tracker.issues(limit=1000)
    return {
        "responses": [(one.id, one.record.response.score, one.record.standing, len(one.notes)) for one in lines],
        "issues": Counter((one.status, one.response.group, one.response.score) for one in issues),
        "episodes": [tracker.issue(one.id).episodes for one in issues],
        "histories": [[(one.kind, one.at) for one in tracker.history(line.id)] for line in issues],
        "counts": tracker.as_user("ann").inbox().counts(),
    }


class NothingIsLeft(StoreSuite):
    """Law L11, on a tracker over the store; skipped where its unit of work cannot erase."""

    def test_nothing_that_was_said_of_an_erased_person_is_left(self, store: Store, abilities: object) -> None:
        """After a round of work on a response that was corrected, no picture of the account holds a word of it."""
        game = player(store, sample_company())
        check_ability(store, game.tracker.account)
        first = sample_response(comment="First words.", hierarchy=[JANE])
        issue = game.tracker.record(first).issue
        assert issue is not None
        game.tracker.record(attrs.evolve(first, comment="Second words."), replace=True)
        desk = game.tracker.as_user("dana")
        desk.add_note(issue.id, "Noted words.", author="Signed", key="k")
        desk.assign(issue.id, JANE.upper(), note="More words.", key="k-2")
        desk.escalate(issue.id, reason="Reason words.", note="Words of the opening.")
        game.tracker.record(sample_response("r-2", contact=None, comment="Other words.", hierarchy=[JANE]))
        assert game.tracker.erase(JANE) == Erased(responses=1, issues=1, mentions=1, addresses=1)
        kept = everything_in(picture(store, game.tracker.account, abilities))
        assert "Other words." in kept
        assert [one for one in WORDS if one in kept] == []
        kept = everything_in(picture(store, game.tracker.account))
        assert [one for one in WORDS if one in kept] == []
        again = sample_response("r-2", contact=None, comment="Other words.", hierarchy=[JANE])
        assert game.tracker.record(again).outcome == Outcome.DUPLICATE

    def test_erasing_a_person_leaves_every_figure_as_it_was(self, store: Store, account: str) -> None:
        """After a random history and an erasing: same figures, histories that fold, and duplicates on delivery."""
        check_ability(store, account)

        def check(directory: StaticDirectory, steps: list[Step], who: str) -> None:
            game = player(store, directory)
            game.play(steps)
            before = figures(game)
            done = game.tracker.erase(who)
            assert figures(game) == before
            gone = {one.id for one in game.responses if (one.contact.email or "").lower() == who.lower()}
            for one in game.responses:
                if one.id in gone:
                    record = game.tracker.response(one.id)
                    assert record.erased_at is not None
                    assert record.response.contact == Contact()
                    assert game.tracker.record(one, replace=True).outcome == Outcome.DUPLICATE
            assert done.responses == len(gone)
            for issue in game.every_issue():
                assert replay(game.tracker.history(issue.id)) == issue
                assert kept_issue(store, game.tracker.account, issue.id) in {None, issue}
                if gone & {one.id for one in issue.responses}:
                    assert {(note.text, note.author) for note in issue.notes} <= {(ERASED, ERASED)}
            exported = game.tracker.export_person(who)
            assert not any(value for name, value in exported.items() if name != "person")
            assert game.tracker.erase(who) == Erased()

        who = st.sampled_from([JANE, "SS@customer.example", "ß@customer.example", *ADDRESSES])
        for_all(check, part=1 / 2, directory=organisations(), steps=histories(), who=who)
