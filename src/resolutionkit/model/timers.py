"""What running the timers came to, account by account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from resolutionkit.model.values import FrozenMap


@frozen(kw_only=True)
class AccountTimers:
    """What running the timers came to in one account.

    Attributes:
        climbed: How often a limit of the escalation matrix ran out, and an issue rose a level.
        reminded: How many limits their assignees were reminded of.
        asked: How often it was asked after closing whether the customer is satisfied.
        failed: The ids of the issues that could not be looked at, in order; each is looked at again later.
        problem: The name of the error for which nothing in the account could be looked at; None where there is none.
    """

    climbed: int = 0
    reminded: int = 0
    asked: int = 0
    failed: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def is_sound(self) -> bool:
        """Say whether all that was due could be looked at."""
        return not self.failed and self.problem is None

    def plus(self, other: AccountTimers) -> AccountTimers:
        """Return both together."""
        return AccountTimers(
            climbed=self.climbed + other.climbed,
            reminded=self.reminded + other.reminded,
            asked=self.asked + other.asked,
            failed=self.failed + other.failed,
            problem=self.problem or other.problem,
        )


def _frozen(value: Mapping[str, AccountTimers]) -> Mapping[str, AccountTimers]:
    return FrozenMap(value)


@frozen(kw_only=True)
class TimersRun:
    """What running the timers came to: who rose, who was reminded and asked, and what could not be looked at.

    Attributes:
        at: Up to which instant what was due was done, in UTC.
        accounts: What it came to in each account in which anything was done or failed, by the account's name.
    """

    at: datetime
    accounts: Mapping[str, AccountTimers] = field(factory=dict, converter=_frozen)

    @property
    def total(self) -> AccountTimers:
        """Return what it came to over all accounts."""
        found = AccountTimers()
        for one in self.accounts.values():
            found = found.plus(one)
        return found
