"""What the tests of channels share: a receiver on loopback, and the notices of an issue as an observer gets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from resolutionkit import Tracker
from resolutionkit.model.history import replay
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.ports import Notice
from resolutionkit.tracker.notices import Notices
from resolutionkit.tracker.pipeline import AccountSettings
from support import response
from support.receiving import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a server that receives."""
    with receiving() as one:
        yield one


@pytest.fixture
def observed(clock: Any, directory: Any) -> Callable[..., Notice]:
    """Return a function that gives the notice of a whole history, as an observer would have it."""

    def make(*steps: Callable[[Any, str], object], observer: str = "crm", **facts: Any) -> Notice:
        with Tracker.open("memory:", clock=clock, directory=directory, account="acme") as tracker:
            issue = tracker.record(response(**facts)).issue
            assert issue is not None
            for step in steps:
                step(tracker, issue.id)
            return notice_to(observer, tracker, issue.id, directory)

    return make


def notice_to(observer: str, tracker: Tracker, issue_id: str, directory: Any, first: int = 1) -> Notice:
    """Return what an observer is given of an issue, from an event on."""
    history = tracker.history(issue_id)
    issue = replay(history)
    message = Message(
        id="00000000-0000-7000-8000-000000000001",
        issue=issue.id,
        response=issue.response.id,
        first_event=first,
        last_event=len(history),
        recipient=observer,
        topic=Topic.CHANGED,
        why=(Why.OBSERVER,),
        created_at=issue.changed_at,
    )
    settings = AccountSettings(policy=tracker.policy, directory=directory)
    return Notices(tracker.account, settings).notice(message, response=issue.response, issue=issue, history=history)


def without_events(notice: Notice) -> Notice:
    """Return a notice that tells of no event."""
    return attrs.evolve(notice, events=())
