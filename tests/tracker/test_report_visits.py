"""Following the link of a whole report (requirements D4, B5, B12): within the recipient's access, on every backend."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccountSettings,
    AsyncTracker,
    CauseKind,
    InvalidCommand,
    LinkForm,
    LinkProblem,
    LinkRefused,
    ReportClaim,
    ReportSaved,
    ResponseNotFound,
    ResponseReplaced,
    StaticDirectory,
    Tracker,
)
from support import NOON, TurnableClock, organisation, response

HOUR = timedelta(hours=1)
CLAIM = ReportClaim(
    account="default",
    recipient="omar",
    start=NOON - 24 * HOUR,
    end=NOON,
    message="m-report",
    expires_at=NOON + timedelta(days=30),
)


@pytest.fixture
def issues(tracker: Tracker) -> list[str]:
    """Record two unhappy responses of the field's, and one of emea's; return the ids of the first two issues."""
    found = []
    for number in range(2):
        at = NOON - (3 - number) * HOUR
        issue = tracker.record(response(f"r-{number}", ticket=f"T-{number}", group="field", received_at=at)).issue
        assert issue is not None
        found.append(issue.id)
    tracker.record(response("emea"))
    return found


def test_a_report_is_looked_at_and_noted(tracker: Tracker, issues: list[str]) -> None:
    """As its recipient, with the link as the cause, in the recipient's name."""
    visit = tracker.by_report_link(CLAIM)
    view = visit.look()
    assert (view.found.record.id, view.found.place, view.found.count) == ("r-0", 1, 2)
    assert (view.view.author, view.view.group_name, view.view.who) == ("Omar Haddad", "Field", "omar")
    saved = visit.save("r-0", LinkForm(note="Rang.", spoke=True, key="k-1", version=1), go="next")
    assert (saved.saved, saved.refused, saved.at) == (1, 0, "r-1")
    event = tracker.history(issues[0])[-1]
    assert (event.actor, event.cause.kind, event.cause.ref) == ("omar", CauseKind.LINK, "m-report")
    assert tracker.issue(issues[0]).notes[-1].author == "Omar Haddad"


def test_the_same_form_saves_once(tracker: Tracker, issues: list[str]) -> None:
    """On one response, and on all of them."""
    visit = tracker.by_report_link(CLAIM)
    for _ in range(2):
        visit.save("r-0", LinkForm(note="Rang.", key="k-1", version=1))
        visit.save("r-0", LinkForm(note="A recall.", key="k-2", version=2), on_all=True)
    assert [tracker.issue(one).note_count for one in issues] == [2, 1]


def test_one_note_for_all_is_told_issue_by_issue(tracker: Tracker, issues: list[str]) -> None:
    """An empty one is none."""
    visit = tracker.by_report_link(CLAIM)
    assert visit.save("r-0", LinkForm(note=" ", key="k-1", version=1), on_all=True) == ReportSaved(done=(), at="r-0")
    done = visit.save("r-0", LinkForm(note="A recall.", key="k-2", version=1), on_all=True).done
    assert [(one.issue_id, one.is_done) for one in done] == [(one, True) for one in issues]


def test_a_replaced_response_is_not_noted(tracker: Tracker, issues: list[str]) -> None:
    """Nothing is saved, and the error names the later answer."""
    tracker.record(response("r-late", 1, ticket="T-0", group="field", received_at=NOON - HOUR / 2))
    visit = tracker.by_report_link(CLAIM)
    with pytest.raises(ResponseReplaced) as replaced:
        visit.save("r-0", LinkForm(note="Rang.", key="k-1", version=1))
    assert replaced.value.replaced_by == "r-late"
    assert tracker.issue(issues[0]).note_count == 0


def test_one_that_is_replaced_at_that_very_moment_is_not_noted(
    tracker: Tracker, issues: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at again within the transaction that saves."""
    visit = tracker.by_report_link(CLAIM)
    view = visit.look("r-0")
    tracker.record(response("r-late", 1, ticket="T-0", group="field", received_at=NOON - HOUR / 2))
    monkeypatch.setattr(visit, "look", lambda _at=None: view)
    with pytest.raises(ResponseReplaced):
        visit.save("r-0", LinkForm(note="Rang.", key="k-1", version=1))
    assert tracker.issue(issues[0]).note_count == 0


def test_it_is_within_the_recipient_s_access(tracker: Tracker, issues: list[str]) -> None:
    """Another group's response is as one that never was; nothing is told of it."""
    visit = tracker.by_report_link(CLAIM)
    for at in ("emea", "never"):
        with pytest.raises(ResponseNotFound):
            visit.look(at)
        with pytest.raises(ResponseNotFound):
            visit.save(at, LinkForm(note="Rang.", key="k-1", version=1))
    assert len(issues) == 2


@pytest.mark.usefixtures("issues")
@pytest.mark.parametrize("recipient", ["gone", "nobody", "lee@partner.example"])
def test_who_is_not_there_has_no_report(tracker: Tracker, recipient: str) -> None:
    """They left since, or never were here; a bare address has no report."""
    with pytest.raises(LinkRefused) as refused:
        tracker.by_report_link(attrs.evolve(CLAIM, recipient=recipient)).look()
    assert refused.value.problem is LinkProblem.NOT_ALLOWED


def test_another_account_s_link_leads_there_where_it_is_known(clock: TurnableClock) -> None:
    """And nowhere where nobody knows it."""
    there = AccountSettings(directory=organisation())
    with Tracker.open("memory:", clock=clock, accounts=lambda name: there if name != "no" else None) as tracker:
        tracker.for_account("other").record(response(group="field", received_at=NOON - HOUR))
        claim = attrs.evolve(CLAIM, account="other")
        assert tracker.by_report_link(claim).look().found.record.id == "r-1"
        with pytest.raises(LinkRefused) as refused:
            tracker.by_report_link(attrs.evolve(CLAIM, account="no"))
        assert refused.value.problem is LinkProblem.FOREIGN


def test_what_is_no_argument_is_refused(tracker: Tracker, issues: list[str]) -> None:
    """Nothing is saved."""
    visit = tracker.by_report_link(CLAIM)
    wrong: Any = 7
    for ask in (
        lambda: visit.save("r-0", LinkForm(note="Rang."), go="home"),
        lambda: visit.look(wrong),
        lambda: visit.save("r-0", LinkForm(note="Rang.", key="x" * 500, version=1)),
    ):
        with pytest.raises(InvalidCommand):
            ask()
    assert tracker.issue(issues[0]).note_count == 0


def test_its_repr_names_nobody(tracker: Tracker) -> None:
    """It ends in logs."""
    assert "omar" not in repr(tracker.by_report_link(CLAIM))


def test_it_is_awaited_alike(clock: TurnableClock, directory: StaticDirectory, async_url: str) -> None:
    """The async visit looks and saves."""

    async def story() -> tuple[str, int]:
        async with AsyncTracker.open(async_url, clock=clock, directory=directory, create=True) as tracker:
            recorded = await tracker.record(response(group="field", received_at=NOON - HOUR))
            assert recorded.issue is not None
            visit = tracker.by_report_link(CLAIM)
            assert "omar" not in repr(visit)
            view = await visit.look()
            await visit.save("r-1", LinkForm(note="Rang.", key="k-1", version=1))
            return view.found.record.id, (await tracker.issue(recorded.issue.id)).note_count

    assert asyncio.run(story()) == ("r-1", 1)
