"""Query plans on servers: every page and count of My Issues uses its index, and reads no more than it needs.

Statements are run under the server's own analysis, so that what is asserted is what was read, and no estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Connection, create_engine

from benchmarks import inbox_people
from benchmarks.inbox_people import LOOKERS
from resolutionkit import Inbox, IssueFilter, Order, Tracker
from resolutionkit.storage.sql.tables import make_tables
from support import response
from support.plans import Access, Plan, captured, plan
from support.servers import SERVERS, database

BASE, COPIES = 300, range(10, 20)
"""How many issues the library makes, and which copies of each are made of their rows."""
LIMIT = 5
NEEDED = LIMIT + 1
"""How many rows a read of a page needs: one more tells whether there is a next page."""
SECTIONS = ("flagged", "working", "followed", "open", "closed")
EMPTY = {("own", "followed"), ("followed", "working")}


@frozen
class Place:
    """A filled database, with a connection that analyses.

    Attributes:
        tracker: A tracker on it.
        connection: A connection on which statements are run once more.
    """

    tracker: Tracker
    connection: Connection

    def inbox(self, access: str) -> Inbox:
        """Return the inbox of whoever has an access."""
        return self.tracker.as_user(LOOKERS[access]).inbox()

    def plans(self, statements: list[tuple[str, Any]]) -> list[Plan]:
        """Return how the questions among statements are carried out."""
        asked = [(text, given) for text, given in statements if text.startswith("SELECT")]
        return [plan(self.connection, text, given) for text, given in asked]


@pytest.fixture(scope="module", params=SERVERS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Return an account of 3,300 issues in 25 groups, one in three of which is closed, on each kind of server."""
    with database(request.param) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_people, "OPEN", 100)
        patch.setattr(inbox_people, "RECENT", 90)
        inbox_people.make_account(url, BASE)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            multiply(connection)
            with Tracker.open(url, account="model", directory=inbox_people.directory()) as tracker:
                yield Place(tracker, connection)
        engine.dispose()


def multiply(connection: Connection) -> None:
    """Copy what is read, under other ids and a little earlier, and let the server count what is there."""
    tables = make_tables()
    keys = {tables.issues: "id", tables.parties: "id", tables.outbox: "id", tables.response_revisions: "response"}
    for table, key in keys.items():
        columns = ", ".join(column.name for column in table.columns)
        for number in COPIES:
            other = {
                "id": f"CONCAT('000000{number}', SUBSTR(id, 9))",
                "issue": f"CONCAT('000000{number}', SUBSTR(issue, 9))",
                "response": f"CONCAT(response, '~{number}')",
                "received_at": f"received_at - {number}",
            }
            values = ", ".join(other.get(column.name, column.name) for column in table.columns)
            is_first = f"{key} NOT LIKE '%%~%%' AND {key} NOT LIKE '000000%%'"
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {table.name} WHERE {is_first}"
            )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        return
    for table in tables.metadata.sorted_tables:
        connection.exec_driver_sql(f"ANALYZE TABLE {table.name}")


def reads(plans: list[Plan], *tables: str) -> list[Access]:
    """Return how tables were read."""
    return [access for one in plans for access in one.accesses if access.table in tables]


def assert_reads_what_it_needs(plans: list[Plan]) -> None:
    """No read meets more rows than the page has, by whatever way, and nothing longer than it is sorted."""
    assert max(one.sorted for one in plans) <= NEEDED
    assert max(access.rows for one in plans for access in one.accesses) <= NEEDED
    assert all(access.index for access in reads(plans, "issues", "parties", "response_revisions"))


@pytest.mark.parametrize("order", list(Order), ids=str)
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("access", LOOKERS)
def test_a_page_reads_by_the_index_in_its_order(place: Place, access: str, section: str, order: Order) -> None:
    """Each scope's read follows the index whose order is the page's, and stops at the page's length."""
    with captured() as statements:
        page = getattr(place.inbox(access), section)(limit=LIMIT, order=order)
    assert len(page) == (0 if (access, section) in EMPTY else LIMIT)
    plans = place.plans(statements)
    assert_reads_what_it_needs(plans)
    ends = {Order.NEWEST: "_newest", Order.MOST_URGENT: "_urgent"}[order]
    scopes = [one for one in reads(plans, "issues", "parties") if one.index not in {"issues_pkey", "PRIMARY"}]
    assert scopes
    assert {one.index[-len(ends) :] for one in scopes} == {ends}


@pytest.mark.parametrize("order", list(Order), ids=str)
@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("access", LOOKERS)
def test_a_far_page_reads_no_more_than_the_first(place: Place, access: str, section: str, order: Order) -> None:
    """The index is bounded by the whole key where the page before ended: what was turned over is not read again."""
    if (access, section) in EMPTY:
        assert len(getattr(place.inbox(access), section)(limit=LIMIT)) == 0
        return
    turn = getattr(place.inbox(access), section)
    after = turn(limit=60, order=order).next
    assert after is not None
    with captured() as statements:
        page = turn(limit=LIMIT, after=after, order=order)
    assert len(page) == LIMIT
    assert_reads_what_it_needs(place.plans(statements))


@pytest.mark.parametrize("access", LOOKERS)
def test_counts_read_what_they_count(place: Place, access: str) -> None:
    """By an index, bounded by the phase: what is counted is read once for each scope, and nothing else."""
    with captured() as statements:
        counts = place.inbox(access).counts()
    plans = place.plans(statements)
    found = reads(plans, "issues", "parties")
    assert all(one.index not in {"", "PRIMARY", "issues_pkey", "parties_pkey"} for one in found)
    assert [one for one in found if "phase" not in one.bounds and one.rows > 0] == []
    most = counts.open + counts.closed
    assert 0 < max(one.rows for one in found) <= most


@pytest.mark.parametrize(
    "condition",
    [{"email": "customer-7@host.example"}, {"company": "Company 7"}, {"assignee": "agent"}],
    ids=["email", "company", "assignee"],
)
def test_issues_are_found_by_contact_and_assignee_without_reading_others(
    place: Place, condition: dict[str, str]
) -> None:
    """Past issues of a customer are looked up, not searched for; each of three phases is read by itself."""
    with captured() as statements:
        page = place.tracker.issues(IssueFilter(**condition), limit=LIMIT)
    assert len(page) == LIMIT
    plans = place.plans(statements)
    copies = len(COPIES) + 1
    assert max(access.rows for one in plans for access in one.accesses) <= copies
    assert all(one.index for one in reads(plans, "issues", "parties"))


def test_a_command_reads_by_keys_alone(place: Place) -> None:
    """What it costs does not grow with the number of issues."""
    issue = place.tracker.issues(limit=1).items[0]
    with captured() as statements:
        place.tracker.history(issue.id)
        place.tracker.outbox(issue.id)
        place.tracker.as_user("director").add_note(issue.id, "Rang.", key="k-1")
    plans = place.plans(statements)
    assert [access for one in plans for access in one.accesses if access.rows > NEEDED] == []
    assert all(one.index for one in reads(plans, "events", "outbox", "response_revisions"))


@pytest.mark.parametrize("kind", SERVERS)
def test_many_responses_that_arrive_are_looked_up_by_their_keys(kind: str) -> None:
    """On tables that the server never looked at, as they are during a first import: nothing of the account is read."""
    arriving = [response(f"r-{number}", 9, ticket=f"T-{number}") for number in range(5000)]
    with database(kind) as url, Tracker.open(url) as tracker:
        tracker.record_many(arriving)
        with captured() as statements:
            tracker.record_many([*arriving[:20], *(response(f"new-{number}", 9, ticket="T-1") for number in range(30))])
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            plans = Place(tracker, connection).plans(statements)
        engine.dispose()
    found = reads(plans, "responses", "heads")
    assert found
    assert {one.index.rpartition("_")[2] for one in found} <= {"pkey", "PRIMARY"}
    assert max(one.rows for one in found) <= 50
