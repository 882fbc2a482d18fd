"""Inbound updates: what is signed becomes an update, what is forged, old or hostile becomes an error of ours (C9)."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

import resolutionkit as rk
from resolutionkit.importing.updates import BODY_MAX

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of 24 bytes or more").decode()
OTHER = "whsec_" + base64.b64encode(b"another key of 24 bytes..").decode()
ISSUE = "0197-issue"
WHOLE = {
    "issue": ISSUE,
    "status": "resolved",
    "assignee": "omar",
    "note": "Refunded.",
    "author": "Ticket desk",
    "spoke": True,
    "happened_at": "2026-06-03T13:30:00+02:00",
    "reason": None,
    "reason_kind": None,
    "expected_version": 4,
}


def signed(body: bytes, *, message: str = "msg-1", at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """Return the headers that the other system would send; by hand, since the oracle signs texts only."""
    sent = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join([message.encode(), sent.encode(), body]), "sha256")
    signature = "v1," + base64.b64encode(digest).decode()
    return {"Webhook-Id": message, "Webhook-Timestamp": sent, "Webhook-Signature": signature}


def read(body: bytes, headers: dict[str, str] | None = None, **more: Any) -> rk.InboundUpdate:
    """Read an update whose headers are right unless others are given."""
    arguments: dict[str, Any] = {"secret": SECRET, "now": NOW} | more
    return rk.read_update(body, signed(body) if headers is None else headers, **arguments)


def body_of(**facts: Any) -> bytes:
    """Return a body about the issue."""
    return json.dumps({"issue": ISSUE, **facts}).encode()


def unreadable(body: bytes) -> rk.WebhookUnreadable:
    """Return why a body that is signed becomes no update; in one line, cut short."""
    with pytest.raises(rk.WebhookUnreadable) as found:
        read(body)
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 500
    return found.value


def test_a_signed_body_becomes_an_update() -> None:
    """Its key is the webhook's id, by which it happens once; what is null says nothing."""
    assert read(json.dumps(WHOLE).encode()) == rk.InboundUpdate(
        key="msg-1",
        issue=ISSUE,
        status="resolved",
        assignee="omar",
        note="Refunded.",
        author="Ticket desk",
        spoke=True,
        happened_at=datetime(2026, 6, 3, 11, 30, tzinfo=UTC),
        expected_version=4,
    )


def test_null_says_nothing() -> None:
    """Of whatever type the value would be; an issue has to be there."""
    nothing = dict.fromkeys(["status", "assignee", "author", "spoke", "happened_at", "reason", "expected_version"])
    assert read(body_of(note="Rang.", **nothing)) == rk.InboundUpdate(key="msg-1", issue=ISSUE, note="Rang.")
    assert unreadable(b'{"issue": null, "note": "Rang."}').column == "issue"


def test_the_specifications_own_library_signs_alike() -> None:
    """Whoever sends with it is believed."""
    body = body_of(note="Rang.")
    headers = signed(body) | {"Webhook-Signature": Webhook(SECRET).sign("msg-1", NOW, body.decode())}
    assert read(body, headers).note == "Rang."


def test_several_secrets_will_do_while_one_takes_anothers_place() -> None:
    """Any of them, whichever comes first."""
    body = body_of(note="Rang.")
    for secrets in ([SECRET, OTHER], (OTHER, SECRET)):
        assert read(body, secret=secrets).note == "Rang."


@given(at=st.integers(min_value=0), byte=st.integers(1, 255))
def test_no_other_body_is_believed(at: int, byte: int) -> None:
    """Whatever byte was changed on the way."""
    body = body_of(status="resolved", note="Refunded.")
    forged = bytearray(body)
    forged[at % len(body)] ^= byte
    with pytest.raises(rk.WebhookNotVerified, match="crm") as found:
        read(bytes(forged), signed(body), sender="crm")
    assert "does not fit" in found.value.reason


@pytest.mark.parametrize("secret", [OTHER, [OTHER]])
def test_another_secret_proves_nothing(secret: Any) -> None:
    """The error shows none."""
    with pytest.raises(rk.WebhookNotVerified) as found:
        read(body_of(note="Rang."), secret=secret)
    assert SECRET not in str(found.value)


@pytest.mark.parametrize(("seconds", "is_fresh"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_what_was_signed_long_ago_is_a_replay(seconds: int, is_fresh: bool) -> None:
    """Five minutes in either direction, since clocks differ."""
    body = body_of(note="Rang.")
    headers = signed(body, at=NOW + timedelta(seconds=seconds))
    if is_fresh:
        assert read(body, headers).note == "Rang."
    else:
        with pytest.raises(rk.WebhookNotVerified, match="more than 5 minutes"):
            read(body, headers)


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        (b"", None, "not valid JSON"),
        (b"[]", None, "not a JSON object"),
        (b'{"issue": "\xff"}', None, "not UTF-8"),
        (b'{"issue": "a", "issue": "b"}', None, "has the name 'issue' twice"),
        (b'{"issue": NaN}', None, "holds NaN"),
        (b'{"issue": ' + b"9" * 5_000 + b"}", None, "the body"),
        (b'{"issue": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", None, "nested too deeply"),
        (b'{"issue": "' + b"x" * BODY_MAX + b'"}', None, "longer than"),
        (b'{"note": "x"}', "issue", "is missing"),
        (body_of(), None, "at least one of status, assignee and note"),
        (body_of(note=" "), None, "at least one of status, assignee and note"),
        (body_of(statsu="resolved"), "statsu", "did you mean 'status'?"),
        (body_of(note="x", **{"evil\n\u202e": 1}), "evil\n\u202e", "is not known"),
        (body_of(note=5), "note", "expected a string"),
        (body_of(note="x" * 60_000), "note", "at most 50,000"),
        (body_of(status=["resolved"]), "status", "expected"),
        (body_of(assignee={"id": "omar"}), "assignee", "expected"),
        (body_of(note="x", spoke="yes"), "spoke", "True or False"),
        (body_of(note="x", happened_at="soon"), "happened_at", "ISO 8601"),
        (body_of(note="x", happened_at="2026-06-03T13:30:00"), "happened_at", "time zone"),
        (body_of(note="x", happened_at=5), "happened_at", "datetime"),
        (body_of(note="x", expected_version="4"), "expected_version", "version"),
        (body_of(note="x", expected_version=True), "expected_version", "version"),
        (body_of(issue=7, note="x"), "issue", "id"),
    ],
    ids=lambda one: str(one)[:66],
)
def test_a_hostile_body_is_an_error_with_its_place(body: bytes, place: str | None, reason: str) -> None:
    """Though it is signed: whoever sends it may have been broken into, or mistyped a name."""
    found = unreadable(body)
    assert found.column == place
    assert reason in found.reason


def test_an_id_that_no_key_can_be_is_told() -> None:
    """It is the webhook's own."""
    body = body_of(note="Rang.")
    with pytest.raises(rk.WebhookUnreadable) as found:
        read(body, signed(body, message="m" * 500))
    assert found.value.column == "webhook-id"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"secret": ""}, "secret"),
        ({"secret": []}, "secret"),
        ({"secret": "whsec_not base64"}, "secret"),
        ({"now": NOW.replace(tzinfo=None)}, "now"),
    ],
)
def test_an_argument_that_cannot_be_right_is_refused(arguments: dict[str, Any], field: str) -> None:
    """A blank secret above all, with which everybody could sign."""
    with pytest.raises(rk.InvalidValue) as found:
        read(body_of(note="Rang."), **arguments)
    assert found.value.field == field
    with pytest.raises(rk.InvalidValue, match="bytes of the body"):
        rk.read_update("text", {}, secret=SECRET, now=NOW)  # type: ignore[arg-type]
