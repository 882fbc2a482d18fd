"""Plays the steps of random histories on a tracker: whatever they are, each is done or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from resolutionkit.errors import ResolutionKitError, StorageError
from resolutionkit.model.issue import Issue
from resolutionkit.model.response import Contact, Response
from resolutionkit.model.results import Change, Recorded, ResponseChange
from resolutionkit.testing.clock import NOON, TurnableClock
from resolutionkit.tracker.tracker import Tracker


@frozen
class Step:
    """One step of a random history, as :func:`~resolutionkit.testing.histories` draws it.

    Attributes:
        actor: The id of the person who takes it.
        kind: What it does: ``record``, ``again`` (the same response once more), ``turn`` (the clock), or a command.
        facts: The arguments of it.
    """

    actor: str
    kind: str
    facts: Mapping[str, Any]


class Player:
    """Drives one tracker, and remembers which responses and issues there are.

    Args:
        tracker: The tracker.
        clock: Its clock.

    Attributes:
        tracker: The tracker.
        clock: Its clock.
        responses: The responses that were recorded, duplicates included, in order.
        issues: The ids of the issues that there are, in the order in which they opened; not of merged ones.
        merged: The ids of those that were merged into others, which lead there.
    """

    def __init__(self, tracker: Tracker, clock: TurnableClock) -> None:
        """Begin with nothing recorded."""
        self.tracker: Tracker = tracker
        self.clock: TurnableClock = clock
        self.responses: list[Response] = []
        self.issues: list[str] = []
        self.merged: list[str] = []

    def play(self, steps: Iterable[Step]) -> None:
        """Do every step, and pass over the refusals."""
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> Recorded | Change | ResponseChange | ResolutionKitError | None:
        """Do one step.

        Returns:
            What the tracker answered, or the refusal; None where there was nothing to do it to.

        Raises:
            StorageError: The store failed.
        """
        try:
            done: Recorded | Change | ResponseChange | None = getattr(self, f"_{step.kind}")(step.actor, **step.facts)
        except StorageError:
            raise
        except ResolutionKitError as refusal:
            return refusal
        if done is not None and done.issue is not None and done.issue.id not in self.issues:
            self.issues.append(done.issue.id)
        if done is not None and done.issue is not None:
            self._pass_over(done.issue.merged)
        return done

    def _pass_over(self, merged: Iterable[str]) -> None:
        for one in merged:
            if one in self.issues:
                self.issues.remove(one)
                self.merged.append(one)

    def every_issue(self) -> list[Issue]:
        """Return all issues as they are now, in the order in which they opened."""
        return [self.tracker.issue(issue_id) for issue_id in self.issues]

    def _record(self, _actor: str, **facts: Any) -> Recorded:
        response = Response(
            received_at=NOON - facts.pop("age"),
            contact=Contact(name="Jane", email=facts.pop("email"), company=facts.pop("company")),
            **{name: value for name, value in facts.items() if name not in {"replace", "announce"}},
        )
        done = self.tracker.record(response, replace=facts["replace"], announce=facts["announce"])
        self.responses.append(response)
        return done

    def _again(self, _actor: str, index: int) -> Recorded | None:
        return self.tracker.record(self.responses[index % len(self.responses)]) if self.responses else None

    def _turn(self, _actor: str, hours: int) -> None:
        self.clock.turn(hours=hours)

    def _flag(self, actor: str, index: int, who: str | None, **noted: Any) -> Change | None:
        if not self.responses:
            return None
        which = self.responses[index % len(self.responses)].id
        return self.tracker.as_user(actor).flag(which, assignee=who, **{**noted, "note": noted["note"] or ""})

    def _move(self, actor: str, index: int, group: str, note: str | None) -> ResponseChange | None:
        if not self.responses:
            return None
        which = self.responses[index % len(self.responses)].id
        return self.tracker.as_user(actor).move(which, group=group, note=note)

    def _repair(self, actor: str, index: int, group: str | None, note: str | None) -> ResponseChange | None:
        waiting = [line.id for line in self.tracker.quarantined()]
        if not waiting:
            return None
        return self.tracker.as_user(actor).repair(waiting[index % len(waiting)], group=group, note=note)

    def _change(self, name: str, actor: str, index: int, *given: Any, **facts: Any) -> Change | None:
        if not self.issues:
            return None
        if "version" in facts:
            facts["expected_version"] = facts.pop("version")
        done: Change = getattr(self.tracker.as_user(actor), name)(
            self.issues[index % len(self.issues)], *given, **facts
        )
        return done

    def _set_status(self, actor: str, index: int, status: str, **facts: Any) -> Change | None:
        return self._change("set_status", actor, index, status, **facts)

    def _assign(self, actor: str, index: int, who: str, **facts: Any) -> Change | None:
        return self._change("assign", actor, index, who, **facts)

    def _follow(self, actor: str, index: int, who: str | None) -> Change | None:
        return self._change("follow", actor, index, who)

    def _unfollow(self, actor: str, index: int, who: str | None) -> Change | None:
        return self._change("unfollow", actor, index, who)

    def _add_note(self, actor: str, index: int, note: str | None, spoke: bool) -> Change | None:
        return self._change("add_note", actor, index, note or "", spoke=spoke)

    def _merge(self, actor: str, index: int, other: int, **facts: Any) -> Change | None:
        known = [*self.issues, *self.merged]
        return self._change("merge", actor, index, known[other % len(known)], **facts) if known else None

    def _escalate(self, actor: str, index: int, **facts: Any) -> Change | None:
        return self._change("escalate", actor, index, **facts)

    def _reopen(self, actor: str, index: int, **facts: Any) -> Change | None:
        return self._change("reopen", actor, index, **facts)

    def _raise_level(self, actor: str, index: int, level: int, **facts: Any) -> Change | None:
        return self._change("raise_level", actor, index, level, **facts)

    def _answer_check(self, actor: str, index: int, **facts: Any) -> Change | None:
        return self._change("answer_check", actor, index, **facts)
