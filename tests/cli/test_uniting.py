"""``merge`` and ``hand-over``: two issues become one, and nobody's absence hides work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import QUICKSTART


@pytest.fixture
def pair(company: Any, tmp_path: Path) -> tuple[Any, str, str]:
    """Return the shell with two open issues of one customer: the older one, and one that came after it."""
    older = company.data("show", "--response", "R-1048")["issue"]
    email = older["response"]["contact"]["email"]
    line = {"id": "R-9000", "score": 2, "at": older["response"]["received_at"], "mail": email, "group": "field"}
    (tmp_path / "more.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "more.toml").write_text(
        'id = "id"\nscore = "score"\nreceived_at = "at"\ngroup = "group"\nscale = "NPS"\n[contact]\nemail = "mail"\n'
    )
    company.ok("import", str(tmp_path / "more.jsonl"), "--mapping", str(tmp_path / "more.toml"))
    return company, older["id"], company.data("show", "--response", "R-9000")["issue"]["id"]


def test_merging_tells_which_issue_stays(pair: Any) -> None:
    """And every command by the old id leads to it."""
    shell, older, younger = pair
    told = shell.ok("merge", younger, older, "--note", "The same matter.")
    assert re.search(rf"Issue {older}", told)
    assert f"issue {younger} was merged into this one" in re.sub(r"\s+", " ", told)
    assert shell.data("show", younger)["issue"]["id"] == older
    assert shell.data("note", younger, "By the old id.")["issue"]["id"] == older
    assert younger in re.sub(r"\s+", " ", shell.ok("show", younger))
    assert [one["id"] for one in shell.data("list")["items"]].count(younger) == 0


def test_what_cannot_be_merged_is_said_with_what_can(pair: Any) -> None:
    """An issue with itself, a closed one, another customer's, and by somebody who is no administrator."""
    shell, older, younger = pair
    other = shell.data("show", "--response", "R-1046")["issue"]["id"] if older else ""
    assert "they are one issue already" in shell.error(5, "merge", older, older)
    assert "different customers" in shell.error(5, "merge", older, other)
    assert "only administrators merge issues" in shell.error(6, "merge", older, younger, "--as", "helena")
    shell.ok("status", younger, "resolved", "--note", "Done.")
    assert "reopen it first" in shell.error(5, "merge", older, younger)
    assert "missing" in shell.error(2, "merge", older).lower()


def without(company: Any, who: str, write: Callable[[str, str], str]) -> str:
    """Return the path of the quickstart's directory in which somebody is inactive."""
    text = (QUICKSTART / "organisation.toml").read_text(encoding="utf-8")
    return write("later.toml", text.replace(f'id = "{who}"\n', f'id = "{who}"\nactive = false\n'))


def test_leavers_are_listed_warned_of_and_handed_over(company: Any, write: Callable[[str, str], str]) -> None:
    """``hand-over`` without a name lists them, ``policy check`` warns, and one command gives all to somebody."""
    assignees = [one["assignee"] for one in company.data("list", "--phase", "open")["items"]]
    who = next(one for one in assignees if one not in {None, "bridget", "helena"} and "@" not in one)
    count = assignees.count(who)
    assert "Nobody who is inactive" in company.ok("hand-over")
    later = ("--directory", without(company, who, write))
    assert company.data("hand-over", *later)[0] == {
        "person": who,
        "name": company.data("hand-over", *later)[0]["name"],
        "issues": count,
    }
    warned = re.sub(r"\s+", " ", company.ok("policy", "check", *later))
    assert f"resolutionkit hand-over {who}" in warned
    assert who in company.ok("hand-over", *later)
    done = company.data("hand-over", who, "--to", "bridget", "--note", "Has left.", *later)
    assert [one["assignee"] for one in done] == ["bridget"] * count
    assert "Nothing to hand over" in company.ok("hand-over", who, *later)
    assert "hand-over" not in company.ok("policy", "check", *later)


def test_what_is_left_is_said_and_the_exit_code_tells(company: Any, write: Callable[[str, str], str]) -> None:
    """Each issue has its line with the reason."""
    who = next(one["assignee"] for one in company.data("list", "--phase", "open")["items"] if one["assignee"])
    done = company.run("hand-over", who, "--to", "nobody-known")
    assert done.exit_code == 10, done.output
    assert "nobody-known" in done.stdout


def test_a_check_without_a_database_says_nothing_of_issues(shell: Any) -> None:
    """Nothing is opened, and none is made."""
    shell.ok("policy", "check")
    assert not (shell.folder / "recovery.db").exists()


def test_a_database_that_cannot_be_used_is_a_warning_of_a_check(shell: Any) -> None:
    """The files are checked all the same."""
    told = re.sub(r"\s+", " ", shell.ok("policy", "check", "--database", "wrong:"))
    assert "could not be looked through for people who have left" in told
    assert "Sound" in told
