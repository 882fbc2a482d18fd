"""Which response is told in which daily alert, and who hears of it (requirements A6, C4, C5). Pure.

When windows end is said in ``windows``. A window is told as it was when it ended, however late that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from resolutionkit.decisions.context import Context, Decision
from resolutionkit.decisions.windows import Schedule, Window
from resolutionkit.model.alerts import Awaiting, Closing, Digest, DigestLine
from resolutionkit.model.events import RESPONSE_EVENTS, Event, IssueOpened, Merged, ResponseRepaired
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.people import Person, StaticDirectory, active, active_line
from resolutionkit.model.response import RecordChange, Response, ResponseRecord, Standing
from resolutionkit.model.trusted import changed

_INSTANT = timedelta(microseconds=1)
_WHYS = tuple(Why)


def is_alertable(record: ResponseRecord) -> bool:
    """Say whether a response is one that daily alerts tell: unhappy, not replaced, and nothing keeps it back."""
    is_right = record.standing is Standing.CURRENT and not record.is_quarantined and record.erased_at is None
    return record.needs_recovery and is_right


def alerted_in(
    received_at: datetime, known_at: datetime, schedule: Schedule, *, repaired_at: datetime | None = None
) -> Window | None:
    """Return the window in whose alert an unhappy response is told, or None where it is told in none.

    What is recorded within the window that it was received in is told in that one, what comes to light later in the
    next to end. What was put right before the alert instant of the day after it was received counts as always having
    been right; later than that it is told only if the policy says so (requirement A6).

    Args:
        received_at: When it was received.
        known_at: When it came to light: recorded, or corrected to be unhappy.
        schedule: When the account is alerted.
        repaired_at: When it was put right, or None where it always was.
    """
    if repaired_at is not None and repaired_at >= schedule.deadline(received_at) and not schedule.alerts.repaired_late:
        return None
    return schedule.window_at(max(received_at, known_at, repaired_at or known_at))


def alerts_of(decision: Decision, context: Context) -> tuple[Awaiting, ...]:
    """Return what of a change begins to wait for a daily alert; what an earlier change made wait goes on waiting.

    History rings no bells (requirement A11): nothing of a silent decision is told.

    Args:
        decision: What was decided.
        context: The circumstances.
    """
    policy = context.policy
    if not decision.records or decision.is_silent or not policy.alerts.are_on or _is_kept_quiet(decision.events):
        return ()
    schedule = Schedule(policy.alerts, policy.zone)
    found = (_begins(change, context.now, schedule) for change in decision.records)
    return tuple(one for one in found if one is not None)


def _is_kept_quiet(events: Sequence[Event]) -> bool:
    """Say whether a rule keeps the issue quiet (requirement A9); the daily alert is one of the alerts."""
    return bool(events) and isinstance(events[0], IssueOpened | ResponseRepaired) and events[0].is_quiet


def _begins(change: RecordChange, now: datetime, schedule: Schedule) -> Awaiting | None:
    record, before = change.record, change.before
    if not is_alertable(record) or (before is not None and is_alertable(before)):
        return None
    # It was unhappy and stood before: what kept it back was that something about it was wrong.
    is_repair = before is not None and before.needs_recovery and before.standing is Standing.CURRENT
    received_at = record.response.received_at
    window = alerted_in(received_at, now, schedule, repaired_at=now if is_repair else None)
    if window is None:
        return None
    return Awaiting(
        response=record.id,
        revision=record.revision,
        since=max(now, received_at),
        due_at=window.end,
        is_repaired=is_repair and now < schedule.deadline(received_at),
    )


# --- who hears of it -------------------------------------------------------------------------------------------------


def hearers_of(group_code: str, people: StaticDirectory) -> tuple[tuple[str, Why], ...]:
    """Return who hears of a group's responses, each with the reason: its lead or who stands in, and the also-alerted.

    Args:
        group_code: The group; one that the directory does not know has nobody.
        people: Who is there.
    """
    group = people.group(group_code)
    if group is None:
        return ()
    lead = _lead_or_stand_in(group.lead, people)
    also = (active(who, people) for who in group.also_alert)
    found = [] if lead is None else [(lead, Why.GROUP_LEAD)]
    return (*found, *((who, Why.ALSO_ALERTED) for who in also if who is not None))


def _lead_or_stand_in(lead: str | None, people: StaticDirectory) -> str | None:
    """Return the lead; where they are not there, their manager, then the leader, then the nearest above either."""
    person, leader = people.person(lead) if lead is not None else None, people.leader()
    top = None if leader is None else leader.id
    for who in (lead, None if person is None else person.manager, top):
        found = active(who, people)
        if found is not None:
            return found
    return next(iter((*active_line(lead, people), *active_line(top, people))), None)


def can_be_texted(person: Person | None) -> bool:
    """Say whether somebody has a telephone."""
    return person is not None and bool((person.phone or "").strip())


# --- the end of a window ---------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Due:
    """What is known when a window's alert is due.

    Attributes:
        rows: What has been waiting until one instant that is past.
        closed: The end of the last window that was closed, or None.
        records: The responses concerned, and those that replaced them, by their ids.
        histories: The events of their issues, by the issues' ids.
        told: Which of the responses were told before.
        people: The people of their groups.
        schedule: When the account is alerted.
        now: The instant.
        ids: Gives new ids.
    """

    rows: Sequence[Awaiting]
    closed: datetime | None
    records: Mapping[str, ResponseRecord]
    histories: Mapping[str, Sequence[Event]]
    told: frozenset[str]
    people: StaticDirectory
    schedule: Schedule
    now: datetime
    ids: Callable[[], str]
    _ends: dict[str, datetime] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        """Work out in which window each response is told; of several reasons to tell one, the first counts."""
        for row in self.rows:
            end = self._end_of(row)
            self._ends[row.response] = min(end, self._ends.get(row.response, end))

    def _end_of(self, row: Awaiting) -> datetime:
        """Return the end of the window that a response is told in, by the policy of today; a closed one stays so."""
        end = self.schedule.after(row.since)
        return end if self.closed is None or end > self.closed else self.schedule.after(self.closed)

    @property
    def waited(self) -> datetime | None:
        """Return until when all of them were waiting."""
        return self.rows[0].due_at if self.rows else None

    def end_of(self, response_id: str) -> datetime:
        """Return the end of the window that a response is told in."""
        return self._ends[response_id]

    @property
    def end(self) -> datetime | None:
        """Return the end of the window to close: the first that has ended, or None where none has."""
        return min((end for end in self._ends.values() if end <= self.now), default=None)

    def window(self, end: datetime) -> Window:
        """Return a window by its end; where the policy has changed, it starts where the last one ended."""
        start = self.schedule.before(end - _INSTANT)
        return Window(start=start if self.closed is None else max(start, self.closed), end=end)


def close(due: Due) -> Closing:
    """Return the end of the first window that is due: what each person is told of it, and what becomes of the rest."""
    end = due.end
    if end is None:
        later = [changed(row, due_at=due.end_of(row.response)) for row in due.rows]
        return Closing(before=due.closed, end=due.closed, waited=due.waited, later=later)
    window, told, gone, later = due.window(end), [], [], []
    lines: dict[str, tuple[ResponseRecord, DigestLine]] = {}
    for row in due.rows:
        its_end, record = due.end_of(row.response), due.records.get(row.response)
        if its_end != end:
            later.append(changed(row, due_at=its_end))
            continue
        response = None if record is None or row.response in due.told else response_at(record, end, due)
        if record is not None and response is not None:
            told.append(row)
            lines[row.response] = (record, _line(response, window, row))
        elif record is not None and row.response not in due.told and is_alertable(record):
            later.append(changed(row, due_at=due.schedule.after(end)))  # it was fine just then, and is not any more
        else:
            gone.append(row)
    digests = _digests([line for _, line in sorted(lines.values(), key=_received)], window, due)
    messages = _reports(digests, due) if due.schedule.alerts.report else ()
    return Closing(
        before=due.closed,
        end=end,
        waited=due.waited,
        told=told,
        later=later,
        gone=gone,
        digests=digests,
        messages=tuple(messages),
    )


def response_at(record: ResponseRecord, end: datetime, due: Due) -> Response | None:
    """Return a response as it was when a window ended, or None where no alert would have told it then."""
    if record.erased_at is not None or record.standing is Standing.SUPERSEDED:
        return None
    successor = due.records.get(record.replaced_by or "")
    if record.standing is Standing.REPLACED and (successor is None or successor.recorded_at < end):
        return None
    response, needs_recovery = record.response, record.needs_recovery
    for event in _every(due.histories.get(record.issue or "", ())):
        if event.at < end and isinstance(event, RESPONSE_EVENTS) and event.response.id == record.id:
            response, needs_recovery = event.response, getattr(event, "needs_recovery", needs_recovery)
    return response if needs_recovery else None


def _every(history: Iterable[Event]) -> Iterator[Event]:
    """Yield events, those of issues that were merged before the merge itself."""
    for event in history:
        if isinstance(event, Merged):
            yield from _every(event.history)
        yield event


def _line(response: Response, window: Window, row: Awaiting) -> DigestLine:
    is_late = response.received_at < window.start and not row.is_repaired
    return DigestLine(response=response.id, group=response.group or "", is_late=is_late)


def _received(line: tuple[ResponseRecord, DigestLine]) -> tuple[datetime, str]:
    record, _ = line
    return record.response.received_at, record.id


def _digests(lines: Sequence[DigestLine], window: Window, due: Due) -> tuple[Digest, ...]:
    """Return what each person is told: one digest each, over all groups that they hear of."""
    hearers = {group: hearers_of(group, due.people) for group in {line.group for line in lines}}
    found: dict[str, list[DigestLine]] = {}
    whys: dict[str, set[Why]] = {}
    for line in lines:
        for who, why in hearers[line.group]:
            whys.setdefault(who, set()).add(why)
            its = found.setdefault(who, [])
            if not its or its[-1] is not line:  # the lead may be also-alerted
                its.append(line)
    alerts = due.schedule.alerts
    return tuple(
        Digest(
            recipient=who,
            start=window.start,
            end=window.end,
            lines=tuple(found[who]),
            why=in_order(whys[who]),
            text_at=due.schedule.text_at(window.end) if alerts.text else None,
        )
        for who in sorted(found)
    )


def in_order(whys: Iterable[Why]) -> tuple[Why, ...]:
    """Return reasons in the order in which a mail gives them, each once."""
    return tuple(sorted(set(whys), key=_WHYS.index))


def _reports(digests: Iterable[Digest], due: Due) -> Iterable[Message]:
    return (_message(Topic.RECOVERY_REPORT, [one], one.end, due.ids(), due.now) for one in digests)


def texts_of(digests: Sequence[Digest], closed: datetime | None, now: datetime, ids: Callable[[], str]) -> Closing:
    """Return the text messages that are due: one for each person and instant, with the sum of its digests (C5).

    Nothing can be added to what a text message counts: with it, the windows up to its instant are closed.

    Args:
        digests: Those whose text is due, at least one.
        closed: The end of the last window that was closed, or None.
        now: The instant.
        ids: Gives new ids.
    """
    by_text: dict[tuple[str, datetime], list[Digest]] = {}
    for one in digests:
        by_text.setdefault((one.recipient, one.text_at or one.end), []).append(one)
    messages = [_message(Topic.DAILY_ALERT, its, at, ids(), now) for (_, at), its in sorted(by_text.items())]
    last = max(at for _, at in by_text)
    end = last if closed is None else max(last, closed)
    return Closing(before=closed, end=end, texts=digests, messages=messages)


def _message(topic: Topic, digests: Sequence[Digest], at: datetime, message_id: str, now: datetime) -> Message:
    first = digests[0]
    return Message(
        id=message_id,
        issue=None,
        response=first.lines[0].response,
        first_event=0,
        last_event=0,
        recipient=first.recipient,
        topic=topic,
        why=in_order(why for one in digests for why in one.why),
        created_at=now,
        digest=at,
    )
