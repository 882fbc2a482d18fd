"""A policy with rules of every kind, for the people and groups of random histories: held to the laws too."""

from __future__ import annotations

from datetime import timedelta

from resolutionkit.policy.escalation import ClosingCheck, EscalationLevel
from resolutionkit.policy.policy import Policy
from resolutionkit.policy.rules import Rule
from resolutionkit.testing.strategies import ADDRESSES, PEOPLE

RULED = Policy(
    rules=[
        Rule(
            name="shared out", when="score = 4", assign={"least_loaded": PEOPLE}, tags=["shared"], raise_priority=True
        ),
        Rule(
            name="by turns", when="score in (2, 5)", assign={"round_robin": PEOPLE}, alert=[PEOPLE[0], *ADDRESSES[:1]]
        ),
        Rule(name="to somebody gone", when="group is set and score <= 3", assign=PEOPLE[-1], otherwise="group_lead"),
        Rule(
            name="alarming",
            when="score = 0",
            escalate="A score of nought.",
            raise_priority=True,
            alert=PEOPLE[1:3],
            tags=["worst"],
        ),
        Rule(name="quiet", when="score in (1, 5)", suppress_alerts=True),
    ],
    rules_apply="all",
    levels=[
        EscalationLevel(name="first response", within=timedelta(days=1)),
        EscalationLevel(name="tier one", within=timedelta(days=2), accountable=["manager", PEOPLE[1]]),
        EscalationLevel(name="last", within=timedelta(days=3), accountable=["leader", ADDRESSES[0]]),
    ],
    closing_check=ClosingCheck(after=timedelta(days=3)),
)
"""Every kind of rule, each on some scores only: most issues of a history open the usual way; and a matrix."""
