"""Following a link: what its recipient sees and does by it, without a desk (requirements C2, D2).

An act takes the ordinary way, as the link's recipient and with their access of today; its cause is the link. What a
link says is proved in ``notify.links``; what it still leads to is asked of ``linkproblems``; pages are ``web``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from resolutionkit.decisions.moves import legal_moves
from resolutionkit.errors import InvalidCommand, IssueNotFound
from resolutionkit.model.commands import AddNote, Assign, Command, Flag, Follow, Reopen, SetStatus, Unfollow
from resolutionkit.model.events import Cause, CauseKind, Event
from resolutionkit.model.history import replay
from resolutionkit.model.preferences import Preferences
from resolutionkit.model.query import Scope
from resolutionkit.model.response import ResponseRecord
from resolutionkit.model.results import Change
from resolutionkit.model.scale import NPS
from resolutionkit.model.values import code
from resolutionkit.notify.links import LinkAction, LinkClaim
from resolutionkit.policy.policy import Policy
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.linkproblems import Found, LinkProblem, LinkRefused, check, find, scope_by
from resolutionkit.tracker.linkviews import LinkDone, LinkForm, LinkView, PreferencesView, view_of
from resolutionkit.tracker.pipeline import Way
from resolutionkit.tracker.preferring import preferences_of, set_preferences
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.standing_in import scope_with


class LinkVisit:
    """What a link's recipient sees and does by it; made by ``tracker.by_link``.

    Looking changes nothing, however often and by whomever; only :meth:`act` acts.
    """

    def __init__(self, runner: Runner, claim: LinkClaim, signed_in: str | None) -> None:
        """Follow a link that is proved; who its recipient is now is looked at on use."""
        self._runner = runner
        self.claim = claim
        self.signed_in = signed_in

    def __repr__(self) -> str:
        """Show what for, and of whom nothing."""
        return f"<{type(self).__name__} to {self.claim.action} in account {self.claim.account!r}>"

    def look(self) -> LinkView:
        """Return what the link's page shows; nothing is changed.

        Raises:
            LinkRefused: What the link was for can no longer be done; nothing of the issue is told.
        """
        scope = self._scope()
        found = self._found()
        scope = self._with_group(scope, found)
        view = self._view(found, self._check(found, scope), scope)
        if self.claim.action is LinkAction.UNFOLLOW and not view.is_following:  # all that lets them see it, perhaps
            raise LinkRefused(LinkProblem.NOT_FOLLOWING)
        return view

    def act(self, form: LinkForm | None = None) -> LinkDone:
        """Do what the link is for, as its recipient; the same form, sent twice, acts once.

        Args:
            form: What was typed; None where nothing was, as for a link to follow, or a one-click unsubscription.

        Returns:
            What was done, or had been done before.

        Raises:
            LinkRefused: What the link was for can no longer be done.
            InvalidCommand: The link is to look at only, or an argument is not acceptable.
            NoteRequired: A note is needed, and there is none.
            ReasonRequired: An escalation has no reason.
            PersonNotFound: The assignee is unknown or inactive.
            MoveRefused: The workflow has no such move.
            StaleIssue: Somebody else changed the issue since the page was shown.
            KeyReused: The form was sent before, with other content.
        """
        scope = self._scope()
        who = scope.person or self.claim.recipient
        filled = form or LinkForm()
        key = self._key(filled)
        found, is_done = self._runner.store.transact(
            self._runner.account,
            lambda unit: (find(unit, self.claim), key is not None and unit.remembered(who, key) is not None),
            write=False,
        )
        scope = self._with_group(scope, found)
        if not is_done:
            self._check(found, scope)
        command = self._command(filled, found, key)
        way = Way(
            cause=Cause(CauseKind.LINK, self.claim.message),
            scope=scope,
            check=lambda unit: self._check(find(unit, self.claim), scope),
        )
        try:
            change = self._runner.change(command, who, way)
        except IssueNotFound:
            if isinstance(command, Unfollow):  # following was all that let the recipient see it
                return LinkDone(claim=self.claim)
            raise
        return LinkDone(claim=self.claim, change=change, view=self._shown(found, change))

    def preferences(self) -> PreferencesView:
        """Return what the recipient of a link to preferences wants to be told of (requirement C3).

        Raises:
            LinkRefused: The link is for something else, or its recipient has left.
            StorageError: The store keeps no preferences.
        """
        who = self._chooser()
        policy, person = self._runner.settings.policy, self._runner.settings.directory.person(who)
        return PreferencesView(
            who=who,
            name=who if person is None else person.display_name,
            preferences=preferences_of(self._runner, who),
            zone=(person.zone if person is not None else None) or policy.zone,
            threshold=policy.threshold_of(None, NPS),
        )

    def set_preferences(self, preferences: Preferences) -> None:
        """Keep what the recipient of a link to preferences wants; the same again changes nothing.

        Args:
            preferences: What they want.

        Raises:
            LinkRefused: The link is for something else, or its recipient has left.
            InvalidValue: A threshold is on no scale of the account.
            StorageError: The store keeps no preferences.
        """
        set_preferences(self._runner, self._chooser(), preferences)

    def _chooser(self) -> str:
        if self.claim.action is not LinkAction.PREFERENCES:
            raise LinkRefused(LinkProblem.NOT_ALLOWED)
        return self._scope().person or self.claim.recipient

    def _shown(self, found: Found, change: Change) -> LinkView | None:
        if found.record is None or self.claim.action is LinkAction.UNFOLLOW:  # following may have been all
            return None
        after = Found(record=found.record, issue=change.issue, history=change.events)
        return self._view(after, found.record, self._scope())

    def _view(self, found: Found, record: ResponseRecord, scope: Scope) -> LinkView:
        who = scope.person or self.claim.recipient
        settings = self._runner.settings
        return view_of(self.claim, found, record, who=who, author=self._author(), settings=settings)

    def _scope(self) -> Scope:
        return scope_by(self.claim, self._runner.settings.directory)

    def _with_group(self, scope: Scope, found: Found) -> Scope:
        """Return how far the recipient sees; by a report's link to add a note, also in the place of a lead (C4)."""
        about = found.issue or found.record
        if self.claim.action is not LinkAction.NOTE or about is None:
            return scope
        return scope_with(scope, [about.response.group], self._runner.settings.directory)

    def _found(self) -> Found:
        def question(unit: UnitOfWork) -> Found:
            return find(unit, self.claim)

        return self._runner.store.transact(self._runner.account, question, write=False)

    def _check(self, found: Found, scope: Scope) -> ResponseRecord:
        settings = self._runner.settings
        is_person = scope.person is not None and settings.directory.person(scope.person) is not None
        return check(self.claim, found, scope, is_person=is_person, policy=settings.policy)

    def _author(self) -> str | None:
        """Return the name of who is signed in, where the host tells (requirement B5)."""
        if self.signed_in is None:
            return None
        person = self._runner.settings.directory.person(self.signed_in)
        return self.signed_in if person is None else person.display_name

    def _key(self, form: LinkForm) -> str | None:
        if form.key is None:
            return None
        return code(f"{self.claim.message}:{form.key}", "key", InvalidCommand)

    def _command(self, form: LinkForm, found: Found, key: str | None) -> Command:
        make = _COMMANDS.get(self.claim.action)
        if make is None:
            raise InvalidCommand("action", self.claim.action.value, "a link that acts; this one is to look at")
        return make(_Filled(self.claim, form, found, self._runner.settings.policy, key, form.author or self._author()))


@frozen
class _Filled:
    """A form that was sent, with all that makes a command of it."""

    claim: LinkClaim
    form: LinkForm
    found: Found
    policy: Policy
    key: str | None
    author: str | None

    @property
    def issue(self) -> str:
        """Return the id of the issue that the page showed, by which its version counts."""
        shown, now = self.form.issue, self.found.issue
        is_known = now is not None and shown in {now.id, *now.merged}
        return shown if shown is not None and is_known else self.claim.issue or ""

    @property
    def shown(self) -> tuple[Event, ...]:
        """Return what had happened to the issue when the page showed it."""
        found = self.found
        history = found.history if found.issue is not None and self.issue == found.issue.id else found.told
        return history[: self.form.version]

    @property
    def noted(self) -> Mapping[str, Any]:
        return {"key": self.key, "note": self.form.note, "spoke": self.form.spoke, "author": self.author}


def _status(filled: _Filled) -> Command:
    form = filled.form
    wanted = form.status or filled.claim.status
    if wanted is None:
        raise InvalidCommand("status", None, "the key of a status")
    given = {"issue": filled.issue, "status": wanted, "expected_version": form.version, **filled.noted}
    if _is_reopening(filled, wanted):
        return Reopen(**given)
    return SetStatus(reason=form.reason, reason_kind=form.reason_kind, **given)


def _is_reopening(filled: _Filled, wanted: str) -> bool:
    """Say whether the status reopens the issue that the page showed: a form sent again is the same command again."""
    shown = filled.shown
    moves = legal_moves(replay(shown), filled.policy) if shown else ()
    return any(move.command == "reopen" and move.status == wanted for move in moves)


def _assign(filled: _Filled) -> Command:
    form = filled.form
    if form.assignee is None or not form.assignee.strip():
        raise InvalidCommand("assignee", form.assignee, "a person's id, or an email address")
    given = {"issue": filled.issue, "expected_version": form.version, **filled.noted}
    return Assign(assignee=form.assignee.strip(), follow=form.follow, **given)


_COMMANDS: Mapping[LinkAction, Callable[[_Filled], Command]] = {
    LinkAction.STATUS: _status,
    LinkAction.NOTE: lambda filled: AddNote(issue=filled.issue, **filled.noted),
    LinkAction.ASSIGN: _assign,
    # Following twice is following: it needs no key, and one click has none.
    LinkAction.FOLLOW: lambda filled: Follow(issue=filled.issue),
    LinkAction.UNFOLLOW: lambda filled: Unfollow(issue=filled.issue),
    LinkAction.FLAG: lambda filled: Flag(response=filled.claim.response, **filled.noted),
}
"""What each link does. A link to look at does nothing."""
