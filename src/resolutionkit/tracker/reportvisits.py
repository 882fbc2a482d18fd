"""Following the link of a whole report: its recipient goes from response to response, and writes notes (D4, B5, B12).

What the link says is proved in ``notify.report_links``; what is found stands in ``tracker.fornotes``; the page is
``web``'s. Looking changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from attrs import evolve, frozen

from resolutionkit.errors import AccessDenied, AccountNotFound, InvalidCommand, ResolutionKitError, StorageError
from resolutionkit.model.alerts import Digest
from resolutionkit.model.commands import AddNote, Command
from resolutionkit.model.events import Cause, CauseKind
from resolutionkit.model.fornotes import ForNotes, NotesSearch
from resolutionkit.model.query import Scope
from resolutionkit.model.results import Change, ChangeOrRefusal
from resolutionkit.model.values import code
from resolutionkit.notify.links import LinkAction, LinkClaim
from resolutionkit.notify.report_links import ReportClaim
from resolutionkit.ports import UnitOfWork
from resolutionkit.tracker.access import scope_of
from resolutionkit.tracker.fornotes import STAY, Finder, Words, save, step_of
from resolutionkit.tracker.linkproblems import Found, LinkProblem, LinkRefused
from resolutionkit.tracker.linkviews import LinkForm, LinkView, view_of
from resolutionkit.tracker.pipeline import Way
from resolutionkit.tracker.runner import Runner
from resolutionkit.tracker.standing_in import digest_of, scope_with

T = TypeVar("T")


@frozen(kw_only=True)
class ReportView:
    """What the page of a report's link has to show.

    Attributes:
        claim: What the link says.
        found: The response, and where it stands in the report.
        view: The response and its issue, with the names and labels that a page needs.
    """

    claim: ReportClaim
    found: ForNotes
    view: LinkView


@frozen(kw_only=True)
class ReportSaved:
    """What saving by a report's link did.

    Attributes:
        done: What happened to each issue, or why not: one, all of the report's, or none where the note was empty.
        at: The id of the response that was gone to.
    """

    done: tuple[ChangeOrRefusal, ...]
    at: str

    @property
    def saved(self) -> int:
        """Return on how many issues the note is."""
        return sum(one.is_done for one in self.done)

    @property
    def refused(self) -> int:
        """Return on how many issues it could not be saved."""
        return len(self.done) - self.saved


class ReportVisit:
    """What a report's recipient sees and does by its link; made by ``tracker.by_report_link``."""

    def __init__(self, runner: Runner, claim: ReportClaim, signed_in: str | None) -> None:
        """Follow a link that is proved; who its recipient is now is looked at on use."""
        self._runner = runner
        self.claim = claim
        self.signed_in = signed_in

    def __repr__(self) -> str:
        """Show of which window, and of whom nothing."""
        return f"<{type(self).__name__} from {self.claim.start.isoformat()} in account {self.claim.account!r}>"

    def look(self, at: str | None = None) -> ReportView:
        """Return what the page shows of a response of the report; nothing is changed.

        Args:
            at: The response's id, or None for the first.

        Raises:
            LinkRefused: The recipient has left.
            ResponseNotFound: There is none within the recipient's access.
            ResponseReplaced: Another response stands in its place; the error names it.
            ResponseMoved: It is in another group by now; the error names it.
        """
        meant = None if at is None else code(at, "at", InvalidCommand)

        def question(unit: UnitOfWork, scope: Scope) -> ReportView:
            found = self._finder(unit, scope).find(meant)
            history = () if found.issue is None else unit.history(found.issue.id)
            return self._view(found, Found(record=found.record, issue=found.issue, history=history), scope)

        return self._read(question)

    def save(self, at: str, form: LinkForm, *, go: str = STAY, on_all: bool = False) -> ReportSaved:
        """Save a note as the report's recipient, and stay or go on; an empty one is not saved, and is no error.

        The same form, sent twice, saves once.

        Args:
            at: The id of the response that the page showed.
            form: What was typed; its note, contact, author, version and key count.
            go: Where to be after that: ``"stay"``, ``"previous"`` or ``"next"``.
            on_all: Whether the note goes on every response of the report; each stands alone (requirement B12).

        Raises:
            LinkRefused: The recipient has left.
            InvalidCommand: An argument is not acceptable.
            ResponseNotFound: The response is out of the recipient's sight; nothing was saved.
            ResponseReplaced: Another response stands in its place; nothing was saved.
            ResponseMoved: It is in another group by now; nothing was saved.
            KeyReused: The form was sent before, with other content.
        """
        step, found = step_of(go), self.look(at).found
        if on_all:
            done = self._save_on_all(form)
        else:
            done = self._save(found if form.version is not None else evolve(found, issue=None), form)

        def then(unit: UnitOfWork, scope: Scope) -> str:
            return self._finder(unit, scope).beside(found, step).record.id

        return ReportSaved(done=done, at=self._read(then))

    def _save(self, found: ForNotes, form: LinkForm) -> tuple[ChangeOrRefusal, ...]:
        key = None if form.key is None else code(f"{self.claim.message}:{form.key}", "key", InvalidCommand)
        said = Words(note=form.note, spoke=form.spoke, author=form.author or self._signer(), key=key)
        way = self._way(lambda unit, scope: self._finder(unit, scope).check_as_found(found))
        change = save(found, said, lambda command: self._do(command, way))
        return () if change is None else (ChangeOrRefusal(issue_id=change.issue.id, change=change),)

    def _save_on_all(self, form: LinkForm) -> tuple[ChangeOrRefusal, ...]:
        if Words(note=form.note).is_blank:
            return ()
        ids = self._read(lambda unit, scope: self._finder(unit, scope).issues())
        return tuple(self._done_or_refused(issue_id, form) for issue_id in ids)

    def _done_or_refused(self, issue_id: str, form: LinkForm) -> ChangeOrRefusal:
        said = f"{self.claim.message}:{form.key}:{issue_id}"
        key = None if form.key is None else sha256(said.encode()).hexdigest()
        author = form.author or self._signer()
        command = AddNote(issue=issue_id, note=form.note, spoke=form.spoke, author=author, key=key)
        try:
            return ChangeOrRefusal(issue_id=issue_id, change=self._do(command, self._way(lambda _unit, _scope: None)))
        except StorageError:
            raise
        except ResolutionKitError as refusal:
            return ChangeOrRefusal(issue_id=issue_id, error=refusal)

    def _do(self, command: Command, way: Way) -> Change:
        return self._runner.change(command, way.scope.person or self.claim.recipient, way)

    def _way(self, check: Callable[[UnitOfWork, Scope], None]) -> Way:
        scope = self._scope()
        cause = Cause(CauseKind.LINK, self.claim.message)
        return Way(cause=cause, scope=scope, check=lambda unit: check(unit, scope))

    def _read(self, question: Callable[[UnitOfWork, Scope], T]) -> T:
        scope = self._scope()
        return self._runner.store.transact(self._runner.account, lambda unit: question(unit, scope), write=False)

    def _scope(self) -> Scope:
        """Return how far the recipient sees; in what they were told of, also in the place of a lead (C4)."""
        claim, directory = self.claim, self._runner.settings.directory
        try:
            scope = scope_of(claim.recipient, directory)
        except AccessDenied as problem:
            raise LinkRefused(LinkProblem.NOT_ALLOWED) from problem

        def told(unit: UnitOfWork) -> Digest | None:
            return digest_of(unit, scope.person, claim.start, claim.end)

        digest = self._runner.store.transact(self._runner.account, told, write=False)
        return scope if digest is None else scope_with(scope, digest.groups, directory)

    def _finder(self, unit: UnitOfWork, scope: Scope) -> Finder:
        claim = self.claim
        search = NotesSearch(start=claim.start, end=claim.end, recipient=scope.person or claim.recipient)
        author = self._signer() or self._name(scope.person or claim.recipient)
        return Finder(unit=unit, scope=scope, settings=self._runner.settings, search=search, author=author)

    def _signer(self) -> str | None:
        """Return the name of who is signed in, where the host tells (requirement B5)."""
        return None if self.signed_in is None else self._name(self.signed_in)

    def _name(self, who: str) -> str:
        person = self._runner.settings.directory.person(who)
        return who if person is None else person.display_name

    def _view(self, found: ForNotes, facts: Found, scope: Scope) -> ReportView:
        who = scope.person or self.claim.recipient
        claim = LinkClaim(
            account=self.claim.account,
            recipient=who,
            action=LinkAction.NOTE,
            issue=found.record.issue,
            response=found.record.id,
            status=None,
            message=self.claim.message,
            version=0 if found.issue is None else found.issue.version,
            expires_at=self.claim.expires_at,
        )
        shown = view_of(claim, facts, found.record, who=who, author=found.author, settings=self._runner.settings)
        return ReportView(claim=self.claim, found=found, view=shown)


class FollowsReports:
    """The links of whole reports, of a tracker."""

    _runner: Runner

    def by_report_link(self, claim: ReportClaim, *, signed_in: str | None = None) -> ReportVisit:
        """Return what a report's recipient sees and does by its link (requirement D4).

        Args:
            claim: What the link says, as ``read_report_link`` has proved it; on another account where ``accounts``
                knows it.
            signed_in: The id of whoever is signed in at the host, who signs notes then (requirement B5); or None.

        Raises:
            LinkRefused: The link is about an account that nobody here knows.
        """
        if claim.account == self._runner.account:
            return ReportVisit(self._runner, claim, signed_in)
        tracker: Any = self
        try:
            visit: ReportVisit = tracker.for_account(claim.account).by_report_link(claim, signed_in=signed_in)
        except AccountNotFound as problem:
            raise LinkRefused(LinkProblem.FOREIGN) from problem
        return visit
