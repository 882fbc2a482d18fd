"""What a link's page shows, and what comes back from it. What may be shown at all is decided in ``linkproblems``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from resolutionkit.decisions.moves import legal_moves
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import Person
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.response import Response, ResponseRecord
from resolutionkit.model.results import Change, LegalMove
from resolutionkit.model.scale import Scale, Score
from resolutionkit.model.values import ENGLISH
from resolutionkit.notify.links import LinkClaim
from resolutionkit.ports import Directory
from resolutionkit.tracker.linkproblems import Found, done_by
from resolutionkit.tracker.pipeline import AccountSettings


@frozen(kw_only=True)
class LinkForm:
    """What somebody typed at a link's page; which of it counts depends on what the link is for.

    Attributes:
        status: The status to set.
        note: What was done or said.
        spoke: Whether the customer was spoken to.
        author: The name to sign the note with, or None for whoever is signed in, else the link's recipient (B5).
        reason: Why leadership has to step in, for an escalation.
        reason_kind: One of the policy's kinds of reason.
        assignee: Whom to give the issue to.
        follow: Whether who reassigns follows the issue on.
        version: The version of the issue that the page showed, or None.
        issue: The id of the issue that the page showed, or None for the one that the link names: where that one was
            merged into another since, the two count otherwise.
        key: A key of the form's: the same form, sent twice, acts once.
    """

    status: str | None = None
    note: str | None = field(default=None, repr=False)
    spoke: bool = False
    author: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)
    reason_kind: str | None = None
    assignee: str | None = field(default=None, repr=False)
    follow: bool = False
    version: int | None = None
    issue: str | None = None
    key: str | None = None


@frozen(kw_only=True)
class LinkView:
    """What a link's page has to show.

    Attributes:
        claim: What the link says.
        who: The recipient: a person's id as the directory spells it, or a bare address.
        response: The response.
        issue: The issue, or None where the response has none.
        moves: The statuses that can be set now, with their guidance and demands.
        labels: What each status is called, by its key.
        people: Everybody whom the issue and the response name and the directory knows, by id.
        done: What the recipient has done by this message's links so far.
        author: Who signs a note, unless another name is given (requirement B5).
        scale: The scale that the score is on.
        zone: The IANA zone in which the recipient reads the clock.
        language: The recipient's language, as a BCP 47 tag.
        group_name: What the response's group is called, or None.
        reason_kinds: The policy's kinds of reason for an escalation.
        needs_note: Whether giving the issue to somebody needs a note.
    """

    claim: LinkClaim
    who: str
    response: Response
    issue: Issue | None
    moves: tuple[LegalMove, ...]
    labels: Mapping[str, str]
    people: Mapping[str, Person]
    done: tuple[Event, ...]
    author: str
    scale: Scale
    zone: str
    language: str = ENGLISH
    group_name: str | None = None
    reason_kinds: tuple[str, ...] = ()
    needs_note: bool = True

    @property
    def is_following(self) -> bool:
        """Say whether the recipient follows the issue."""
        return self.issue is not None and self.who in self.issue.followers

    def name_of(self, who: str | None) -> str:
        """Return what somebody is called: the name of a person, else the id or address itself."""
        person = self.people.get(who) if who is not None else None
        return who or "nobody" if person is None else person.display_name


@frozen(kw_only=True)
class LinkDone:
    """What acting by a link did.

    Attributes:
        claim: What the link says.
        change: What happened, or None where there was nothing to do: who does not follow cannot follow no longer.
        view: What the page can show of what was done: the issue right after it; None where nothing happened.
    """

    claim: LinkClaim
    change: Change | None = None
    view: LinkView | None = None

    @property
    def is_repetition(self) -> bool:
        """Say whether it had been done before."""
        return self.change is None or self.change.is_repetition or not self.change.events


@frozen(kw_only=True)
class PreferencesView:
    """What a page for choosing preferences has to show.

    Attributes:
        who: Whose they are: a person's id, or a bare address.
        name: What they are called.
        preferences: What they want now.
        zone: The IANA zone of their clock.
        threshold: The account's recovery threshold on the scale NPS.
    """

    who: str
    name: str
    preferences: Preferences
    zone: str
    threshold: Score


def view_of(
    claim: LinkClaim, found: Found, record: ResponseRecord, *, who: str, author: str | None, settings: AccountSettings
) -> LinkView:
    """Return what a page shows of what a link has been proved to lead to.

    Args:
        claim: What the link says.
        found: What it is about.
        record: The response of it.
        who: The recipient.
        author: Who is signed in, by name, or None.
        settings: The account's policy and directory.
    """
    policy, people = settings.policy, settings.directory
    issue = found.issue
    response = issue.response if issue is not None else record.response
    person = people.person(who)
    group = people.group(response.group) if response.group is not None else None
    return LinkView(
        claim=claim,
        who=who,
        response=response,
        issue=issue,
        moves=legal_moves(issue, policy) if issue is not None else (),
        labels={status.key: status.label for status in policy.workflow.statuses},
        people=_known(people, _named(who, response, found)),
        done=done_by(claim, who, found.told),
        author=author or (person.display_name if person is not None else who),
        scale=policy.scale_of(response.survey, response.scale),
        zone=(person.zone if person is not None else None) or policy.zone,
        language=(person.language if person is not None else None) or policy.language,
        group_name=(group.name or group.code) if group is not None else response.group,
        reason_kinds=policy.escalation_kinds,
        needs_note=policy.note_on_reassign,
    )


def _named(who: str, response: Response, found: Found) -> Iterator[str | None]:
    yield who
    yield from response.hierarchy
    if found.issue is not None:
        yield from (found.issue.assignee, found.issue.escalated_to)
        yield from (*found.issue.followers, *found.issue.people, *found.issue.alerted)
        yield from found.issue.accountable
    for event in found.history:
        yield event.actor
        yield getattr(event, "assignee", None)


def _known(directory: Directory, named: Iterator[str | None]) -> dict[str, Person]:
    found = ((who, directory.person(who)) for who in dict.fromkeys(named) if who is not None)
    return {who: person for who, person in found if person is not None}
