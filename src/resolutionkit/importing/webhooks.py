"""Inbound webhooks: a request whose sender is proved becomes a response, through the mapping that files use. Pure.

Where the request comes from, and what is answered, is the host's business; how a sender is proved stands in
``signatures``. A request that is sent again becomes the same response, which is a duplicate when it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from resolutionkit.errors import InvalidValue, ResolutionKitError, shown
from resolutionkit.importing import signatures
from resolutionkit.importing.envelopes import lowered, raw_body, several
from resolutionkit.importing.identity import ColumnId
from resolutionkit.importing.jsonlines import cells
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.rows import RECORD_MAX, Row, RowLeftOut, RowRefused
from resolutionkit.model.response import Response
from resolutionkit.model.values import utc

BODY_MAX = RECORD_MAX
"""The most bytes of a body."""


class WebhookNotVerified(ResolutionKitError, PermissionError):
    """An inbound webhook is not proved to be its sender's: unsigned, signed otherwise, or too old (requirement A10).

    Attributes:
        sender: Who should have sent it.
        reason: What is wrong with the proof; nothing of the body or the secret is in it.
    """

    http_status = 401

    def __init__(self, sender: str, reason: str) -> None:
        """Say whose proof is missing, and why."""
        self.sender = sender
        self.reason = reason
        super().__init__(f"this webhook is not proved to come from {sender}: {reason}; answer 401, and record nothing")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.sender, self.reason))


class WebhookUnreadable(ResolutionKitError, ValueError):
    """The body of an inbound webhook is its sender's, and yet becomes no response (requirement A10).

    Attributes:
        sender: Who sent it.
        column: The name in the body that is at fault, with dots, or None where the whole body is meant.
        reason: What is wrong and what would be right; values in it are escaped and cut.
    """

    def __init__(self, sender: str, column: str | None, reason: str) -> None:
        """Say whose body it is, and what is wrong where."""
        self.sender = sender
        self.column = column
        self.reason = reason
        place = "" if column is None else f", {shown(column)}"
        super().__init__(f"the webhook from {sender}{place}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.sender, self.column, self.reason))


_Proof: TypeAlias = Callable[[bytes, Mapping[str, str], Sequence[str], datetime], str | None]


@frozen
class _Sender:
    """Who sends webhooks.

    Attributes:
        proof: What tells why a request is not proved.
        kind: The name in the body that says what happened.
        answered: What it says where somebody has answered.
    """

    proof: _Proof
    kind: str
    answered: str


_SENDERS = {
    "formbricks": _Sender(signatures.standard, "event", "responseFinished"),
    "typeform": _Sender(signatures.typeform, "event_type", "form_response"),
}


def read_webhook(
    sender: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    secret: str | Sequence[str],
    mapping: ImportMapping,
    now: datetime,
) -> Response | None:
    """Return the response that a survey tool's webhook brings, after proving that the tool has sent it (A10).

    Nothing is recorded: that is ``tracker.record(response)``, where the same response sent again is a duplicate.

    Args:
        sender: ``"typeform"`` or ``"formbricks"``.
        body: The body as it came, before anything has parsed it.
        headers: The request's headers; the case of their names is no matter.
        secret: The webhook's secret; several while one takes another's place, of which any will do.
        mapping: What becomes what, such as ``ImportMapping.preset(sender, score=...)``; its id is a column.
        now: The present. What Formbricks signed more than 5 minutes before or after it is refused; Typeform signs no
            instant.

    Returns:
        The response, or None for a test, for an answer that is not finished, and for what the mapping leaves out.

    Raises:
        WebhookNotVerified: The signature is missing, wrong or too old: it may be forged, or sent again by somebody.
        WebhookUnreadable: The body is too long or no JSON, or a value in it is not what the response needs.
        InvalidValue: An argument is not acceptable, such as a body that is text.
    """
    one = _sender(sender)
    proved = raw_body(body)
    _check_mapping(mapping)
    problem = one.proof(proved, lowered(headers), several(secret), utc(now, "now", InvalidValue))
    if problem is not None:
        raise WebhookNotVerified(sender, problem)
    row = _row(sender, proved, mapping)
    if row.get(one.kind) != one.answered:
        return None
    try:
        return mapping.response(row, b"")
    except RowLeftOut:
        return None
    except RowRefused as refused:
        raise WebhookUnreadable(sender, refused.column, refused.reason) from refused


def _sender(name: str) -> _Sender:
    found = _SENDERS.get(name)
    if found is None:
        raise InvalidValue("sender", name, f"one of {', '.join(_SENDERS)}")
    return found


def _check_mapping(mapping: object) -> None:
    if isinstance(mapping, ImportMapping) and isinstance(mapping.id, ColumnId):
        return
    # An id that is built needs the account's key, which is not known here.
    raise InvalidValue("mapping", type(mapping).__name__, "an ImportMapping whose id stands in a column")


def _row(sender: str, body: bytes, mapping: ImportMapping) -> Row:
    if len(body) > BODY_MAX:
        raise WebhookUnreadable(sender, None, f"the body is longer than {BODY_MAX:,} bytes")
    try:
        return cells(body.decode(), mapping.file.keyed)
    except UnicodeDecodeError as problem:
        reason = f"the body is not UTF-8: byte {shown(problem.object[problem.start])} at {problem.start + 1}"
        raise WebhookUnreadable(sender, None, reason) from problem
    except ValueError as problem:
        raise WebhookUnreadable(sender, None, f"the body {problem}") from problem
