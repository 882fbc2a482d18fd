"""Law L6 of links: one shows an issue to nobody who may not see it today, and does nothing else than it is for."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from resolutionkit import Issue, LinkAction, LinkClaim, LinkForm, LinkRefused, StaticDirectory, Tracker
from resolutionkit.testing import PEOPLE, Player, TwinStore, fresh_account, histories, organisations
from resolutionkit.testing.ruled import RULED
from resolutionkit.testing.strategies import ADDRESSES
from resolutionkit.testing.visibility import sees_issue
from support import NOON, TurnableClock

SEVERAL = settings(max_examples=max(10, settings().max_examples // 5))
"""Each example tries every link of everybody, so fewer of them do."""
EVERYBODY = (*PEOPLE, *(address.lower() for address in ADDRESSES), "nobody", "system", "stranger@partner.example")
WORKS = {LinkAction.VIEW, LinkAction.NOTE, LinkAction.STATUS, LinkAction.ASSIGN}
LOOKS = {LinkAction.VIEW, LinkAction.UNFOLLOW}


def may(who: str, action: LinkAction, issue: Issue, directory: StaticDirectory) -> bool:
    """Say whether somebody may do something by a link, told from requirement D2 alone."""
    if action is LinkAction.UNFOLLOW:
        person = directory.person(who)
        return who in issue.followers and (person is None or person.active)
    if directory.person(who) is not None:
        return sees_issue(who, issue, directory)
    is_alerted = who in issue.alerted and action is LinkAction.VIEW
    return is_alerted or (issue.assignee == who and action in WORKS) or (who in issue.followers and action in LOOKS)


def link_to(tracker: Tracker, issue: Issue, who: str, action: LinkAction) -> LinkClaim:
    """Return what a link of this moment says."""
    return LinkClaim(
        account=tracker.account,
        recipient=who,
        action=action,
        issue=issue.id,
        response=issue.response.id,
        status=None,
        message=f"m-{who}-{action}",
        version=issue.version,
        expires_at=NOON,
    )


def looked(tracker: Tracker, claim: LinkClaim) -> bool:
    """Say whether a link shows its issue."""
    try:
        view = tracker.by_link(claim).look()
    except LinkRefused:
        return False
    return view.issue is not None and view.issue.id == claim.issue


def acted(tracker: Tracker, claim: LinkClaim) -> bool:
    """Say whether a link did what it is for."""
    form = LinkForm(note="Rang.", assignee=claim.recipient, status=tracker.issue(str(claim.issue)).status)
    try:
        return tracker.by_link(claim).act(form).change is not None
    except LinkRefused:
        return False


@SEVERAL
@given(directory=organisations(), steps=histories(max_size=8))
def test_a_link_shows_and_does_what_its_recipient_may(twins: TwinStore, directory: StaticDirectory, steps: Any) -> None:
    """Random companies, random histories, everybody, every link; what is refused changes nothing and tells nobody."""
    clock = TurnableClock()
    tracker = Tracker(twins, account=fresh_account(), policy=RULED, directory=directory, clock=clock)
    game = Player(tracker, clock)
    game.play(steps)
    tracker = game.tracker
    for issue_id in list(game.issues)[:2]:
        for who in EVERYBODY:
            for action in (LinkAction.VIEW, LinkAction.NOTE, LinkAction.STATUS, LinkAction.FOLLOW, LinkAction.UNFOLLOW):
                issue = tracker.issue(issue_id)
                claim = link_to(tracker, issue, who, action)
                is_allowed = may(who, action, issue, directory)
                assert looked(tracker, claim) is is_allowed, (who, action)
                if is_allowed and action is not LinkAction.VIEW:
                    assert acted(tracker, claim), (who, action)
                elif action is not LinkAction.VIEW:
                    before = (tracker.history(issue_id), tracker.outbox(issue_id))
                    acted(tracker, claim)
                    assert (tracker.history(issue_id), tracker.outbox(issue_id)) == before
