"""What tests share: a clock to turn, an organisation, responses. Tests import it as ``support``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from resolutionkit import Access, Contact, Group, Person, Response, StaticDirectory

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""When the tests' clock begins."""


class TurnableClock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> datetime:
        """Turn the clock by a span, such as ``hours=2``, and return the new instant."""
        self.now += timedelta(**span)
        return self.now


def organisation() -> StaticDirectory:
    """Return a small company: dana leads it, three groups, one bystander, one who left."""
    return StaticDirectory(
        people=[
            Person(id="dana", name="Dana Reyes", email="dana@host.example", access=Access.EVERYTHING),
            Person(id="bridget", name="Bridget Shaw", email="bridget@host.example", access=Access.EVERYTHING),
            Person(id="ed", name="Ed Long", email="Ed@Host.example", manager="dana", access=Access.groups("emea")),
            Person(id="nina", name="Nina Okafor", email="nina@host.example", manager="ed"),
            Person(id="omar", name="Omar Haddad", email="omar@host.example", manager="dana"),
            Person(id="paula", name="Paula Diaz", email="paula@host.example", manager="omar"),
            Person(id="gone", name="Gus Gone", email="gus@host.example", active=False),
        ],
        groups=[
            Group(code="emea", name="EMEA", lead="ed"),
            Group(code="field", name="Field", lead="omar", also_alert=("paula",)),
            Group(code="billing", name="Billing", lead="gone"),
        ],
        leader="dana",
    )


def response(response_id: str = "r-1", score: float = 3, **facts: Any) -> Response:
    """Return a response received an hour before noon, of an unhappy customer unless told otherwise."""
    given: dict[str, Any] = {
        "received_at": NOON - timedelta(hours=1),
        "contact": Contact(name="Jane Doe", email="jane@customer.example", phone="555-0101", company="ABC Ltd"),
        "group": "emea",
    }
    return Response(id=response_id, score=score, **(given | facts))
