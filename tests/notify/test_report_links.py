"""The link of a whole report: what is signed comes back, and no other kind of link passes for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    LinkAction,
    LinkClaim,
    LinkExpired,
    LinkForged,
    Links,
    ReportClaim,
    read_report_link,
    report_url,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINKS = Links("https://app.example/recovery", ["a key of these tests, and no other"])
CLAIM = ReportClaim(
    account="acme",
    recipient="ed",
    start=NOON - timedelta(days=1, microseconds=1),
    end=NOON,
    message="m-1",
    expires_at=NOON + timedelta(days=30),
)
CODES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)


def token(url: str) -> str:
    """Return the last part of a URL."""
    head, _, last = url.rpartition("/")
    assert head == "https://app.example/recovery/report"
    return last


@given(CODES, CODES, CODES)
def test_a_link_says_whose_report_it_is_and_of_when(account: str, recipient: str, message: str) -> None:
    """All of it comes back, whatever the ids are; the window to the microsecond."""
    claim = attrs.evolve(CLAIM, account=account, recipient=recipient, message=message)
    assert read_report_link(LINKS, token(report_url(LINKS, claim)), NOON) == claim


def test_an_old_one_is_refused() -> None:
    """From the instant on at which it expires."""
    made = token(report_url(LINKS, CLAIM))
    assert read_report_link(LINKS, made, CLAIM.expires_at - timedelta(microseconds=1)) == CLAIM
    with pytest.raises(LinkExpired):
        read_report_link(LINKS, made, CLAIM.expires_at)


def test_one_that_was_changed_or_signed_by_others_is_refused() -> None:
    """Nothing that it claims is told."""
    made = token(report_url(LINKS, CLAIM))
    others = Links("https://app.example/recovery", ["another key, as long as it has to be"])
    for forged in (made[:-1], made[1:], f"{made}A", "", "x.y", token(report_url(others, CLAIM))):
        with pytest.raises(LinkForged):
            read_report_link(LINKS, forged, NOON)


def test_neither_kind_of_link_passes_for_the_other() -> None:
    """They are signed with the same keys, and say different things."""
    one = LinkClaim(
        account="acme",
        recipient="ed",
        action=LinkAction.NOTE,
        issue="i-1",
        response="r-1",
        status=None,
        message="m-1",
        version=1,
        expires_at=CLAIM.expires_at,
    )
    of_issue = LINKS.of(one).rpartition("/")[2]
    assert LINKS.read(of_issue, NOON) == one
    with pytest.raises(LinkForged):
        read_report_link(LINKS, of_issue, NOON)
    with pytest.raises(LinkForged):
        LINKS.read(token(report_url(LINKS, CLAIM)), NOON)
    # As many parts as the other kind has, and a letter in front: that does not help either.
    with pytest.raises(LinkForged):
        read_report_link(LINKS, LINKS.signed(["n", "acme", "ed", 1, 2, "m-1", 3]), NOON)
