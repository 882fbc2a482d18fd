"""A host's half of the bridge: what it sends out, and the one URL that takes back."""

import os
from datetime import UTC, datetime

import resolutionkit as rk

SECRETS = os.environ.get("TICKETING_SECRETS", "").split()
"""What both sides sign with, newest first; one secret, but for the days of a rotation."""
BOT = rk.Person(id="ticketing", name="Ticketing", access=rk.Access.EVERYTHING)
"""Who acts when the ticketing system says something: somebody of the directory."""
BODY_MAX = 1_000_000


def observer(url, secrets=SECRETS, **more):
    """Return what tells the ticketing system of everything that happens."""
    return rk.WebhookObserver("ticketing", url, secrets, **more)


def receive(tracker, body, headers, secrets=SECRETS):
    """Return the status to answer with: 204 where it is done, now or before."""
    try:
        update = rk.read_update(
            body, headers, secret=secrets, now=datetime.now(UTC), sender="ticketing"
        )
        tracker.apply_update(update, acting_as=BOT.id)
    except rk.ResolutionKitError as problem:
        return problem.http_status
    return 204


def application(tracker, secrets=SECRETS):
    """Return a WSGI application with the URL; your framework has its own way for it."""

    def app(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if environ["REQUEST_METHOD"] != "POST" or length > BODY_MAX:
            start_response("400 Bad Request", [])
            return [b""]
        headers = {
            name[5:].replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        status = receive(tracker, environ["wsgi.input"].read(length), headers, secrets)
        start_response(f"{status} Answer", [("Content-Length", "0")])
        return [b""]

    return app
