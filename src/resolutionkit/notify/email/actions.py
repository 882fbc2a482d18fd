"""What a reader can do straight from a mail: which links it has, by who they are (requirements C2, D2).

What following a link does is decided where it is read; how links are made, in ``notify.links``.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from attrs import evolve, field, frozen

from resolutionkit.model.messages import Why
from resolutionkit.model.notices import DigestNotice, Notice
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.links import LinkAction, Links


@frozen(kw_only=True)
class Action:
    """One link.

    Attributes:
        label: What it does.
        url: Where it leads.
        guidance: When to use it; may be empty.
    """

    label: str
    url: str
    guidance: str = ""


@frozen(kw_only=True)
class Actions:
    """The links of a mail; each is missing where the reader has no use for it.

    Attributes:
        view: To the issue or response, or None.
        statuses: One for each status that can be set.
        others: Note, reassign, follow, flag.
        preferences: Where the reader says what they want to be told, or None.
        unfollow: The one-click URL that ends it for a follower, or None.
        notes: Of a report, where a note can be added to each response that is an issue, by the responses' ids.
    """

    view: Action | None = None
    statuses: tuple[Action, ...] = ()
    others: tuple[Action, ...] = ()
    preferences: str | None = None
    unfollow: str | None = None
    notes: Mapping[str, str] = field(factory=dict)


@frozen
class Ways:
    """Where links can lead.

    Attributes:
        links: What makes signed links, or None where a mail has none.
        desk_url: The URL of the host's own page of an issue, with ``{issue}`` for its id; or None.
        preferences_url: The URL of the host's own page of preferences, or None.
    """

    links: Links | None = None
    desk_url: str | None = None
    preferences_url: str | None = None


def actions_for(notice: Notice, ways: Ways, language: Language) -> Actions:
    """Return the links that a notice's recipient has."""
    links = ways.links
    if notice.digest is not None:
        notes = {} if links is None else _notes(notice, notice.digest, links)
        return Actions(preferences=_preferences(notice, ways), notes=notes)
    if links is None:
        return Actions(view=_view(notice, ways, language), preferences=_preferences(notice, ways))
    may_work = notice.issue is not None and (notice.person is not None or notice.issue.assignee == notice.recipient)
    return Actions(
        view=_view(notice, ways, language),
        statuses=_statuses(notice, links, language) if may_work else (),
        others=_others(notice, links, language, may_work=may_work),
        preferences=_preferences(notice, ways),
        unfollow=links.to(notice, LinkAction.UNFOLLOW) if _hears_as_follower(notice) else None,
    )


def _view(notice: Notice, ways: Ways, language: Language) -> Action | None:
    """Return the way to the issue: somebody with a desk goes there, others to what their link shows."""
    label = language.gettext("Open the issue")
    if notice.issue is None:
        if ways.links is None or notice.person is None:
            return None
        return Action(label=language.gettext("Open the response"), url=ways.links.to(notice, LinkAction.VIEW))
    if ways.desk_url is not None and notice.person is not None:
        return Action(label=label, url=ways.desk_url.replace("{issue}", quote(notice.issue.id, safe="")))
    if ways.links is None or not _may_view(notice):
        return None
    return Action(label=label, url=ways.links.to(notice, LinkAction.VIEW))


def _may_view(notice: Notice) -> bool:
    """Say whether a link may show them the issue: a bare address only while it has a part in it."""
    issue = notice.issue
    if notice.person is not None or issue is None:
        return notice.person is not None
    return notice.recipient in (issue.assignee, *issue.followers, *issue.alerted, *issue.accountable)


def _statuses(notice: Notice, links: Links, language: Language) -> tuple[Action, ...]:
    return tuple(
        Action(
            label=language.gettext(move.action),
            url=links.to(notice, LinkAction.STATUS, status=move.status),
            guidance=language.gettext(move.guidance),
        )
        for move in notice.moves
    )


def _others(notice: Notice, links: Links, language: Language, *, may_work: bool) -> tuple[Action, ...]:
    issue = notice.issue
    if issue is None:
        flag = Action(label=language.gettext("Flag it for attention"), url=links.to(notice, LinkAction.FLAG))
        return () if notice.person is None else (flag,)
    found: list[Action] = []
    if may_work:
        found += [
            Action(label=language.gettext("Add a note"), url=links.to(notice, LinkAction.NOTE)),
            Action(label=language.gettext("Give it to somebody else"), url=links.to(notice, LinkAction.ASSIGN)),
        ]
    if notice.recipient in issue.followers:
        found.append(Action(label=language.gettext("Stop following"), url=links.to(notice, LinkAction.UNFOLLOW)))
    elif notice.person is not None:
        found.append(Action(label=language.gettext("Follow it"), url=links.to(notice, LinkAction.FOLLOW)))
    return tuple(found)


def _notes(notice: Notice, digest: DigestNotice, links: Links) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in digest.reported:
        if one.issue is not None:
            issue, response = one.issue, one.response.id
            about = evolve(notice.message, issue=issue.id, response=response, last_event=issue.version)
            found[response] = links.to(evolve(notice, message=about), LinkAction.NOTE)
    return found


def _hears_as_follower(notice: Notice) -> bool:
    issue = notice.issue
    return issue is not None and Why.FOLLOWER in notice.message.why and notice.recipient in issue.followers


def _preferences(notice: Notice, ways: Ways) -> str | None:
    """Return where preferences are; a bare address has none."""
    if notice.person is None:
        return None
    if ways.preferences_url is not None:
        return ways.preferences_url
    return None if ways.links is None else ways.links.to(notice, LinkAction.PREFERENCES)
