"""Values to rows and back, a pair of functions for each table. Columns stand in ``tables``, statements elsewhere."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from resolutionkit.model.deliveries import Delivery, Fate, is_leased
from resolutionkit.model.issue import Issue, IssueLine, Phase
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.notes import Note
from resolutionkit.model.quarantine import QuarantineReason
from resolutionkit.model.response import Contact, Response, ResponseRecord, Standing
from resolutionkit.model.results import Advice, AdviceCode
from resolutionkit.model.scale import Category, Score
from resolutionkit.model.sortkeys import due_key, urgency, urgency_facts
from resolutionkit.model.trusted import trusted
from resolutionkit.model.values import instant_of, micros
from resolutionkit.ports import Remembered
from resolutionkit.serialize import PARTY_KEYS, StoredEvent, to_json
from resolutionkit.storage.sql.wire import Row

MERGED = "merged"
"""What stands in the place of the phase where an issue was merged into another: lists read phases, and find none."""

Keys: TypeAlias = Mapping[str, str]
"""Parties to keys, or keys to parties."""

_line, _record = trusted(IssueLine), trusted(ResponseRecord)
_message, _delivery = trusted(Message), trusted(Delivery)

ASSIGNEE, FOLLOWER, HIERARCHY, LEADERSHIP, ALERTED = "assignee", "follower", "hierarchy", "leadership", "alerted"
ACCOUNTABLE = "accountable"
ROLES = (ASSIGNEE, FOLLOWER, HIERARCHY, LEADERSHIP, ALERTED, ACCOUNTABLE)
"""What a person can be to an issue so that it is the person's own."""


def digest(secret: bytes, text: str) -> str:
    """Return what stands in the place of a personal value that has to be found again."""
    return hmac.digest(secret, text.encode(), "sha256").hex()


def contact_hashes(contact: Contact, secret: bytes | None) -> dict[str, str]:
    """Return the columns by which a contact's responses are found."""
    email, company = contact.email, contact.company
    return {
        "email_hash": digest(secret, f"email:{email.lower()}") if secret and email else "",
        "company_hash": digest(secret, f"company:{company}") if secret and company else "",
    }


def kept_score(value: float) -> Score:
    """Return a number as it is kept in memory: whole ones are ints."""
    return int(value) if value == int(value) else value


def record_row(account: str, record: ResponseRecord, keys: Keys, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Return the row of a response."""
    response = record.response
    return {
        "account": account,
        "id": response.id,
        "revision": record.revision,
        "recorded_at": micros(record.recorded_at),
        "received_at": micros(response.received_at),
        "survey": response.survey or "",
        "ticket": response.ticket or "",
        "group_code": response.group or "",
        "segment": response.segment or "",
        "scale": record.scale,
        "category": record.category.value,
        "threshold": float(record.threshold),
        "needs_recovery": int(record.needs_recovery),
        "standing": record.standing.value,
        "replaced_by": record.replaced_by or "",
        "issue": record.issue or "",
        "people": to_json([keys[who] for who in record.people]),
        "erased_at": erased_key(record.erased_at),
        "quarantined_for": ",".join(record.quarantined_for),
        "quarantined_since": erased_key(record.quarantined_since),
        "repaired_at": erased_key(record.repaired_at),
        **hashes,
    }


def record_keys(before: ResponseRecord) -> dict[str, Any]:
    """Return what tells the row of a response that is still what was read."""
    return {
        "key_id": before.id,
        "key_revision": before.revision,
        "key_standing": before.standing.value,
        "key_issue": before.issue or "",
        "key_erased_at": erased_key(before.erased_at),
    }


def record_from(row: Row, response: Response, names: Keys) -> ResponseRecord:
    """Return the record of a response."""
    return _record(
        response=response,
        revision=row.revision,
        recorded_at=instant_of(row.recorded_at),
        scale=row.scale,
        category=Category(row.category),
        threshold=kept_score(row.threshold),
        needs_recovery=bool(row.needs_recovery),
        standing=Standing(row.standing),
        replaced_by=row.replaced_by or None,
        issue=row.issue or None,
        people=tuple(names[key] for key in json.loads(row.people)),
        erased_at=instant_of(row.erased_at) if row.erased_at else None,
        quarantined_for=tuple(map(QuarantineReason, filter(None, row.quarantined_for.split(",")))),
        quarantined_since=instant_of(row.quarantined_since) if row.quarantined_since else None,
        repaired_at=instant_of(row.repaired_at) if row.repaired_at else None,
    )


def erased_key(at: datetime | None) -> int:
    """Return when a response was erased, quarantined or repaired as its row has it: 0 where it never was."""
    return 0 if at is None else micros(at)


def quarantine_key(record: ResponseRecord | None) -> int | None:
    """Return the key by which a response in quarantine is listed; None where it is not in quarantine."""
    return micros(record.response.received_at) if record is not None and record.is_quarantined else None


def issue_row(
    account: str, issue: Issue, due_at: datetime | None, wake_at: datetime | None, keys: Keys
) -> dict[str, Any]:
    """Return the row of an issue, what lists show and sort by, but for its response's revision and hashes."""
    response = issue.response
    return {
        "account": account,
        "id": issue.id,
        "version": issue.version,
        "status": issue.status,
        "phase": issue.phase.value if issue.merged_into is None else MERGED,
        "assignee": keys[issue.assignee] if issue.assignee is not None else "",
        "response": response.id,
        "received_at": micros(response.received_at),
        "score": float(response.score),
        "survey": response.survey or "",
        "ticket": response.ticket or "",
        "group_code": response.group or "",
        "segment": response.segment or "",
        "urgency": urgency(issue),
        "due_at": due_key(due_at),
        "wake_at": due_key(wake_at),
        "episode": issue.episode,
        "level": issue.level,
        "opened_at": micros(issue.opened_at),
        "closed_at": None if issue.closed_at is None else micros(issue.closed_at),
        "changed_at": micros(issue.changed_at),
        "needs_recovery": int(issue.needs_recovery),
        "backfilled": int(issue.backfilled),
        "note_count": issue.note_count,
        "has_spoken": int(issue.has_spoken),
    }


def line_from(row: Row, response: Response, names: Keys) -> IssueLine:
    """Return an issue as a list shows it."""
    is_urgent, has_priority = urgency_facts(row.urgency)
    return _line(
        id=row.id,
        version=row.version,
        status=row.status,
        phase=Phase(row.phase),
        response=response,
        assignee=names[row.assignee] if row.assignee else None,
        level=row.level,
        needs_recovery=bool(row.needs_recovery),
        backfilled=bool(row.backfilled),
        is_urgent=is_urgent,
        has_priority=has_priority,
        episode=row.episode,
        opened_at=instant_of(row.opened_at),
        closed_at=None if row.closed_at is None else instant_of(row.closed_at),
        changed_at=instant_of(row.changed_at),
        due_at=None if row.due_at == due_key(None) else instant_of(row.due_at),
        note_count=row.note_count,
        has_spoken=bool(row.has_spoken),
    )


def parties(issue: Issue) -> set[tuple[str, str]]:
    """Return whose own issue it is, as (person, role)."""
    several = (
        (issue.followers, FOLLOWER),
        (issue.people, HIERARCHY),
        (issue.alerted, ALERTED),
        (issue.accountable, ACCOUNTABLE),
    )
    found = {(who, role) for people, role in several for who in people}
    single = {(issue.assignee, ASSIGNEE), (issue.escalated_to, LEADERSHIP)}
    return found | {(who, role) for who, role in single if who is not None}


def party_facts(issue: Issue, due_at: datetime | None) -> dict[str, Any]:
    """Return what every party row of an issue repeats of it, to sort and count by."""
    return {
        "phase": issue.phase.value,
        "group_code": issue.response.group or "",
        "urgency": urgency(issue),
        "due_at": due_key(due_at),
        "received_at": micros(issue.response.received_at),
    }


def event_row(account: str, issue_id: str, event: StoredEvent, keys: Keys) -> dict[str, Any]:
    """Return the row of an event."""
    return {
        "account": account,
        "issue": issue_id,
        "number": event.number,
        "id": event.id,
        "at": event.at,
        "actor": keys[event.actor],
        "cause_kind": event.cause[0],
        "cause_ref": event.cause[1],
        "policy": event.policy,
        "kind": event.kind,
        "format": event.format,
        "payload": to_json(_translated(event.payload, keys)),
        "response": event.response or "",
        "revision": event.revision or 0,
    }


def stored_event(row: Row, payload: dict[str, Any], names: Keys) -> StoredEvent:
    """Return the stored event of a row that was joined with its words."""
    return StoredEvent(
        id=row.id,
        number=row.number,
        at=row.at,
        actor=names[row.actor],
        cause=(row.cause_kind, row.cause_ref),
        policy=row.policy,
        kind=row.kind,
        format=row.format,
        payload=_translated(payload, names),
        words=json.loads(row.words) if row.words else None,
        response=row.response or None,
        revision=row.revision or None,
    )


def parties_of(payload: Mapping[str, Any]) -> Iterable[str]:
    """Return the parties, or the keys of parties, that a payload names."""
    for name in PARTY_KEYS:
        value = payload.get(name)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from value


def _translated(payload: Mapping[str, Any], to: Keys) -> dict[str, Any]:
    changed = dict(payload)
    for name in PARTY_KEYS:
        value = payload.get(name)
        if isinstance(value, str):
            changed[name] = to[value]
        elif value is not None:
            changed[name] = [to[who] for who in value]
    return changed


def note_from_row(payload: Mapping[str, Any], words: Mapping[str, Any]) -> Note:
    """Return the note of an event from its payload and words."""
    facts, said = payload["note"], words["note"]
    return Note(
        text=said["text"],
        author=said["author"],
        at=instant_of(facts["at"]),
        happened_at=instant_of(facts["happened_at"]),
        spoke=facts.get("spoke", False),
    )


def message_row(account: str, message: Message, keys: Keys) -> dict[str, Any]:
    """Return the row of a message."""
    return {
        "account": account,
        "id": message.id,
        "issue": message.issue or "",
        "response": message.response,
        "first_event": message.first_event,
        "last_event": message.last_event,
        "recipient": keys[message.recipient],
        "topic": message.topic.value,
        "why": ",".join(message.why),
        "created_at": micros(message.created_at),
        "is_urgent": int(message.is_urgent),
        "digest_at": 0 if message.digest is None else micros(message.digest),
        "due_at": micros(message.created_at),
    }


def message_from(row: Row, names: Keys) -> Message:
    """Return the message of a row."""
    return _message(
        id=row.id,
        issue=row.issue or None,
        response=row.response,
        first_event=row.first_event,
        last_event=row.last_event,
        recipient=names[row.recipient],
        topic=Topic(row.topic),
        why=tuple(Why(why) for why in row.why.split(",")),
        created_at=instant_of(row.created_at),
        is_urgent=bool(row.is_urgent),
        digest=instant_of(row.digest_at) if row.digest_at else None,
    )


BECAME = ("fate", "reason", "attempts", "due_at", "changed_at")
"""The columns of a delivery that change while it is tried."""


def became_row(delivery: Delivery) -> dict[str, Any]:
    """Return what tells a line of the ledger, and the columns of it that change."""
    return {
        "message": delivery.message.id,
        "channel": delivery.channel,
        "fate": delivery.fate.value,
        "reason": delivery.reason,
        "attempts": delivery.attempts,
        "due_at": due_key(delivery.due_at),
        "changed_at": micros(delivery.changed_at),
    }


def planned_row(delivery: Delivery, lease: str, until: datetime) -> dict[str, Any]:
    """Return what a line that was just planned does not repeat of its message; what is tried at once is leased."""
    held = {"lease": lease, "due_at": micros(until)} if is_leased(delivery) else {"lease": ""}
    return became_row(delivery) | held


def delivery_row(account: str, delivery: Delivery, keys: Keys, lease: str, until: datetime) -> dict[str, Any]:
    """Return the row of a delivery that was just planned."""
    message = delivery.message
    return {
        "account": account,
        "issue": message.issue or "",
        "first_event": message.first_event,
        "recipient": keys[message.recipient],
        **planned_row(delivery, lease, until),
    }


def delivery_from(row: Row, message: Message) -> Delivery:
    """Return the delivery of a row that has its message as well."""
    return _delivery(
        message=message,
        channel=row.its_channel,
        fate=Fate(row.its_fate),
        reason=row.its_reason,
        attempts=row.its_attempts,
        due_at=None if row.its_due_at == due_key(None) else instant_of(row.its_due_at),
        changed_at=instant_of(row.its_changed_at),
    )


def remembered_row(account: str, remembered: Remembered, keys: Keys) -> dict[str, Any]:
    """Return the row of a command's key."""
    return {
        "account": account,
        "key": remembered.key,
        "actor": keys[remembered.actor],
        "fingerprint": remembered.fingerprint,
        "issue": remembered.issue,
        "first_event": remembered.first_event,
        "last_event": remembered.last_event,
        "advice": to_json([[one.code.value, one.message] for one in remembered.advice]),
        "at": micros(remembered.at),
    }


def remembered_from(row: Row, names: Keys) -> Remembered:
    """Return what was done under a key."""
    return Remembered(
        key=row.key,
        actor=names[row.actor],
        fingerprint=row.fingerprint,
        issue=row.issue,
        first_event=row.first_event,
        last_event=row.last_event,
        advice=tuple(Advice(AdviceCode(code), message) for code, message in json.loads(row.advice)),
        at=instant_of(row.at),
    )
