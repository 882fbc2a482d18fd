"""What the processes of a crew do; each job gets a tracker, the number of its process, and facts, and answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import attrs

from resolutionkit import (
    Change,
    EscalationLevel,
    Outcome,
    Policy,
    Recorded,
    ResolutionKitError,
    Response,
    Status,
    StorageError,
    Targets,
    Tracker,
)
from resolutionkit.testing.suites.intake import delivered
from support import NOON, response

Answer: TypeAlias = Change | Recorded | ResolutionKitError
Span: TypeAlias = tuple[str, int, int]
"""What somebody was told to have done: the issue, and the numbers of the first and last event."""
PEOPLE = ("dana", "bridget")
WORDS = ("Rang.", "Left voicemail.", "שלום 😀")


def answer(act: Callable[..., Any], *given: Any, **facts: Any) -> Answer:
    """Return what a command answers, a refusal included; a failing store is neither."""
    try:
        done: Answer = act(*given, **facts)
    except StorageError:
        raise
    except ResolutionKitError as refusal:
        return refusal
    return done


def nothing(tracker: Tracker, number: int) -> str:
    """Only open the tracker."""
    return tracker.account


def deliver(tracker: Tracker, number: int, *, responses: Sequence[Response]) -> list[Outcome]:
    """Record responses in the order in which they are given, each in its own transaction."""
    return [tracker.record(one).outcome for one in responses]


def deliver_own(tracker: Tracker, number: int, *, shares: Sequence[Sequence[Response]]) -> list[Answer]:
    """Record those responses that are this process's."""
    return [answer(tracker.record, one) for one in shares[number]]


def deliver_shuffled(tracker: Tracker, number: int, *, count: int) -> None:
    """Record the kit's responses in an order of one's own, each twice."""
    for one in random.Random(number).sample(delivered(count) * 2, count * 2):
        tracker.record(one)


def deliver_batches(tracker: Tracker, number: int, *, responses: Sequence[Response]) -> Any:
    """Record responses many at a time, in an order of one's own."""
    return tracker.record_many(random.Random(number).sample(responses, len(responses)))


def command(tracker: Tracker, number: int, *, given: Sequence[Any], acts: Sequence[tuple[str, Any]]) -> Answer:
    """Give that one of some commands, each with its facts, that is this process's."""
    name, facts = acts[number % len(acts)]
    return answer(getattr(tracker.as_user("dana"), name), *given, **facts)


def commute(tracker: Tracker, number: int, *, issue: str, rounds: int) -> None:
    """Do what conflicts with nothing, again and again: notes, follows and unfollows."""
    desk = tracker.as_user(PEOPLE[number % len(PEOPLE)])
    for turn in range(rounds):
        desk.add_note(issue, f"{number}-{turn}", key=f"{number}-{turn}" if turn % 2 else None)
        desk.follow(issue, f"own-{number}@partner.example")
        desk.follow(issue, f"shared-{turn}@partner.example")
        if turn % 2:
            desk.unfollow(issue, f"own-{number}@partner.example")


def mix(tracker: Tracker, number: int, *, issues: Sequence[str], rounds: int) -> list[Span]:
    """Do this and that, and return what was answered as done."""
    chance = random.Random(number)
    done = (answer(act) for act in (_some_act(tracker, chance, issues) for _ in range(rounds)))
    return [span for one in done for span in spans(one)]


def spans(done: Answer) -> list[Span]:
    """Return which events an answer says were made."""
    if isinstance(done, ResolutionKitError) or done.issue is None or not done.events:
        return []
    return [(done.issue.id, done.events[0].number, done.events[-1].number)]


def _some_act(tracker: Tracker, chance: random.Random, issues: Sequence[str]) -> Callable[[], Any]:
    desk, one = tracker.as_user(chance.choice(PEOPLE)), chance.choice(issues)
    note, who = chance.choice(WORDS), chance.choice(["ed", "omar", "nina", "lee@partner.example", "jo@partner.example"])
    some = _some_response(chance)
    acts: list[Callable[[], Any]] = [
        lambda: tracker.record(some),
        lambda: tracker.record(some),
        lambda: tracker.record(response(some.id, chance.randint(0, 10), received_at=some.received_at), replace=True),
        lambda: desk.set_status(one, chance.choice(list(Status)), note=note),
        lambda: desk.assign(one, who, note=note, follow=chance.random() < 0.5),
        lambda: desk.follow(one, who),
        lambda: desk.unfollow(one, who),
        lambda: desk.add_note(one, note),
        lambda: desk.escalate(one, reason="Risk.", note=note),
        lambda: desk.reopen(one, note=note),
        lambda: desk.flag(some.id, note=note),
    ]
    return chance.choice(acts)


def _some_response(chance: random.Random) -> Response:
    """Return one of few responses, on few tickets, so that several processes deliver and mean the same."""
    which = chance.randrange(24)
    ticket = f"T-{which % 3}" if which % 2 else None
    group = ("emea", "field", "billing", None)[which % 4]
    return response(
        f"r-{which}", which % 11, received_at=NOON - timedelta(minutes=1 + which), ticket=ticket, group=group
    )


MATRIX = Policy(
    levels=[
        EscalationLevel(name="first response", within=timedelta(hours=24)),
        EscalationLevel(name="tier one", within=timedelta(hours=48), accountable=["leader"]),
        EscalationLevel(name="decision", within=timedelta(hours=72), accountable=["bridget"]),
    ],
    targets=Targets(remind_before=None),
)
"""A matrix with three levels, and no reminders."""


def run_timers(tracker: Tracker, number: int, *, at: datetime) -> int:
    """Run the timers at an instant, by the matrix, and return how often an issue rose."""
    runner = tracker._runner
    settings = attrs.evolve(runner.settings, policy=MATRIX)
    return tracker._with(attrs.evolve(runner, settings=settings, clock=lambda: at)).run_timers().total.climbed
