"""What every lifecycle is about: twenty people, five groups, and a detractor's response. Nothing here is measured."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import resolutionkit as rk

RECEIVED_AT = datetime.now(UTC) - timedelta(hours=1)
"""When the first response was received; each later one a millisecond after the one before it."""
SURVEY = "Service visit"
QUESTIONS = (
    ("What could we have done better?", "Ring back when you say you will, and send somebody who knows the site."),
    ("Would you use the service again?", "Not as things are."),
)
COMMENT = "I was promised a call on Monday and another one on Wednesday. Nobody rang back, and the lift still stands."
FIRST_NOTE = "Rang; she is in a meeting until three, and I left my number with reception."
LAST_NOTE = "Spoke to her. The part is ordered, and we have a call every Friday until it runs."
CONTACT = {"name": "Jane Doe", "email": "jane@customer.example", "phone": "+44 20 7946 0100", "company": "ABC Ltd"}

GROUPS, MANAGERS = 5, 12


def group(number: int) -> str:
    """Return the group of a response."""
    return f"group-{number % GROUPS}"


def manager(number: int) -> str:
    """Return the person above a response's contact, who gets the issue and works it."""
    return f"manager-{number % MANAGERS}"


def lead(number: int) -> str:
    """Return the lead of a response's group, who is told of the issue."""
    return f"lead-{number % GROUPS}"


def manager_name(number: int) -> str:
    """Return the name with which a manager's notes are signed."""
    return f"Manager No {number % MANAGERS}"


def directory() -> rk.StaticDirectory:
    """Return the organisation: a leader, two directors, five leads of groups, and twelve account managers."""
    people = [rk.Person(id="head", name="Helena Head", email="head@host.example", access=rk.Access.EVERYTHING)]
    people += [
        rk.Person(id=f"director-{one}", name=f"Director No {one}", email=f"director-{one}@host.example", manager="head")
        for one in range(2)
    ]
    people += [
        rk.Person(
            id=lead(one),
            name=f"Lead No {one}",
            email=f"{lead(one)}@host.example",
            manager="head",
            access=rk.Access.groups(group(one)),
        )
        for one in range(GROUPS)
    ]
    people += [
        rk.Person(
            id=manager(one),
            name=manager_name(one),
            email=f"{manager(one)}@host.example",
            phone="+44 20 7946 0199",
            manager=f"director-{one % 2}",
        )
        for one in range(MANAGERS)
    ]
    groups = [rk.Group(code=group(one), name=f"Group {one}", lead=lead(one)) for one in range(GROUPS)]
    return rk.StaticDirectory(people=people, groups=groups, leader="head")


def received_at(number: int) -> datetime:
    """Return when a response was received."""
    return RECEIVED_AT + timedelta(milliseconds=number)


def response(number: int) -> rk.Response:
    """Build a detractor's response, as a host does for each that its survey product delivers."""
    return rk.Response(
        id=f"response-{number}",
        score=number % 7,
        received_at=received_at(number),
        survey=SURVEY,
        contact=rk.Contact(**CONTACT),
        answers=tuple(rk.Answer(question, answer) for question, answer in QUESTIONS),
        group=group(number),
        hierarchy=(manager(number),),
        comment=COMMENT,
    )


def micros_now() -> int:
    """Return the present instant in microseconds."""
    return time.time_ns() // 1000
