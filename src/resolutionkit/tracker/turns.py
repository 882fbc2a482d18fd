"""Messages when it is their turn: what is known of their subjects and recipients, and what a channel is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

from attrs import field, frozen

from resolutionkit.decisions.delivery import SEND, TRIES, Standing, Verdict, judge_on
from resolutionkit.errors import InvalidValue, StorageError
from resolutionkit.model.alerts import Digest
from resolutionkit.model.deliveries import Delivery, Fate
from resolutionkit.model.events import RESPONSE_EVENTS, Event, MergedInto
from resolutionkit.model.history import replay
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message, Topic
from resolutionkit.model.notices import Notice
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import ACCOUNT_WIDE, Scope
from resolutionkit.model.response import NOBODY, ResponseRecord
from resolutionkit.model.trusted import changed
from resolutionkit.model.wishes import has_to_be_wanted
from resolutionkit.ports import KeepsDeliveries, UnitOfWork
from resolutionkit.tracker.access import scope_of_party
from resolutionkit.tracker.digests import Digests, all_of, digests_of, issues_reported
from resolutionkit.tracker.notices import Notices
from resolutionkit.tracker.pipeline import AccountSettings


@frozen(kw_only=True)
class Account:
    """An account at work.

    Attributes:
        name: Its name.
        settings: Its policy and directory.
    """

    name: str
    settings: AccountSettings


@frozen(kw_only=True)
class Seen:
    """What the store says of messages.

    Attributes:
        histories: The events of the issues that they are about, and of those that these were merged into, by their ids.
        unreadable: The ids of those that could not be read, with what they raised.
        records: The responses of those that are about no issue, whose recipients have preferences, or who have to want
            to be told, and those that may have been erased, by their ids; one that is not there has none.
        wanted: What their recipients want to be told of, of those that have said anything.
        digests: What those that are digests sum up, by the messages' ids.
    """

    histories: Mapping[str, tuple[Event, ...]] = field(factory=dict)
    unreadable: Mapping[str, Exception] = field(factory=dict)
    records: Mapping[str, ResponseRecord] = field(factory=dict)
    wanted: Mapping[str, Preferences] = field(factory=dict)
    digests: Mapping[str, Sequence[Digest]] = field(factory=dict)


def seen(unit: KeepsDeliveries, messages: Collection[Message]) -> Seen:
    """Ask the store for all that looking at messages needs."""
    wanted = _wanted(unit, {one.recipient for one in messages if one.topic is not Topic.CHANGED})
    digests = digests_of(unit, messages)
    summed = [name for its in digests.values() for one in its for name in one.responses]
    reported = all_of(unit.records, summed)
    issues = (one.issue for one in messages if one.issue is not None)
    histories, unreadable = _histories(unit, [*issues, *issues_reported(messages, digests, reported)])
    weighed = [one.response for one in messages if _is_weighed(one, wanted)]
    others = {*weighed, *filter(None, map(_maybe_erased, histories.values()))} - reported.keys()
    return Seen(
        histories=histories,
        unreadable=unreadable,
        records=reported | all_of(unit.records, sorted(others)),
        wanted=wanted,
        digests=digests,
    )


_Histories: TypeAlias = dict[str, tuple[Event, ...]]


def _histories(unit: KeepsDeliveries, issue_ids: Sequence[str]) -> tuple[_Histories, dict[str, Exception]]:
    """Return the histories of issues and of those that they were merged into, and what each raises that has none."""
    found, unreadable = _readable(unit, list(dict.fromkeys(issue_ids)))
    while missing := _leads(found.values()) - found.keys() - unreadable.keys():
        histories, problems = _readable(unit, sorted(missing))
        found |= histories
        unreadable |= problems
    while stuck := [one for one, history in found.items() if _led_to(history) in unreadable and one not in unreadable]:
        unreadable |= {one: unreadable[_led_to(found[one]) or ""] for one in stuck}
    return found, unreadable


def _readable(unit: KeepsDeliveries, issue_ids: Sequence[str]) -> tuple[_Histories, dict[str, Exception]]:
    """Return what can be read, and what each issue raises that cannot: one that is damaged keeps up no other."""
    try:
        return all_of(unit.histories, issue_ids), {}
    except (StorageError, ValueError, LookupError) as problem:
        if len(issue_ids) == 1:
            return {}, {issue_ids[0]: problem}
    found: _Histories = {}
    unreadable: dict[str, Exception] = {}
    for one in issue_ids:
        histories, problems = _readable(unit, [one])
        found |= histories
        unreadable |= problems
    return found, unreadable


def _leads(histories: Iterable[Sequence[Event]]) -> set[str]:
    return {into for into in map(_led_to, histories) if into is not None}


def _led_to(history: Sequence[Event]) -> str | None:
    last = history[-1] if history else None
    return last.into if isinstance(last, MergedInto) else None


def _maybe_erased(events: Sequence[Event]) -> str | None:
    """Return the id of an issue's response where nothing of a person is in it: it was erased, or came so."""
    carrying = next((one for one in reversed(events) if isinstance(one, RESPONSE_EVENTS)), None)
    response = None if carrying is None else carrying.response
    if response is None or response.comment is not None or response.answers or response.contact != NOBODY:
        return None
    return response.id


def _is_weighed(message: Message, wanted: Mapping[str, Preferences]) -> bool:
    return message.issue is None or message.recipient in wanted or has_to_be_wanted(message)


def _wanted(unit: KeepsDeliveries, recipients: Collection[str]) -> Mapping[str, Preferences]:
    find: Callable[[Collection[str]], Mapping[str, Preferences]] | None = getattr(unit, "preferences_of", None)
    return find(recipients) if find is not None and recipients else {}


class Look:
    """A look at messages of one account, all at one moment: what several of them share is worked out once.

    Args:
        account: The account.
        seen: What the store says of them.
        usual: Gives the names of the channels for those who chose no others, by topic.
        at: The moment.
        known: The names of all channels that there are, or None where another worker may have others.
    """

    def __init__(
        self,
        account: Account,
        seen: Seen,
        usual: Callable[[Topic], tuple[str, ...]],
        at: datetime,
        known: Collection[str] | None = None,
    ) -> None:
        """Fold the histories."""
        self.at = at
        self._settings = account.settings
        self._usual = usual
        self._known = known
        self._seen = seen
        self._issues: dict[str, Issue] = {}
        self.unreadable: dict[str, Exception] = dict(seen.unreadable)
        for one, events in seen.histories.items():
            try:
                self._issues |= {one: replay(events)} if events else {}
            except InvalidValue as problem:
                self.unreadable[one] = problem
        self._standings: dict[str, Standing] = {}
        self._scopes: dict[tuple[str, bool], Scope | None] = {}
        self._notices = Notices(account.name, account.settings)
        self._digests = Digests(account.settings, seen.records, self._issues)

    def standing(self, message: Message) -> Standing:
        """Return what a message is judged by."""
        found = self._standings.get(message.id)
        if found is None:
            found = self._standings[message.id] = self._standing(message)
        return found

    def _standing(self, message: Message) -> Standing:
        is_observer = message.topic is Topic.CHANGED
        wanted = None if is_observer else self._seen.wanted.get(message.recipient)
        return Standing(
            message=message,
            record=self._record(message),
            issue=self._issue(message),
            scope=self._scope(message),
            now=self.at,
            wanted=wanted,
            zone=self._settings.policy.zone if wanted is None else self._zone_of(message.recipient),
            usual=(message.recipient,) if is_observer else self._usual(message.topic),
            events=self._history(message)[message.first_event - 1 : message.last_event] if message.issue else (),
            known=None if is_observer else self._known,
            is_readable=message.issue not in self.unreadable,
            digest=None if message.digest is None else self._digests.standing(message, *self._summed(message)),
            erased_at=None if is_observer else self._erased_at(message),
        )

    def notice(self, message: Message, attempt: int) -> Notice:
        """Return what a channel is given.

        Args:
            message: Who is told of what.
            attempt: How often it has been tried, this time included.
        """
        issue = self._issue(message)
        subject = issue or self._record(message)
        if subject is None:
            raise LookupError(f"nothing is left of what message {message.id} is about")
        sides = () if issue is None else issue.sides
        about = next((one.response for one in sides if one.response.id == message.response), subject.response)
        told = message if len(message.why) == 1 else self.standing(message).told
        history = self._history(message)
        notice = self._notices.notice(told, response=about, issue=issue, history=history, attempt=attempt)
        if message.digest is None:
            return notice
        return changed(notice, digest=self._digests.notice(message, *self._summed(message)))

    def _history(self, message: Message) -> tuple[Event, ...]:
        return self._seen.histories.get(message.issue or "", ())

    def _summed(self, message: Message) -> tuple[Sequence[Digest], Scope | None]:
        return self._seen.digests.get(message.id, ()), self._scope(message)

    def _issue(self, message: Message) -> Issue | None:
        """Return the issue that a message is about, or the one that it was merged into by now."""
        issue = self._issues.get(message.issue or "")
        while issue is not None and issue.merged_into is not None:
            issue = self._issues.get(issue.merged_into)
        return issue

    def _erased_at(self, message: Message) -> datetime | None:
        issue = self._issue(message)
        record = None if issue is None else self._seen.records.get(issue.response.id)
        return None if record is None else record.erased_at

    def _record(self, message: Message) -> ResponseRecord | None:
        return self._seen.records.get(message.response)

    def _scope(self, message: Message) -> Scope | None:
        who, is_observer = message.recipient, message.topic is Topic.CHANGED
        if (who, is_observer) not in self._scopes:
            scope = ACCOUNT_WIDE if is_observer else scope_of_party(who, self._settings.directory)
            self._scopes[who, is_observer] = scope
        return self._scopes[who, is_observer]

    def _zone_of(self, who: str) -> str:
        person = self._settings.directory.person(who)
        return (person.zone if person is not None else None) or self._settings.policy.zone


def judged(held: Iterable[Delivery], look: Look, disabled: str | None = None) -> tuple[list[Delivery], list[Delivery]]:
    """Return which deliveries may be sent, and what has become of the others.

    Args:
        held: The deliveries.
        look: The look at their messages.
        disabled: Why nothing is to go to their channel, or None.
    """
    sendable, settled = [], []
    for one in held:
        verdict = judge_on(one.channel, look.standing(one.message))
        if verdict is SEND and disabled is not None:
            verdict = Verdict(Fate.DEAD, disabled)
        if one.attempts > TRIES:
            verdict = Verdict(Fate.DEAD, "no worker that tried it came back")
        if verdict is SEND:
            sendable.append(one)
            continue
        attempts = one.attempts - 1  # it was not tried, after all
        facts = {"fate": verdict.fate, "reason": verdict.reason, "attempts": attempts, "due_at": verdict.due_at}
        settled.append(changed(one, changed_at=look.at, **facts))
    return sendable, settled


def keeping(unit: UnitOfWork) -> KeepsDeliveries:
    """Return a unit of work as the queue that it is.

    Raises:
        StorageError: The store keeps none.
    """
    if not callable(getattr(unit, "claim", None)):
        raise StorageError("this store keeps no queue of what is to be told, and so nothing can be delivered from it")
    return cast(KeepsDeliveries, unit)
