"""The way back of webhooks: a request whose sender is proved says what became of an issue elsewhere (C9). Pure.

How a sender is proved stands in ``signatures``; applying the update is the tracker's business. A request that is sent
again has the same ``webhook-id``, which is the update's key, so that it happens once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from resolutionkit.datafile import nearest
from resolutionkit.errors import InvalidCommand, InvalidValue, shown
from resolutionkit.importing import signatures
from resolutionkit.importing.envelopes import lowered, raw_body, several
from resolutionkit.importing.jsonlines import no_number, unique
from resolutionkit.importing.webhooks import WebhookNotVerified, WebhookUnreadable
from resolutionkit.model.commands import InboundUpdate
from resolutionkit.model.values import utc

BODY_MAX = 1_000_000
"""The most bytes of a body: more than the longest note takes, however it is written."""

_SENDER = "the system that sends updates"
_DECODER = json.JSONDecoder(parse_constant=no_number, object_pairs_hook=unique)


def read_update(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secret: str | Sequence[str],
    now: datetime,
    sender: str = _SENDER,
) -> InboundUpdate:
    """Return what another system says of an issue, after proving that it has said so (requirement C9).

    The request is signed after the Standard Webhooks specification. Its body is a JSON object with ``issue``, and any
    of ``status``, ``assignee``, ``note``, ``author``, ``spoke``, ``happened_at``, ``reason``, ``reason_kind`` and
    ``expected_version``; ``null`` says nothing. Nothing is changed here: that is ``tracker.apply_update(update, ...)``.

    Args:
        body: The body as it came, before anything has parsed it.
        headers: The request's headers; the case of their names is no matter.
        secret: The signing secret; several while one takes another's place, of which any will do.
        now: The present. What was signed more than 5 minutes before or after it is refused.
        sender: Who should have sent it, for the errors.

    Raises:
        WebhookNotVerified: The signature is missing, wrong or too old: it may be forged, or sent again by somebody.
        WebhookUnreadable: The body is too long or no such object; the error has the place.
        InvalidValue: An argument is not acceptable, such as a body that is text.
    """
    proved, given = raw_body(body), lowered(headers)
    problem = signatures.standard(proved, given, several(secret), utc(now, "now", InvalidValue))
    if problem is not None:
        raise WebhookNotVerified(sender, problem)
    facts = _facts(sender, proved)
    try:
        return InboundUpdate(key=given["webhook-id"], **facts)
    except InvalidCommand as refused:
        place = {"key": "webhook-id", "update": None}.get(refused.field, refused.field)
        raise WebhookUnreadable(sender, place, f"{shown(refused.value)}: expected {refused.expected}") from refused


def _facts(sender: str, body: bytes) -> dict[str, Any]:
    if len(body) > BODY_MAX:
        raise WebhookUnreadable(sender, None, f"the body is longer than {BODY_MAX:,} bytes")
    found = {name: value for name, value in _object(sender, body).items() if value is not None}
    for name in found:
        if name not in _READ:
            reason = f"is not known{nearest(name, _READ)}; there are {', '.join(_READ)}"
            raise WebhookUnreadable(sender, name, reason)
    if "issue" not in found:
        raise WebhookUnreadable(
            sender, "issue", "is missing: the id of the issue, as the webhooks that you get have it"
        )
    try:
        return {name: _READ[name](value) for name, value in found.items()}
    except ValueError as problem:
        raise WebhookUnreadable(sender, "happened_at", "is no instant after ISO 8601, with its zone") from problem


def _object(sender: str, body: bytes) -> dict[str, Any]:
    try:
        value = _DECODER.decode(body.decode())
    except RecursionError as problem:
        raise WebhookUnreadable(sender, None, "the body is nested too deeply") from problem
    except UnicodeDecodeError as problem:
        raise WebhookUnreadable(sender, None, "the body is not UTF-8") from problem
    except json.JSONDecodeError as problem:
        reason = f"the body is not valid JSON: {problem.msg}, at character {problem.pos + 1}"
        raise WebhookUnreadable(sender, None, reason) from problem
    except ValueError as problem:
        raise WebhookUnreadable(sender, None, f"the body {problem}") from problem
    if not isinstance(value, dict):
        raise WebhookUnreadable(sender, None, "the body is not a JSON object")
    return value


def _as_it_is(value: object) -> object:
    return value


def _instant(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


_READ: Mapping[str, Callable[[object], object]] = {
    "issue": _as_it_is,
    "status": _as_it_is,
    "assignee": _as_it_is,
    "note": _as_it_is,
    "author": _as_it_is,
    "spoke": _as_it_is,
    "happened_at": _instant,
    "reason": _as_it_is,
    "reason_kind": _as_it_is,
    "expected_version": _as_it_is,
}
"""Every name that a body may have, and how JSON's value becomes what the update checks."""
