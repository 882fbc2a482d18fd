"""The links of a report: one for each response that has an issue, one for all, for its recipient alone."""

from __future__ import annotations

from datetime import timedelta

from resolutionkit import LinkAction, read_report_link
from resolutionkit.notify.report_linking import linked
from support import NOON
from support.linking import LINKS, token_of
from support.reports import entry, report

LATER = NOON + timedelta(hours=1)


def test_each_response_with_an_issue_has_a_link_to_add_a_note() -> None:
    """It names recipient, issue, response, and the version that the report shows; what else is known stays."""
    plain = report(entry("r-1", version=3), entry("r-2", issue=None, status=None))
    made = linked(plain, LINKS, account="acme", made_at=LATER, message="m-1")
    link = made.entries[0].link
    assert link is not None
    claim = LINKS.read(token_of(link), NOON)
    assert (claim.account, claim.recipient, claim.action, claim.status) == ("acme", "bridget", LinkAction.NOTE, None)
    assert (claim.issue, claim.response, claim.version, claim.message) == ("i-r-1", "r-1", 3, "m-1")
    assert claim.expires_at == LATER + LINKS.lasts
    assert made.entries[1] == plain.entries[1]


def test_the_report_has_a_link_to_all_of_it() -> None:
    """Under the same message as the others; the same report at the same instant has the same links."""
    made = linked(report(), LINKS, account="acme", made_at=LATER)
    assert made.link is not None
    claim = read_report_link(LINKS, made.link.rpartition("/")[2], NOON)
    assert (claim.recipient, claim.start, claim.end) == ("bridget", NOON - timedelta(days=1), NOON)
    assert claim.expires_at == LATER + LINKS.lasts
    link = made.entries[0].link
    assert link is not None
    assert LINKS.read(token_of(link), NOON).message == claim.message
    assert linked(made, LINKS, account="acme", made_at=LATER) == made
