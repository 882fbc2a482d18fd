"""What the tests of the link pages share: a tracker in memory, an issue, and a browser that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resolutionkit import Answer, Issue, LinkAction, StaticDirectory, Tracker
from support import TurnableClock, response
from support.linkpages import Browser, Scene, paths_of


@pytest.fixture
def tracker(clock: TurnableClock, directory: StaticDirectory) -> Iterator[Tracker]:
    """Return a tracker in memory: what a store does with links is tried elsewhere."""
    with Tracker.open("memory:", clock=clock, directory=directory) as opened:
        yield opened


@pytest.fixture
def issue(tracker: Tracker) -> Issue:
    """Return the issue of an unhappy answer in emea, which is Ed's and which he follows."""
    answers = [Answer("What went wrong?", "The part was the wrong one."), Answer("May we ring you?", None)]
    found = tracker.record(response(comment="Two days late.", answers=answers, ticket="T-1042")).issue
    assert found is not None
    return tracker.as_user("bridget").follow(found.id, "ed").issue


@pytest.fixture
def browser(tracker: Tracker) -> Browser:
    """Return a browser on the link pages."""
    return Browser(tracker)


@pytest.fixture
def paths(tracker: Tracker, issue: Issue) -> dict[LinkAction, str]:
    """Return the paths of Ed's links."""
    return paths_of(tracker, issue.id, "ed")


@pytest.fixture
def scene(tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]) -> Scene:
    """Return all of it together."""
    return Scene(tracker, issue, browser, paths)
