"""The messages of an outbox as a notifier gets them, and a recorder that reads them there."""

from __future__ import annotations

from collections.abc import Iterator

from resolutionkit.model.history import replay
from resolutionkit.model.issue import IssueLine
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.people import StaticDirectory
from resolutionkit.model.query import ResponseFilter
from resolutionkit.ports import Directory, Notice
from resolutionkit.testing.recorder import Recorder
from resolutionkit.tracker.notices import Notices
from resolutionkit.tracker.pipeline import AccountSettings
from resolutionkit.tracker.streams import streams_within
from resolutionkit.tracker.tracker import Tracker


def notices(tracker: Tracker, issue_id: str, directory: Directory | None = None) -> list[Notice]:
    """Return what a notifier would be given to tell about an issue, in the outbox's order.

    Args:
        tracker: The tracker that the issue is in.
        issue_id: The issue.
        directory: Who the recipients are, and in which zone they read the clock; None for bare addresses only.

    Raises:
        IssueNotFound: There is no such issue.
    """
    history = tracker.history(issue_id)
    issue = replay(history)
    settings = AccountSettings(policy=tracker.policy, directory=directory or StaticDirectory())
    make = Notices(tracker.account, settings).notice
    streams = {one: tuple(events) for one, events in streams_within(issue.id, history).items()}
    return [
        make(message, response=issue.response, issue=issue, history=streams.get(message.issue or "", ()))
        for message in tracker.outbox(issue_id)
    ]


def response_notices(tracker: Tracker, response_id: str, directory: Directory | None = None) -> list[Notice]:
    """Return what a notifier would be given to tell about a response that no issue belongs to, in the outbox's order.

    Args:
        tracker: The tracker that the response is in.
        response_id: The response.
        directory: Who the recipients are; None for bare addresses only.

    Raises:
        ResponseNotFound: There is no such response.
    """
    response = tracker.response(response_id).response
    settings = AccountSettings(policy=tracker.policy, directory=directory or StaticDirectory())
    made = Notices(tracker.account, settings)
    return [
        made.notice(message, response=response)
        for message in tracker.outbox_of_response(response_id)
        if message.issue is None
    ]


def observed(
    tracker: Tracker, issue_id: str, observer: str, directory: Directory | None = None, *, after: int = 0
) -> list[Notice]:
    """Return what an observer would be given of an issue, a notice for each event, in order.

    Args:
        tracker: The tracker that the issue is in.
        issue_id: The issue.
        observer: The observer's name.
        directory: Who is there; None for bare addresses only.
        after: The number of the event after which to begin; 0 for all.

    Raises:
        IssueNotFound: There is no such issue.
    """
    history = tracker.history(issue_id)
    issue = replay(history)
    settings = AccountSettings(policy=tracker.policy, directory=directory or StaticDirectory())
    messages = [
        Message(
            id=event.id,
            issue=issue.id,
            response=issue.response.id,
            first_event=event.number,
            last_event=event.number,
            recipient=observer,
            topic=Topic.CHANGED,
            why=(Why.OBSERVER,),
            created_at=event.at,
        )
        for event in history[after:]
    ]
    made = Notices(tracker.account, settings)
    return [made.notice(one, response=issue.response, issue=issue, history=history) for one in messages]


class OutboxRecorder(Recorder):
    """Reads who is to be told what from a tracker's outbox, whenever it is asked: nothing has to be sent.

    What a change tells is committed with it (law L4), so this is all that anybody will ever be told, and what was
    rolled back is not among it.

    Args:
        tracker: The tracker; messages of its account are read.
        directory: Who the recipients are; None leaves ``person`` empty in every notice.
    """

    def __init__(self, tracker: Tracker, directory: Directory | None = None) -> None:
        """Begin with all that the outbox has."""
        self._tracker, self._directory = tracker, directory
        self._forgotten: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Show whose outbox it is; reading it is left to those who ask."""
        return f"<OutboxRecorder of account {self._tracker.account!r}>"

    @property
    def notices(self) -> list[Notice]:
        """Return what is to be told, about all issues and responses, in order."""
        tracker, directory = self._tracker, self._directory
        every = [one for line in _lines(tracker) for one in notices(tracker, line.id, directory)]
        every += [one for response_id in _ids(tracker) for one in response_notices(tracker, response_id, directory)]
        new = (one for one in every if one.message.id not in self._forgotten)
        return sorted(new, key=lambda one: one.message.id)

    def clear(self) -> None:
        """Forget what was to be told so far, so that only what comes later is asked for."""
        self._forgotten |= {one.message.id for one in self.notices}


def _lines(tracker: Tracker) -> Iterator[IssueLine]:
    page = tracker.issues(limit=1000)
    yield from page
    while page.next is not None:
        page = tracker.issues(limit=1000, after=page.next)
        yield from page


def _ids(tracker: Tracker) -> Iterator[str]:
    """Yield the ids of all responses, those included in whose place another stands."""
    everything = ResponseFilter(with_replaced=True)
    page = tracker.responses(everything, limit=1000)
    yield from (line.id for line in page)
    while page.next is not None:
        page = tracker.responses(everything, limit=1000, after=page.next)
        yield from (line.id for line in page)
