"""Erasing in SQL: in a host's transaction, by the columns that find a contact, and what patterns find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from resolutionkit import Erased, Tracker
from resolutionkit.hooks import StoreOptions
from resolutionkit.storage.sql.erasing import pattern_of
from resolutionkit.storage.sql.store import open_store
from resolutionkit.testing import fresh_account
from support import TurnableClock, organisation, response
from support.raw import Raw
from support.servers import SERVERS, shared_database

JANE = "jane@customer.example"


@pytest.fixture(params=["sqlite", *SERVERS])
def tracker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tracker]:
    """Return a tracker in an account of its own, on each database in turn."""
    url = f"sqlite:///{tmp_path / 'recovery.db'}" if request.param == "sqlite" else shared_database(request.param)
    store = open_store(StoreOptions(url=url))
    with Tracker(store, account=fresh_account(), directory=organisation(), clock=TurnableClock()) as opened:
        yield opened


def url_of(tracker: Tracker) -> Any:
    """Return where a tracker's database is."""
    store: Any = tracker._runner.store
    return store.engine.url


def test_erasing_stands_or_falls_with_the_hosts_transaction(tracker: Tracker) -> None:
    """Rolled back it never was; committed it is done, in the one transaction."""
    issue = tracker.record(response()).issue
    assert issue is not None
    tracker.as_user("dana").assign(issue.id, JANE, note="Rang Jane.")
    before = tracker.issue(issue.id)
    engine = create_engine(url_of(tracker))
    with engine.connect() as connection:
        transaction = connection.begin()
        with tracker.joined(connection) as within:
            assert within.erase(JANE) == Erased(responses=1, issues=1, addresses=1)
            assert within.export_person(JANE)["responses"] == []
        transaction.rollback()
    assert tracker.issue(issue.id) == before
    with engine.begin() as connection, tracker.joined(connection) as within:
        within.erase(JANE)
    engine.dispose()
    assert [note.text for note in tracker.issue(issue.id).notes] == ["(erased)"]
    assert tracker.response("r-1").erased_at is not None


def test_nothing_finds_a_contact_that_was_erased(tracker: Tracker) -> None:
    """The hashes of the address and the company are blank, in responses and in issues."""
    tracker.record(response())
    tracker.record(response("r-2", 10))
    with closing(Raw(url_of(tracker))) as raw:

        def hashes() -> list[str]:
            found = raw.cells(tracker.account)
            return [cell.text for cell in found if cell.column in {"email_hash", "company_hash"}]

        assert len(hashes()) == 6
        assert "" not in hashes()
        tracker.erase(JANE)
        assert hashes() == [""] * 6


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_pattern_finds_what_python_finds(text: str) -> None:
    """Whatever Unicode makes of its case: the pattern keeps only what every database lowers like Python."""
    address = f"{text}@x"
    pattern = pattern_of(address)
    for written in (address, address.upper(), address.title()):
        if written.strip().lower() == address.strip().lower():
            lowered = "".join(one.lower() if one.isascii() else one for one in written)
            assert is_like(lowered, pattern), (written, pattern)


def is_like(text: str, pattern: str) -> bool:
    """Say whether a text has the parts of a LIKE pattern in their order."""
    at = 0
    for part in pattern.split("%"):
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def test_a_pattern_keeps_most_of_an_address() -> None:
    """Or it would find everything."""
    assert pattern_of(" Jane-ü.M_il@Customer.Example ") == "%jane-%.m%%l@customer.example%"
    assert pattern_of("K@\N{KELVIN SIGN}") == "%%@%%"
