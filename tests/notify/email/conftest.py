"""What the tests of mails share: notices of every topic, and notifiers that send to a server of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import attrs
import pytest

from resolutionkit import (
    Access,
    Answer,
    ClosingCheck,
    Contact,
    EscalationLevel,
    Person,
    Policy,
    Response,
    StaticDirectory,
    Topic,
    Tracker,
    Why,
)
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.links import Links
from resolutionkit.ports import DigestNotice, Notice, Reported
from resolutionkit.testing import ReferenceStore, notices
from support import NOON, TurnableClock, organisation, response
from support.mailing import PASSWORD, USER, MailServer, trusting

LINKS = Links("https://app.example/recovery", ["a key that is long enough for anybody"])


@pytest.fixture(scope="session")
def every_topic() -> dict[Topic, Notice]:
    """Return a notice of each topic, all of one issue, and one of a response without an issue."""
    directory, clock = organisation(), TurnableClock()
    tracker = Tracker(ReferenceStore(), account="acme", directory=directory, clock=clock)
    first = response(
        survey="Service visit",
        contact=Contact(name="Jane Doe", email="jane@customer.example", phone="+44 20 7946 0101", company="ABC Ltd"),
        hierarchy=["ed", "nina", "lee@partner.example"],
        tags=["key account", "renewal due"],
        answers=[Answer("How likely are you to recommend us?", "3"), Answer("May we quote you?")],
        comment="Two days late,\nand nobody called.",
        ticket="T-1",
        wants_contact=True,
    )
    issue = tracker.record(first).issue
    assert issue is not None
    desk = tracker.as_user("bridget")
    desk.follow(issue.id, "paula")
    desk.add_note(issue.id, "Left a voicemail.")
    clock.turn(hours=1)
    desk.assign(issue.id, "omar", note="His client.")
    desk.set_status(issue.id, "in_progress", note="Rang her.", spoke=True, happened_at=NOON)
    desk.escalate(issue.id, reason="The contract is at risk.", note="See above.")
    desk.set_status(issue.id, "resolved", note="Weekly call agreed.", spoke=True)
    desk.reopen(issue.id, note="Same fault again.")
    tracker.record(attrs.evolve(first, id="r-2", score=2, received_at=clock.now - timedelta(minutes=1)))
    found: dict[Topic, Notice] = {}
    for notice in notices(tracker, issue.id, directory):
        found.setdefault(notice.message.topic, notice)
    found[Topic.NOTED] = attrs.evolve(
        found[Topic.REASSIGNED], message=attrs.evolve(found[Topic.REASSIGNED].message, topic=Topic.NOTED)
    )
    found[Topic.MERGED] = attrs.evolve(
        found[Topic.REASSIGNED], message=attrs.evolve(found[Topic.REASSIGNED].message, topic=Topic.MERGED)
    )
    about = attrs.evolve(
        found[Topic.OPENED].message,
        topic=Topic.RECORDED,
        issue=None,
        why=(Why.PREFERENCE,),
        first_event=0,
        last_event=0,
    )
    found[Topic.RECORDED] = attrs.evolve(found[Topic.OPENED], message=about, issue=None, events=(), moves=())
    found[Topic.CHANGED] = attrs.evolve(
        found[Topic.NOTED], message=attrs.evolve(found[Topic.NOTED].message, topic=Topic.CHANGED), events=()
    )
    for topic, notice in told_by_time(attrs.evolve(first, score=2)).items():  # as if it had happened to the same issue
        assert notice.issue is not None
        message, its = attrs.evolve(notice.message, issue=issue.id), attrs.evolve(notice.issue, id=issue.id)
        found[topic] = attrs.evolve(notice, message=message, issue=its)
    found[Topic.DAILY_ALERT] = digest_of(found[Topic.OPENED], Topic.DAILY_ALERT)
    found[Topic.RECOVERY_REPORT] = digest_of(found[Topic.OPENED], Topic.RECOVERY_REPORT)
    found |= of_administrators(issue.id)
    assert set(found) == set(Topic)
    return found


def told_by_time(first: Response) -> dict[Topic, Notice]:
    """Return a notice of each topic that timers bring about."""
    directory, clock = organisation(), TurnableClock()
    levels = [
        EscalationLevel(name="first response", within=timedelta(hours=24)),
        EscalationLevel(name="tier one", within=timedelta(hours=48), accountable=["leader"]),
    ]
    policy = Policy(levels=levels, closing_check=ClosingCheck(after=timedelta(days=3)))
    with Tracker.open("memory:", account="acme", policy=policy, directory=directory, clock=clock) as tracker:
        issue = tracker.record(first).issue
        assert issue is not None
        for hours in (20, 10):
            clock.turn(hours=hours)
            tracker.run_timers()
        tracker.as_user("bridget").set_status(issue.id, "resolved", note="Weekly call agreed.", spoke=True)
        clock.turn(days=4)
        tracker.run_timers()
        wanted = {Topic.LEVEL_RAISED, Topic.REMINDED, Topic.CHECK_ASKED}
        return {one.message.topic: one for one in notices(tracker, issue.id, directory) if one.message.topic in wanted}


def digest_of(notice: Notice, topic: Topic) -> Notice:
    """Return a notice of a window of which the response of another notice is the only one."""
    about = {"issue": None, "why": (Why.GROUP_LEAD,), "first_event": 0, "last_event": 0, "digest": NOON}
    reported = (Reported(response=notice.response, issue=notice.issue),) if topic is Topic.RECOVERY_REPORT else ()
    return attrs.evolve(
        notice,
        message=attrs.evolve(notice.message, topic=topic, **about),
        issue=None,
        events=(),
        moves=(),
        digest=DigestNotice(start=NOON - timedelta(days=1), end=NOON, number=1, reported=reported),
    )


def of_administrators(conversation: str) -> dict[Topic, Notice]:
    """Return a notice of what waits for repair, and of what was moved."""
    company = organisation()
    ada = Person(id="ada", name="Ada Bell", email="ada@host.example", access=Access.EVERYTHING, administrator=True)
    directory = StaticDirectory([*company, ada], company.groups, leader="dana")
    tracker = Tracker(ReferenceStore(), account="acme", directory=directory, clock=TurnableClock())
    issue = tracker.record(response(score=2, survey="Service visit", group="EMEA")).issue
    assert issue is not None
    tracker.as_user("ada").repair("r-1", group="emea")
    tracker.as_user("ada").move("r-1", group="field")
    found = {notice.message.topic: notice for notice in notices(tracker, issue.id, directory)}
    return {
        topic: attrs.evolve(found[topic], message=attrs.evolve(found[topic].message, issue=conversation))
        for topic in (Topic.QUARANTINED, Topic.MOVED)
    }


@pytest.fixture
def notice(every_topic: dict[Topic, Notice]) -> Notice:
    """Return a notice of an issue that was opened, to a person who is its assignee's manager."""
    return every_topic[Topic.OPENED]


@pytest.fixture(scope="session")
def mailer() -> Callable[..., EmailNotifier]:
    """Return a function that makes notifiers which reach no server: to look at mails."""

    @cache
    def make(**options: Any) -> EmailNotifier:
        given = {"links": LINKS, "clock": TurnableClock()} | options
        sender = given.pop("sender", "Care team <care@shop.example>")
        return EmailNotifier("smtp://localhost:1", sender, **given)

    return make


@pytest.fixture
def serve() -> Iterator[Callable[..., MailServer]]:
    """Return a function that starts mail servers; they are stopped at the end of the test."""
    running: list[MailServer] = []

    def start(*given: Any, **options: Any) -> MailServer:
        server = MailServer(*given, **options)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture(scope="session")
def sending_to() -> Callable[..., EmailNotifier]:
    """Return a function that makes notifiers which send to a server of this machine."""

    def make(server: MailServer, *, scheme: str = "smtp", password: str | None = None, **options: Any) -> EmailNotifier:
        signed_in = f"{USER}:{quote(password, safe='')}@" if password is not None else ""
        given = {"links": LINKS, "timeout": timedelta(seconds=10), "certificates": trusting()} | options
        url = f"{scheme}://{signed_in}localhost:{server.port}"
        return EmailNotifier(url, "Care team <care@shop.example>", **given)

    return make


__all__ = ["PASSWORD"]
