"""What a browser sends: read within limits, made a form of, and kept for when it has to be shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from secrets import token_urlsafe

import python_multipart  # noqa: F401  (Starlette reads forms with it, and would miss it when the first one comes)
from attrs import field, frozen
from starlette.datastructures import FormData
from starlette.requests import Request

from resolutionkit.errors import (
    InvalidValue,
    KeyReused,
    NoteRequired,
    PersonNotFound,
    ReasonRequired,
    ResolutionKitError,
)
from resolutionkit.model.conflicts import MoveRefused, StaleIssue
from resolutionkit.tracker.linkviews import LinkForm

BODY_MAX = 1_000_000
"""The most bytes of a form: a note of the greatest length in any script, encoded."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_ISSUE = re.compile(r"[0-9a-f-]{36}")
_TEXTS = ("status", "note", "author", "reason", "reason_kind", "assignee")
ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts to unsubscribe (RFC 8058)."""


def new_key() -> str:
    """Return the key of a new form."""
    return token_urlsafe(12)


class TooLong(Exception):
    """A body is longer than any form."""


@frozen(kw_only=True)
class Typed:
    """What somebody typed, and what is wrong with it.

    Attributes:
        fields: The texts, by the names of the fields.
        spoke: Whether the box is ticked.
        follow: Whether the box is ticked.
        key: The form's key, or None where no form of ours was sent.
        version: The version of the issue that the page showed, or None.
        issue: The id of the issue that the page showed, or None.
        errors: What is wrong, by the names of the fields; the empty name is the form as a whole.
    """

    fields: Mapping[str, str] = field(factory=dict)
    spoke: bool = False
    follow: bool = False
    key: str | None = field(factory=new_key)
    version: int | None = None
    issue: str | None = None
    errors: Mapping[str, str] = field(factory=dict)

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return self.fields.get(name, "")

    @property
    def form(self) -> LinkForm:
        """Return the form to act by; what was left blank was not said."""
        said = {name: self.fields.get(name) or None for name in _TEXTS}
        return LinkForm(
            **said, spoke=self.spoke, follow=self.follow, version=self.version, issue=self.issue, key=self.key
        )


async def posted(request: Request) -> FormData:
    """Return what was posted, as a form of either kind; files count for nothing.

    Raises:
        TooLong: It is longer than any form of ours.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX:
            raise TooLong

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return await Request(request.scope, receive).form(max_files=0, max_fields=50, max_part_size=BODY_MAX)


def is_one_click(form: FormData) -> bool:
    """Say whether a mail program unsubscribes somebody."""
    name, value = ONE_CLICK
    return form.get(name) == value


def typed_in(form: FormData) -> Typed:
    """Return what somebody typed. What no form of ours can have sent counts as not there."""
    fields = {name: _lines(value) for name in _TEXTS if isinstance(value := form.get(name), str)}
    key, version, issue = (str(form.get(name, "")) for name in ("key", "version", "issue"))
    return Typed(
        fields=fields,
        spoke="spoke" in form,
        follow="follow" in form,
        key=key if _KEY.fullmatch(key) else None,
        version=int(version) if _VERSION.fullmatch(version) else None,
        issue=issue if _ISSUE.fullmatch(issue) else None,
    )


def _lines(value: str) -> str:
    """Return a text with the line ends that people mean; browsers send those of HTTP."""
    return value.replace("\r\n", "\n").replace("\r", "\n")


FIELDS = frozenset({*_TEXTS, "spoke", "follow"})


def fault_of(problem: ResolutionKitError) -> tuple[str, str]:
    """Return which field is at fault and the name of the words for it; the empty name is the form as a whole."""
    for kinds, found in _FAULTS:
        if isinstance(problem, kinds):
            return found
    if isinstance(problem, InvalidValue) and problem.field in FIELDS:
        return problem.field, "invalid"
    return "", "unusable"


_FAULTS: tuple[tuple[type[ResolutionKitError], tuple[str, str]], ...] = (
    (NoteRequired, ("note", "note_required")),
    (ReasonRequired, ("reason", "reason_required")),
    (PersonNotFound, ("assignee", "person_not_found")),
    (MoveRefused, ("status", "move_refused")),
    (StaleIssue, ("", "stale")),
    (KeyReused, ("", "key_reused")),
)
"""Which field each refusal is about, and the name of its words in ``templates/words.html``."""
