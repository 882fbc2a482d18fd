"""Errors: each descends from the built-in that fits, says what is right instead, and survives a pickle."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import resolutionkit as rk
from resolutionkit.errors import shown
from resolutionkit.importing.rows import RowRefused
from support import response

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def opened() -> tuple[rk.Issue, tuple[rk.Event, ...]]:
    """Return an issue with its history."""
    with rk.Tracker.open("memory:", clock=lambda: NOON) as tracker:
        issue = tracker.record(response()).issue
        assert issue is not None
        return issue, tracker.history(issue.id)


FAULT = rk.Fault("zone", "is none")
ERRORS: dict[str, tuple[Any, type[Exception]]] = {
    "ResolutionKitError": (rk.ResolutionKitError("x"), Exception),
    "InvalidValue": (rk.InvalidValue("a", 1, "2"), ValueError),
    "InvalidResponse": (rk.InvalidResponse("a", 1, "2"), ValueError),
    "InvalidScore": (rk.InvalidScore("score", 11, "0 to 10", "NPS"), ValueError),
    "InvalidCommand": (rk.InvalidCommand("note", 1, "text"), ValueError),
    "InvalidCondition": (rk.InvalidCondition("condition, column 3", "=", "a number", 3), ValueError),
    "InvalidFilter": (rk.InvalidFilter("limit", 0, "1"), ValueError),
    "InvalidCursor": (rk.InvalidCursor("it is damaged"), ValueError),
    "ResponseNotFound": (rk.ResponseNotFound("r-1"), LookupError),
    "IssueNotFound": (rk.IssueNotFound("i-1"), LookupError),
    "PersonNotFound": (rk.PersonNotFound("ed", "is inactive"), LookupError),
    "AccountNotFound": (rk.AccountNotFound("acme", "open it"), LookupError),
    "AccessDenied": (rk.AccessDenied("ed", "is inactive"), PermissionError),
    "NoteRequired": (rk.NoteRequired("a reassignment"), ValueError),
    "ReasonRequired": (rk.ReasonRequired("an escalation"), ValueError),
    "KeyReused": (rk.KeyReused("k"), ValueError),
    "FaultsFound": (rk.FaultsFound([FAULT]), ValueError),
    "PolicyError": (rk.PolicyError([FAULT, FAULT], "policy.toml"), ValueError),
    "DirectoryError": (rk.DirectoryError([FAULT]), ValueError),
    "MappingError": (rk.MappingError([FAULT]), ValueError),
    "ImportFailed": (rk.ImportFailed("a.csv", 3, "is no CSV"), ValueError),
    "WebhookNotVerified": (rk.WebhookNotVerified("typeform", "unsigned"), PermissionError),
    "WebhookUnreadable": (rk.WebhookUnreadable("typeform", "a.b", "no score"), ValueError),
    "EmailTextError": (rk.EmailTextError([FAULT]), ValueError),
    "NotDelivered": (rk.NotDelivered("busy", retry_after=timedelta(hours=1), is_final=True), Exception),
    "PluginError": (rk.PluginError("x"), RuntimeError),
    "MissingExtra": (rk.MissingExtra("sql", "a SQL database"), ImportError),
    "StorageError": (rk.StorageError("x"), RuntimeError),
    "StorageBusy": (rk.StorageBusy("x"), RuntimeError),
    "StorageReadOnly": (rk.StorageReadOnly("x"), RuntimeError),
    "StorageUnavailable": (rk.StorageUnavailable("x"), RuntimeError),
    "CommitUnknown": (rk.CommitUnknown(), RuntimeError),
    "WriteConflict": (rk.WriteConflict("x"), RuntimeError),
    "NotADatabase": (rk.NotADatabase("x"), RuntimeError),
    "SchemaMismatch": (rk.SchemaMismatch("x"), RuntimeError),
    "LinkForged": (rk.LinkForged(), PermissionError),
    "LinkExpired": (rk.LinkExpired(NOON), PermissionError),
    "LinkRefused": (rk.LinkRefused(rk.LinkProblem.MOVED), PermissionError),
    "MoveRefused": (rk.MoveRefused("resolved", "x", ["cant_resolve"], ["in_progress"], "no such"), ValueError),
    "ResponseConflict": (rk.ResponseConflict("r-1", [("score", 3, 4)]), ValueError),
    "ResponseReplaced": (rk.ResponseReplaced("r-1", "r-2"), LookupError),
    "ResponseMoved": (rk.ResponseMoved("r-1", "emea", "field"), LookupError),
    "ResponseHasIssue": (rk.ResponseHasIssue("r-1", "i-1"), ValueError),
    "StaleIssue": (rk.StaleIssue(*opened(), 1), ValueError),
}
PUBLIC = {
    name for name in rk.__all__ if isinstance(getattr(rk, name), type) and issubclass(getattr(rk, name), Exception)
}


def test_every_public_error_is_looked_at_here() -> None:
    """A new error gets its row in the table."""
    assert set(ERRORS) == PUBLIC


@pytest.mark.parametrize(("error", "builtin"), ERRORS.values(), ids=ERRORS)
def test_every_error_descends_from_ours_and_from_the_built_in_that_fits(error: Any, builtin: type[Exception]) -> None:
    """A caller may catch either."""
    assert isinstance(error, rk.ResolutionKitError)
    assert isinstance(error, builtin)


@pytest.mark.parametrize("error", [error for error, _ in ERRORS.values()], ids=list(ERRORS))
def test_every_error_survives_a_pickle(error: Any) -> None:
    """A worker process hands its error to its parent with the same words and the same facts."""
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_a_refused_row_survives_a_pickle() -> None:
    """The error that a row reader raises inside crosses processes too."""
    error = RowRefused("Rating", "is no number")
    again = pickle.loads(pickle.dumps(error))
    assert (again.column, again.reason) == (error.column, error.reason)


def test_faults_are_listed_with_their_places_and_their_number() -> None:
    """One line for each fault, under the file's name."""
    found = rk.PolicyError([FAULT, rk.Fault("moves[1].to", "no status")], "policy.toml")
    assert str(found).splitlines() == ["policy.toml: 2 faults", "  zone: is none", "  moves[1].to: no status"]


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("plain", "'plain'"),
        ("two\nlines", r"'two\nlines'"),
        ("\x1b[31mred", r"'\x1b[31mred'"),
        ("\u202eevil", r"'\u202eevil'"),
        (True, "True"),
        (NOON, "2026-11-20T12:00:00+00:00"),
        (NOON.replace(tzinfo=None), "2026-11-20T12:00:00"),
        (NOON.date(), "2026-11-20"),
    ],
    ids=["plain", "lines", "escape", "bidi", "bool", "instant", "naive", "day"],
)
def test_a_value_is_shown_escaped(value: object, printed: str) -> None:
    """What a respondent typed cannot add a line to a log nor a colour to a terminal."""
    assert shown(value) == printed


@pytest.mark.parametrize("value", [10**5000, (0, 10**5000), {"score": -(10**5000)}], ids=["int", "tuple", "dict"])
def test_what_python_does_not_write_out_is_shown_shortly(value: object) -> None:
    """An integer of thousands of digits breaks no error message."""
    assert len(shown(value)) < 100


def test_a_long_value_is_cut_where_it_is_shown() -> None:
    """A comment of 50,000 characters does not fill a log."""
    assert len(shown("x" * 50_000)) == 81


def test_a_refused_move_says_what_is_allowed_instead() -> None:
    """Statuses to set and statuses to reopen to are told apart."""
    error = rk.MoveRefused("resolved", "open", ["cant_resolve", "not_an_issue"], ["needs_attention"])
    assert "set_status to cant_resolve, not_an_issue or reopen to needs_attention" in str(error)
    assert str(rk.MoveRefused("a", "b", ())).endswith("allowed now: nothing")


def test_a_conflict_shows_instants_as_people_write_them() -> None:
    """Whole, and not as Python writes them out."""
    error = rk.ResponseConflict("r-1", [("received_at", NOON, NOON.replace(microsecond=1))])
    assert "received_at: stored 2026-11-20T12:00:00+00:00, given 2026-11-20T12:00:00.000001+00:00)" in str(error)


def test_a_conflict_shows_both_contents_escaped() -> None:
    """Stored and given value stand beside each other, and neither breaks the line."""
    error = rk.ResponseConflict("r-1", [("comment", "a\nb", "c")])
    assert "comment: stored 'a\\nb', given 'c'" in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_has_the_http_status_that_fits(name: str) -> None:
    """A host answers what a person may not, what is not there, what does not fit, and what cannot be."""
    error, _ = ERRORS[name]
    conflicts = (
        rk.MoveRefused,
        rk.ResponseConflict,
        rk.ResponseHasIssue,
        rk.ResponseMoved,
        rk.ResponseReplaced,
        rk.StaleIssue,
        rk.WriteConflict,
    )
    statuses = {
        (rk.LinkExpired, rk.LinkRefused): 410,
        rk.LinkForged: 404,
        conflicts: 409,
        rk.AccessDenied: 403,
        rk.WebhookNotVerified: 401,
        (rk.AccountNotFound, rk.IssueNotFound, rk.ResponseNotFound): 404,
        rk.NotDelivered: 502,
        rk.StorageError: 503,
        (ValueError, rk.PersonNotFound): 422,
        rk.ResolutionKitError: 500,
    }
    assert error.http_status == next(code for kinds, code in statuses.items() if isinstance(error, kinds))
