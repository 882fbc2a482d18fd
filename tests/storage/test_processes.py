"""Several processes that make the schema of one empty database at once; what they do later is tried in ``atonce``."""

from __future__ import annotations

from pathlib import Path

import pytest

from resolutionkit import Tracker
from resolutionkit.testing import fresh_account
from support import response
from support.crew import Crew
from support.jobs import nothing
from support.servers import SERVERS, database


@pytest.mark.parametrize("kind", ["sqlite", *SERVERS])
def test_processes_that_make_the_schema_at_once_all_find_it_made(kind: str, tmp_path: Path, crew: Crew) -> None:
    """Each opens the empty database at the same moment; one makes the tables, the others use them."""
    if kind == "sqlite":
        check_all_open(f"sqlite:///{tmp_path / 'recovery.db'}", crew)
        return
    with database(kind, tables=False) as url:
        check_all_open(url, crew)


def check_all_open(url: str, crew: Crew) -> None:
    """Check that several processes open the database, and that it works afterwards."""
    account = fresh_account()
    assert crew.do(url, account, nothing) == [account] * 5
    with Tracker.open(url) as tracker:
        assert tracker.record(response()).issue is not None
