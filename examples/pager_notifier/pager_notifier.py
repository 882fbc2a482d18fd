"""A plugin of resolutionkit: a channel to a pager that takes messages over HTTP."""

import json
import os
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from resolutionkit import NotDelivered, short_text
from resolutionkit.hooks import hookimpl

TEXT_MAX = 200
"""The most characters that the pager shows."""


class PagerNotifier:
    """Sends one page for each message; the pager knows its own people by their ids."""

    name = "pager"

    def __init__(self, url):
        self._url = url

    def notify(self, notice):
        """Send a page. Whatever is raised means that it was not delivered."""
        text = short_text(notice)
        page = {
            # The same message has the same id for ever: the pager passes over what it has.
            "id": notice.message.id,
            "to": notice.recipient,
            "text": ". ".join([text.title, *text.facts])[:TEXT_MAX],
        }
        body = json.dumps(page).encode()
        request = Request(self._url, body, {"Content-Type": "application/json"})  # noqa: S310
        try:
            with urlopen(request, timeout=10):  # noqa: S310  (whoever runs this chose the URL)
                pass
        except HTTPError as problem:
            with problem:
                raise refusal(problem.code, problem.headers.get("Retry-After")) from problem


def refusal(status, retry_after):
    """Return what the ledger is told, and when to try again, without the pager's words."""
    if status == 404:
        return NotDelivered("the pager does not know the recipient", is_final=True)
    if status == 429 and retry_after is not None and retry_after.isdecimal():
        wait = timedelta(seconds=min(int(retry_after), 3600))
        return NotDelivered("the pager is busy", retry_after=wait)
    return NotDelivered(f"the pager answered {status}")


@hookimpl
def resolutionkit_notifiers():
    """Offer the channel where the environment says where the pager is."""
    url = os.environ.get("PAGER_URL")
    return [PagerNotifier(url)] if url else []
