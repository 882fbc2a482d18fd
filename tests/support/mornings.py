"""An account whose daily alerts are tried: its people, its clock, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from resolutionkit import Access, Alerts, Fate, Group, Person, Policy, Response, StaticDirectory, Topic, Tracker
from resolutionkit.ports import Medium, Notice, Store

ZONE = "Europe/Berlin"
PEOPLE = (
    Person(id="lena", name="Lena", email="lena@shop.example", phone="+49 30 1", manager="max"),
    Person(id="omar", name="Omar", email="omar@shop.example", phone="+49 30 2", manager="max"),
    Person(id="max", name="Max", email="max@shop.example", phone="+49 30 3", manager="dana"),
    Person(id="dana", name="Dana", email="dana@shop.example", phone="+49 30 4", access=Access.EVERYTHING),
)
GROUPS = (
    Group(code="north", lead="lena", also_alert=("omar",)),
    Group(code="south", lead="omar", also_alert=("omar",)),
)


def company(groups: Iterable[Group] = GROUPS, **changes: Mapping[str, Any]) -> StaticDirectory:
    """Return the company, some of its people changed."""
    people = [attrs.evolve(one, **changes.get(one.id, {})) for one in PEOPLE]
    return StaticDirectory(people=people, groups=groups, leader="dana")


class Telephone:
    """A channel for text messages, or for mail, that keeps what it is given."""

    def __init__(self, name: str, medium: Medium) -> None:
        """Begin with nothing."""
        self.name = name
        self.medium = medium
        self.notices: list[Notice] = []

    def notify(self, notice: Notice, /) -> None:
        """Keep it."""
        self.notices.append(notice)


class Morning:
    """A tracker on an account in Berlin, whose clock is set by hand; instants are told as that clock shows them.

    Args:
        store: Where it is kept.
        account: The account.
        directory: Who is there.
        zone: The account's zone.
        alerts: What the policy says of alerts.
        **policy: What else it says.
    """

    def __init__(
        self,
        store: Store,
        *,
        account: str = "default",
        directory: StaticDirectory | None = None,
        zone: str = ZONE,
        alerts: Alerts | None = None,
        **policy: Any,
    ) -> None:
        """Open the account, some time before anything happens."""
        self.zone = ZoneInfo(zone)
        self.now = datetime(2026, 1, 1, tzinfo=self.zone)
        self.text, self.mail = Telephone("sms", Medium.TEXT), Telephone("email", Medium.MAIL)
        self.store = store
        self.account = account
        self.policy = Policy(zone=zone, alerts=alerts or Alerts(), **policy)
        self.settle(directory or company())

    def settle(self, directory: StaticDirectory) -> None:
        """Go on with other people."""
        self.directory = directory
        self.tracker = Tracker(
            self.store,
            account=self.account,
            policy=self.policy,
            directory=directory,
            clock=lambda: self.now,
            notifiers=[self.text, self.mail],
        )

    def at(self, text: str) -> datetime:
        """Return an instant by what the clock shows: ``2026-03-02T09:00``; with an offset where it shows it twice."""
        found = datetime.fromisoformat(text)
        return found if found.tzinfo is not None else found.replace(tzinfo=self.zone)

    def receive(
        self, response_id: str, at: str, group: str | None = "north", *, known: str | None = None, **facts: Any
    ) -> None:
        """Record an unhappy response, or correct it: received at an instant, and known then or later."""
        self.now = self.at(known or at)
        score = facts.pop("score", 3)
        given = Response(id=response_id, score=score, received_at=self.at(at), group=group, **facts)
        self.tracker.record(given, replace=True)

    def give_to(self, who: str) -> None:
        """Give every issue to somebody."""
        for line in self.tracker.issues(limit=1000):
            self.tracker.as_user("dana").assign(line.id, who, note="Mine.")

    def run(self, at: str, *, times: int = 1) -> None:
        """Run the alerts at an instant, and deliver."""
        self.now = self.at(at)
        for _ in range(times):
            self.tracker.run_alerts()
        self.tracker.deliver()

    def texts(self) -> list[tuple[str, int]]:
        """Return who was texted which number, in order of the people."""
        found = [one for one in self.text.notices if one.message.topic is Topic.DAILY_ALERT]
        return sorted((one.recipient, _number(one)) for one in found)

    def reports(self) -> list[tuple[str, list[str]]]:
        """Return who was mailed a report of which responses; late ones are marked by a star."""
        found = [one for one in self.mail.notices if one.message.topic is Topic.RECOVERY_REPORT]
        rows = [(one.recipient, one.message.digest, _rows(one)) for one in found]
        return [(who, its) for who, _, its in sorted(rows, key=lambda row: (row[1], row[0]))]

    def ledger(self, topic: Topic) -> list[tuple[str, str, Fate, str]]:
        """Return what became of the messages of a topic."""
        lines = [one for one in self.tracker.ledger() if one.message.topic is topic]
        return sorted((one.message.recipient, one.channel, one.fate, one.reason) for one in lines)


def _number(notice: Notice) -> int:
    assert notice.digest is not None
    assert notice.digest.reported == ()
    return notice.digest.number


def _rows(notice: Notice) -> list[str]:
    assert notice.digest is not None
    return [one.response.id + ("*" if one.is_late else "") for one in notice.digest.reported]
