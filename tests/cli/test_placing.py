"""Moving and repairing on the command line: by administrators, one or many, and told in both forms (F6, A6, A8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from resolutionkit import Contact, Response, Tracker, load_directory
from support import NOON, TurnableClock

DIRECTORY = """
leader = "helena"

[[people]]
id = "helena"
access = "everything"

[[people]]
id = "ada"
access = "everything"
administrator = true

[[people]]
id = "ed"
access = ["EMEA"]

[[groups]]
code = "EMEA"
lead = "ed"

[[groups]]
code = "FIELD"
"""


@pytest.fixture
def office(shell: Any, write: Callable[[str, str], str], tmp_path: Any) -> Any:
    """Return a shell on a database with one response in quarantine, one unhappy, and one content, as Ada."""
    directory, url = write("people.toml", DIRECTORY), f"sqlite:///{tmp_path / 'office.db'}"
    facts: dict[str, Any] = {"received_at": NOON, "contact": Contact(name="Jane")}
    with Tracker.open(url, directory=load_directory(directory), clock=TurnableClock()) as tracker:
        tracker.record(Response(id="r-1", score=2, group="EMAE", **facts))
        tracker.record(Response(id="r-2", score=2, group="EMEA", **facts))
        tracker.record(Response(id="r-3", score=9, group="EMEA", **facts))
    settings = {"DATABASE": url, "DIRECTORY": directory, "USER": "ada"}
    shell.env.update({f"RESOLUTIONKIT_{name}": value for name, value in settings.items()})
    return shell


def test_what_waits_is_listed_with_the_reason_and_put_right(office: Any) -> None:
    """Without a response it lists; with one it repairs, and says what became of it."""
    told = office.ok("repair")
    assert "r-1" in told
    assert "unknown group" in told
    assert office.data("repair")["items"][0]["record"]["quarantined_for"] == ["unknown_group"]
    assert "r-1" in office.ok("list", "responses", "--quarantined")
    done = office.ok("repair", "r-1", "--group", "EMEA", "--note", "A typing error.")
    assert "response r-1 was repaired: group EMEA" in done
    assert "ed" in done
    assert office.data("repair") == {"items": [], "next": None}
    assert "was repaired" in office.ok("show", "--response", "r-1")


def test_codes_that_stay_wrong_are_refused_in_the_command_s_words(office: Any) -> None:
    """The option is named, and nothing is done."""
    assert "--group: 'EMEAA' is not acceptable" in office.error(3, "repair", "r-1", "--group", "EMEAA")
    assert "in quarantine" in office.error(3, "repair", "r-2", "--group", "EMEA")
    assert "no response" in office.error(4, "repair", "r-9", "--group", "EMEA")


def test_what_the_directory_knows_by_now_is_put_right_at_once(office: Any, write: Callable[[str, str], str]) -> None:
    """As the host itself, or as an administrator, and as nobody else."""
    assert office.data("repair", "--known") == {"repaired": 0}
    write("people.toml", DIRECTORY + '\n[[groups]]\ncode = "EMAE"\nlead = "ed"\n')
    assert "administrator" in office.error(6, "repair", "--known", "--as", "ed")
    del office.env["RESOLUTIONKIT_USER"]
    assert office.data("repair", "--known") == {"repaired": 1}


def test_one_response_is_moved(office: Any) -> None:
    """With its issue; under a key once."""
    done = office.ok("move", "r-2", "--to", "FIELD", "--note", "Their region.", "--key", "k")
    assert "response r-2 was moved to group FIELD, with a note" in done
    assert "Already" in office.ok("move", "r-2", "--to", "FIELD", "--note", "Their region.", "--key", "k")
    assert office.data("move", "r-3", "--to", "FIELD", "--note", "x")["advice"][0]["code"] == "note_not_kept"


def test_many_are_moved_by_a_filter(office: Any) -> None:
    """All that pass; where some cannot be, which and why, and an exit code that says so."""
    assert "--yes" in office.error(2, "move", "--all", "--group", "EMEA", "--to", "FIELD")
    found = office.data("move", "--all", "--group", "EMEA", "--to", "FIELD", "--yes")
    assert (sorted(found["moved"]), found["refused"]) == (["r-2", "r-3"], [])
    partly = office.run("move", "--all", "--to", "nowhere", "--yes")
    assert partly.exit_code == 10
    assert "is not acceptable" in partly.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("move", "--to", "FIELD"),
        ("move", "r-2", "--all", "--to", "FIELD"),
        ("move", "r-2", "--group", "EMEA", "--to", "FIELD"),
        ("move", "--all", "--key", "k", "--to", "FIELD", "--yes"),
        ("repair", "r-1", "--known"),
    ],
)
def test_what_does_not_go_together_is_a_mistake_of_usage(office: Any, words: tuple[str, ...]) -> None:
    """And nothing is done."""
    office.error(2, *words)


def test_whoever_is_no_administrator_is_denied(office: Any) -> None:
    """Each of them, whatever is named."""
    for words in (
        ("repair",),
        ("repair", "r-9"),
        ("move", "r-9", "--to", "EMEA"),
        ("move", "--all", "--to", "EMEA", "--yes"),
    ):
        assert "administrator" in office.error(6, *words, "--as", "ed")
