"""Assertions about issues, notes and who was told; a failing one shows what was found instead."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from resolutionkit.datafile import nearest
from resolutionkit.errors import IssueNotFound, ResponseNotFound, shown
from resolutionkit.model.events import Event, note_of
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue, IssueLine
from resolutionkit.model.messages import Topic, Why
from resolutionkit.model.notes import Note
from resolutionkit.ports import Notice
from resolutionkit.testing.recorder import Recorder
from resolutionkit.testing.stories import issue_story, told_story
from resolutionkit.tracker.desk import Desk
from resolutionkit.tracker.tracker import Tracker


def assert_issue(tracker: Tracker | Desk, which: str, /, **expected: object) -> Issue:
    """Assert that there is an issue and that it is as expected, and return it.

    ::

        assert_issue(tracker, "r-1", status="resolved", assignee="ed", is_open=False)

    Args:
        tracker: Where to look; at a person's desk, what lies outside the person's access is not there.
        which: A response's id, or an issue's.
        expected: Attributes of :class:`~resolutionkit.Issue` with the values that they should have. A list is as good
            as a tuple, and text as good as a status or a phase.

    Raises:
        AssertionError: There is no such issue, or it is different; what differs is named, and its log shown.
        TypeError: An issue has no such attribute.
    """
    __tracebackhide__ = True
    for name in expected:
        if name.startswith("_") or not hasattr(Issue, name):
            raise TypeError(f"an issue has no {name!r}{nearest(name, _ATTRIBUTES)}")
    history = _history(tracker, which)
    issue = replay(history)
    differing = {
        name: _plain(value) for name, value in expected.items() if _plain(getattr(issue, name)) != _plain(value)
    }
    found = {name: _plain(getattr(issue, name)) for name in differing}
    assert found == differing, f"the issue of {which} differs in {' and '.join(found)}\n{issue_story(history)}"
    return issue


def assert_no_issue(tracker: Tracker | Desk, response_id: str, /) -> None:
    """Assert that a response was recorded and belongs to no issue.

    Args:
        tracker: Where to look.
        response_id: The response's id.

    Raises:
        AssertionError: It belongs to an issue, whose log is shown, or it was never recorded.
    """
    __tracebackhide__ = True
    try:
        issue_id = tracker.response(response_id).issue
    except ResponseNotFound:
        raise AssertionError(f"there is no response {response_id}{_there(tracker)}") from None
    if issue_id is not None:
        raise AssertionError(f"{response_id} belongs to an issue\n{issue_story(tracker.history(issue_id))}")


def assert_note(
    tracker: Tracker | Desk, which: str, /, containing: str = "", *, by: str | None = None, spoke: bool | None = None
) -> Note:
    """Assert that somebody wrote a note, and return the latest one that fits.

    Args:
        tracker: Where to look.
        which: A response's id, or an issue's.
        containing: What stands in the note's text.
        by: Who wrote it, the id of a person or the name it is signed with; None for anybody.
        spoke: Whether the customer was spoken to; None for either.

    Raises:
        AssertionError: There is no such note, or no such issue; the issue's log is shown.
    """
    __tracebackhide__ = True
    history = _history(tracker, which)
    for event in reversed(history):
        note = note_of(event)
        if (
            note is not None
            and containing in note.text
            and by in (None, event.actor, note.author)
            and spoke in (None, note.spoke)
        ):
            return note
    asked = (
        f" containing {containing!r}" if containing else "",
        "" if by is None else f" by {by}",
        "" if spoke is None else " of a conversation" if spoke else " without a conversation",
    )
    raise AssertionError(f"the issue of {which} has no note{''.join(asked)}\n{issue_story(history)}")


def assert_told(
    recorder: Recorder,
    who: str,
    *,
    about: Issue | IssueLine | str | None = None,
    topic: str | None = None,
    why: str | None = None,
) -> Notice:
    """Assert that a person was told, and return the latest notice that fits.

    Args:
        recorder: Who knows; the fixture ``resolutionkit_recorder``, or a :class:`RecordingNotifier`.
        who: A person's id, or a bare address.
        about: An issue, its id, or the id of one of its responses; None for anything.
        topic: One of :class:`~resolutionkit.Topic`, such as ``"assigned"``; None for any.
        why: One of :class:`~resolutionkit.Why` that is among the reasons, such as ``"follower"``; None for any.

    Raises:
        AssertionError: Nobody told the person; who was told what is shown.
        TypeError: There is no such topic or reason, or it cannot be said of whom or what is asked.
    """
    __tracebackhide__ = True
    _check_asked(who, about, topic, why)
    found = list(_told(recorder, who, about, topic, why))
    if not found:
        raise AssertionError(f"{who} was not told{_of(about, topic, why)}\n{told_story(recorder.notices)}")
    return found[-1]


def assert_not_told(
    recorder: Recorder, who: str, *, about: Issue | IssueLine | str | None = None, topic: str | None = None
) -> None:
    """Assert that a person was not told. That nobody was is ``assert recorder.told == []``.

    Args:
        recorder: Who knows; see :func:`assert_told`.
        who: A person's id, or a bare address.
        about: An issue, its id, or the id of one of its responses; None for anything.
        topic: One of :class:`~resolutionkit.Topic`; None for any.

    Raises:
        AssertionError: The person was told; what is shown.
        TypeError: There is no such topic, or it cannot be said of whom or what is asked.
    """
    __tracebackhide__ = True
    _check_asked(who, about, topic, None)
    found = list(_told(recorder, who, about, topic, None))
    if found:
        raise AssertionError(f"{who} was told{_of(about, topic, None)}\n{told_story(found)}")


_ATTRIBUTES = tuple(name for name in dir(Issue) if not name.startswith("_"))


def _history(tracker: Tracker | Desk, which: str) -> tuple[Event, ...]:
    __tracebackhide__ = True
    try:
        issue_id = tracker.response(which).issue
    except ResponseNotFound:
        issue_id = which
    if issue_id is None:
        raise AssertionError(f"{which} was recorded, and belongs to no issue")
    try:
        return tracker.history(issue_id)
    except IssueNotFound:
        raise AssertionError(f"there is no response and no issue {which}{_there(tracker)}") from None


def _there(tracker: Tracker | Desk) -> str:
    ids = [line.record.response.id for line in tracker.responses(limit=10)]
    return f"; there are {', '.join(ids)}" if ids else "; nothing was recorded"


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return str(value)
    return tuple(value) if isinstance(value, list) else value


def _check_asked(who: object, about: object, topic: object, why: object) -> None:
    """Refuse what nobody can ever have been told of: a slip of the pen would pass for silence."""
    __tracebackhide__ = True
    for what, given, known in (("topic", topic, [*map(str, Topic)]), ("reason", why, [*map(str, Why)])):
        if given is not None and given not in known:
            raise TypeError(f"there is no {what} {given!r}{nearest(str(given), known)}")
    if not isinstance(who, str):
        raise TypeError(f"{shown(who)} was never told; pass a person's id, or an address")
    if about is not None and not isinstance(about, str) and not isinstance(getattr(about, "id", None), str):
        raise TypeError(f"nobody is told of {shown(about)}; pass an issue, its id, or a response's")


def _told(
    recorder: Recorder, who: str, about: Issue | IssueLine | str | None, topic: str | None, why: str | None
) -> Iterator[Notice]:
    for notice in recorder.to(who):
        issue, message = notice.issue, notice.message
        responses = (notice.response,) if issue is None else issue.responses
        known = (None, message.issue, *(response.id for response in responses))
        if (about if about is None or isinstance(about, str) else about.id) not in known:
            continue
        if topic in (None, message.topic) and (why is None or why in message.why):
            yield notice


def _of(about: Issue | IssueLine | str | None, topic: str | None, why: str | None) -> str:
    subject = about if about is None or isinstance(about, str) else getattr(about, "response", about).id
    asked = ((" of ", subject), (": ", topic), (" as ", why))
    return "".join(f"{word}{value}" for word, value in asked if value is not None)
