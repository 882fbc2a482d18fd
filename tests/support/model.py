"""The library as dicts and lists, written from the requirements: the plain model beside the state machine.

It knows the small company of ``support.organisation`` and the standard workflow, and calls no decision of the
library. A refusal is the name of the error that is due.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

LEADS = {"emea": "ed", "field": "omar"}
ALERTED = {"emea": {"ed"}, "field": {"omar", "paula"}, "billing": set[str]()}
GROUP_ACCESS = {"ed": {"emea"}}
EVERYTHING = {"dana", "bridget"}
PHASES = {
    "needs_attention": "open",
    "in_progress": "active",
    "escalated": "active",
    "cant_resolve": "closed",
    "not_an_issue": "closed",
    "resolved": "closed",
}
CLOSED = {key for key, phase in PHASES.items() if phase == "closed"}
STATUS_EVENTS = {"status", "reopened", "escalated"}


class Refused(Exception):
    """The model refuses; ``error`` is the name of the error that is due."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Model:
    """Responses and issues by id, as the requirements have them after each step."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.responses: dict[str, dict[str, Any]] = {}
        self.heads: dict[tuple[str | None, str], str] = {}
        self.issues: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[object, list[str]]] = {}

    # --- intake ------------------------------------------------------------------------------------------------------

    def record(self, facts: dict[str, Any], *, replace: bool) -> str:
        """Take in a response, and return the outcome that is due; the new issue is named by its response."""
        known = self.responses.get(facts["id"])
        if known is not None:
            return self._known(known, facts, replace=replace)
        key = (facts["survey"], facts["ticket"])
        head = self.responses.get(self.heads.get(key, "")) if facts["ticket"] else None
        new = {**facts, "standing": "current", "issue": None, "revision": 1}
        self.responses[facts["id"]] = new
        if head is not None and (head["at"], head["id"]) > (new["at"], new["id"]):
            new["standing"] = "superseded"
            return "superseded"
        if facts["ticket"]:
            self.heads[key] = facts["id"]
        if head is None:
            return self._open(new) if new["score"] <= 6 else "stored"
        head["standing"] = "replaced"
        if head["issue"] is None:
            return self._open(new) if new["score"] <= 6 else "replaced"
        new["issue"] = head["issue"]
        self.issues[head["issue"]]["responses"].append(new["id"])
        return self._goes_on(self.issues[head["issue"]], new)

    def _known(self, known: dict[str, Any], facts: dict[str, Any], *, replace: bool) -> str:
        if all(known[name] == value for name, value in facts.items()):
            return "duplicate"
        kept = ("survey", "ticket", *(("at",) if known["ticket"] else ()))
        if not replace or any(known[name] != facts[name] for name in kept):
            raise Refused("ResponseConflict")
        known.update(facts, revision=known["revision"] + 1)
        issue = self.issues.get(known["issue"] or "")
        if known["standing"] != "current":
            if issue is not None:
                self._happened(issue, "response", "system")
            return "superseded"
        if issue is None:
            return self._open(known) if known["score"] <= 6 else "replaced"
        return self._goes_on(issue, known)

    def _open(self, response: dict[str, Any]) -> str:
        self._issue(response, "needs_attention", self._route(response["group"]))
        return "opened"

    def _route(self, group: str | None) -> str:
        return LEADS.get(group or "", "dana")

    def _issue(self, response: dict[str, Any], status: str, assignee: str) -> dict[str, Any]:
        response["issue"] = response["id"]
        issue = {
            "status": status,
            "assignee": assignee,
            "followers": [],
            "notes": [],
            "episodes": 1,
            "events": ["opened"],
            "response": response["id"],
            "responses": [response["id"]],
            "urgent_by": None,
            "at": self.now,
            "closed_at": None,
        }
        self.issues[response["id"]] = issue
        return issue

    def _goes_on(self, issue: dict[str, Any], response: dict[str, Any]) -> str:
        self._happened(issue, "response", "system")
        issue["response"] = response["id"]
        if response["score"] <= 6 and issue["status"] in CLOSED:
            self._happened(issue, "reopened", "system")
            issue.update(status="needs_attention", episodes=issue["episodes"] + 1, urgent_by=None)
            return "reopened"
        return "replaced"

    def _happened(self, issue: dict[str, Any], kind: str, actor: str, note: str | None = None) -> None:
        issue["events"].append(kind)
        issue["at"] = max(issue["at"], self.now)
        if kind == "reopened":
            issue["closed_at"] = None
        if note is not None:
            issue["notes"].append(note.strip())
        if actor not in {"system", issue["urgent_by"]}:
            issue["urgent_by"] = None

    # --- work --------------------------------------------------------------------------------------------------------

    def _stale(self, issue: dict[str, Any], version: int | None, kinds: set[str]) -> None:
        if version is not None and (version > len(issue["events"]) or kinds & set(issue["events"][version:])):
            raise Refused("StaleIssue")

    def set_status(self, one: str, actor: str, status: str, note: str, version: int | None) -> None:
        """Move an issue; the same status again only keeps its note."""
        issue = self.issues[one]
        self._stale(issue, version, STATUS_EVENTS)
        was = issue["status"]
        if status == was:
            if note.strip():
                self._happened(issue, "note", actor, note)
            return
        if status == "needs_attention" or (was in CLOSED and status not in CLOSED):
            raise Refused("MoveRefused")
        if status == "escalated":
            raise Refused("ReasonRequired")
        if not note.strip():
            raise Refused("NoteRequired")
        self._happened(issue, "status", actor, note)
        issue["status"] = status
        if status in CLOSED:
            issue.update(urgent_by=None, closed_at=issue["closed_at"] or issue["at"])

    def escalate(self, one: str, actor: str, note: str, version: int | None) -> None:
        """Escalate an issue, or escalate it again."""
        issue = self.issues[one]
        self._stale(issue, version, STATUS_EVENTS)
        if issue["status"] in CLOSED:
            raise Refused("MoveRefused")
        if issue["status"] != "escalated":
            if not note.strip():
                raise Refused("NoteRequired")
            self._happened(issue, "status", actor, note)
            issue["status"], note = "escalated", ""
        self._happened(issue, "escalated", actor, note if note.strip() else None)
        issue["urgent_by"] = actor

    def reopen(self, one: str, actor: str, status: str | None, note: str, version: int | None) -> None:
        """Take a closed issue up again."""
        issue = self.issues[one]
        self._stale(issue, version, STATUS_EVENTS)
        if issue["status"] not in CLOSED or status not in {None, "needs_attention", "in_progress"}:
            raise Refused("MoveRefused")
        if not note.strip():
            raise Refused("NoteRequired")
        self._happened(issue, "reopened", actor, note)
        issue.update(status=status or "needs_attention", episodes=issue["episodes"] + 1, urgent_by=None)

    def assign(self, one: str, actor: str, wanted: tuple[str, bool], note: str, version: int | None) -> None:
        """Give an issue to somebody, and follow it on if so wanted."""
        who, follow = wanted
        issue = self.issues[one]
        self._stale(issue, version, {"assigned"})
        if who == "gone":
            raise Refused("PersonNotFound")
        if who != issue["assignee"]:
            if not note.strip():
                raise Refused("NoteRequired")
            self._happened(issue, "assigned", actor, note)
            issue["assignee"] = who
        elif note.strip():
            self._happened(issue, "note", actor, note)
        if follow:
            self.follow(one, actor, actor)

    def follow(self, one: str, actor: str, who: str) -> None:
        """Let somebody follow."""
        if who == "gone":
            raise Refused("PersonNotFound")
        issue = self.issues[one]
        if who not in issue["followers"]:
            self._happened(issue, "followed", actor)
            issue["followers"].append(who)

    def unfollow(self, one: str, actor: str, who: str) -> None:
        """Let somebody follow no longer."""
        issue = self.issues[one]
        if who in issue["followers"]:
            self._happened(issue, "unfollowed", actor)
            issue["followers"].remove(who)
        elif who == "gone":
            raise Refused("PersonNotFound")

    def add_note(self, one: str, actor: str, note: str) -> None:
        """Add a note."""
        if not note.strip():
            raise Refused("NoteRequired")
        self._happened(self.issues[one], "note", actor, note)

    def flag(self, response_id: str, assignee: str | None, note: str) -> None:
        """Make a response an issue by hand."""
        response = self.responses[response_id]
        if response["issue"] is not None:
            raise Refused("ResponseHasIssue")
        if response["standing"] != "current":
            raise Refused("ResponseReplaced")
        if not note.strip():
            raise Refused("NoteRequired")
        issue = self._issue(response, "needs_attention", assignee or self._route(response["group"]))
        issue["notes"].append(note.strip())

    # --- sight -------------------------------------------------------------------------------------------------------

    def sees(self, who: str, one: str) -> bool:
        """Say whether a person sees an issue."""
        issue = self.issues[one]
        group = self.responses[issue["response"]]["group"]
        if who in EVERYTHING or group in GROUP_ACCESS.get(who, ()) or who in ALERTED.get(group or "", ()):
            return True
        return who == issue["assignee"] or who in issue["followers"]

    def section(self, who: str, name: str) -> list[str]:
        """Return the issues of a section of a person's inbox, newest first; ties are left in the model's order."""
        found = []
        for one, issue in self.issues.items():
            phase, is_mine = PHASES[issue["status"]], issue["assignee"] == who
            is_in = {
                "flagged": phase == "open",
                "working": phase == "active" and is_mine,
                "followed": phase != "closed" and who in issue["followers"],
                "open": phase != "closed",
                "closed": phase == "closed",
                "mine": phase != "closed" and is_mine,
            }[name]
            if is_in and self.sees(who, one):
                found.append(one)
        return sorted(found, key=lambda one: self.responses[self.issues[one]["response"]]["at"], reverse=True)
