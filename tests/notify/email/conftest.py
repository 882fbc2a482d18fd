"""What the tests of mails share: notices of every topic, and notifiers that send to a server of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import attrs
import pytest

from resolutionkit import Answer, Contact, Topic, Tracker, Why
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.links import Links
from resolutionkit.ports import Notice
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
    assert set(found) == set(Topic)
    return found


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
