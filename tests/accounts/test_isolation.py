"""Whatever somebody of one account tries on another account of the same database, method by method (F4, L6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

import attrs
import pytest

from resolutionkit import StaticDirectory, Tracker
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import SqlStore
from resolutionkit.tracker.pipeline import AccountSettings
from support import TurnableClock, organisation
from support.bound import Sent, accounts_of, sent_meanwhile
from support.intruder import (
    ADMINISTRATOR,
    CASES,
    NOBODY,
    OWN,
    THEIR_PERSON,
    THEIRS,
    Case,
    Names,
    met,
    names_of,
    never,
    settle,
)
from support.stores import dump, rows

ON_STORES = {"open", "close", "joined", "deliver", "work", "run_timers", "run_alerts"}
"""Methods that concern a store or a connection; they are tried in ``test_settings``."""
PEOPLE = ("dana", "bridget", "ed", "nina", "omar", "paula")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


Side: TypeAlias = tuple[Tracker, Names]
"""An intruder's tracker, and the names that are tried on it."""


def tracker_of(store: Store, account: str, directory: StaticDirectory) -> Tracker:
    """Return a tracker on an account; the lookup knows those accounts only from which it was opened."""

    def lookup(name: str) -> AccountSettings:
        return {account: AccountSettings(directory=directory)}[name]

    return Tracker(store, account=account, directory=directory, accounts=lookup, clock=TurnableClock())


class World:
    """An account that is left alone, and two alike from which the same is tried with other names.

    The two serve for as long as nothing changes in them.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        company = organisation()
        self.company = StaticDirectory([*company, ADMINISTRATOR], company.groups, leader="dana")
        directory = StaticDirectory(people=[*map(self.company.person, PEOPLE), THEIR_PERSON], leader="dana")
        self.theirs = tracker_of(store, f"{THEIRS}-{uuid4().hex}", directory)
        settle(self.theirs, THEIRS, THEIR_PERSON.id)
        self.real = names_of(self.theirs, THEIRS, THEIR_PERSON.id)
        self.unreal = never(self.real, str(uuid4()))
        self._ours: list[Tracker] = []
        self._kept: list[object] = []

    def sides(self) -> tuple[Side, Side]:
        """Return the two, as they were settled."""
        if not self._ours or self._kept != [dump(self.store, one.account) for one in self._ours]:
            tag = uuid4().hex
            self._ours = [tracker_of(self.store, f"{OWN}-{tag}-{number}", self.company) for number in range(2)]
            for tracker in self._ours:
                settle(tracker, OWN, "nina")
            self._kept = [dump(self.store, one.account) for one in self._ours]
        return (self._ours[0], self.real), (self._ours[1], self.unreal)


@pytest.fixture(scope="module")
def world(store: Store) -> World:
    """Return the accounts of one store."""
    return World(store)


def plain(value: Any) -> Any:
    """Return a value as plain data: errors with all that they carry, values with all of their fields."""
    if isinstance(value, BaseException):
        return (type(value).__name__, str(value), plain(vars(value)))
    if attrs.has(type(value)):
        return (type(value).__name__, {one.name: plain(getattr(value, one.name)) for one in attrs.fields(type(value))})
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in (sorted(value, key=repr) if isinstance(value, set | frozenset) else value)]
    return repr(value)


def without_names(tracker: Tracker, names: Names, said: object) -> str:
    """Return what was answered or kept, with the same words in the places of names and of ids that are new."""
    text = repr(said)
    for cursor in names.pages.values():
        text = text.replace(cursor, "<cursor>")
    for name in ("issue", "account"):
        text = text.replace(getattr(names, name), f"<{name}>")
    text = re.sub(f"{THEIRS}|{NOBODY}", "<name>", text.replace(tracker.account, "<own account>"), flags=re.IGNORECASE)
    numbers: dict[str, str] = {}
    return _ID.sub(lambda found: numbers.setdefault(found[0], f"<{len(numbers)}>"), text)


def test_every_public_method_is_tried() -> None:
    """A method without a case may let somebody see what is another account's, and nobody would know."""
    for face, cases in CASES.items():
        public = {name for name in dir(face) if not name.startswith("_")}
        assert set(cases) == public - (ON_STORES if face is Tracker else set())
        assert all(cases.values())


def every_case() -> Iterator[Any]:
    """Yield each case with a name."""
    for face, cases in CASES.items():
        for method, some in cases.items():
            for number, case in enumerate(some):
                yield pytest.param(case, id=f"{face.__name__}-{method}-{number}")


@pytest.mark.parametrize("case", list(every_case()))
def test_what_is_another_account_s_is_what_never_was(store: Store, world: World, case: Case) -> None:
    """The answer, what is left, and what is touched are those of names that nobody ever used."""
    before, sides = dump(store, world.theirs.account), world.sides()
    with sent_meanwhile() as sent:
        answers = [plain(met(case, *side)) for side in sides]
    real, unreal = (without_names(*side, said) for side, said in zip(sides, answers, strict=True))
    assert real == unreal
    assert dump(store, world.theirs.account) == before
    check_bound(sent, {tracker.account for tracker, _ in sides})
    if isinstance(store, SqlStore):
        left = [without_names(*side, rows(store, side[0].account)) for side in sides]
        assert left[0] == left[1]


def check_bound(sent: list[Sent], accounts: set[str]) -> None:
    """Check that statements say of each table whose rows they touch, and that those are of these accounts."""
    for one in sent:
        assert accounts_of(one) <= accounts, one.text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM resolutionkit_issues WHERE resolutionkit_issues.id = ?",
        (
            "SELECT a FROM resolutionkit_issues JOIN resolutionkit_parties ON resolutionkit_issues.id = "
            "resolutionkit_parties.id WHERE resolutionkit_issues.account = ?"
        ),
        (
            "SELECT a FROM (SELECT b FROM resolutionkit_issues WHERE resolutionkit_issues.account = ? UNION ALL "
            "SELECT b FROM resolutionkit_issues WHERE resolutionkit_issues.phase = ?) AS x"
        ),
        (
            "SELECT a FROM resolutionkit_issues WHERE resolutionkit_issues.account = ? AND EXISTS (SELECT * FROM "
            "resolutionkit_parties AS p WHERE p.id = resolutionkit_issues.id AND p.role IN (?, ?))"
        ),
        "UPDATE resolutionkit_issues SET status=? WHERE resolutionkit_issues.id = ?",
        "DELETE FROM resolutionkit_parties WHERE resolutionkit_parties.id = ?",
        "WITH s0 AS (DELETE FROM resolutionkit_parties WHERE resolutionkit_parties.id = ? RETURNING 1) SELECT 1",
        "INSERT INTO resolutionkit_meta (name, value) VALUES (?, ?)",
    ],
)
def test_a_statement_of_no_account_is_seen(text: str) -> None:
    """The check of statements refuses those in which one table is bound to no account."""
    with pytest.raises(AssertionError, match="of no account"):
        accounts_of(Sent(text, ("ours", "other", "more", "rest")))


def test_the_accounts_of_a_statement_are_seen() -> None:
    """The check of statements finds every account that is given, in conditions and in rows."""
    added = "INSERT INTO resolutionkit_meta (account, name) VALUES (%s, %s), (%s::VARCHAR, %s)"
    assert accounts_of(Sent(added, ("ours", "a", "theirs", "b"))) == {"ours", "theirs"}
    asked = "SELECT a FROM resolutionkit_meta AS m WHERE m.account = %(account_1)s AND m.name = %(name_1)s"
    assert accounts_of(Sent(asked, {"name_1": "a", "account_1": "theirs"})) == {"theirs"}
