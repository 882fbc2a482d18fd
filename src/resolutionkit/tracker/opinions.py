"""What plugins say to a decision (requirement F5). What fails, or answers what cannot be, is passed over."""

from __future__ import annotations

from resolutionkit.decisions.opinions import NO_OPINIONS, Opinions
from resolutionkit.errors import shown
from resolutionkit.model.response import Response
from resolutionkit.model.results import Classification
from resolutionkit.ports import Directory
from resolutionkit.tracker.plugins import Plugins

RECOVERY, ASSIGNEE = "resolutionkit_needs_recovery", "resolutionkit_assignee"


def opinions_of(plugins: Plugins, account: str, directory: Directory) -> Opinions:
    """Return how the plugins are asked for an account."""
    if not plugins.implementing(RECOVERY) and not plugins.implementing(ASSIGNEE):
        return NO_OPINIONS

    def needs_recovery(judged: Classification) -> bool | None:
        said = set[bool]()
        for name, answer in plugins.answers(RECOVERY, account=account, classification=judged):
            if isinstance(answer, bool):
                said.add(answer)
            else:
                plugins.note(name, f"answers {_kind(answer)} in {RECOVERY}; expected True, False or None")
        return any(said) if said else None

    def assignee(response: Response) -> str | None:
        for name, answer in plugins.answers(ASSIGNEE, account=account, response=response, directory=directory):
            person = directory.person(answer) if isinstance(answer, str) else None
            if person is not None and person.active:
                return person.id
            told = shown(answer) if isinstance(answer, str) else _kind(answer)
            plugins.note(name, f"answers {told} in {ASSIGNEE}; expected the id of a person who is there, or None")
        return None

    return Opinions(needs_recovery=needs_recovery, assignee=assignee)


def _kind(answer: object) -> str:
    return f"a value of the type {type(answer).__name__}"
