"""The ticketing bridge, end to end over HTTP: an issue is a ticket, and what happens to the ticket comes back (C9)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

import resolutionkit as rk
from resolutionkit.testing import observed, sample_response
from support.serving import EXAMPLES

SECRET = "whsec_bm90IGEgc2VjcmV0LCBidXQgYW4gZXhhbXBsZQ=="


class Quiet(WSGIRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Answers:
    """A WSGI application whose answers can get lost: the work is done, and the other side hears that it is not."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.lost = 0
        self.seen = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer, or lose the answer."""
        self.seen += 1
        if not self.lost:
            return self.app(environ, start_response)
        self.lost -= 1
        self.app(environ, lambda _status, _headers: None)
        start_response("502 Bad Gateway", [("Content-Length", "0")])
        return [b""]


@contextmanager
def running(server: Any) -> Iterator[int]:
    """Yield the port of a server that runs until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Bridge:
    """Both sides, connected."""

    def __init__(self, tracker: rk.Tracker, ticketing: Any, observer: Any, answers: Answers) -> None:
        self.tracker = tracker
        self.ticketing = ticketing
        self.observer = observer
        self.answers = answers

    def opened(self) -> str:
        """Return the id of a new issue."""
        issue = self.tracker.record(sample_response(received_at=datetime.now(UTC))).issue
        assert issue is not None
        return issue.id

    def deliver(self) -> rk.Delivered:
        """Tell the ticketing system what it has not been told, as a worker does."""
        return self.tracker.deliver()


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """Return the bridge, both of whose sides listen."""
    monkeypatch.syspath_prepend(EXAMPLES / "ticketing_bridge")
    import bridge as ours
    import ticketing as theirs

    system = theirs.Ticketing(SECRET)
    ana = rk.Person(id="ana", name="Ana Lima", email="ana@host.example", access=rk.Access.EVERYTHING)
    directory = rk.StaticDirectory([ana, ours.BOT], leader="ana")
    settings: Any = {"directory": directory, "policy": rk.Policy(channels=())}
    with running(theirs.serve(system)) as port:
        observer = ours.observer(f"http://127.0.0.1:{port}/", [SECRET], allow_private=True)
        url = f"sqlite:///{tmp_path / 'recovery.db'}"
        with rk.Tracker.open(url, observers=[observer], **settings) as tracker:
            answers = Answers(ours.application(tracker, [SECRET]))
            with running(make_server("127.0.0.1", 0, answers, handler_class=Quiet)) as back:
                system.reports_to = f"http://127.0.0.1:{back}/updates"
                yield Bridge(tracker, system, observer, answers)
    for name in ("bridge", "ticketing"):
        del sys.modules[name]


def test_an_issue_becomes_a_ticket_and_the_solved_ticket_closes_it(bridge: Bridge) -> None:
    """Who solved it there is the note's author; the bot is the event's actor, and the history says by which way."""
    issue = bridge.opened()
    bridge.deliver()
    ticket = bridge.ticketing.tickets[issue]
    assert (ticket["status"], ticket["title"]) == ("new", "Score 3 on NPS")
    bridge.ticketing.update(issue, "solved", "Refunded.", "Tina")
    closed = bridge.tracker.issue(issue)
    assert (closed.status, closed.is_open) == ("resolved", False)
    assert [(note.author, note.text) for note in closed.notes] == [("Tina", "Refunded.")]
    event = bridge.tracker.history(issue)[-1]
    assert (event.actor, event.cause) == ("ticketing", rk.Cause(rk.CauseKind.INBOUND, "ticketing-1"))


def test_an_update_whose_answer_was_lost_happens_once(bridge: Bridge) -> None:
    """The ticketing system sends it again, and again a day later, under the same id."""
    issue = bridge.opened()
    bridge.deliver()
    bridge.answers.lost = 2
    message, body = bridge.ticketing.update(issue, "solved", "Refunded.", "Tina")
    assert bridge.answers.seen == 3
    bridge.ticketing.send(message, body)
    assert [event.kind for event in bridge.tracker.history(issue)] == ["issue_opened", "status_changed"]


def test_a_webhook_whose_answer_was_lost_makes_one_ticket(bridge: Bridge) -> None:
    """It comes again with the same id."""
    issue = bridge.opened()
    for notice in observed(bridge.tracker, issue, "ticketing") * 2:
        bridge.observer.notify(notice)
    assert len(bridge.ticketing.tickets) == 1
    assert len(bridge.ticketing.tickets[issue]["log"]) == 1


def test_what_came_from_the_ticketing_system_goes_round_in_no_circle(bridge: Bridge) -> None:
    """It is told of its own change, knows it by the cause, and passes over it; what a desk does, it follows."""
    issue = bridge.opened()
    bridge.deliver()
    bridge.ticketing.update(issue, "open", "Taken up.", "Tina")
    bridge.deliver()
    assert len(bridge.ticketing.tickets[issue]["log"]) == 1
    bridge.tracker.as_user("ana").set_status(issue, "resolved", note="Rang, all is well.", spoke=True)
    bridge.deliver()
    ticket = bridge.ticketing.tickets[issue]
    assert (ticket["status"], ticket["log"][-1]) == ("solved", "3 status_changed by ana")
    assert len(bridge.tracker.history(issue)) == 3


def test_a_ticket_that_is_opened_again_reopens_the_issue(bridge: Bridge) -> None:
    """In a new episode."""
    issue = bridge.opened()
    bridge.deliver()
    bridge.ticketing.update(issue, "solved", "Refunded.", "Tina")
    bridge.ticketing.update(issue, "open", "The customer is back.", "Tina")
    assert (bridge.tracker.issue(issue).status, bridge.tracker.issue(issue).episode) == ("in_progress", 2)


def test_another_secret_is_believed_on_neither_side(bridge: Bridge) -> None:
    """The one answers 401 and the other keeps it for later."""
    issue = bridge.opened()
    bridge.ticketing.secret = "whsec_" + "QUFB" * 8
    assert bridge.deliver().retried == 1
    assert "401" in bridge.tracker.ledger(person="ticketing").items[0].reason
    bridge.ticketing.tickets[issue] = {}
    with pytest.raises(ConnectionError):
        bridge.ticketing.update(issue, "solved", "Refunded.", "Mallory")
    assert len(bridge.tracker.history(issue)) == 1
