"""The main job from the command line: import, inbox, list, show, note, status, escalate, reopen, follow, flag."""

from __future__ import annotations

from pathlib import Path
from typing import Any

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"


def test_a_survey_export_goes_in_and_an_issue_is_worked_to_its_end(shell: Any) -> None:
    """Each step is seen in the next one's output, under the response's own id."""
    words = [str(QUICKSTART / "responses.csv"), "--mapping", str(QUICKSTART / "mapping.toml")]
    assert "19 opened, 1 replaced, 28 stored" in shell.ok("import", *words)
    assert "flagged 19 · working 0 · followed 0 · open 19 · closed 0 · mine 0" in shell.ok("inbox")
    assert "R-1048" in shell.ok("list", "--recovery", "x", "--score-max", "1")

    shell.ok("note", "--response", "R-1048", "Rang twice.")
    shell.ok("status", "--response", "R-1048", "in_progress", "--note", "She rings back.")
    shell.ok("assign", "--response", "R-1048", "bridget", "--note", "Mine now.")
    assert "mine 1" in shell.ok("inbox", "working")
    shell.ok("escalate", "--response", "R-1048", "--reason", "They may leave.", "--note", "See above.")
    assert "Escalated (urgent)" in shell.ok("list", "--order", "most-urgent", "--limit", "1")
    shell.ok("status", "--response", "R-1048", "resolved", "--note", "Weekly call.", "--spoke")
    shell.ok("follow", "--response", "R-1048", "lee@partner.example")
    shell.ok("unfollow", "--response", "R-1048", "lee@partner.example")
    shell.ok("reopen", "--response", "R-1048", "--note", "Same fault again.")

    shown = shell.ok("show", "--response", "R-1048")
    assert "Bridget Calloway (Spoke? Yes)\n    Weekly call." in shown
    assert "escalated to Helena Marchetti (helena): They may leave." in shown
    assert "reopened to Needs Attention, with a note" in shown
    assert "lee@partner.example follows no longer" in shown
    assert "Episode            2" not in shown
    assert "Episode    2" in shown


def test_a_content_response_is_flagged_by_hand(company: Any) -> None:
    """Flagging says who has it now; the second time it names the issue."""
    done = company.data("flag", "R-1047", "--note", "Said it on the phone.", "--assignee", "nathan")
    assert done["issue"]["assignee"] == "nathan"
    assert done["events"][0]["kind"] == "issue_opened"
    assert done["issue"]["id"] in company.error(5, "flag", "R-1047", "--note", "Again.")


def test_importing_again_changes_nothing(company: Any) -> None:
    """What is known already is a duplicate."""
    words = [str(QUICKSTART / "responses.csv"), "--mapping", str(QUICKSTART / "mapping.toml")]
    assert company.data("import", *words)["counts"]["duplicate"] == 48
    assert len(company.data("list")["items"]) == 19


def test_another_person_sees_their_own_only(company: Any) -> None:
    """The desk's bounds hold: an issue outside them is not found, exactly like one that never was."""
    theirs = company.data("--as", "tomasz", "list")["items"]
    assert {line["response"]["group"] for line in theirs} == {"FIELD"}
    other = next(line["id"] for line in company.data("list")["items"] if line["response"]["group"] == "BILLING")
    never = company.error(4, "show", other.replace("-", "_"), "--as", "tomasz")
    assert company.error(4, "show", other, "--as", "tomasz") == never.replace("_", "-")
