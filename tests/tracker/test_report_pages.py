"""The links of a daily report lead its recipient to what it lists, whoever that is (requirements C4, C6, D4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from resolutionkit import (
    LinkForm,
    LinkProblem,
    LinkRefused,
    Links,
    RecoveryReport,
    ResponseNotFound,
    ResponseReplaced,
    StaticDirectory,
    Topic,
)
from resolutionkit.notify.report_linking import linked
from resolutionkit.notify.report_links import read_report_link
from resolutionkit.tracker.reportvisits import ReportVisit
from support.mornings import GROUPS, PEOPLE, Morning, company
from support.stores import BACKENDS, fresh_store

LINKS = Links("https://app.example/recovery", ["a key of these tests, and no other"])
GONE = {"lena": {"active": False}}
"""Lena leads the north, and has left: Max is told in her place."""


@pytest.fixture(params=BACKENDS)
def morning(request: pytest.FixtureRequest) -> Iterator[Callable[..., Morning]]:
    """Return a function that opens an account, on each backend in turn."""
    store = fresh_store(request.param)
    yield lambda **given: Morning(store, **given)
    store.close()


def paper(told: Morning, who: str) -> RecoveryReport:
    """Return the last report that somebody was sent, with its links."""
    mails = (one for one in told.mail.notices if one.message.topic is Topic.RECOVERY_REPORT and one.recipient == who)
    *_, notice = mails
    assert notice.digest is not None
    assert notice.digest.report is not None
    message = notice.message
    return linked(notice.digest.report, LINKS, account="default", made_at=message.created_at, message=message.id)


def token(url: str | None) -> str:
    """Return what is signed in a link."""
    return str(url).rpartition("/")[2]


def visit(told: Morning, who: str) -> ReportVisit:
    """Follow the link of somebody's last report."""
    return told.tracker.by_report_link(read_report_link(LINKS, token(paper(told, who).link), told.now))


def listed(page: ReportVisit) -> list[str]:
    """Go from the first response of a report to its last, and return the ids."""
    found = [page.look().found]
    while found[-1].next is not None:
        found.append(page.look(found[-1].next).found)
    return [one.record.id for one in found]


def test_who_stands_in_for_a_lead_follows_the_links(morning: Callable[..., Morning]) -> None:
    """Of the whole report, and of each response; while the lead is away, and no longer."""
    told = morning(directory=company(**GONE))
    for name in ("a", "b"):
        told.receive(name, "2026-03-02T08:00")
    told.give_to("omar")
    told.run("2026-03-02T09:00")
    page = visit(told, "max")
    assert listed(page) == ["a", "b"]
    saved = page.save("a", LinkForm(note="Rang.", key="k-1", version=2), go="next")
    assert (saved.saved, saved.at) == (1, "b")
    assert page.save("a", LinkForm(note="A recall.", key="k-2", version=3), on_all=True).saved == 2
    claim = LINKS.read(token(paper(told, "max").entries[1].link), told.now)
    told.tracker.by_link(claim).look()
    done = told.tracker.by_link(claim).act(LinkForm(note="Wrote.", key="k-3"))
    assert done.change is not None
    assert done.change.issue.notes[-1].author == "Max"
    told.settle(company())
    with pytest.raises(ResponseNotFound):
        visit(told, "max").look()
    with pytest.raises(LinkRefused) as refused:
        told.tracker.by_link(claim).act(LinkForm(note="Again.", key="k-4"))
    assert refused.value.problem is LinkProblem.NOT_ALLOWED


def test_the_page_lists_what_the_paper_does(morning: Callable[..., Morning]) -> None:
    """What was repaired in time, and what came late; what came later still is the next report's."""
    told = morning()
    told.receive("repaired", "2026-03-02T08:00", group="nowhere")
    told.receive("late", "2026-03-02T08:30", known="2026-03-02T09:30")
    told.receive("repaired", "2026-03-02T08:00", known="2026-03-02T10:00")
    told.receive("ordinary", "2026-03-02T11:00")
    told.run("2026-03-03T09:00")
    told.receive("later", "2026-03-03T08:00", known="2026-03-03T09:30")
    assert [one.response.id for one in paper(told, "lena").entries] == ["repaired", "late", "ordinary"]
    assert listed(visit(told, "lena")) == ["repaired", "late", "ordinary"]
    told.receive("late", "2026-03-02T08:30", known="2026-03-03T10:00", score=9)
    page = visit(told, "lena")
    assert listed(page) == ["repaired", "ordinary"]
    assert page.look("late").found.place is None
    told.run("2026-03-04T09:00")
    assert listed(visit(told, "lena")) == ["later"]


def test_a_later_answer_is_found_where_it_is_now(morning: Callable[..., Morning]) -> None:
    """It came after the report, and stands in the place of one that the report lists; no other answer does."""
    told = morning()
    told.receive("first", "2026-03-02T08:00", ticket="T-1")
    told.receive("second", "2026-03-02T08:10", ticket="T-2")
    told.run("2026-03-02T09:00")
    told.receive("again", "2026-03-02T10:00", ticket="T-1")
    told.receive("another", "2026-03-02T10:00", ticket="T-3")
    page = visit(told, "lena")
    with pytest.raises(ResponseReplaced) as replaced:
        page.look("first")
    assert page.look(replaced.value.replaced_by).found.place is None
    assert page.save("again", LinkForm(note="Rang.", key="k-1", version=1), go="previous").at == "second"
    with pytest.raises(ResponseNotFound):
        page.look("another")


def test_a_report_made_by_hand_has_nothing_from_quarantine_on_its_page_either(
    morning: Callable[..., Morning],
) -> None:
    """Of a known group, with a segment that nobody knows."""
    told = morning(directory=StaticDirectory(PEOPLE, GROUPS, segments=["gold"], leader="dana"))
    told.receive("wrong", "2026-03-02T08:00", segment="Gld")
    told.receive("right", "2026-03-02T08:10", segment="gold")
    start, end = told.at("2026-03-01T10:00"), told.at("2026-03-02T10:00")
    made = told.tracker.report("lena", start, end, links=LINKS)
    assert made is not None
    assert [one.response.id for one in made.entries] == ["right"]
    assert listed(told.tracker.by_report_link(read_report_link(LINKS, token(made.link), told.now))) == ["right"]
