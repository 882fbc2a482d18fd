"""The channel through Apprise: what it says, to whom, and what becomes of it; a server on loopback receives it."""

from __future__ import annotations

import html
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import attrs
import pytest
import requests

import resolutionkit as rk
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.model.messages import Topic
from resolutionkit.notify.wording import TITLES, short_text
from resolutionkit.ports import Notice
from resolutionkit.testing import NotifierConformance, TurnableClock, notices
from support import organisation, response
from support.receiving import Receiver, answering, hanging, receiving

TYPED = "Late <!channel> [x](https://evil.example) @everyone *bold* _it_ &amp; <b>b</b>\nsecond"


def url_of(receiver: Receiver) -> str:
    """Return an Apprise URL that leads to the receiver."""
    return f"json://127.0.0.1:{receiver.port}/in-the-url"


def chat(receiver: Receiver, **more: Any) -> rk.AppriseNotifier:
    """Return a channel that reaches everybody at the receiver."""
    return rk.AppriseNotifier("chat", lambda _notice: url_of(receiver), **more)


def notice_of(to: str = "ed", **facts: Any) -> Notice:
    """Return what somebody is told of a new issue."""
    with rk.Tracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
        issue = tracker.record(response(**facts)).issue
        (found,) = [one for one in notices(tracker, issue.id, organisation()) if one.recipient == to]
        return found


def failure(notifier: rk.AppriseNotifier, notice: Notice) -> NotDelivered:
    """Return why it was not delivered: without the URL, or anything that was typed."""
    with pytest.raises(NotDelivered) as found:
        notifier.notify(notice)
    assert "in-the-url" not in str(found.value)
    assert "evil" not in str(found.value)
    return found.value


class TestAppriseNotifier(NotifierConformance):
    """It is a notifier like any other."""

    @pytest.fixture
    def notifier(self, receiver: Receiver) -> rk.AppriseNotifier:
        """Return one that reaches everybody."""
        return chat(receiver)

    @pytest.fixture
    def abilities(self, receiver: Receiver) -> Hearing:
        """Return the other end."""
        return Hearing(receiver)


class Hearing:
    """The other end of the channel."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def heard(self) -> list[str]:
        """Return the bodies that came."""
        return [one.body.decode() for one in self.receiver.requests]

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Let the service fail."""
        self.receiver.usual = answering(500)
        yield
        self.receiver.usual = answering(200)


# --- what is said ----------------------------------------------------------------------------------------------------


def said(receiver: Receiver) -> dict[str, str]:
    """Return the last message."""
    found: dict[str, str] = json.loads(receiver.requests[-1].body)
    return found


def test_a_chat_is_told_in_a_few_lines(receiver: Receiver) -> None:
    """What it is about, who answered what, how it stands, what the customer wrote, the link, the reference."""
    notice = notice_of(comment="Two days late.", survey="Service visit")
    chat(receiver, link=lambda one: f"https://app.example/{one.issue.id}").notify(notice)
    assert said(receiver)["title"] == "An unhappy customer"
    assert said(receiver)["message"].splitlines() == [
        "Jane Doe (ABC Ltd): 3 on NPS, Service visit",
        "Needs Attention, with Ed Long",
        "The customer: “Two days late.”",
        f"Ref. {notice.message.id}",
        f"https://app.example/{notice.issue.id}",
    ]


def test_what_people_wrote_can_be_left_out(receiver: Receiver) -> None:
    """Where a chat is no place for it."""
    chat(receiver, shows_words=False).notify(notice_of(comment="Two days late."))
    assert "late" not in said(receiver)["message"]


def test_a_text_message_is_one_short_line(receiver: Receiver) -> None:
    """Within its parts, with the link whole, and neither comment nor reference."""
    notice = notice_of(comment="Two days late.")
    chat(receiver, parts=1, link=lambda _notice: "https://app.example/r/x").notify(notice)
    assert said(receiver)["message"] == (
        "An unhappy customer. Jane Doe (ABC Ltd): 3 on NPS. Needs Attention, with Ed Long https://app.example/r/x"
    )
    assert said(receiver)["title"] == ""


def test_an_escalation_says_why_and_a_change_its_note() -> None:
    """In the words of whoever wrote them."""
    with rk.Tracker.open("memory:", directory=organisation()) as tracker:
        issue = tracker.record(response()).issue.id
        desk = tracker.as_user("bridget")
        desk.follow(issue, "paula")
        desk.escalate(issue, reason="Contract at risk.", note="See above.")
        desk.assign(issue, "omar", note="His client.")
        told = {
            (one.recipient, one.message.topic.value): short_text(one) for one in notices(tracker, issue, organisation())
        }
    assert told["dana", "escalated"].title == "Escalated to you"
    assert told["dana", "escalated"].words == ("Bridget Shaw: “See above.”", "Why: Contract at risk.")
    assert told["omar", "assigned"].words == ("Bridget Shaw: “His client.”",)
    assert told["paula", "reassigned"].title == "Now with Omar Haddad"
    assert told["paula", "status_changed"].title == "Now: Escalated"


def test_every_topic_has_a_title() -> None:
    """Also where there is no issue, and nobody has it."""
    assert set(TITLES) == set(Topic)
    notice = notice_of(contact=None)
    for topic in Topic:
        message = attrs.evolve(notice.message, topic=topic)
        for one in (notice, attrs.evolve(notice, issue=None, events=())):
            text = short_text(attrs.evolve(one, message=message))
            assert text.title
            assert text.facts[0] == "A customer: 3 on NPS"


CHATS = {
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "slack as text": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?format=text",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?format=markdown",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544",
    "telegram as markdown": "tgram://123456789:abcdefg_hijklmnop/12315544?format=markdown",
    "teams": "workflows://host.example/643a8eb9e9d34ab0a8f1b6a3f6cba5d2/Aq7bF-2u2YgLwzHQkSMWnKdM0bBfcI",
    "mattermost": "mmost://host.example/3ccdd113474722377935511fc85d3dd4",
    "matrix": "matrix://host.example/0123456789012345678901234567890123456789012345678901234567890123?mode=slack",
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what would leave this machine."""
    found: list[str] = []

    def send(_self: Any, request: Any, **_more: Any) -> requests.Response:
        found.append(request.body.decode() if isinstance(request.body, bytes) else str(request.body))
        answer = requests.Response()
        content = b"ok" if "slack" in request.url else b'{"ok": true}'
        answer.status_code, answer._content, answer.request = 200, content, request
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return found


@pytest.mark.parametrize("service", CHATS)
def test_a_link_of_ours_arrives_whole(service: str, sent: list[str]) -> None:
    """Whatever a service's own markup is, it can be clicked."""
    link = "https://app.example/r/a_b-c.d~e*f?x=1&y=(2)"
    rk.AppriseNotifier("chat", {"ed": CHATS[service]}, link=lambda _notice: link).notify(notice_of(comment="Late."))
    whole = html.unescape(json.dumps([json.loads(one) for one in sent]))
    assert link in whole or f"[Open]({link.replace('(2)', '%282%29')})" in whole


@pytest.mark.parametrize("service", CHATS)
def test_no_service_is_given_markup_that_somebody_typed(service: str, sent: list[str]) -> None:
    """Whatever a service's own markup is: what leaves this machine has none of it from the comment or the names."""
    hostile = rk.Contact(name="<b>Jane</b> @here", company="[ABC](https://evil.example)")
    notifier = rk.AppriseNotifier("chat", {"ed": CHATS[service]})
    notifier.notify(notice_of(comment=TYPED, contact=hostile, survey="*S* <!here>"))
    whole = json.dumps([json.loads(one) for one in sent], ensure_ascii=False)
    assert "Jane" in whole
    assert "github" not in whole  # nor a picture of somebody else's
    for active in ("<!", "](http", "@everyone", "@here", "*bold*", "_it_", "<b>Jane", "://evil", "evil.example", "*S*"):
        assert active not in whole


# --- what becomes of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_what_a_service_does_not_take_is_tried_again(receiver: Receiver, status: int) -> None:
    """The service is named, and nothing of what it answered."""
    receiver.usual = answering(status, b"evil")
    found = failure(chat(receiver), notice_of())
    assert (found.is_final, found.disables) == (False, False)
    assert found.reason == "'JSON' did not take it"


def test_a_url_cannot_make_a_failure_a_success(receiver: Receiver) -> None:
    """Apprise lets a URL call itself optional, and then counts its failures as success; nobody would be told."""
    receiver.usual = answering(500)
    notifier = rk.AppriseNotifier("chat", {"ed": url_of(receiver) + "?optional=yes"})
    assert "did not take it" in failure(notifier, notice_of()).reason


def test_a_service_that_hangs_is_given_up(receiver: Receiver) -> None:
    """It may have taken it, and the reference says so to whoever reads it twice."""
    receiver.behaviours = [hanging]
    began = time.monotonic()
    found = failure(chat(receiver, timeout=timedelta(milliseconds=300)), notice_of())
    assert time.monotonic() - began < 4
    assert "may have taken it" in found.reason


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    """It is a failure."""
    with receiving() as inside:
        receiver.usual = answering(307, Location=inside.url)
        failure(chat(receiver), notice_of())
        assert inside.requests == []


def test_whoever_has_no_place_is_final(receiver: Receiver) -> None:
    """Trying again would change nothing; the ledger says why."""
    for targets in ({"omar": url_of(receiver)}, lambda _notice: None):
        found = failure(rk.AppriseNotifier("chat", targets), notice_of())
        assert found.is_final
        assert "no place" in found.reason
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense://in-the-url", "no URL that Apprise knows"),
        ("", "no URL that Apprise knows"),
        (5, "no URL that Apprise knows"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a/#b", "several places"),
        ("twilio://AC" + "7" * 32 + ":" + "e" * 32 + "@+12025551234/+12025551235/+12025551236", "several places"),
    ],
)
def test_one_person_has_one_place_on_a_channel(url: Any, why: str) -> None:
    """Where one of two took a message and the other did not, nobody could say what to do."""
    with pytest.raises(rk.InvalidValue, match=why) as found:
        rk.AppriseNotifier("chat", {"ed": url})
    assert "in-the-url" not in str(found.value)
    assert "TIiajkd" not in str(found.value)
    assert why in failure(rk.AppriseNotifier("chat", lambda _notice: url), notice_of()).reason


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"targets": "json://host"}, "targets"),
        ({"targets": None}, "targets"),
        ({"parts": 0}, "parts"),
        ({"parts": 11}, "parts"),
        ({"parts": True}, "parts"),
        ({"timeout": 5}, "timeout"),
        ({"timeout": timedelta(0)}, "timeout"),
        ({"shows_words": "no"}, "shows_words"),
    ],
    ids=repr,
)
def test_an_argument_that_cannot_be_right_is_refused(given: dict[str, Any], field: str) -> None:
    """When it is built."""
    usual: dict[str, Any] = {"name": "chat", "targets": {}} | given
    with pytest.raises(rk.InvalidValue) as found:
        rk.AppriseNotifier(usual.pop("name"), usual.pop("targets"), **usual)
    assert found.value.field == field


def test_where_it_leads_to_is_nowhere_to_be_seen(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """A URL of Apprise is a password: neither the notifier nor an error shows it, nor a log above debugging."""
    receiver.behaviours = [answering(500)]
    notifier = chat(receiver)
    with caplog.at_level(logging.INFO):
        found = failure(notifier, notice_of(comment=TYPED))
    shown = [repr(notifier), repr(found), *(repr(vars(one)) for one in caplog.records)]
    assert not [one for one in shown if "in-the-url" in one or "evil" in one]


def test_without_its_extra_the_error_names_it() -> None:
    """When it is built, not when somebody is to be told."""
    program = (
        "import sys; sys.modules['apprise'] = None\n"
        "import resolutionkit as rk\n"
        "try: rk.AppriseNotifier('chat', {})\n"
        "except rk.MissingExtra as problem: print(problem.extra)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "apprise"
