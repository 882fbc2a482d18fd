"""The conformance suite for channels that tell people: subclass it, override one fixture."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import attrs
import pytest

from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.response import Response
from resolutionkit.model.values import TEXT_MAX
from resolutionkit.ports import Notice, Notifier
from resolutionkit.testing.abilities import CanCutOff, CanHear
from resolutionkit.testing.accounts import fresh_account
from resolutionkit.testing.changes import opening
from resolutionkit.testing.clock import TurnableClock
from resolutionkit.testing.outboxes import notices
from resolutionkit.testing.reference import ReferenceStore
from resolutionkit.testing.samples import sample_company, sample_response
from resolutionkit.testing.strategies import responses
from resolutionkit.testing.suites.base import ability, for_all, in_threads
from resolutionkit.tracker.tracker import Tracker


def told_of(issue: Issue, **facts: Any) -> Notice:
    """Return a notice of an issue's opening to a bare address, unless told otherwise."""
    message = Message(
        id="00000000-0000-7000-8000-000000000001",
        issue=issue.id,
        response=issue.response.id,
        first_event=1,
        last_event=1,
        recipient="lee@partner.example",
        topic=Topic.OPENED,
        why=(Why.ASSIGNEE,),
        created_at=issue.changed_at,
    )
    return Notice(account="acme", message=attrs.evolve(message, **facts), response=issue.response, issue=issue)


def a_busy_outbox(*, comment: str = "Two days late.", said: str = "See above.") -> list[Notice]:
    """Return the notices of an issue that was opened, assigned, escalated, closed and reopened."""
    directory, clock = sample_company(), TurnableClock()
    tracker = Tracker(ReferenceStore(), account=fresh_account(), directory=directory, clock=clock)
    answer: dict[str, Any] = {"ticket": "T-1", "comment": comment}
    issue = tracker.record(sample_response(hierarchy=["nina", "lee@partner.example"], **answer)).issue
    assert issue is not None
    desk = tracker.as_user("bridget")
    desk.follow(issue.id, "paula")
    desk.assign(issue.id, "omar", note="His client.")
    desk.escalate(issue.id, reason=said, note=said)
    desk.set_status(issue.id, "resolved", note="Weekly call agreed.", spoke=True)
    desk.reopen(issue.id, note="Same fault again.")
    tracker.record(sample_response("r-2", 2, **answer, received_at=clock.now))
    return notices(tracker, issue.id, directory)


class NotifierConformance:
    """What :class:`~resolutionkit.ports.Notifier` promises.

    Subclass it in your tests, in a class whose name begins with ``Test``, and override the fixture ``notifier``.
    Point it at a stand-in for the other end, such as a local server: many notices are told.

    What the channel can show beyond the port is found on the notifier itself, or on what the fixture ``abilities``
    returns: :class:`~resolutionkit.testing.CanHear` and :class:`~resolutionkit.testing.CanCutOff`. Tests for what is
    missing are skipped and say so.
    """

    @pytest.fixture
    def notifier(self) -> Notifier:
        """Return the notifier. Override this."""
        pytest.fail("override the fixture `notifier`: return, or yield and then close, your notifier")

    @pytest.fixture
    def abilities(self, notifier: Notifier) -> object:
        """Return the object that implements the optional abilities: the notifier itself, unless overridden."""
        return notifier

    def test_it_is_a_notifier_with_a_name(self, notifier: Notifier) -> None:
        """It has the port's attributes, and a name without blanks around it, as preferences write it."""
        assert isinstance(notifier, Notifier)
        assert isinstance(notifier.name, str)
        assert notifier.name
        assert notifier.name == notifier.name.strip()

    def test_every_kind_of_notice_is_told(self, notifier: Notifier) -> None:
        """To people and to bare addresses, whatever the notice tells of."""
        outbox = a_busy_outbox()
        assert {notice.person is None for notice in outbox} == {True, False}
        assert len({notice.message.topic for notice in outbox}) >= 6
        for notice in outbox:
            notifier.notify(notice)

    @pytest.mark.parametrize("topic", list(Topic))
    def test_each_topic_is_told(self, notifier: Notifier, topic: Topic) -> None:
        """A notice without events, as for a message that outlived them, is told all the same."""
        notifier.notify(told_of(opening(sample_response()).issue, topic=topic, why=tuple(Why), is_urgent=True))

    def test_whatever_a_respondent_typed_can_be_told(self, notifier: Notifier) -> None:
        """Awkward names, comments, answers and attributes stop no notice (requirement C12)."""

        def check(response: Response) -> None:
            notifier.notify(told_of(opening(response).issue))

        for_all(check, part=1 / 2, response=responses())

    def test_the_longest_texts_can_be_told(self, notifier: Notifier) -> None:
        """A comment, a note and a reason of the greatest length, in letters of many bytes, are cut or told whole."""
        long = "\N{GRINNING FACE}\u0436 <b>@here</b>\n" * (TEXT_MAX // 20)
        for notice in a_busy_outbox(comment=long, said=long):
            notifier.notify(notice)

    def test_a_response_without_an_issue_is_told(self, notifier: Notifier) -> None:
        """Somebody may want to hear of happy customers: there is no issue, and there are no events."""
        notice = told_of(opening(sample_response()).issue, first_event=0, last_event=0, topic=Topic.RECORDED)
        message = attrs.evolve(notice.message, issue=None)
        notifier.notify(attrs.evolve(notice, message=message, issue=None))

    def test_a_repetition_is_no_error(self, notifier: Notifier) -> None:
        """The same message again, as after a crash, is told again or passed over, and never refused."""
        notice = a_busy_outbox()[0]
        notifier.notify(notice)
        notifier.notify(notice)

    def test_threads_may_tell_at_once(self, notifier: Notifier) -> None:
        """Several workers deliver through one notifier."""
        outbox = a_busy_outbox()

        def run() -> None:
            for notice in outbox:
                notifier.notify(notice)

        assert in_threads([run] * 3) == []

    def test_each_notice_arrives(self, notifier: Notifier, abilities: object) -> None:
        """What was told without an error has arrived: something for each message, in order."""
        can: CanHear = ability(abilities, CanHear, "a method heard() that returns all that arrived")
        for number, notice in enumerate(a_busy_outbox(), start=1):
            notifier.notify(notice)
            assert len(can.heard()) == number

    def test_a_repetition_can_be_recognised(self, notifier: Notifier, abilities: object) -> None:
        """What is told twice arrives once, or carries the message's id both times."""
        can: CanHear = ability(abilities, CanHear, "a method heard() that returns all that arrived")
        notice = a_busy_outbox()[0]
        notifier.notify(notice)
        notifier.notify(notice)
        arrived = can.heard()
        assert len(arrived) == 1 or [notice.message.id in one for one in arrived] == [True, True]

    def test_messages_of_one_text_are_told_apart(self, notifier: Notifier, abilities: object) -> None:
        """Two messages that say the same are no repetition: what is recognised is the message's id."""
        can: CanHear = ability(abilities, CanHear, "a method heard() that returns all that arrived")
        issue = opening(sample_response()).issue
        for number in (1, 2):
            notifier.notify(told_of(issue, id=f"00000000-0000-7000-8000-00000000000{number}"))
        assert len(can.heard()) == 2

    def test_what_cannot_be_delivered_is_an_error(self, notifier: Notifier, abilities: object) -> None:
        """While the other end is unreachable every notice raises: NotDelivered or anything else."""
        can: CanCutOff = ability(abilities, CanCutOff, "a method cut_off() within which nothing can be delivered")
        for notice in a_busy_outbox()[:3]:
            with can.cut_off(), pytest.raises(Exception) as problem:  # noqa: PT011  (any error says so)
                notifier.notify(notice)
            reason = getattr(problem.value, "reason", "")
            assert str(reason).isprintable(), "a reason is a line of the ledger"

    def test_after_an_error_the_same_message_is_told(self, notifier: Notifier, abilities: object) -> None:
        """Once the other end is back, the same notice is tried again, and arrives where it can be heard."""
        can: CanCutOff = ability(abilities, CanCutOff, "a method cut_off() within which nothing can be delivered")
        notice = a_busy_outbox()[0]
        with can.cut_off(), suppress(Exception):
            notifier.notify(notice)
        before = len(abilities.heard()) if isinstance(abilities, CanHear) else None
        notifier.notify(attrs.evolve(notice, attempt=2))
        if isinstance(abilities, CanHear) and before is not None:
            assert len(abilities.heard()) == before + 1
