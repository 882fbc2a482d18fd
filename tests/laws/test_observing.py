"""Law L12, for those who run the program: nothing that a respondent typed, nor a note, is logged, traced or counted."""

from __future__ import annotations

import random
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from resolutionkit import NotDelivered, StaticDirectory, Tracker, logs
from resolutionkit.ports import Notice
from resolutionkit.testing import Player, RecordingNotifier, Step, TurnableClock, histories, organisations
from support.observing import listening, observed

MARK = "typed-7391"
TYPED = {"note", "reason", "company", "email", "id", "survey", "ticket"}
"""What a customer or whoever writes notes may have typed, or an id may have been built of."""


def typed(step: Step) -> Step:
    """Return a step in which everything that anybody types can be told from all else."""
    return attrs.evolve(step, facts={name: _marked(name, value) for name, value in step.facts.items()})


def _marked(name: str, value: Any) -> Any:
    return f"{MARK} {value}" if name in TYPED and isinstance(value, str) and value else value


class Chatty:
    """A channel that fails now and then, and quotes everything that it knows when it does."""

    name = "chatty"

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def notify(self, notice: Notice, /) -> None:
        """Fail, in words."""
        words = f"{MARK} {notice.response.contact} {notice.events}"
        chance = self._chance.random()
        if chance < 0.3:
            raise ValueError(words)
        if chance < 0.6:
            raise NotDelivered(words, is_final=chance < 0.4, disables=chance > 0.57)


@settings(max_examples=40)
@given(directory=organisations(), steps=histories(max_size=15), seed=st.integers(0, 99))
def test_nobody_who_watches_reads_what_was_typed(directory: StaticDirectory, steps: list[Step], seed: int) -> None:
    """Random companies, random histories, channels that fail in many words: the marks of what was typed are nowhere."""
    clock = TurnableClock()
    channels = [Chatty(seed), RecordingNotifier("email")]
    with (
        listening() as log,
        observed() as seen,
        Tracker.open(
            "memory:", directory=directory, clock=clock, notifiers=channels, observers=[RecordingNotifier("crm")]
        ) as tracker,
    ):
        game = Player(tracker, clock)
        for number, step in enumerate(steps):
            game.do(typed(step))
            if number % 4 == 3:
                tracker.deliver()
        tracker.record_many(game.responses)
        clock.turn(hours=48)
        tracker.deliver()
        for response in game.responses[:1]:
            tracker.erase(response_id=response.id)
        assert log.records
        assert seen.spans
        assert MARK not in log.text
        assert MARK not in seen.text
        assert "customer.example" not in log.text + seen.text


def test_the_marks_can_be_found() -> None:
    """A mark that is logged, or is in a span, is in what the law looks through."""
    with observed() as seen, seen.tracers.get_tracer("host").start_as_current_span(MARK):
        pass
    assert MARK in seen.text
    with listening() as log:
        logs.FAULTY.write(plugin="p", fault=MARK)
    assert MARK in log.text
