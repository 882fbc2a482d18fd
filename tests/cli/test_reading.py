"""Reading: pages and their cursors, sections, what a card holds, JSON, and the past."""

from __future__ import annotations

from typing import Any

import pytest

from resolutionkit.cli.reading import _without_after


def test_a_page_tells_the_command_for_the_next_on_the_error_stream(company: Any) -> None:
    """The line can be pasted; the standard output has the rows alone, and the last page tells nothing."""
    first = company.run("list", "--group", "FIELD", "--limit", "4")
    assert "more:" not in first.stdout
    told = first.stderr.removeprefix("more: resolutionkit ").split()
    assert told[:5] == ["list", "--group", "FIELD", "--limit", "4"]
    second = company.run(*told)
    assert second.stderr == ""
    assert set(first.stdout.splitlines()) & set(second.stdout.splitlines()) <= {first.stdout.splitlines()[0], ""}
    assert len([line for line in second.stdout.splitlines() if "FIELD" in line]) > 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("list", "--after", "a", "--json"), ["list", "--json"]),
        (("list", "--after=a"), ["list"]),
        (("list", "--after", "--after"), ["list"]),
    ],
)
def test_the_old_cursor_is_left_out_of_the_next_command(given: tuple[str, ...], kept: list[str]) -> None:
    """However it was written."""
    assert _without_after(given) == kept


def test_turning_pages_in_json_shows_each_line_once(company: Any) -> None:
    """The cursor under ``next`` leads through all 19 issues."""
    words, seen = ["list", "--limit", "7"], []
    while True:
        page = company.data(*words)
        seen += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        words = ["list", "--limit", "7", "--after", page["next"]]
    assert len(seen) == len(set(seen)) == 19


@pytest.mark.parametrize("section", ["flagged", "working", "followed", "open", "closed"])
def test_each_section_of_the_inbox_shows_as_many_as_it_counts(company: Any, section: str) -> None:
    """The counts stand beside the lines, in text and in JSON."""
    company.ok("status", "--response", "R-1048", "resolved", "--note", "x")
    company.ok("assign", "--response", "R-1046", "bridget", "--note", "x")
    company.ok("status", "--response", "R-1046", "in_progress", "--note", "x")
    company.ok("follow", "--response", "R-1045")
    found = company.data("inbox", section)
    assert found["section"] == section
    assert len(found["items"]) == found["counts"][section] > 0


def test_a_card_shows_every_question_the_unanswered_ones_too(company: Any) -> None:
    """An unanswered question is kept, and shown as such."""
    shown = company.ok("show", "--response", "R-1001")
    assert "What should we do differently?\n    (not answered)" in shown
    assert "Fault logged at eight, fixed before nine." in shown
    assert "knowledge" in shown
    assert shown.startswith("No issue: it needs no recovery; 'resolutionkit flag R-1001 --note TEXT' makes it one.")
    assert "Attributes\ncountry  GB\nplan     Complete\nsites    14\n" in shown


def test_a_response_in_whose_place_another_stands_names_that_one(company: Any) -> None:
    """It cannot be flagged, so nothing says that it can."""
    replaced = company.data("list", "responses", "--with-replaced", "--limit", "99")["items"]
    first = next(one["record"] for one in replaced if one["record"]["replaced_by"] and not one["record"]["issue"])
    told = company.ok("show", "--response", first["response"]["id"])
    assert told.startswith(f"No issue: {first['replaced_by']!r} stands in its place.")


def test_a_piped_list_is_no_wider_than_what_it_has_to_say(company: Any) -> None:
    """The longest comment pads no other line, and a note beside a comment says what it is."""
    company.ok("note", "--response", "R-1048", "Rang.")
    lines = company.ok("list", "responses", "--limit", "5").splitlines()
    assert lines[0].endswith("  Comment  Latest note")
    assert lines[1].split("before Friday if you can.")[1].startswith("  latest note: 2")
    assert max(map(len, lines)) > 1000
    assert not any(" " * 60 in line for line in lines)


def test_a_response_without_an_issue_is_shown_and_an_issue_with_its_moves(company: Any) -> None:
    """``show --json`` has record, events and moves where there is an issue."""
    assert list(company.data("show", "--response", "R-1047")) == ["record"]
    assert list(company.data("show", "--response", "R-1048")) == ["issue", "record", "events", "moves"]


def test_an_issue_is_shown_as_it_was(company: Any) -> None:
    """The past has its events only, and no moves; before the opening there was no issue."""
    opened = company.data("show", "--response", "R-1048")["issue"]["opened_at"]
    company.ok("status", "--response", "R-1048", "resolved", "--note", "x")
    then = company.data("show", "--response", "R-1048", "--as-of", opened)
    assert (then["issue"]["status"], len(then["events"]), then["moves"]) == ("needs_attention", 1, None)
    assert "2020-01-01" in company.error(4, "show", "--response", "R-1048", "--as-of", "2020-01-01")


def test_the_letters_of_the_recovery_filters_and_their_names_are_understood(company: Any) -> None:
    """A letter and its name give the same responses; ``n`` hides the notes."""
    company.ok("note", "--response", "R-1048", "Rang.", "--spoke")
    for letter, name in zip("yrxwvsn", FILTERS, strict=True):
        by_letter = company.data("list", "responses", "--recovery", letter)
        assert by_letter == company.data("list", "responses", "--recovery", name)
    assert [line["id"] for line in company.data("list", "responses", "--recovery", "s")["items"]] == ["R-1048"]
    assert "Rang." in company.ok("list", "responses")
    assert "Rang." not in company.ok("list", "responses", "--recovery", "n")
    assert "v (never_spoken)" in company.error(2, "list", "--recovery", "q")


FILTERS = ["all", "needing-recovery", "without-notes", "with-notes", "never-spoken", "spoken", "notes-hidden"]


def test_instants_are_shown_in_the_policys_zone_which_is_named(company: Any, write: Any) -> None:
    """A date without an offset is that zone's too, so the day's first moment is the local one."""
    policy = write("policy.toml", 'zone = "America/New_York"')
    assert "2026-11-19 06:46 EST" in company.ok("show", "--response", "R-1048", "--policy", policy)
    assert "Received (America/New_York)" in company.ok("list", "--policy", policy)
    words = ("list", "--received-from", "2026-11-19T06:46", "--received-before", "2026-11-19T06:47")
    assert len(company.data(*words, "--policy", policy)["items"]) == 1
    assert company.data(*words)["items"] == []
    assert company.data("show", "--response", "R-1048")["record"]["response"]["received_at"] == "2026-11-19T11:46:00Z"
