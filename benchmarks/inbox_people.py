"""Who looks at My Issues in P6, what each sees, and the issues of one account, made through the public API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import resolutionkit as rk
from benchmarks import scene

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPEN = 1000
"""How many issues of an account are not closed, whatever its size, as far as it has so many."""
RECENT = 900
"""How many of those are the newest; the others are spread over all the years, since some are never closed."""
GROUPS, SEEN_GROUPS = 25, 20
LOOKERS = {
    "everything": "director",
    "20 groups": "regional",
    "own": "agent",
    "followed": "follower",
}
"""The kinds of access, and the person who has each. The last two see their own issues only: those assigned to the one,
three in five, and those that the other follows, seven in eleven. The first two have some of their own as well."""
_ASSIGNEES = ("agent", "agent", "agent", "director", "regional")
_FOLLOWERS = (*["follower"] * 7, "director", "director", "regional", "regional")
_STEP = timedelta(minutes=7)
_CHUNK = 500


def directory() -> rk.StaticDirectory:
    """Return the organisation of every account."""
    codes = [f"group-{one:02}" for one in range(GROUPS)]
    people = [
        rk.Person(id="head", name="Helena Head", access=rk.Access.EVERYTHING),
        rk.Person(id="director", name="Dora Director", access=rk.Access.EVERYTHING),
        rk.Person(id="regional", name="Rita Regional", access=rk.Access.groups(*codes[:SEEN_GROUPS])),
        rk.Person(id="agent", name="Ana Agent"),
        rk.Person(id="follower", name="Fay Follower"),
    ]
    return rk.StaticDirectory(
        people=people, groups=[rk.Group(code=code, name=code, lead="head") for code in codes], leader="head"
    )


def _response(number: int, size: int) -> rk.Response:
    return rk.Response(
        id=f"response-{number}",
        score=number % 7,
        received_at=NOW - _STEP * (size - number),
        survey=scene.SURVEY,
        contact=rk.Contact(
            name=f"Customer {number}", email=f"customer-{number}@host.example", company=f"Company {number % 997}"
        ),
        answers=tuple(rk.Answer(question, answer) for question, answer in scene.QUESTIONS),
        group=f"group-{number * 7 % GROUPS:02}",
        hierarchy=(_ASSIGNEES[number % len(_ASSIGNEES)],),
        comment=scene.COMMENT,
    )


def is_closed(number: int, size: int) -> bool:
    """Say whether an issue, counted from the oldest, is closed."""
    older = size - RECENT
    left_over = OPEN - RECENT
    return size > OPEN and number < older and number % (older // left_over) != 0


def make_account(url: str, size: int) -> None:
    """Make one account of so many issues in an empty database, with nothing but public calls.

    One in fifty of those that are not closed is escalated, three in seven are worked, and the others wait.
    """
    settings = {"account": "model", "directory": directory(), "clock": lambda: NOW}
    with rk.Tracker.open(url, create=True, **settings) as tracker:
        tracker.record_many((_response(number, size) for number in range(size)), announce=False)
        issues = dict(_issue_ids(tracker))
        ids = [issues[f"response-{number}"] for number in range(size)]
        desk = tracker.as_user("director")
        for number in range(size):
            desk.follow(ids[number], _FOLLOWERS[number % len(_FOLLOWERS)])
        waiting = [number for number in range(size) if not is_closed(number, size)]
        closed = [number for number in range(size) if is_closed(number, size)]
        for chunk in _chunks(closed):
            desk.set_status_of_all([ids[one] for one in chunk], "resolved", note=scene.LAST_NOTE, atomic=True)
        worked = [ids[one] for one in waiting if one % 7 in {1, 3, 5}]
        desk.set_status_of_all(worked, "in_progress", note=scene.FIRST_NOTE, atomic=True)
        for one in waiting[::50]:
            desk.escalate(ids[one], reason="The contract is at risk.", note=scene.FIRST_NOTE)


def _issue_ids(tracker: rk.Tracker) -> Iterator[tuple[str, str]]:
    after = None
    while True:
        page = tracker.issues(limit=1000, after=after)
        yield from ((line.response.id, line.id) for line in page)
        if page.next is None:
            return
        after = page.next


def _chunks(numbers: list[int]) -> Iterator[list[int]]:
    waiting = iter(numbers)
    while chunk := list(islice(waiting, _CHUNK)):
        yield chunk
