"""A ticketing system, as small as one can be: it has tickets, takes webhooks, sends them.

It stands for the one that you have. What it does with a webhook is what your own automation
there has to do; how it signs is after the Standard Webhooks specification.
"""

import base64
import hmac
import itertools
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.request import Request, urlopen

STATUSES = {"open": "in_progress", "solved": "resolved", "invalid": "not_an_issue"}
"""What a ticket's status means for its issue."""


class Ticketing:
    """Tickets, each for an issue; ``reports_to`` is where changes of them are sent."""

    def __init__(self, secret):
        self.secret = secret
        self.reports_to = None
        self.tickets = {}
        self.known = set()
        self._numbers = itertools.count(1)

    # --- what comes in ---

    def take(self, headers, body):
        """Take a webhook, and return the status to answer with."""
        if not self._is_signed(headers, body):
            return 401
        message = json.loads(body)
        if message["id"] in self.known:  # it was delivered before, and our answer got lost
            return 204
        self.known.add(message["id"])
        data = message["data"]
        if data["event"]["cause"]["kind"] == "inbound":  # it began here
            return 204
        self._follow(data["event"], data["issue"])
        return 204

    def _follow(self, event, issue):
        ticket = self.tickets.setdefault(
            issue["id"], {"status": "new", "log": [], "assignee": None}
        )
        ticket["assignee"] = issue["assignee_email"]
        ticket["title"] = f"Score {issue['score']} on {issue['scale']}"
        ticket["log"].append(f"{event['number']} {event['kind']} by {event['actor']}")
        if not issue["is_open"]:
            ticket["status"] = "solved"

    def _is_signed(self, headers, body):
        message, sent = headers["webhook-id"], headers["webhook-timestamp"]
        right = self._signature(message, sent, body)
        given = headers["webhook-signature"].split(" ")
        is_fresh = abs(time.time() - int(sent)) < 300
        return is_fresh and any(hmac.compare_digest(one, right) for one in given)

    def _signature(self, message, sent, body):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{message}.{sent}.".encode() + body
        return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()

    # --- what goes out ---

    def update(self, issue, status, comment, agent):
        """Change a ticket, and tell whoever it came from; return what was sent."""
        self.tickets[issue]["status"] = status
        body = json.dumps(
            {
                "issue": issue,
                "status": STATUSES[status],
                "note": comment,
                "author": agent,
            }
        ).encode()
        message = f"ticketing-{next(self._numbers)}"
        self.send(message, body)
        return message, body

    def send(self, message, body, tries=5):
        """Send a message until it is taken, each time under the same id."""
        for attempt in range(tries):
            sent = str(int(time.time()))
            headers = {
                "Content-Type": "application/json",
                "webhook-id": message,
                "webhook-timestamp": sent,
                "webhook-signature": self._signature(message, sent, body),
            }
            try:
                request = Request(self.reports_to, body, headers)  # noqa: S310
                with urlopen(request, timeout=10) as answer:  # noqa: S310
                    return answer.status
            except URLError:
                time.sleep(0.05 * attempt)
        raise ConnectionError(f"{message} was not taken")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(self.server.ticketing.take(headers, body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


def serve(ticketing, port=0):
    """Return a server that takes webhooks; call its ``serve_forever``."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.ticketing = ticketing
    return server
