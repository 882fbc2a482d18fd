"""What a webhook says of an event, as a CloudEvent in JSON. Pure; how it is signed and sent stands in ``webhook``.

``webhook_payload.schema.json`` describes it for receivers, and the tests hold the two equal.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.notices import Notice
from resolutionkit.model.plaindata import plain_data
from resolutionkit.serialize import to_json

PAYLOAD_SCHEMA = "urn:resolutionkit:webhook-payload:1"
"""Which description the payload follows; another number would be one that receivers have to learn."""

_FACTS = (
    "id",
    "version",
    "status",
    "phase",
    "is_open",
    "is_urgent",
    "has_priority",
    "tags",
    "assignee",
    "followers",
    "level",
    "episode",
    "needs_recovery",
    "backfilled",
    "flagged_by_hand",
    "opened_at",
    "closed_at",
    "changed_at",
)
"""What is told of the issue itself."""
_RESPONSE_FACTS = ("survey", "score", "group", "segment", "ticket", "received_at")
"""What is told of the response that it is about: nothing that a respondent typed, which only events bring."""


def webhook_payload_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what a :class:`WebhookObserver` sends (requirement C9)."""
    text = files("resolutionkit.notify").joinpath("webhook_payload.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def payload(notice: Notice, event: Event) -> bytes:
    """Return the body that tells of one event: all of the event, and the issue as it is when it is sent."""
    told = {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/accounts/{quote(notice.account, safe='')}",
        "type": f"resolutionkit.issue.{event.kind}",
        "subject": notice.message.issue,
        "time": plain_data(event.at),
        "datacontenttype": "application/json",
        "dataschema": PAYLOAD_SCHEMA,
        "data": {"account": notice.account, "event": plain_data(event), "issue": _issue(notice, notice.issue)},
    }
    return to_json(told).encode()


def _issue(notice: Notice, issue: Issue | None) -> dict[str, Any] | None:
    if issue is None:
        return None
    assignee = notice.people.get(issue.assignee or "")
    return {
        **{name: plain_data(getattr(issue, name)) for name in _FACTS},
        "status_label": notice.labels.get(issue.status, issue.status),
        "assignee_email": issue.assignee if assignee is None else assignee.email,
        "response": issue.response.id,
        "scale": notice.scale.name,
        **{name: plain_data(getattr(issue.response, name)) for name in _RESPONSE_FACTS},
    }
