"""Everything that a notifier has to show, and what this one says when the pager refuses."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pager_notifier
import pytest
from pager_notifier import PagerNotifier

from resolutionkit import NotDelivered, Tracker
from resolutionkit.testing import (
    NotifierConformance,
    TurnableClock,
    notices,
    sample_company,
    sample_response,
)


class OtherEnd:
    """What arrived at the pager, and a way to let it fail."""

    def __init__(self, pager):
        self.pager = pager

    def heard(self):
        return [json.dumps(page) for page in self.pager.pages.values()]

    @contextmanager
    def cut_off(self):
        self.pager.answer = (503, {})
        yield
        self.pager.answer = (200, {})


class TestPagerNotifier(NotifierConformance):
    """The suite, with the fixtures that it asks for."""

    @pytest.fixture
    def notifier(self, url):
        return PagerNotifier(url)

    @pytest.fixture
    def abilities(self, pager):
        return OtherEnd(pager)


@pytest.fixture
def notice():
    """Return what Ed is told of a new issue."""
    company, clock = sample_company(), TurnableClock()
    with Tracker.open("memory:", directory=company, clock=clock) as tracker:
        issue = tracker.record(sample_response(comment="<b>Late</b>")).issue
        (found,) = notices(tracker, issue.id, company)
        return found


def test_a_page_says_what_it_is_about(url, pager, notice):
    """In a line, to the person whom the pager knows."""
    PagerNotifier(url).notify(notice)
    (page,) = pager.pages.values()
    assert page["to"] == "ed"
    assert page["text"] == (
        "An unhappy customer. Jane Doe (ABC Ltd): 3 on NPS. Needs Attention, with Ed Long"
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((404, {}), (None, True)),
        ((429, {"Retry-After": "30"}), (timedelta(seconds=30), False)),
        ((429, {"Retry-After": "soon"}), (None, False)),
        ((500, {}), (None, False)),
    ],
)
def test_a_refusal_says_when_to_try_again(url, pager, notice, answer, expected):
    """Never, after a while, or by the usual schedule."""
    pager.answer = answer
    with pytest.raises(NotDelivered) as found:
        PagerNotifier(url).notify(notice)
    assert (found.value.retry_after, found.value.is_final) == expected


def test_the_channel_is_there_where_the_environment_names_a_pager(url, monkeypatch):
    """Installed and not set up, the plugin offers nothing."""
    monkeypatch.delenv("PAGER_URL", raising=False)
    assert pager_notifier.resolutionkit_notifiers() == []
    monkeypatch.setenv("PAGER_URL", url)
    assert [one.name for one in pager_notifier.resolutionkit_notifiers()] == ["pager"]
