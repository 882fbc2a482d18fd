"""A version of a policy as it is kept: its fingerprint, when it was first used, and what it said."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen


@frozen(kw_only=True)
class KeptPolicy:
    """A policy under which something happened in an account.

    Attributes:
        fingerprint: By which events name it; it stays what it was when an address is erased from the body.
        first_used_at: The instant of the first change under it.
        body: What it said, as JSON.
    """

    fingerprint: str
    first_used_at: datetime
    body: str
