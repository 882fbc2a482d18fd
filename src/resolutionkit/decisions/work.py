"""Work on an issue that leaves its status alone: notes, assignment, followers (requirements B4, B6, B7)."""

from __future__ import annotations

from resolutionkit.decisions.context import Context, Decision, Draft
from resolutionkit.decisions.notes import advice_on, note_from
from resolutionkit.errors import InvalidCommand, NoteRequired
from resolutionkit.model.commands import AddNote, Assign, Follow, Unfollow
from resolutionkit.model.events import Followed, NoteAdded, Reassigned, Unfollowed
from resolutionkit.model.issue import Issue
from resolutionkit.model.people import SYSTEM, resolve


def add_note(issue: Issue, command: AddNote, context: Context) -> Decision:
    """Append a note to the log.

    Raises:
        NoteRequired: It is blank.
    """
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if note is None:
        raise NoteRequired("adding a note")
    draft.add(NoteAdded, note=note)
    return draft.decision(*advice_on(note, context))


def assign(issue: Issue, command: Assign, context: Context) -> Decision:
    """Give the issue to somebody; the same assignee again keeps the note and is no reassignment.

    Raises:
        PersonNotFound: The assignee or a follower is nobody who is there.
        NoteRequired: The policy wants a note with every reassignment.
    """
    assignee = resolve(command.assignee, context.people)
    following = [context.actor] if command.follow else []
    following += [resolve(who, context.people) for who in command.followers]
    draft = Draft(issue, context)
    note = note_from(command, issue.responses, draft.at, context)
    if assignee == issue.assignee:
        if note is not None:
            draft.add(NoteAdded, note=note)
    else:
        if note is None and context.policy.note_on_reassign:
            raise NoteRequired("a reassignment")
        draft.add(Reassigned, assignee=assignee, note=note)
    for who in dict.fromkeys(following):
        if who not in issue.followers and who != SYSTEM:
            draft.add(Followed, follower=who)
    return draft.decision(*advice_on(note, context))


def follow(issue: Issue, command: Follow, context: Context) -> Decision:
    """Let somebody hear of the issue's changes; who follows already goes on.

    Raises:
        PersonNotFound: The string names nobody who is there.
    """
    who = resolve(_who(command, context), context.people)
    draft = Draft(issue, context)
    if who not in issue.followers:
        draft.add(Followed, follower=who)
    return draft.decision()


def unfollow(issue: Issue, command: Unfollow, context: Context) -> Decision:
    """Let somebody hear of the issue no longer; who does not follow stays so.

    Raises:
        PersonNotFound: The string names nobody who follows, and nobody who is there.
    """
    named = _who(command, context)
    who = named if named in issue.followers else resolve(named, context.people)
    draft = Draft(issue, context)
    if who in issue.followers:
        draft.add(Unfollowed, follower=who)
    return draft.decision()


def _who(command: Follow | Unfollow, context: Context) -> str:
    if command.who is not None:
        return command.who
    if context.actor == SYSTEM:
        raise InvalidCommand("who", None, "a person or an address: the library itself follows nothing")
    return context.actor
