"""Every condition of the library's filters is an option of ``list``, and asks what it asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from resolutionkit import IssueFilter, Policy, RecoveryFilter, ResponseFilter
from resolutionkit.cli.filters import OPTIONS, filter_of

VALUES: dict[str, tuple[tuple[str, ...], object]] = {
    "recovery": (("--recovery", "never-spoken"), RecoveryFilter.NEVER_SPOKEN),
    "phases": (("--phase", "open", "--phase", "closed"), {"open", "closed"}),
    "statuses": (("--status", "resolved"), {"resolved"}),
    "assignee": (("--assignee", "nathan"), "nathan"),
    "follower": (("--follower", "lee@partner.example"), "lee@partner.example"),
    "groups": (("--group", "FIELD", "--group", "BILLING"), {"FIELD", "BILLING"}),
    "survey": (("--survey", "Service visit 2026"), "Service visit 2026"),
    "segment": (("--segment", "PUBLIC"), "PUBLIC"),
    "ticket": (("--ticket", "SR-20970"), "SR-20970"),
    "email": (("--email", "Amy@X.example"), "Amy@X.example"),
    "company": (("--company", "Quayside Hotels"), "Quayside Hotels"),
    "score_min": (("--score-min", "2"), 2),
    "score_max": (("--score-max", "4.5"), 4.5),
    "received_from": (("--received-from", "2026-11-01"), datetime(2026, 11, 1, tzinfo=UTC)),
    "received_before": (("--received-before", "2026-11-02T10:00+02:00"), datetime(2026, 11, 2, 8, tzinfo=UTC)),
    "needs_recovery": (("--no-recovery-needed",), False),
    "backfilled": (("--backfilled",), True),
    "with_replaced": (("--with-replaced",), True),
    "quarantined": (("--quarantined",), True),
}


def names(kind: type[Any]) -> set[str]:
    """Return the conditions of a filter."""
    return {attribute.name for attribute in attrs.fields(kind)}


def test_every_condition_has_an_option_and_every_option_a_condition() -> None:
    """A condition that the library gains is missed here first."""
    assert {one.name for one in OPTIONS} == names(IssueFilter) | names(ResponseFilter) == set(VALUES)


@pytest.mark.parametrize("name", sorted(VALUES))
@pytest.mark.parametrize("what", ["issues", "responses"])
def test_an_option_asks_what_the_filter_asks(
    name: str, what: str, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library gets the filter that was meant, or the list refuses a condition that it does not have."""
    kind = IssueFilter if what == "issues" else ResponseFilter
    words, value = VALUES[name]
    if name not in names(kind):
        assert f"does not go with '{what}'" in company.error(2, "list", what, *words)
        return
    asked: list[object] = []
    monkeypatch.setattr(f"resolutionkit.tracker.views.Views.{what}", lambda _self, which, **_: asked.append(which))
    company.run("list", what, *words)
    assert asked == [kind(**{name: value})]


def test_no_option_asks_nothing() -> None:
    """Without options the filter is the library's own default."""
    given = {one.name: () if one.many else None for one in OPTIONS}
    assert filter_of(IssueFilter, given, Policy()) == IssueFilter()
    assert filter_of(ResponseFilter, given, Policy()) == ResponseFilter()


MISTAKEN = [
    (("--status", "foo"), "no status 'foo' in this policy; there are 'cant_resolve', 'escalated', "),
    (("--status", "resolvd"), "no status 'resolvd' in this policy; did you mean 'resolved'?"),
    (("--status", "In Progress"), "no status 'In Progress' in this policy; did you mean 'in_progress'?"),
    (("--group", "NOPE"), "no group 'NOPE' in this directory; there are 'AMERICAS-SUPPORT', "),
    (("--group", "field"), "no group 'field' in this directory; did you mean 'FIELD'?"),
    (("--assignee", "nobdy"), "nobody with the id 'nobdy' in this directory\n"),
    (("--follower", "Nathan Birch"), "nobody with the id 'Nathan Birch' in this directory; did you mean 'nathan'?"),
]


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(("words", "warned"), MISTAKEN, ids=lambda value: " ".join(value)[:30])
def test_a_filter_that_asks_for_what_nobody_knows_is_warned_of(
    words: tuple[str, ...], warned: str, form: tuple[str, ...], company: Any
) -> None:
    """On the error stream, and with success: an older policy may have left a status on an issue."""
    done = company.run("list", *words, *form)
    assert done.exit_code == 0
    assert done.stderr.startswith(f"warning: {warned}")
    assert done.stderr.count("\n") == 1
    assert "warning" not in done.stdout


def test_a_filter_that_may_find_something_is_not_warned_of(company: Any, write: Callable[[str, str], str]) -> None:
    """What the policy or the directory has, an address of anybody, and any group where none are listed."""
    for words in (("--status", "resolved"), ("--group", "FIELD"), ("--assignee", "a@b.example"), ("--survey", "x")):
        assert company.run("list", *words).stderr == ""
    people = write("people.toml", '[[people]]\nid = "bridget"\naccess = "everything"')
    assert company.run("list", "--group", "NOPE", "--directory", people).stderr == ""
    assert "no group" in company.run("list", "responses", "--group", "NOPE").stderr


def test_a_switch_that_was_turned_off_is_asked(company: Any) -> None:
    """False is a question, not the absence of one."""
    assert company.data("list", "--not-backfilled")["items"] == []
    assert len(company.data("list", "--needs-recovery")["items"]) == 18
    assert len(company.data("list", "--no-recovery-needed")["items"]) == 1
