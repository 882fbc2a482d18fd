"""What users see of the types; never run, read by mypy and pyright."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, assert_type

import resolutionkit as rk
from resolutionkit.hooks import AsyncStoreOpener, StoreOpener, StoreOptions, hookimpl
from resolutionkit.ports import AsyncStore, Directory, Notice, Notifier, Store, UnitOfWork

T = TypeVar("T")

response = rk.Response(
    id="r-1",
    score=6,
    received_at=datetime.now(UTC),
    answers=[rk.Answer("Why?", "Slow."), rk.Answer("What else?")],
    tags=["north"],
    hierarchy=["eric", "nathan"],
    attributes={"plan": "gold", "sites": 3},
)
assert_type(response.tags, tuple[str, ...])
assert_type(response.contact.email, str | None)
assert_type(response.score, int | float)
assert_type(rk.NPS.category(6), rk.Category)

calendar = rk.BusinessCalendar(
    hours={"monday-thursday": "09:00-17:00", "friday": ["09:00-12:00", "13:00-15:00"]},
    zone="Europe/Lisbon",
    holidays={date(2026, 12, 25): "Christmas Day"},
    special_hours={"2026-12-24": "09:00-12:00"},
    country="PT",
)
assert_type(calendar.due(datetime.now(UTC), timedelta(hours=8)), datetime)
assert_type(calendar.between(datetime.now(UTC), datetime.now(UTC)), timedelta)
assert_type(calendar.explain(datetime.now(UTC), datetime.now(UTC)), tuple[rk.Stretch, ...])
assert_type(calendar.holidays_in(2026), Mapping[date, str])

tracker = rk.Tracker.open("memory:", policy=rk.Policy(recovery_threshold=7))
assert_type(tracker, rk.Tracker)
recorded = tracker.record(response)
assert_type(recorded.outcome, rk.Outcome)
assert_type(recorded.issue, rk.Issue | None)
assert_type(tracker.classify(response).category, rk.Category)
assert_type(rk.classify(response, rk.Policy()).needs_recovery, bool)
assert_type(tracker.record_many([response], progress=print), rk.RecordedMany)
mapping = rk.ImportMapping.preset("typeform", score="form_response.answers.nps.number")
assert_type(mapping, rk.ImportMapping)
received = rk.read_webhook("typeform", b"", {}, secret="s", mapping=mapping, now=datetime.now(UTC))
assert_type(received, rk.Response | None)
with tracker.joined(object()) as joined:
    assert_type(joined, rk.Tracker)

desk = tracker.as_user("bridget")
assert_type(desk, rk.Desk)
assert_type(desk.inbox(), rk.Inbox)
assert_type(desk.inbox().counts(), rk.Counts)
performance = desk.performance("person", start=date(2026, 11, 1), end=datetime.now(UTC))
assert_type(performance, rk.Performance)
assert_type(performance.total.first_action, rk.Pace)
assert_type([line.closed.median for line in performance], list[timedelta | None])
found = desk.find_for_notes(group="emea", date=date(2026, 11, 20))
assert_type(found, rk.ForNotes)
assert_type(desk.save_for_notes(found, "Rang.", go="next").found.next, str | None)
assert_type(desk.add_note_to_all(rk.NotesSearch(ticket="T-1", group="emea"), "x"), tuple[rk.ChangeOrRefusal, ...])
page = desk.inbox().open(order=rk.Order.MOST_URGENT, limit=5)
assert_type(page, rk.Page[rk.IssueLine])
assert_type(page.next, str | None)
for line in page:
    assert_type(line, rk.IssueLine)
    assert_type(line.status, str)
    assert_type(line.closed_at, datetime | None)
assert_type(desk.responses("x"), rk.Page[rk.ResponseLine])
assert_type(desk.history("i"), tuple[rk.Event, ...])
assert_type(rk.replay(desk.history("i")), rk.Issue)
assert_type(desk.moves("i"), tuple[rk.LegalMove, ...])
change = desk.set_status("i", rk.Status.RESOLVED, note="Done.", root_cause=rk.RootCause(category="price"))
assert_type(change, rk.Change)
assert_type(change.issue.assignee, str | None)
assert_type(change.issue.notes, rk.NoteLog)
assert_type(change.issue.notes[0], rk.Note)
assert_type(change.issue.notes[1:], rk.NoteLog)
assert_type(desk.assign("i", "nathan", note="His.", followers=["lee@partner.example"]), rk.Change)
assert_type(desk.add_note_to_all(rk.IssueFilter(phases={rk.Phase.OPEN}), "Noted."), tuple[rk.ChangeOrRefusal, ...])
assert_type(rk.workflows.STANDARD.next_statuses("resolved"), tuple[rk.StatusRule, ...])


def settings_of(name: str) -> rk.AccountSettings:
    """Return the settings of an account."""
    return rk.AccountSettings(policy=rk.Policy(zone=name), directory=rk.StaticDirectory(leader=None))


assert_type(rk.Tracker.open("memory:", accounts=settings_of).for_account("other"), rk.Tracker)


async def awaited() -> None:
    """Await what is awaited, by the same names."""
    async with rk.AsyncTracker.open("memory:", directory=SlowDirectory(), accounts=settings_of) as opened:
        assert_type(opened, rk.AsyncTracker)
    tracker = await rk.AsyncTracker.open("memory:", policy=rk.Policy(recovery_threshold=7))
    assert_type(tracker, rk.AsyncTracker)
    assert_type(await tracker.record(response, announce=False), rk.Recorded)
    assert_type(await tracker.record_many([response], progress=print), rk.RecordedMany)
    assert_type(await tracker.record_many(arriving()), rk.RecordedMany)
    assert_type(await tracker.outbox("i"), tuple[rk.Message, ...])
    assert_type(tracker.classify(response), rk.Classification)
    assert_type(tracker.for_account("other"), rk.AsyncTracker)
    desk = tracker.as_user("bridget")
    assert_type(desk, rk.AsyncDesk)
    assert_type(desk.inbox(), rk.AsyncInbox)
    assert_type(await desk.inbox().counts(), rk.Counts)
    assert_type(await desk.inbox().open(order=rk.Order.MOST_URGENT, limit=5), rk.Page[rk.IssueLine])
    assert_type(await desk.responses("x", limit=5), rk.Page[rk.ResponseLine])
    assert_type(await desk.history(issue_id="i"), tuple[rk.Event, ...])
    assert_type(await desk.set_status("i", rk.Status.RESOLVED, note="Done.", expected_version=3), rk.Change)
    assert_type(await desk.add_note_to_all(["i"], "Noted.", atomic=True), tuple[rk.ChangeOrRefusal, ...])
    await desk.set_status("i", 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await desk.follow("i", whom="lee")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await tracker.aclose()


async def arriving() -> AsyncIterator[rk.Response]:
    """Yield responses as they arrive."""
    yield response


class SlowDirectory:
    """A directory of somebody else's, which has to be awaited."""

    async def person(self, person_id: str, /) -> rk.Person | None:
        """Return a person."""
        return rk.Person(id=person_id)

    async def people_by_email(self, email: str, /) -> Sequence[rk.Person]:
        """Return people by address."""
        return [rk.Person(id="a", email=email)]

    async def people_by_name(self, name: str, /) -> Sequence[rk.Person]:
        """Return people by name."""
        return [rk.Person(id="a", name=name)]

    async def group(self, group_code: str, /) -> rk.Group | None:
        """Return a group."""
        return rk.Group(code=group_code)

    async def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the groups of a person."""
        return [person_id]

    async def leader(self) -> rk.Person | None:
        """Return the leader."""
        return None


slow: rk.AsyncDirectory = SlowDirectory()
assert_type(rk.AsyncAccountSettings(directory=slow).policy, rk.Policy)


class PagerNotifier:
    """A notifier of somebody else's."""

    name = "pager"

    def notify(self, notice: Notice, /) -> None:
        """Ring a pager."""
        assert_type(notice.recipient, str)
        assert_type(notice.issue, rk.Issue | None)
        assert_type(notice.response, rk.Response)


notifier: Notifier = PagerNotifier()


class HostDirectory:
    """A directory of somebody else's."""

    def person(self, person_id: str, /) -> rk.Person | None:
        """Return a person."""
        return rk.Person(id=person_id)

    def people_by_email(self, email: str, /) -> Sequence[rk.Person]:
        """Return people by address."""
        return [rk.Person(id="a", email=email)]

    def people_by_name(self, name: str, /) -> Sequence[rk.Person]:
        """Return people by name."""
        return [rk.Person(id="a", name=name)]

    def group(self, group_code: str, /) -> rk.Group | None:
        """Return a group."""
        return rk.Group(code=group_code)

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        """Return the groups of a person."""
        return [person_id]

    def leader(self) -> rk.Person | None:
        """Return the leader."""
        return None


directory: Directory = HostDirectory()
static: Directory = rk.StaticDirectory()


def search_people(**by: str) -> list[rk.Person]:
    """Find people in a table."""
    return [rk.Person(id=by["id"])]


async def find_people(**by: str) -> list[rk.Person]:
    """Find people in a table that is awaited."""
    return [rk.Person(id=by["id"])]


looked_up: Directory = rk.LookupDirectory(search_people, leader="ana")
looked_up_later: rk.AsyncDirectory = rk.AsyncLookupDirectory(find_people)


def open_nothing(options: StoreOptions) -> Store:
    """Open a store."""
    raise rk.StorageError(options.url)


@hookimpl
def resolutionkit_stores() -> dict[str, StoreOpener]:
    """Answer to a scheme."""
    return {"nothing": open_nothing}


class PlainStore:
    """A store of somebody else's, which is awaited."""

    async def transact(self, account: str, work: Callable[[UnitOfWork], T], /, *, write: bool) -> T:
        """Run work."""
        unit: UnitOfWork = self.begin(account)
        done = await rk.bridge.run(work, unit)
        assert_type(rk.bridge.wait(self.aclose()), None)
        return done

    def begin(self, account: str) -> UnitOfWork:
        """Begin a unit of work."""
        raise rk.StorageError(account)

    async def aclose(self) -> None:
        """Close it."""


store: AsyncStore = PlainStore()
assert_type(rk.AsyncTracker(store), rk.AsyncTracker)


async def open_slowly(options: StoreOptions) -> AsyncStore:
    """Open a store."""
    raise rk.StorageError(options.url)


@hookimpl
def resolutionkit_async_stores() -> dict[str, AsyncStoreOpener]:
    """Answer to a scheme."""
    return {"nothing": open_slowly}


webhook: Notifier = rk.WebhookObserver("crm", "https://crm.example/hooks", ["whsec_AAAA"], skip_actors=["crm-bot"])
chat: Notifier = rk.AppriseNotifier("chat", {"ana": "json://host"}, link=lambda notice: notice.message.id)
text: Notifier = rk.AppriseNotifier("sms", lambda notice: notice.email, parts=2, timeout=timedelta(seconds=9))
update = rk.read_update(b"{}", {"webhook-id": "1"}, secret=["whsec_AAAA"], now=datetime.now(UTC))
assert_type(update, rk.InboundUpdate)
assert_type(update.status, str | None)
assert_type(rk.NotDelivered("busy", retry_after=timedelta(minutes=1)).retry_after, timedelta | None)


def updated(tracker: rk.Tracker, notice: Notice) -> None:
    """Apply an update, and word a notice."""
    assert_type(tracker.apply_update(update, acting_as="crm-bot"), rk.Change)
    assert_type(rk.short_text(notice), rk.ShortText)
    assert_type(rk.short_text(notice).facts, tuple[str, ...])


async def updated_slowly(tracker: rk.AsyncTracker) -> None:
    """Apply an update, awaited."""
    assert_type(await tracker.apply_update(update, acting_as="crm-bot"), rk.Change)


def reported(tracker: rk.Tracker, links: rk.Links, start: datetime, end: datetime) -> None:
    """Make reports, and what people read of them."""
    report = tracker.report("ed", start, end, links=links)
    assert_type(report, rk.RecoveryReport | None)
    assert_type(tracker.report_of("ed", ["r-1"], start, end, stands_in_for={"emea"}), rk.RecoveryReport | None)
    assert_type(tracker.as_user("ed").report(start, end), rk.RecoveryReport | None)
    if report is not None:
        assert_type(report.entries, tuple[rk.ReportEntry, ...])
        assert_type(rk.as_pdf(report, fonts=["fonts"], system_fonts=False).missing, tuple[str, ...])
        assert_type(rk.as_html(report), str)
        assert_type(rk.as_text(report), str)


async def reported_slowly(tracker: rk.AsyncTracker, start: datetime, end: datetime) -> None:
    """Make reports, awaited."""
    assert_type(await tracker.report("ed", start, end), rk.RecoveryReport | None)
    assert_type(await tracker.as_user("ed").report(start, end), rk.RecoveryReport | None)
