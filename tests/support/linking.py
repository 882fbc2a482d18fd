"""Links of an outbox for tests: made, cut from their URL, and read again."""

from __future__ import annotations

from typing import Any

import attrs

from resolutionkit import LinkAction, LinkClaim, Links, Tracker
from resolutionkit.ports import Directory, Notice
from resolutionkit.testing import notices
from support import NOON

KEY = "a key of these tests, and no other"
LINKS = Links("https://app.example/recovery", [KEY])


def notice_to(tracker: Tracker, issue_id: str, recipient: str, directory: Directory | None = None) -> Notice:
    """Return the first notice of an issue, as if it told somebody."""
    first = notices(tracker, issue_id, directory)[0]
    message = attrs.evolve(first.message, recipient=recipient, last_event=tracker.issue(issue_id).version)
    return attrs.evolve(first, message=message)


def token_of(url: str) -> str:
    """Return what follows the mounted URL."""
    return url.removeprefix(f"{LINKS.url}/")


def claim_to(tracker: Tracker, issue_id: str, recipient: str, action: LinkAction, **status: Any) -> LinkClaim:
    """Return what a link says by which somebody does something to an issue."""
    notice = notice_to(tracker, issue_id, recipient)
    return LINKS.read(token_of(LINKS.to(notice, action, **status)), NOON)
