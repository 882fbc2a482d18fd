"""Following a link: as whom it acts, what it still leads to, and what it tells of where it does not (C2, D2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import (
    AccountSettings,
    AsyncTracker,
    CauseKind,
    Desk,
    InvalidCommand,
    Issue,
    KeyReused,
    LinkAction,
    LinkClaim,
    LinkForm,
    LinkProblem,
    LinkRefused,
    NoteRequired,
    Person,
    PersonNotFound,
    Preferences,
    ReasonRequired,
    StaleIssue,
    Status,
    Tracker,
)
from support import NOON, TurnableClock, organisation, response
from support.linking import claim_to

LEE = "lee@partner.example"


def refused(visit: Any, *, form: LinkForm | None = None) -> LinkProblem:
    """Return why a link is refused, looked at and acted by alike."""
    with pytest.raises(LinkRefused) as looked:
        visit.look()
    with pytest.raises(LinkRefused) as acted:
        visit.act(form or LinkForm(note="Rang.", status="in_progress", assignee="nina"))
    assert looked.value.problem is acted.value.problem
    return looked.value.problem


def test_a_status_is_set_as_the_recipient_and_by_the_link(tracker: Tracker, issue: Issue) -> None:
    """The event's actor is whom the mail was sent to, its cause the link, named by the mail's message."""
    claim = claim_to(tracker, issue.id, "ed", LinkAction.STATUS, status="in_progress")
    done = tracker.by_link(claim).act(LinkForm(note="Rang.", spoke=True, key="form-1"))
    assert done.change is not None
    event = tracker.history(issue.id)[-1]
    assert (event.actor, event.cause.kind, event.cause.ref) == ("ed", CauseKind.LINK, claim.message)
    assert (done.change.issue.status, done.change.issue.notes[-1].author) == (Status.IN_PROGRESS, "Ed Long")
    assert done.change.issue.has_spoken


def test_the_same_form_sent_twice_acts_once(tracker: Tracker, issue: Issue) -> None:
    """The second time says what was done, and that it had been."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.NOTE))
    first, second = (visit.act(LinkForm(note="Rang.", key="form-1")) for _ in range(2))
    assert (first.is_repetition, second.is_repetition) == (False, True)
    assert first.change == second.change
    assert tracker.issue(issue.id).note_count == 1
    visit.act(LinkForm(note="Rang.", key="form-2"))
    assert tracker.issue(issue.id).note_count == 2


def test_a_form_sent_again_with_other_words_is_told(tracker: Tracker, issue: Issue) -> None:
    """Nothing typed is lost without a word."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.NOTE))
    visit.act(LinkForm(note="Rang.", key="form-1"))
    with pytest.raises(KeyReused):
        visit.act(LinkForm(note="Rang twice.", key="form-1"))


def test_reopening_twice_by_one_form_reopens_once(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """What the form meant when it was shown is what it means when it is sent again."""
    desk.set_status(issue.id, "resolved", note="Done.")
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.STATUS))
    form = LinkForm(status="in_progress", note="Same fault again.", key="form-1", version=visit.look().issue.version)
    first, second = visit.act(form), visit.act(form)
    assert (first.is_repetition, second.is_repetition) == (False, True)
    assert tracker.issue(issue.id).episode == 2


@pytest.mark.parametrize(
    ("signed_in", "typed", "author"),
    [
        (None, None, "Ed Long"),
        ("bridget", None, "Bridget Shaw"),
        ("bridget", "B. Shaw", "B. Shaw"),
        ("x-9", None, "x-9"),
    ],
    ids=["recipient", "signed in", "typed", "unknown"],
)
def test_who_signs_a_note(
    tracker: Tracker, issue: Issue, signed_in: str | None, typed: str | None, author: str
) -> None:
    """Who is signed in, else the recipient; another name where one is given; the actor stays the recipient (B5)."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.NOTE), signed_in=signed_in)
    done = visit.act(LinkForm(note="Rang.", author=typed))
    assert done.change is not None
    assert (done.change.issue.notes[-1].author, done.change.events[0].actor) == (author, "ed")
    assert visit.look().author == (author if typed is None else "Bridget Shaw")


def test_a_reassignment_follows_on_and_tells_the_new_assignee(tracker: Tracker, issue: Issue) -> None:
    """As at the desk; a form sent again afterwards says what was done, whoever sees the issue by then."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.ASSIGN))
    form = LinkForm(assignee=" nina ", note="Hers.", follow=True, key="form-1")
    done = visit.act(form)
    assert done.change is not None
    assert (done.change.issue.assignee, done.change.issue.followers) == ("nina", ("ed",))
    assert "nina" in {message.recipient for message in tracker.outbox(issue.id)}
    assert visit.act(form).is_repetition


def test_following_and_unfollowing_need_no_form(tracker: Tracker, issue: Issue) -> None:
    """Each twice is once; following again after it, and unfollowing by the same link, works as often as it is meant."""
    follow = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.FOLLOW))
    unfollow = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.UNFOLLOW))
    for _ in range(2):
        assert [follow.act().is_repetition, follow.act().is_repetition] == [False, True]
        assert follow.look().is_following
        assert [unfollow.act().is_repetition, unfollow.act().is_repetition] == [False, True]
        assert tracker.issue(issue.id).followers == ()


def test_who_saw_it_as_a_follower_alone_may_unfollow_twice(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """The second click finds an issue that the person no longer sees, and is no error."""
    desk.follow(issue.id, "nina")
    visit = tracker.by_link(claim_to(tracker, issue.id, "nina", LinkAction.UNFOLLOW))
    assert not visit.act().is_repetition
    second = visit.act()
    assert (second.is_repetition, second.change) == (True, None)


def test_nobody_is_kept_from_hearing_no_more(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """Whatever has become of the issue: replaced, moved, closed."""
    desk.follow(issue.id, LEE)
    visit = tracker.by_link(claim_to(tracker, issue.id, LEE, LinkAction.UNFOLLOW))
    desk.set_status(issue.id, "resolved", note="Done.")
    tracker.record(response(group="field"), replace=True)
    assert not visit.act().is_repetition
    assert tracker.issue(issue.id).followers == ()


def test_a_response_without_an_issue_is_flagged_with_a_note(tracker: Tracker, issue: Issue) -> None:
    """And has no issue twice: the same form says what was done, and another form who was first."""
    tracker.record(response("r-9", 9))
    about = claim_to(tracker, issue.id, "ed", LinkAction.FLAG)
    claim = attrs.evolve(about, issue=None, response="r-9", version=0)
    visit = tracker.by_link(claim)
    assert visit.look().issue is None
    with pytest.raises(NoteRequired):
        visit.act(LinkForm(note=" ", key="form-1"))
    done = visit.act(LinkForm(note="Said it on the phone.", key="form-1"))
    assert done.change is not None
    assert (done.change.issue.flagged_by_hand, done.change.events[0].actor) == (True, "ed")
    assert visit.act(LinkForm(note="Said it on the phone.", key="form-1")).is_repetition
    assert [event.kind for event in visit.look().done] == ["issue_opened"]
    other = tracker.by_link(attrs.evolve(claim, message="another", recipient="bridget"))
    assert refused(other) is LinkProblem.FLAGGED


def test_a_link_to_look_at_does_nothing(tracker: Tracker, issue: Issue) -> None:
    """Acting by it is an error that changes nothing."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.VIEW))
    with pytest.raises(InvalidCommand, match="to look at"):
        visit.act(LinkForm(note="Rang.", status="resolved", assignee="nina"))
    assert tracker.issue(issue.id).version == issue.version


@pytest.mark.parametrize(
    ("action", "form", "error"),
    [
        (LinkAction.STATUS, LinkForm(note="Rang."), InvalidCommand),
        (LinkAction.STATUS, LinkForm(status="in_progress", note=" "), NoteRequired),
        (LinkAction.STATUS, LinkForm(status="escalated", note="Rang."), ReasonRequired),
        (LinkAction.STATUS, LinkForm(status="in_progress", note="Rang.", version=0), InvalidCommand),
        (LinkAction.STATUS, LinkForm(status="in_progress", note="Rang.", version=99), StaleIssue),
        (LinkAction.NOTE, LinkForm(), NoteRequired),
        (LinkAction.NOTE, LinkForm(note="Rang.", key="k" * 300), InvalidCommand),
        (LinkAction.ASSIGN, LinkForm(note="Hers."), InvalidCommand),
        (LinkAction.ASSIGN, LinkForm(assignee=" ", note="Hers."), InvalidCommand),
        (LinkAction.ASSIGN, LinkForm(assignee="nobody", note="Hers."), PersonNotFound),
        (LinkAction.ASSIGN, LinkForm(assignee="gone", note="Hers."), PersonNotFound),
    ],
)  # fmt: skip
def test_what_was_typed_is_held_to_the_usual_rules(
    tracker: Tracker, issue: Issue, action: LinkAction, form: LinkForm, error: type[Exception]
) -> None:
    """A refusal says what is wrong, and nothing has changed."""
    with pytest.raises(error):
        tracker.by_link(claim_to(tracker, issue.id, "ed", action)).act(form)
    assert tracker.issue(issue.id).version == issue.version


def test_what_somebody_else_did_since_the_page_was_shown_is_told(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """A page that shows an older version cannot overwrite the status that is there."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.STATUS))
    desk.set_status(issue.id, "in_progress", note="Mine.")
    with pytest.raises(StaleIssue):
        visit.act(LinkForm(status="escalated", reason="Risk.", note="Now.", version=issue.version))


def test_a_link_after_the_answer_was_replaced(tracker: Tracker, clock: TurnableClock) -> None:
    """The customer has answered again about the ticket: the older mail's links say so."""
    issue = tracker.record(response(ticket="t-1")).issue
    assert issue is not None
    claims = [claim_to(tracker, issue.id, "ed", action) for action in LinkAction if action is not LinkAction.UNFOLLOW]
    later = NOON - timedelta(minutes=30)
    tracker.record(response("r-2", 2, ticket="t-1", received_at=later))
    assert {refused(tracker.by_link(claim)) for claim in claims} == {LinkProblem.REPLACED, LinkProblem.NO_PREFERENCES}


def test_a_link_after_the_issue_moved_to_another_group(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """Who sees the old group alone is told that it moved; who sees it all the same goes on."""
    desk.assign(issue.id, "omar", note="His.")
    eds, omars = (claim_to(tracker, issue.id, who, LinkAction.NOTE) for who in ("ed", "omar"))
    tracker.record(response(group="field"), replace=True)
    assert refused(tracker.by_link(eds)) is LinkProblem.MOVED
    assert tracker.by_link(omars).look().issue is not None


@pytest.mark.parametrize("action", [LinkAction.STATUS, LinkAction.ASSIGN])
def test_a_link_after_somebody_else_closed_the_issue(
    tracker: Tracker, issue: Issue, desk: Desk, action: LinkAction
) -> None:
    """To set a status, or to give it to somebody, is over; to note something is not."""
    claim = claim_to(tracker, issue.id, "ed", action)
    desk.set_status(issue.id, "resolved", note="Done.")
    assert refused(tracker.by_link(claim)) is LinkProblem.CLOSED
    note = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.NOTE))
    assert note.act(LinkForm(note="They rang to thank us.")).change is not None


def test_who_closed_it_themself_may_correct_that(tracker: Tracker, issue: Issue) -> None:
    """The page shows what was done by the mail's links, and lets it be put right."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.STATUS))
    visit.act(LinkForm(status="resolved", note="Done."))
    assert [event.kind for event in visit.look().done] == ["status_changed"]
    corrected = visit.act(LinkForm(status="cant_resolve", note="Not so.")).change
    assert corrected is not None
    assert corrected.issue.status == Status.CANT_RESOLVE


def test_a_mail_of_a_closed_issue_reopens_it(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """It was closed when the mail was sent, so that nothing has happened since."""
    desk.set_status(issue.id, "resolved", note="Done.")
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.STATUS, status="needs_attention"))
    assert visit.look().issue is not None
    assert visit.act(LinkForm(note="Again.")).change is not None
    assert tracker.issue(issue.id).episode == 2


def test_a_link_to_a_status_that_the_workflow_does_not_lead_to(tracker: Tracker, issue: Issue) -> None:
    """The account's workflow is another by now."""
    claim = claim_to(tracker, issue.id, "ed", LinkAction.STATUS, status="on_hold")
    assert refused(tracker.by_link(claim)) is LinkProblem.STATUS


def test_a_status_that_is_set_already_only_takes_a_note(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """Whoever set it, the link is no error."""
    claim = claim_to(tracker, issue.id, "ed", LinkAction.STATUS, status="resolved")
    desk.set_status(issue.id, "resolved", note="Done.")
    done = tracker.by_link(claim).act(LinkForm(note="Me too."))
    assert done.change is not None
    assert [event.kind for event in done.change.events] == ["note_added"]


def test_a_link_after_the_response_was_erased(tracker: Tracker, issue: Issue) -> None:
    """What is left of it is nobody's to see."""
    claim = claim_to(tracker, issue.id, "ed", LinkAction.NOTE)
    tracker.erase(response_id="r-1")
    assert refused(tracker.by_link(claim)) is LinkProblem.ERASED


@pytest.mark.parametrize("other", [{"issue": "0193489e-5a00-7000-8000-0000000000ff"}, {"response": "r-404"}])
def test_a_link_to_what_was_never_here(tracker: Tracker, issue: Issue, other: dict[str, str]) -> None:
    """Signed with our key, for another database."""
    claim = attrs.evolve(claim_to(tracker, issue.id, "ed", LinkAction.NOTE), **other)
    assert refused(tracker.by_link(claim)) is LinkProblem.FOREIGN


def test_a_link_of_another_account(tracker: Tracker, issue: Issue) -> None:
    """A tracker of one account does not serve the links of others."""
    claim = attrs.evolve(claim_to(tracker, issue.id, "ed", LinkAction.NOTE), account="globex")
    with pytest.raises(LinkRefused) as caught:
        tracker.by_link(claim)
    assert caught.value.problem is LinkProblem.FOREIGN


def test_a_tracker_of_many_accounts_serves_the_links_of_each(open_tracker: Callable[..., Tracker]) -> None:
    """Each as its own: the same ids in another account are something else."""
    settings = {name: AccountSettings(directory=organisation()) for name in ("acme", "globex")}
    tracker = open_tracker(account="acme", accounts=settings.get, directory=None)
    theirs = tracker.for_account("globex")
    issue = theirs.record(response()).issue
    assert issue is not None
    claim = claim_to(theirs, issue.id, "ed", LinkAction.NOTE)
    assert tracker.by_link(claim).act(LinkForm(note="Rang.")).change is not None
    assert theirs.issue(issue.id).note_count == 1
    assert refused(tracker.by_link(attrs.evolve(claim, account="acme"))) is LinkProblem.FOREIGN
    with pytest.raises(LinkRefused):
        tracker.by_link(attrs.evolve(claim, account="initech"))


@pytest.mark.parametrize(
    "recipient", ["gone", "nobody", "system", "omar", "stranger@partner.example", "jane@customer.example"]
)
def test_a_link_of_somebody_who_may_not_see_it(tracker: Tracker, issue: Issue, recipient: str) -> None:
    """A link gives no access: not to who has left, was never here, is in another group, or is the customer."""
    for action in (LinkAction.VIEW, LinkAction.NOTE, LinkAction.STATUS, LinkAction.ASSIGN, LinkAction.FOLLOW):
        visit = tracker.by_link(claim_to(tracker, issue.id, recipient, action))
        assert refused(visit) is LinkProblem.NOT_ALLOWED


class Changing:
    """A directory in which somebody leaves."""

    def __init__(self) -> None:
        """Begin with the company, all of it there."""
        self.company = organisation()
        self.left: set[str] = set()

    def person(self, person_id: str) -> Person | None:
        """Return a person as they are now."""
        found = self.company.person(person_id)
        return attrs.evolve(found, active=False) if found is not None and found.id in self.left else found

    def __getattr__(self, name: str) -> Any:
        """Answer everything else as the company does."""
        return getattr(self.company, name)


def test_access_is_that_of_today(open_tracker: Callable[..., Tracker]) -> None:
    """Who leaves after the mail was sent does nothing by it any more, not even hear no more."""
    directory = Changing()
    tracker = open_tracker(directory=directory)
    issue = tracker.record(response()).issue
    assert issue is not None
    visits = [tracker.by_link(claim_to(tracker, issue.id, "ed", one)) for one in (LinkAction.NOTE, LinkAction.UNFOLLOW)]
    assert visits[0].look().who == "ed"
    directory.left.add("ed")
    assert [refused(visit) for visit in visits] == [LinkProblem.NOT_ALLOWED] * 2


OPEN_TO = {
    "assignee": {LinkAction.VIEW, LinkAction.STATUS, LinkAction.NOTE, LinkAction.ASSIGN},
    "follower": {LinkAction.VIEW},
    "nobody": set(),
}
"""What a bare address may do by its links (D2); and unfollow, which nobody is kept from."""


@pytest.mark.parametrize("action", [one for one in LinkAction if one is not LinkAction.UNFOLLOW])
@pytest.mark.parametrize("role", OPEN_TO)
def test_what_a_bare_address_may_do(tracker: Tracker, issue: Issue, desk: Desk, role: str, action: LinkAction) -> None:
    """The assignee sets the status, notes and reassigns; a follower looks; both while they are it."""
    if role == "assignee":
        desk.assign(issue.id, LEE, note="Theirs.")
    elif role == "follower":
        desk.follow(issue.id, LEE)
    visit = tracker.by_link(claim_to(tracker, issue.id, LEE, action))
    if action not in OPEN_TO[role]:
        assert refused(visit) in {LinkProblem.NOT_ALLOWED, LinkProblem.NO_PREFERENCES}
        return
    assert visit.look().author == LEE
    if action is not LinkAction.VIEW:
        done = visit.act(LinkForm(status="in_progress", note="Rang.", assignee="nina"))
        assert done.change is not None
        assert (done.change.events[0].actor, done.change.issue.notes[-1].author) == (LEE, LEE)
    desk.assign(issue.id, "ed", note="Back.")
    desk.unfollow(issue.id, LEE) if role == "follower" else None
    assert refused(visit) is LinkProblem.NOT_ALLOWED


def test_a_bare_address_that_follows_may_unfollow(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """By its link alone."""
    desk.follow(issue.id, LEE)
    visit = tracker.by_link(claim_to(tracker, issue.id, LEE, LinkAction.UNFOLLOW))
    assert visit.look().is_following
    assert [visit.act().is_repetition, visit.act().is_repetition] == [False, True]


def test_what_is_checked_is_checked_again_in_the_transaction(tracker: Tracker, issue: Issue, desk: Desk) -> None:
    """Between looking and saving somebody may have closed the issue: then nothing is saved."""
    visit = tracker.by_link(claim_to(tracker, issue.id, "ed", LinkAction.ASSIGN))
    checked, calls = visit._check, []

    def check(found: Any, scope: Any) -> None:
        checked(found, scope)
        calls.append(found)
        if len(calls) == 1:
            desk.set_status(issue.id, "resolved", note="Done.")

    visit._check = check
    with pytest.raises(LinkRefused):
        visit.act(LinkForm(assignee="nina", note="Hers."))
    assert tracker.issue(issue.id).assignee == "ed"


async def _async_story() -> None:
    async with AsyncTracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
        issue = (await tracker.record(response())).issue
        assert issue is not None
        claim = LinkClaim(
            account="default",
            recipient="ed",
            action=LinkAction.NOTE,
            issue=issue.id,
            response="r-1",
            status=None,
            message="m-1",
            version=1,
            expires_at=NOON,
        )
        visit = tracker.by_link(claim, signed_in="bridget")
        assert (await visit.look()).author == "Bridget Shaw"
        assert not (await visit.act(LinkForm(note="Rang.", key="f"))).is_repetition
        assert (await visit.act(LinkForm(note="Rang.", key="f"))).is_repetition
        assert repr(visit) == "<AsyncLinkVisit to note in account 'default'>"


def test_the_same_awaited() -> None:
    """An async tracker's visit looks and acts alike."""
    asyncio.run(_async_story())


def test_preferences_are_chosen_by_their_link_and_no_other(tracker: Tracker, issue: Issue) -> None:
    """By whoever is there, a bare address too; a link of another kind chooses none, and this one shows no issue."""
    for who in ("ed", LEE):
        visit = tracker.by_link(claim_to(tracker, issue.id, who, LinkAction.PREFERENCES))
        assert visit.preferences().preferences == Preferences()
        visit.set_preferences(Preferences(notes=True))
        assert visit.preferences().preferences.notes
        assert refused(visit) is LinkProblem.NO_PREFERENCES
    assert [tracker.preferences(who).notes for who in ("ed", LEE, "nina")] == [True, True, False]
    for who, action in (("gone", LinkAction.PREFERENCES), ("nobody", LinkAction.PREFERENCES), ("ed", LinkAction.NOTE)):
        with pytest.raises(LinkRefused):
            tracker.by_link(claim_to(tracker, issue.id, who, action)).set_preferences(Preferences())
