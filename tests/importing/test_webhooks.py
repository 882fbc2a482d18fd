"""Inbound webhooks: what is signed becomes a response, what is forged, old or hostile becomes an error of ours."""

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
from resolutionkit.importing.webhooks import BODY_MAX

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a key of 24 bytes or more").decode()
TYPEFORM = {
    "event_id": "e",
    "event_type": "form_response",
    "form_response": {
        "form_id": "f-1",
        "token": "t-1",
        "submitted_at": "2026-06-03T10:01:00Z",
        "answers": [{"type": "number", "number": 3, "field": {"ref": "nps"}}],
    },
}
FORMBRICKS = {
    "webhookId": "w",
    "event": "responseFinished",
    "data": {"id": "r-1", "surveyId": "s-1", "createdAt": "2026-06-03T10:00:00.5Z", "data": {"nps": 3}},
}
PAYLOADS: dict[str, dict[str, Any]] = {"typeform": TYPEFORM, "formbricks": FORMBRICKS}
MAPPINGS = {
    "typeform": rk.ImportMapping.preset("typeform", score="form_response.answers.nps.number"),
    "formbricks": rk.ImportMapping.preset("formbricks", score="data.data.nps"),
}
SENDERS = sorted(PAYLOADS)


def signed(sender: str, body: bytes, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Return the headers that the sender would send."""
    if sender == "formbricks":
        return standard(body, Webhook(secret).sign("msg-1", at, body.decode("latin-1")), at)
    digest = hmac.digest(secret.encode(), body, "sha256")
    return {"Typeform-Signature": "sha256=" + base64.b64encode(digest).decode()}


def standard(body: bytes, signature: str, at: datetime = NOW) -> dict[str, str]:
    """Return headers after the Standard Webhooks specification."""
    return {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def body_of(sender: str, **more: Any) -> bytes:
    """Return a body as the sender writes it."""
    return json.dumps(PAYLOADS[sender] | more).encode()


def read(sender: str, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> rk.Response | None:
    """Read a webhook whose headers are right unless others are given."""
    given: dict[str, Any] = {"secret": SECRET, "mapping": MAPPINGS[sender], "now": NOW} | more
    return rk.read_webhook(sender, body, signed(sender, body) if headers is None else headers, **given)


def refused(sender: str, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> str:
    """Return why a webhook is not believed."""
    with pytest.raises(rk.WebhookNotVerified) as found:
        read(sender, body, headers, **more)
    assert found.value.sender == sender
    assert SECRET not in str(found.value)
    return found.value.reason


def unreadable(sender: str, body: bytes) -> rk.WebhookUnreadable:
    """Return why a body that is signed becomes no response; ASCII, short and in one line."""
    digest = _standard_signature(body) if sender == "formbricks" else None
    headers = signed(sender, body) if digest is None else standard(body, digest)
    with pytest.raises(rk.WebhookUnreadable) as found:
        read(sender, body, headers)
    assert found.value.sender == sender
    assert str(found.value).isprintable()
    assert len(str(found.value)) < 500
    return found.value


def _standard_signature(body: bytes) -> str:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    content = b".".join([b"msg-1", str(int(NOW.timestamp())).encode(), body])
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


# --- what is proved --------------------------------------------------------------------------------------------------


def test_a_signed_answer_becomes_a_response() -> None:
    """Through the mapping that files use; the names of headers have any case."""
    assert read("typeform", body_of("typeform")) == rk.Response(
        id="t-1", score=3, survey="f-1", received_at=datetime(2026, 6, 3, 10, 1, tzinfo=UTC)
    )
    body = body_of("formbricks")
    headers = {name.upper(): value for name, value in signed("formbricks", body).items()}
    assert read("formbricks", body, headers) == rk.Response(
        id="r-1", score=3, survey="s-1", received_at=datetime(2026, 6, 3, 10, 0, 0, 500_000, tzinfo=UTC)
    )


@pytest.mark.parametrize("sender", SENDERS)
def test_several_secrets_will_do_while_one_takes_anothers_place(sender: str) -> None:
    """Any of them, whichever comes first."""
    other = "whsec_" + base64.b64encode(b"another key of 24 bytes..").decode()
    body = body_of(sender)
    for secrets in ([SECRET, other], (other, SECRET)):
        assert read(sender, body, secret=secrets) is not None
    assert "does not fit" in refused(sender, body, secret=[other])


def test_several_signatures_will_do_and_other_versions_are_passed_over() -> None:
    """As the specification has it for keys that rotate."""
    body = body_of("formbricks")
    right = signed("formbricks", body)["webhook-signature"]
    assert read("formbricks", body, standard(body, f"v1a,xyz v1,AAAA {right}")) is not None
    assert "does not fit" in refused("formbricks", body, standard(body, right.replace("v1,", "v2,")))
    assert "does not fit" in refused("formbricks", body, standard(body, " ".join(["v1,AAAA"] * 20 + [right])))


@pytest.mark.parametrize(
    ("sender", "kind", "value"),
    [
        ("typeform", "event_type", "form_response_partial"),
        ("formbricks", "event", "responseCreated"),
        ("formbricks", "event", "responseUpdated"),
        ("formbricks", "event", "testEndpoint"),
        ("formbricks", "event", None),
    ],
)
def test_what_is_no_finished_answer_is_none(sender: str, kind: str, value: object) -> None:
    """The host says thank you; an error would have the tool send it again and again."""
    assert read(sender, body_of(sender, **{kind: value})) is None


def test_what_the_mapping_leaves_out_is_none() -> None:
    """It is no fault of the sender."""
    own: dict[str, Any] = {"score": "data.data.nps", "leave_out": {"data.surveyId": ["S-1"]}}
    assert read("formbricks", body_of("formbricks"), mapping=rk.ImportMapping.preset("formbricks", **own)) is None


# --- what is forged --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", SENDERS)
@given(at=st.integers(min_value=0), byte=st.integers(1, 255))
def test_no_other_body_is_believed(sender: str, at: int, byte: int) -> None:
    """Whatever byte was changed on the way."""
    body = body_of(sender)
    forged = bytearray(body)
    forged[at % len(body)] ^= byte
    assert "does not fit" in refused(sender, bytes(forged), signed(sender, body))


@pytest.mark.parametrize("sender", SENDERS)
def test_no_other_secret_and_no_other_signature_is_believed(sender: str) -> None:
    """Unsigned, signed with something else, cut, or of letters that no digest has."""
    body = body_of(sender)
    right = signed(sender, body)
    other = "whsec_" + base64.b64encode(b"another key of 24 bytes..").decode()
    assert "does not fit" in refused(sender, body, signed(sender, body, other))
    assert "is missing" in refused(sender, body, {})
    name = list(right)[-1]
    for value in (right[name][:-1], right[name] + "=", right[name].lower(), "\xe9", "\ud800", "sha256=", "v1,"):
        assert "does not fit" in refused(sender, body, right | {name: value})
    assert refused(sender, body, right | {name: ""})


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_of_the_specification_must_be_there_and_is_signed(name: str) -> None:
    """A new id or a new time makes no new message."""
    body = body_of("formbricks")
    right = signed("formbricks", body)
    without = {one: value for one, value in right.items() if one != name}
    assert refused("formbricks", body, without) == f"the header {name} is missing"
    assert "does not fit" in refused("formbricks", body, right | {name: right[name] + "1"})


# --- what is sent again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "is_fresh"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_signature_is_good_for_five_minutes(seconds: int, is_fresh: bool) -> None:
    """In both directions, since clocks differ."""
    body = body_of("formbricks")
    headers, now = signed("formbricks", body), NOW + timedelta(seconds=seconds)
    if is_fresh:
        assert read("formbricks", body, headers, now=now) is not None
    else:
        assert "more than 5 minutes from now" in refused("formbricks", body, headers, now=now)


@pytest.mark.parametrize("sent", ["soon", "-1", "1e9", " 1780488000", "9" * 5_000, "\u0661"])
def test_a_time_that_is_none_is_refused(sent: str) -> None:
    """Though it is signed."""
    body = body_of("formbricks")
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join([b"msg-1", sent.encode(), body]), "sha256")
    headers = standard(body, "v1," + base64.b64encode(digest).decode()) | {"webhook-timestamp": sent}
    assert "webhook-timestamp" in refused("formbricks", body, headers)


@pytest.mark.parametrize("sender", SENDERS)
def test_a_replay_changes_nothing(sender: str) -> None:
    """The same response is a duplicate, and nobody is told twice."""
    with rk.Tracker.open("memory:", clock=lambda: NOW) as tracker:
        first, again = (read(sender, body_of(sender)) for _ in range(2))
        assert first is not None
        assert again is not None
        recorded = tracker.record(first)
        assert recorded.outcome is rk.Outcome.OPENED
        assert tracker.record(again).outcome is rk.Outcome.DUPLICATE
        assert recorded.issue is not None
        assert len(tracker.history(recorded.issue.id)) == 1


# --- what is hostile -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is not valid JSON"),
        (b"{", "the body is not valid JSON"),
        (b"[]", "the body is not a JSON object"),
        (b'{"event": "\xff"}', r"the body is not UTF-8: byte 255 at 12"),
        (b'{"a": 1, "a": 2}', "the body has the name 'a' twice"),
        (b'{"a": NaN}', "the body holds NaN, which is no number"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "the body is nested too deeply"),
        (b'{"' + b"a" * 2_000 + b'": 1}', "the body has a name of more than"),
        (b'{"a": "' + b"x" * BODY_MAX + b'"}', f"the body is longer than {BODY_MAX:,} bytes"),
    ],
    ids=lambda one: str(one)[:24],
)
def test_a_hostile_body_is_an_error_of_ours(sender: str, body: bytes, reason: str) -> None:
    """Though it is signed: whoever sends it may have been broken into."""
    assert unreadable(sender, body).reason.startswith(reason)


@pytest.mark.parametrize(
    ("data", "column", "reason"),
    [
        ({"data": {}}, "data.data.nps", "no score"),
        ({"data": {"nps": "x\n\u001b[31m"}}, "data.data.nps", "is not a number"),
        ({"data": {"nps": [3, 4]}}, "data.data.nps", "holds 2 values where one is expected"),
        ({"id": ""}, "data.id", "no id"),
        ({"id": "a\u0000b"}, "data.id", "not acceptable"),
        ({"id": "x" * 10_000}, "data.id", "at most 190"),
        ({"createdAt": "soon"}, "data.createdAt", "is not a date"),
    ],
    ids=lambda one: str(one)[:24],
)
def test_a_value_that_is_not_what_it_should_be_is_told_with_its_place(
    data: dict[str, Any], column: str, reason: str
) -> None:
    """As a rejected row of a file is."""
    found = unreadable("formbricks", body_of("formbricks", data=FORMBRICKS["data"] | data))  # type: ignore[operator]
    assert found.column == column
    assert reason in found.reason


# --- what the host does wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"secret": ""}, "secret"),
        ({"secret": " "}, "secret"),
        ({"secret": []}, "secret"),
        ({"secret": [SECRET, ""]}, "secret"),
        ({"secret": None}, "secret"),
        ({"secret": b"bytes"}, "secret"),
        ({"secret": "whsec_not base64"}, "secret"),
        ({"secret": "whsec_bm90 YQ=="}, "secret"),
        ({"secret": "whsec_"}, "secret"),
        ({"secret": "gehe\xefm"}, "secret"),
        ({"now": NOW.replace(tzinfo=None)}, "now"),
        ({"mapping": {"score": "x"}}, "mapping"),
        ({"mapping": rk.ImportMapping.preset("formbricks", score="a", id={"whole_row": True})}, "mapping"),
        ({"body": "text"}, "body"),
        ({"headers": {"webhook-id": b"x"}}, "headers"),
        ({"sender": "typefrom"}, "sender"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_an_argument_that_cannot_be_right_is_refused(given: dict[str, Any], field: str) -> None:
    """A blank secret above all, with which everybody could sign; and no error shows a secret."""
    body = body_of("formbricks")
    usual = {"sender": "formbricks", "body": body, "headers": signed("formbricks", body)}
    arguments = usual | {"secret": SECRET, "mapping": MAPPINGS["formbricks"], "now": NOW} | given
    with pytest.raises(rk.InvalidValue) as found:
        rk.read_webhook(arguments.pop("sender"), arguments.pop("body"), arguments.pop("headers"), **arguments)
    assert found.value.field == field
    assert "not base64" not in str(found.value)
    assert "gehe" not in str(found.value)


@pytest.mark.parametrize("secret", ["", "\t", [""], [SECRET, " "]], ids=repr)
def test_a_blank_secret_proves_nothing(secret: object) -> None:
    """Whoever forgot to set the variable would believe everybody."""
    body = body_of("typeform")
    with pytest.raises(rk.InvalidValue, match="none of them blank"):
        read("typeform", body, signed("typeform", body, ""), secret=secret)


class SentTwice(dict[str, str]):
    """Headers of a framework that shows each as it came, some of them twice."""

    more: tuple[tuple[str, str], ...] = ()

    def items(self) -> Any:
        """Return the headers with those that came again."""
        return [*super().items(), *self.more]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "webhook-id", "Webhook-Timestamp", "webhook-signature"])
def test_a_header_that_comes_twice_is_no_fault_and_no_proof(name: str) -> None:
    """A proxy may add a second one to what proves nothing; two ids, instants or signatures are not what was signed."""
    body = body_of("formbricks")
    headers = SentTwice(signed("formbricks", body))
    headers.more = ((name, "10.0.0.1"), (name, "10.0.0.2"))
    if name == "X-Forwarded-For":
        assert read("formbricks", body, headers) is not None
    else:
        assert "webhook-" in refused("formbricks", body, headers)
