"""A small company and an unhappy customer: fixed values to begin a test with. Random ones stand in ``strategies``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from resolutionkit.model.people import Access, Group, Person, StaticDirectory
from resolutionkit.model.response import Contact, Response
from resolutionkit.testing.clock import NOON


def sample_company() -> StaticDirectory:
    """Return a small company.

    ``dana`` leads it; ``bridget`` sees everything too, and is its administrator; ``ed`` leads ``emea`` and sees it,
    ``nina`` reports to him; ``omar`` leads ``field``, ``paula`` is alerted as well; ``gone`` has left, and was the lead
    of ``billing``.
    """
    return StaticDirectory(
        people=[
            Person(id="dana", name="Dana Reyes", email="dana@host.example", access=Access.EVERYTHING),
            Person(
                id="bridget",
                name="Bridget Shaw",
                email="bridget@host.example",
                access=Access.EVERYTHING,
                administrator=True,
            ),
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


def sample_response(response_id: str = "r-1", score: float = 3, **facts: Any) -> Response:
    """Return a response to the group ``emea``, received an hour before noon, of an unhappy customer.

    Args:
        response_id: Its id.
        score: Its score; 3 is a detractor on the usual scale.
        facts: Further fields of :class:`~resolutionkit.Response`, in place of those of the sample.
    """
    given: dict[str, Any] = {
        "received_at": NOON - timedelta(hours=1),
        "contact": Contact(name="Jane Doe", email="jane@customer.example", phone="555-0101", company="ABC Ltd"),
        "group": "emea",
    }
    return Response(id=response_id, score=score, **(given | facts))
