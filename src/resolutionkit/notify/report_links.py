"""The link of a whole service recovery report: whose it is, and of which window (requirements C6, D4). Pure.

It is signed like the links to one issue, and is none of them: neither passes for the other.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.model.values import EPOCH, instant_of, micros, utc
from resolutionkit.notify.links import LinkExpired, LinkForged, Links

REPORT_PATH = "report"
"""What stands between the URL of the link pages and the token."""
_KIND = "report"
"""How the token says what it is for; no other kind of link begins with such a word."""
_SECOND = timedelta(seconds=1)


@frozen(kw_only=True)
class ReportClaim:
    """What the link of a whole report says, once it is proved to be ours.

    Attributes:
        account: The account.
        recipient: The id of the one person for whom the report was made.
        start: The first instant of its window, in UTC.
        end: The first instant after it.
        message: The id of the message in which it was sent, or of the report itself.
        expires_at: From when on it is no longer good.
    """

    account: str
    recipient: str
    start: datetime
    end: datetime
    message: str
    expires_at: datetime


def report_url(links: Links, claim: ReportClaim) -> str:
    """Return the URL at which a report's recipient goes from response to response to add notes.

    Args:
        links: Signs it.
        claim: Whose report it is, and of which window.
    """
    return f"{links.url}/{REPORT_PATH}/{links.signed(_payload(claim))}"


def read_report_link(links: Links, token: str, now: datetime) -> ReportClaim:
    """Return what the token of a whole report says, after proving that it is ours.

    Args:
        links: Proves it.
        token: The last part of the URL.
        now: The present, aware.

    Raises:
        LinkForged: It is not ours, no longer whole, or the token of a link to one issue.
        LinkExpired: It is ours, and too old.
    """
    moment = utc(now, "now", InvalidValue)
    claim = _claim(links.proved(token))
    if moment >= claim.expires_at:
        raise LinkExpired(claim.expires_at)
    return claim


def _payload(claim: ReportClaim) -> list[Any]:
    """Return a claim as a list, whose order is that of the tokens that are out there."""
    lasting = -((EPOCH - claim.expires_at) // _SECOND)  # rounded up: never shorter than was promised
    return [
        _KIND,
        claim.account,
        claim.recipient,
        micros(claim.start),
        micros(claim.end),
        claim.message,
        lasting,
    ]


def _claim(data: bytes) -> ReportClaim:
    """Return the claim of a proved payload; one that cannot be read was signed for something else."""
    try:
        kind, account, recipient, start, end, message, lasting = json.loads(data)
        if kind != _KIND:
            raise LinkForged
        return ReportClaim(
            account=account,
            recipient=recipient,
            start=instant_of(start),
            end=instant_of(end),
            message=message,
            expires_at=EPOCH + lasting * _SECOND,
        )
    except (ValueError, TypeError, OverflowError):
        raise LinkForged from None
