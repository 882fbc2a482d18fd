"""Several hosts at once, each with a tracker in its transaction: who waits, who is refused, who has to run again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from resolutionkit import StaleIssue, Status, Tracker, replay
from resolutionkit.ports import WriteConflict
from support import NOON, response
from support.hosts import SNAPSHOT, Host

LEVELS = {
    "sqlite": [None],
    "postgresql": ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
    "mariadb": ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", SNAPSHOT],
}
"""The isolation of hosts; what a database has it by default is among them."""
CASES = [
    pytest.param(kind, style, level, id=f"{kind}-{style}-{level}")
    for kind, levels in LEVELS.items()
    for level in levels
    for style in (("connection",) if level == SNAPSHOT else ("connection", "django"))
]
Work = Callable[[Tracker], Any]

pytestmark = pytest.mark.parametrize(("kind", "style", "level"), CASES, indirect=["kind", "style"])


class Enough(Exception):
    """What a host raises to roll back."""


class Run:
    """What a host's transaction came to, however often it had to run."""

    def __init__(self) -> None:
        self.result: Any = None
        self.conflicts: list[WriteConflict] = []


def run(
    new_host: Callable[[], Host],
    tracker: Tracker,
    level: str | None,
    work: Work,
    before_commit: Callable[[], object] = lambda: None,
) -> Run:
    """Run a transaction of a new host as hosts have to: after a conflict again, as a whole, after a pause by chance."""
    done, host = Run(), new_host()
    while True:
        try:
            with host.transaction(level) as transaction:
                transaction.order(f"order {threading.get_ident()}")
                with tracker.joined(transaction.connection) as t:
                    done.result = work(t)
                before_commit()
        except WriteConflict as conflict:
            done.conflicts.append(conflict)
            assert len(done.conflicts) < 20
            time.sleep(random.uniform(0, 0.01 * 2 ** min(len(done.conflicts), 6)))
        else:
            host.close()
            return done


def one_waits(
    new_host: Callable[[], Host], tracker: Tracker, level: str | None, first: Work, second: Work
) -> list[Run]:
    """Let a second host begin while the first has done its work and not committed yet."""
    has_worked, may_commit = threading.Event(), threading.Event()

    def before_commit() -> None:
        has_worked.set()
        assert may_commit.wait(10)

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, new_host, tracker, level, first, before_commit)]
        assert has_worked.wait(10)
        runs.append(pool.submit(run, new_host, tracker, level, second))
        threading.Event().wait(0.3)  # long enough for the second to meet the first
        may_commit.set()
        return [one.result(30) for one in runs]


def may_conflict(kind: str, level: str | None) -> bool:
    """Say whether the database itself refuses to go on where another transaction was first."""
    return level == SNAPSHOT or (kind == "postgresql" and level != "READ COMMITTED")


def waits_to_read(kind: str, level: str | None) -> bool:
    """Say whether a transaction keeps others from writing what it has read."""
    return (kind, level) == ("mariadb", "SERIALIZABLE")


def check(runs: list[Run], kind: str, level: str | None) -> None:
    """Check who had to run again: nobody, unless the database insists."""
    assert runs[0].conflicts == []
    assert len(runs[1].conflicts) == may_conflict(kind, level)
    for conflict in runs[1].conflicts:
        assert "roll your transaction back, and run it again as a whole" in str(conflict)
        assert conflict.__cause__ is not None


def test_commuting_commands_of_two_hosts_both_succeed(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Two notes on one issue: the second host waits for the first to commit, and adds its own."""
    issue_id = outside.record(response("r-1", 3)).issue.id
    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.as_user("dana").add_note(issue_id, "First."),
        lambda t: t.as_user("dana").add_note(issue_id, "Second.") and t.issue(issue_id).version,
    )
    check(runs, kind, level)
    assert runs[1].result == 3
    assert [note.text for note in outside.issue(issue_id).notes] == ["First.", "Second."]


def test_a_command_that_conflicts_is_stale(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Both set a status: the second is told what happened in between, and its host's transaction goes on."""
    issue_id = outside.record(response("r-1", 3)).issue.id

    def second(t: Tracker) -> object:
        try:
            return t.as_user("dana").set_status(issue_id, Status.RESOLVED, note="Done.", expected_version=1)
        except StaleIssue as stale:
            return stale

    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.as_user("ed").set_status(issue_id, Status.IN_PROGRESS, note="On it."),
        second,
    )
    check(runs, kind, level)
    assert isinstance(runs[1].result, StaleIssue)
    assert [event.actor for event in runs[1].result.events] == ["ed"]
    assert outside.issue(issue_id).status == Status.IN_PROGRESS
    assert len(new_host().orders()) == 2


def test_a_status_that_was_not_seen_is_stale_too(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Without a version as well, what was decided on before waiting is not carried out over the other's change."""
    issue_id = outside.record(response("r-1", 3)).issue.id

    def second(t: Tracker) -> object:
        try:
            return t.as_user("dana").set_status(issue_id, Status.RESOLVED, note="Done.")
        except StaleIssue as stale:
            return stale

    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.as_user("ed").set_status(issue_id, Status.IN_PROGRESS, note="On it."),
        second,
    )
    check(runs, kind, level)
    # A host that had to wait for its own row, or runs its transaction again, has seen the other's change by then.
    has_seen = kind == "sqlite" or may_conflict(kind, level) or waits_to_read(kind, level)
    assert isinstance(runs[1].result, StaleIssue) is not has_seen


def test_one_response_of_two_hosts_opens_one_issue(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Both record the same response: one opens the issue, the other meets a duplicate (L2)."""
    one = response("r-1", 3, ticket="T", hierarchy=("boss@customer.example",))
    runs = one_waits(new_host, outside, level, lambda t: t.record(one), lambda t: t.record(one))
    check(runs, kind, level)
    assert [str(done.result.outcome) for done in runs] == ["opened", "duplicate"]
    assert runs[0].result.issue.id == runs[1].result.issue.id
    (line,) = outside.issues()
    assert outside.issue(line.id).version == 1


def test_one_ticket_of_two_hosts_is_one_issue(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Two responses of one ticket: the second goes to the issue that the first one opened (L2)."""
    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.record(response("r-1", 3, ticket="T")),
        lambda t: t.record(response("r-2", 2, ticket="T", received_at=NOON)),
    )
    check(runs, kind, level)
    (line,) = outside.issues()
    issue = replay(outside.history(line.id))
    assert [one.id for one in issue.responses] == ["r-1", "r-2"]


def test_a_known_ticket_of_two_hosts_goes_on_in_order(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """The ticket has an issue already: both responses go to it, one after the other."""
    issue_id = outside.record(response("r-1", 3, ticket="T")).issue.id
    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.record(response("r-2", 4, ticket="T", received_at=NOON)),
        lambda t: t.record(response("r-3", 2, ticket="T", received_at=NOON)),
    )
    check(runs, kind, level)
    assert [one.id for one in outside.issue(issue_id).responses] == ["r-1", "r-2", "r-3"]


def test_one_key_of_two_hosts_is_one_note(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Both give the same command under the same key: it happens once, and both are answered the same."""
    issue_id = outside.record(response("r-1", 3)).issue.id

    def command(t: Tracker) -> Any:
        return t.as_user("dana").add_note(issue_id, "Rang.", key="form-1")

    runs = one_waits(new_host, outside, level, command, command)
    check(runs, kind, level)
    assert runs[0].result == runs[1].result
    assert outside.issue(issue_id).version == 2


def test_new_addresses_and_secrets_of_two_hosts_are_one(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Both are the first to need the account's secret and the same bare address: each has one, which both find."""
    first, second = (outside.record(response(f"r-{n}", 3, contact=None)).issue.id for n in (1, 2))
    assert outside._runner.secret(make=False) is None
    runs = one_waits(
        new_host,
        outside,
        level,
        lambda t: t.as_user("dana").follow(first, "lee@partner.example", key="a"),
        lambda t: t.as_user("dana").follow(second, "lee@partner.example", key="b"),
    )
    check(runs, kind, level)
    for one in (first, second):
        assert "lee@partner.example" in outside.issue(one).followers
    for key, one in (("a", first), ("b", second)):
        assert outside.as_user("dana").follow(one, "lee@partner.example", key=key).issue.version == 2


def test_what_others_did_since_the_first_look_is_known_or_refused(
    new_host: Callable[[], Host], outside: Tracker, kind: str, style: str, level: str | None
) -> None:
    """A host has looked, another adds somebody with a new address: the host's command knows them, or conflicts."""
    issue_id = outside.record(response("r-1", 3)).issue.id
    if waits_to_read(kind, level):
        check_readers_keep_writers_out(new_host, outside, level, issue_id)
        return
    conflicts = may_conflict(kind, level) or (kind, style) == ("sqlite", "django")

    def look_and_write(t: Tracker) -> Any:
        assert t.issue(issue_id).version == 1
        outside.as_user("dana").follow(issue_id, "lee@partner.example")
        if conflicts:
            with pytest.raises(WriteConflict, match="run it again"):
                t.as_user("ed").add_note(issue_id, "Rang.")
            raise Enough
        done = t.as_user("ed").add_note(issue_id, "Rang.")
        assert t.issue(issue_id) == done.issue
        return done.issue.followers

    with suppress(Enough), new_host().transaction(level) as work, outside.joined(work.connection) as t:
        assert "lee@partner.example" in look_and_write(t)
    assert "lee@partner.example" in outside.issue(issue_id).followers
    assert len(outside.issue(issue_id).notes) == (0 if conflicts else 1)


def check_readers_keep_writers_out(
    new_host: Callable[[], Host], outside: Tracker, level: str | None, issue_id: str
) -> None:
    """Check that two who have both looked before they write get through, one of them by running again."""
    have_looked = threading.Barrier(2)

    def look_and_write(t: Tracker) -> None:
        assert t.issue(issue_id).notes is not None
        with suppress(threading.BrokenBarrierError):
            have_looked.wait(2)  # at the second run nobody comes to meet
        t.as_user("ed").add_note(issue_id, "Rang.")

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, new_host, outside, level, look_and_write) for _ in range(2)]
        conflicts = [conflict for one in runs for conflict in one.result(30).conflicts]
    assert len(conflicts) == 1
    assert len(outside.issue(issue_id).notes) == 2


def test_many_hosts_lose_and_double_nothing(
    new_host: Callable[[], Host], outside: Tracker, kind: str, level: str | None
) -> None:
    """Four hosts record the same responses and write on one issue at once; each transaction runs until it is in."""
    count, threads = 4, 4
    issue_id = outside.record(response("seed", 3)).issue.id
    together = threading.Barrier(threads)

    def deliver(me: int) -> Counter[str]:
        outcomes = Counter[str]()
        together.wait(10)
        for index in range(count):

            def work(t: Tracker, index: int = index) -> list[str]:
                found = [t.record(response(f"shared-{index}", 2)).outcome]
                found.append(t.record(response(f"own-{me}-{index}", 2, ticket=f"T-{index}")).outcome)
                t.as_user("dana").add_note(issue_id, f"{me}-{index}")
                return [str(one) for one in found]

            outcomes.update(run(new_host, outside, level, work).result)
        return outcomes

    with ThreadPoolExecutor(threads) as pool:
        outcomes = sum(pool.map(deliver, range(threads)), Counter[str]())
    assert outcomes["opened"] == 2 * count
    assert outcomes["duplicate"] == count * (threads - 1)
    assert len(outside.issues(limit=1000).items) == 2 * count + 1
    assert sorted(note.text for note in outside.issue(issue_id).notes) == sorted(
        f"{me}-{index}" for me in range(threads) for index in range(count)
    )
    assert len(new_host().orders()) == threads * count
    for line in outside.issues(limit=1000):
        history = outside.history(line.id)
        assert [event.number for event in history] == list(range(1, len(history) + 1))
        messages = outside.outbox(line.id)
        assert len({message.id for message in messages}) == len(messages)
