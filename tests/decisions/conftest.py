"""What the tests of decisions share: circumstances to decide in, and issues to decide on."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from resolutionkit import Cause, CauseKind, Event, Issue, Policy, Response, StaticDirectory
from resolutionkit.decisions import intake
from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.decide import decide
from resolutionkit.model.commands import Command, Flag, Record
from resolutionkit.model.history import apply, replay
from resolutionkit.model.response import ResponseRecord
from support import NOON, organisation, response


class Office:
    """The small company with its policy, where things are decided one after the other."""

    def __init__(self) -> None:
        self.policy = Policy()
        self.people: StaticDirectory = organisation()
        self.now: datetime = NOON
        self.history: tuple[Event, ...] = ()
        self._numbers = itertools.count(1)

    def context(self, actor: str = "bridget") -> Context:
        """Return the circumstances as they are now."""
        return Context(
            policy=self.policy,
            people=self.people,
            now=self.now,
            ids=lambda: f"id-{next(self._numbers):04}",
            actor=actor,
            cause=Cause(CauseKind.COMMAND),
        )

    def take_in(
        self,
        given: Response,
        *,
        same: ResponseRecord | None = None,
        standing: ResponseRecord | None = None,
        issue: Issue | None = None,
        **how: Any,
    ) -> Decision:
        """Decide what becomes of a response, given what is known already."""
        facts = intake.Facts(same=same, standing=standing, issue=issue)
        return intake.take_in(facts, Record(response=given, **how), self.context("system"))

    def record(self, given: Response, **known: Any) -> ResponseRecord:
        """Return the record that a response leaves, its issue's id included."""
        return self.take_in(given, **known).records[0].record

    def opened(self, **facts: Any) -> Issue:
        """Return the issue of an unhappy response."""
        decision = self.take_in(response(**facts))
        self.history = decision.events
        return replay(decision.events)

    def flag(self, record: ResponseRecord, actor: str = "bridget", **said: Any) -> Decision:
        """Decide on a flagging by hand."""
        return intake.flag(record, Flag(response=record.id, **({"note": "Said so."} | said)), self.context(actor))

    def decide(self, issue: Issue, command: Command, actor: str = "bridget") -> Decision:
        """Decide on a command."""
        return decide(issue, command, self.context(actor))

    def done(self, issue: Issue, command: Command, actor: str = "bridget") -> Issue:
        """Return the issue after a command."""
        decision = self.decide(issue, command, actor)
        self.history += decision.events
        for event in decision.events:
            issue = apply(issue, event)
        return issue


@pytest.fixture
def office() -> Office:
    """Return an office at noon."""
    return Office()
