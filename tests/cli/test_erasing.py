"""``erase`` and ``export`` at the command line: what they ask, whom they obey, what they show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from resolutionkit.cli.erasing import cut_off

EMAIL = "r.abbott@northfield.example"


@pytest.fixture
def email(company: Any) -> str:
    """Return the address of a customer of the quickstart whose response is an issue."""
    address: str = company.data("show", "--response", "R-1048")["issue"]["response"]["contact"]["email"]
    return address


def test_a_person_is_exported_and_erased(company: Any, email: str) -> None:
    """The export is one JSON document, empty afterwards; the issue is there still, without its words."""
    company.ok("note", "--response", "R-1048", "Rang at home.")
    held = json.loads(company.ok("export", email))
    assert "R-1048" in [one["id"] for one in held["responses"]]
    assert "Rang at home." in json.dumps(held)
    told = company.ok("erase", email, "--yes")
    assert "Responses" in told
    assert "Issues" in told
    shown = company.data("show", "--response", "R-1048")
    assert [note["text"] for note in shown["issue"]["notes"]] == ["(erased)"]
    assert shown["record"]["erased_at"] is not None
    assert json.loads(company.ok("export", email))["responses"] == []
    assert "Nothing was found." in company.ok("erase", email, "--yes")


def test_a_response_or_an_age_can_be_named_instead(company: Any) -> None:
    """With --json the counts are keys."""
    assert company.data("erase", "--response", "R-1048", "--yes")["responses"] == 1
    done = company.data("erase", "--older-than", "1d", "--yes")
    assert set(done) == {"responses", "issues", "mentions", "addresses", "left"}
    assert done["left"] > 0
    assert company.data("erase", "--older-than", "99y", "--yes")["left"] == 0


def test_erasing_has_to_be_confirmed(company: Any, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal by --yes; at one by a yes, and a no leaves everything."""
    assert "add --yes" in company.error(2, "erase", email)
    monkeypatch.setattr("resolutionkit.cli.erasing.stdin_is_terminal", lambda: True)
    done = company.run("erase", email, typed="n\n")
    assert done.exit_code == 130
    assert f"Erase {email} in account default? It cannot be undone." in done.stderr
    assert len(json.loads(company.ok("export", email))["responses"]) > 0
    company.ok("erase", email, typed="y\n")
    assert json.loads(company.ok("export", email))["responses"] == []


@pytest.mark.parametrize("words", [(), ("a@x.example", "--response", "r"), ("--response", "r", "--older-than", "1y")])
def test_exactly_one_thing_is_named(company: Any, words: tuple[str, ...]) -> None:
    """Neither none nor two."""
    assert "give one of EMAIL" in company.error(2, "erase", *words, "--yes")


@pytest.mark.parametrize("age", ["2", "y", "2 years", "-1y", "1.5y", "0x1d", ""])
def test_an_age_that_is_none_is_refused(company: Any, age: str) -> None:
    """The error shows what one looks like."""
    assert "no age such as 90d" in company.error(2, "erase", f"--older-than={age}", "--yes")


def test_an_age_that_no_calendar_has_is_refused(company: Any) -> None:
    """Ninety thousand years are none."""
    assert "no calendar goes back" in company.error(2, "erase", "--older-than", "90000y", "--yes")


@pytest.mark.parametrize("who", ["sofia", "nobody"])
@pytest.mark.parametrize("words", [("erase", EMAIL, "--yes"), ("export", EMAIL)], ids=["erase", "export"])
def test_whoever_is_named_must_be_an_administrator(company: Any, who: str, words: tuple[str, ...]) -> None:
    """Others are denied, known or not; without a name it is the host's own act."""
    assert "is no administrator" in company.error(6, *words, "--as", who)
    del company.env["RESOLUTIONKIT_USER"]
    company.ok(*words)


def test_what_is_no_address_is_refused(company: Any) -> None:
    """In one line that says what would be right."""
    assert "an email address" in company.error(3, "erase", "Jane", "--yes")
    assert "an email address" in company.error(3, "export", "Jane")


@pytest.mark.parametrize(
    ("age", "expected"),
    [("90d", "2023-12-01"), ("2w", "2024-02-15"), ("1m", "2024-01-29"), ("3m", "2023-11-29"), ("1y", "2023-02-28"),
     ("4y", "2020-02-29"), ("12m", "2023-02-28"), ("2m", "2023-12-29")],
)  # fmt: skip
def test_months_and_years_are_the_calendars(age: str, expected: str) -> None:
    """The last day of a shorter month stands for days that it lacks."""
    now = datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert cut_off(age, now) == datetime.fromisoformat(f"{expected}T12:00:00+00:00")


def test_hostile_addresses_are_shown_harmless(company: Any, hostile: str, forbidden: frozenset[str]) -> None:
    """Whatever was typed as an address (law L12)."""
    told = company.ok("erase", f"x@{hostile}", "--yes")
    assert not forbidden & set(told)
