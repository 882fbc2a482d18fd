"""The observer that posts to a receiver: signed, in order, and sound whatever the receiver does (requirement C9)."""

from __future__ import annotations

import base64
import json
import logging
import pickle
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme
from standardwebhooks import Webhook

import resolutionkit as rk
from notify.conftest import without_events
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify import posting
from resolutionkit.ports import Notice, Notifier
from support.receiving import (
    Receiver,
    answering,
    endless_body,
    hanging,
    hanging_body,
    hanging_up,
    no_http,
    receiving,
    trickling,
)

SECRET = "whsec_" + base64.b64encode(b"a key of 24 bytes or more").decode()
OLD = "whsec_" + base64.b64encode(b"the key of the year before").decode()
SHORT = timedelta(milliseconds=300)


def observer_of(receiver: Receiver, **more: Any) -> rk.WebhookObserver:
    """Return an observer that sends to the receiver."""
    given: dict[str, Any] = {"url": receiver.url, "secrets": SECRET, "allow_private": True} | more
    return rk.WebhookObserver("crm", given.pop("url"), given.pop("secrets"), **given)


def failure(observer: rk.WebhookObserver, notice: Notice) -> NotDelivered:
    """Return why a notice was not delivered: in one line, without a secret or the URL's path."""
    with pytest.raises(NotDelivered) as found:
        observer.notify(notice)
    said = str(found.value)
    assert said.isprintable()
    assert len(said) < 200
    assert "in-the-url" not in said
    return found.value


@pytest.fixture
def notice(observed: Callable[..., Notice]) -> Notice:
    """Return the notice of an issue that was opened, taken up and resolved."""
    return observed(
        lambda tracker, issue: tracker.as_user("bridget").set_status(issue, "in_progress", note="Ringing."),
        lambda tracker, issue: tracker.as_user("omar").add_note(issue, "A word."),
    )


@pytest.fixture
def observed(observed: Callable[..., Notice]) -> Callable[..., Notice]:
    """Return notices of an issue that Omar may see as well."""

    def make(*steps: Any, **facts: Any) -> Notice:
        def shared(tracker: Any, issue: str) -> None:
            tracker.as_user("bridget").follow(issue, "omar")

        return observed(shared, *steps, **facts)

    return make


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_each_event_is_one_post_in_order(receiver: Receiver, notice: Notice) -> None:
    """The path and query of the URL, JSON, and the event's id as the webhook's."""
    observer_of(receiver).notify(notice)
    bodies = [json.loads(one.body) for one in receiver.requests]
    assert [body["data"]["event"]["number"] for body in bodies] == [1, 2, 3, 4]
    assert [one.headers["webhook-id"] for one in receiver.requests] == [event.id for event in notice.events]
    assert [body["id"] for body in bodies] == [event.id for event in notice.events]
    for request in receiver.requests:
        assert request.path == "/hook?key=in-the-url"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_a_receiver_can_prove_who_sent_it(receiver: Receiver, notice: Notice) -> None:
    """With the specification's own library, at the instant of sending; another secret proves nothing."""
    observer_of(receiver).notify(notice)
    for request in receiver.requests:
        assert Webhook(SECRET).verify(request.body, dict(request.headers))["id"] == request.headers["webhook-id"]
        with pytest.raises(Exception, match="No matching signature"):
            Webhook(OLD).verify(request.body, dict(request.headers))
        with pytest.raises(Exception, match="No matching signature"):
            Webhook(SECRET).verify(request.body + b" ", dict(request.headers))


def test_while_secrets_rotate_either_proves_it(receiver: Receiver, notice: Notice) -> None:
    """One signature for each, the newest first."""
    observer_of(receiver, secrets=[SECRET, OLD]).notify(notice)
    request = receiver.requests[0]
    for secret in (SECRET, OLD):
        assert Webhook(secret).verify(request.body, dict(request.headers))
    signatures = request.headers["webhook-signature"].split(" ")
    assert len(signatures) == 2
    only_new = dict(request.headers) | {"webhook-signature": signatures[0]}
    assert Webhook(SECRET).verify(request.body, only_new)


def test_the_instant_is_that_of_sending(receiver: Receiver, notice: Notice) -> None:
    """A retry is signed anew under the same id, so that a receiver may refuse what is old."""
    at = [datetime(2026, 6, 3, 12, tzinfo=UTC), datetime(2026, 6, 4, 12, tzinfo=UTC)]
    for now in at:
        observer_of(receiver, clock=lambda now=now: now).notify(notice)
    first, again = receiver.requests[0].headers, receiver.requests[4].headers
    assert [int(one["webhook-timestamp"]) for one in (first, again)] == [int(now.timestamp()) for now in at]
    assert first["webhook-id"] == again["webhook-id"]
    assert first["webhook-signature"] != again["webhook-signature"]


def test_hostile_text_stays_text(receiver: Receiver, observed: Callable[..., Notice]) -> None:
    """It comes out of the JSON as it was typed, and adds no header (law L12)."""
    typed = 'x"\r\nX-Evil: 1\r\n\r\n</script>\u2028\U0001f600'
    observer_of(receiver).notify(observed(comment=typed, response_id="r-\u2028\u00e9"))
    request = receiver.requests[0]
    assert json.loads(request.body)["data"]["event"]["response"]["comment"] == typed
    assert "x-evil" not in request.headers
    assert request.headers["content-type"] == "application/json"


def test_whose_events_are_skipped_are_not_sent(receiver: Receiver, notice: Notice) -> None:
    """So a CRM need not hear of what it said itself; the numbers have a gap then."""
    observer_of(receiver, skip_actors=["omar"]).notify(notice)
    assert [json.loads(one.body)["data"]["event"]["number"] for one in receiver.requests] == [1, 2, 3]


def test_a_notice_without_events_sends_nothing(receiver: Receiver, notice: Notice) -> None:
    """There is nothing to tell, which is no error."""
    observer_of(receiver).notify(without_events(notice))
    assert receiver.requests == []


def test_it_is_an_observer_with_a_name(receiver: Receiver) -> None:
    """It has the two members, and shows its host only."""
    observer = observer_of(receiver)
    assert isinstance(observer, Notifier)
    assert observer.name == "crm"
    assert repr(observer) == "<WebhookObserver 'crm' to 127.0.0.1>"


# --- order -----------------------------------------------------------------------------------------------------------


def test_the_first_that_fails_stops_the_rest(receiver: Receiver, notice: Notice) -> None:
    """No later event arrives before an earlier one; the retry begins anew, with the same ids."""
    receiver.behaviours = [answering(204), answering(500)]
    failure(observer_of(receiver), notice)
    assert [one.headers["webhook-id"] for one in receiver.requests] == [event.id for event in notice.events[:2]]
    observer_of(receiver).notify(notice)
    assert [one.headers["webhook-id"] for one in receiver.requests[2:]] == [event.id for event in notice.events]


def test_one_connection_serves_a_notice(receiver: Receiver) -> None:
    """A receiver that answers with a body is not connected to again for each event."""
    asked: list[str] = []
    receiver.usual = answering(200, b'{"ok": true}')

    def counted(host: str, port: int) -> Any:
        asked.append(host)
        return posting.resolved(host, port)

    line = posting.Line(
        receiver.url, timeout=timedelta(seconds=5), allow_private=True, tls=posting.secure(), resolve=counted
    )
    with line:
        for _ in range(3):
            assert line.post({"Host": "x", "Content-Length": "2"}, b"{}").status == 200
    assert asked == ["127.0.0.1"]


# --- what a receiver may do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_success(receiver: Receiver, notice: Notice, status: int) -> None:
    """Whatever the body says."""
    receiver.usual = answering(status, b"" if status == 204 else b"no")
    observer_of(receiver).notify(notice)
    assert len(receiver.requests) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 409, 500, 502, 504])
def test_every_other_failure_is_tried_again(receiver: Receiver, notice: Notice, status: int) -> None:
    """By the usual schedule: a 404 may be a deployment, a 401 a secret that is not there yet."""
    receiver.usual = answering(status, b"<script>", Retry_After="60")
    found = failure(observer_of(receiver), notice)
    assert (found.retry_after, found.is_final, found.disables) == (None, False, False)
    assert str(status) in found.reason
    assert "script" not in found.reason


def test_a_410_disables_the_channel(receiver: Receiver, notice: Notice) -> None:
    """As the specification has it: the receiver wants no more."""
    receiver.usual = answering(410)
    found = failure(observer_of(receiver), notice)
    assert (found.disables, found.is_final) == (True, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, notice: Notice, status: int) -> None:
    """It could lead anywhere, to this machine's own services too."""
    with receiving() as inside:
        receiver.usual = answering(status, Location=inside.url)
        assert "redirects are not followed" in failure(observer_of(receiver), notice).reason
        assert (inside.requests, inside.gets, receiver.gets) == ([], 0, 0)


NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), timedelta(0)),
        ("Wed, 03 Jun 2026 12:00:30 -0000", timedelta(seconds=30)),
        ("99999999", timedelta(days=1)),
        ("99999999999", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_a_receiver_may_say_when_to_try_again(
    receiver: Receiver, notice: Notice, status: int, said: str, wait: timedelta | None
) -> None:
    """In seconds or as a date, at most a day; what cannot be read says nothing."""
    receiver.usual = answering(status, Retry_After=said)
    assert failure(observer_of(receiver, clock=lambda: NOW), notice).retry_after == wait


@pytest.mark.parametrize("behaviour", [hanging, trickling], ids=["hangs", "trickles"])
def test_a_receiver_that_takes_the_message_and_says_nothing_is_given_up(
    receiver: Receiver, notice: Notice, behaviour: Any
) -> None:
    """One deadline bounds all of it, however slowly bytes come; what it may have taken comes again under its id."""
    receiver.behaviours = [behaviour]
    began = time.monotonic()
    found = failure(observer_of(receiver, timeout=SHORT), notice)
    assert time.monotonic() - began < 2
    assert "may have taken it" in found.reason
    observer_of(receiver).notify(notice)
    ids = [one.headers["webhook-id"] for one in receiver.requests]
    assert ids == [notice.events[0].id, *(event.id for event in notice.events)]


@pytest.mark.parametrize("behaviour", [hanging_up, no_http], ids=["hangs up", "no http"])
def test_a_connection_that_breaks_is_a_failure(receiver: Receiver, notice: Notice, behaviour: Any) -> None:
    """It is tried again."""
    receiver.behaviours = [behaviour]
    assert "connection failed" in failure(observer_of(receiver), notice).reason


def test_nobody_there_is_a_failure(notice: Notice) -> None:
    """The connection is refused."""
    with receiving() as gone:
        observer = observer_of(gone)
    assert "connection failed" in failure(observer, notice).reason


@pytest.mark.parametrize("behaviour", [endless_body, hanging_body], ids=["endless", "hangs"])
def test_the_body_of_an_answer_is_hardly_read(receiver: Receiver, notice: Notice, behaviour: Any) -> None:
    """The status said that it was taken: a body that is huge or never comes changes nothing."""
    receiver.behaviours = [behaviour]
    began = time.monotonic()
    observer_of(receiver, timeout=SHORT).notify(notice)
    assert time.monotonic() - began < 2
    assert len(receiver.requests) == 4
    assert receiver.sent < 20 * 2**20


# --- where nothing is sent to ----------------------------------------------------------------------------------------


def test_a_private_address_is_refused_unless_allowed(receiver: Receiver, notice: Notice) -> None:
    """Under whatever name: what was resolved is what counts, and nothing is connected to."""
    for host in ("localhost", "127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"):
        observer = observer_of(receiver, url=f"https://{host}:{receiver.port}/", allow_private=False)
        assert "private" in failure(observer, notice).reason
    assert receiver.requests == []


def line_to(receiver: Receiver, answers: list[list[str]], *, allow_private: bool) -> posting.Line:
    """Return a line to a name that has other addresses each time that it is resolved."""
    return posting.Line(
        f"http://crm.example:{receiver.port}/hook",
        timeout=timedelta(seconds=5),
        allow_private=allow_private,
        tls=posting.secure(),
        resolve=lambda _host, _port: answers.pop(0),
    )


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(receiver: Receiver) -> None:
    """A name that is public when it is checked and private a moment later leads nowhere (DNS rebinding)."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    with line_to(receiver, answers, allow_private=True) as line:
        assert line.post({"Host": "crm.example", "Content-Length": "0"}, b"").status == 204
    assert answers == [["127.0.0.2"]]
    assert receiver.requests[0].headers["host"] == "crm.example"


def test_one_private_address_among_public_ones_is_enough_to_refuse(receiver: Receiver) -> None:
    """Nothing is tried, the public ones neither."""
    for answers in (["127.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"]):
        with (
            line_to(receiver, [answers], allow_private=False) as line,
            pytest.raises(NotDelivered, match="private"),
        ):
            line.post({"Host": "crm.example", "Content-Length": "0"}, b"")
    assert receiver.requests == []


def test_the_metadata_service_is_refused_even_where_private_addresses_are_allowed(receiver: Receiver) -> None:
    """It gives keys to whoever asks."""
    with (
        line_to(receiver, [["169.254.169.254"]], allow_private=True) as line,
        pytest.raises(NotDelivered, match="metadata"),
    ):
        line.post({"Host": "crm.example", "Content-Length": "0"}, b"")


def test_the_next_address_is_tried_where_one_does_not_answer(receiver: Receiver) -> None:
    """Nothing was sent to the first one."""
    with line_to(receiver, [["127.0.0.77", "127.0.0.1"]], allow_private=True) as line:
        assert line.post({"Host": "crm.example", "Content-Length": "0"}, b"").status == 204


@pytest.mark.parametrize("problem", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_cannot_be_resolved_is_a_failure(receiver: Receiver, problem: Exception) -> None:
    """It is tried again."""

    def unknown(_host: str, _port: int) -> list[str]:
        raise problem

    line = posting.Line(receiver.url, timeout=SHORT, allow_private=True, tls=posting.secure(), resolve=unknown)
    with line, pytest.raises(NotDelivered, match="cannot be resolved"):
        line.post({"Host": "x", "Content-Length": "0"}, b"")


def test_a_name_that_takes_too_long_to_resolve_is_given_up(receiver: Receiver) -> None:
    """Nothing is connected to once the time is over."""

    def slow(_host: str, _port: int) -> list[str]:
        time.sleep(0.05)
        return ["127.0.0.1"]

    at_once = timedelta(milliseconds=10)
    line = posting.Line(receiver.url, timeout=at_once, allow_private=True, tls=posting.secure(), resolve=slow)
    with line, pytest.raises(NotDelivered, match="did not answer"):
        line.post({"Host": "x", "Content-Length": "0"}, b"")
    assert receiver.requests == []


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would resolve the name by itself."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    observer_of(receiver).notify(notice)
    assert len(receiver.requests) == 4


def test_a_certificate_is_checked_against_the_name_and_not_the_address() -> None:
    """The connection goes to an address, and what is proved there is the name of the URL, by a known authority."""
    authority, nobody = trustme.CA(), trustme.CA()
    known, unknown = ssl.create_default_context(), ssl.create_default_context()
    authority.configure_trust(known)
    nobody.configure_trust(unknown)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("crm.example").configure_cert(theirs)
    with receiving(tls=theirs) as secure:

        def post(host: str, tls: ssl.SSLContext) -> int:
            url, here = f"https://{host}:{secure.port}/", timedelta(seconds=5)
            with posting.Line(
                url, timeout=here, allow_private=True, tls=tls, resolve=lambda _host, _port: ["127.0.0.1"]
            ) as line:
                return line.post({"Host": host, "Content-Length": "2"}, b"{}").status

        assert post("crm.example", known) == 204
        for host, tls in (("other.example", known), ("127.0.0.1", known), ("crm.example", unknown)):
            with pytest.raises(NotDelivered, match="connection failed"):
                post(host, tls)
        assert len(secure.requests) == 1


def test_what_speaks_no_tls_is_told_nothing(receiver: Receiver, notice: Notice) -> None:
    """Under https nothing is ever sent in the clear."""
    observer = observer_of(receiver, url=f"https://127.0.0.1:{receiver.port}/")
    assert "connection failed" in failure(observer, notice).reason
    assert receiver.requests == []


# --- what the host does wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"url": "http://crm.example/"}, "url"),
        ({"url": "ftp://crm.example/", "allow_private": True}, "url"),
        ({"url": "https:///x"}, "url"),
        ({"url": "https://user:in-the-url@crm.example/"}, "url"),
        ({"url": "https://crm.example/#x"}, "url"),
        ({"url": "https://crm.example:99999/"}, "url"),
        ({"url": "https://crm.example/a b"}, "url"),
        ({"url": "https://crm.example/\r\nX: y"}, "url"),
        ({"url": "https://b\u00fccher.example/"}, "url"),
        ({"url": "https://[::1/"}, "url"),
        ({"url": None}, "url"),
        ({"secrets": ""}, "secrets"),
        ({"secrets": []}, "secrets"),
        ({"secrets": [SECRET, " "]}, "secrets"),
        ({"secrets": None}, "secrets"),
        ({"secrets": "whsec_not base64"}, "secret"),
        ({"secrets": "whsec_"}, "secret"),
        ({"timeout": 15}, "timeout"),
        ({"timeout": timedelta(0)}, "timeout"),
        ({"timeout": timedelta(hours=1)}, "timeout"),
        ({"allow_private": "yes"}, "allow_private"),
        ({"skip_actors": "crm-bot"}, "skip_actors"),
        ({"skip_actors": [1]}, "skip_actors"),
    ],
    ids=repr,
)
def test_an_argument_that_cannot_be_right_is_refused(given: dict[str, Any], field: str) -> None:
    """When it is built, and without showing a secret."""
    usual = {"name": "crm", "url": "https://crm.example/hook", "secrets": SECRET} | given
    with pytest.raises(rk.InvalidValue) as found:
        rk.WebhookObserver(usual.pop("name"), usual.pop("url"), usual.pop("secrets"), **usual)
    assert found.value.field == field
    for secret in ("in-the-url", "not base64", SECRET):
        assert secret not in str(found.value)


def test_secrets_are_nowhere_to_be_seen(receiver: Receiver, notice: Notice, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the log, nor in an error and its causes."""
    receiver.behaviours = [answering(204), answering(500), hanging_up]
    observer = observer_of(receiver)
    shown = [repr(observer), str(observer)]
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            found: BaseException | None = failure(observer, notice)
            while found is not None:
                shown += [repr(found), str(found)]
                found = found.__cause__ or found.__context__
    shown += [repr(vars(record)) for record in caplog.records]
    key = base64.b64decode(SECRET.removeprefix("whsec_")).decode()
    for secret in (SECRET, SECRET.removeprefix("whsec_"), key, "in-the-url"):
        assert not [one for one in shown if secret in one]


def test_the_errors_survive_a_process(receiver: Receiver, notice: Notice) -> None:
    """A worker may hand one to its parent."""
    receiver.behaviours = [answering(410)]
    found = failure(observer_of(receiver), notice)
    again = pickle.loads(pickle.dumps(found))
    assert (again.reason, again.disables) == (found.reason, True)


def test_without_its_extra_the_error_names_it() -> None:
    """When it is built, not when something is to be sent."""
    program = (
        "import sys; sys.modules['httpcore2'] = None\n"
        "import resolutionkit as rk\n"
        "try: rk.WebhookObserver('crm', 'https://crm.example/', 'whsec_AAAA')\n"
        "except rk.MissingExtra as problem: print(problem.extra)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "http"


def test_a_tls_context_of_the_hosts_is_used(receiver: Receiver) -> None:
    """A receiver in a private network may have a certificate of a private authority."""
    own = ssl.create_default_context()
    assert observer_of(receiver, tls=own)._tls is own
