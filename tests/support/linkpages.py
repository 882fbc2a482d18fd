"""The link pages as a browser without cookies sees them: requests to an application, one by one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import attrs
import httpx

from resolutionkit import Issue, LinkAction, Links, Tracker
from resolutionkit.ports import Notice
from resolutionkit.web import link_app
from support import TurnableClock
from support.linking import LINKS, notice_to, token_of


def paths_of(tracker: Tracker, issue_id: str, recipient: str, links: Links = LINKS) -> dict[LinkAction, str]:
    """Return the path of each link that works an issue, for one recipient."""
    notice = notice_to(tracker, issue_id, recipient)
    return {
        action: f"/{token_of(links.to(notice, action))}"
        for action in LinkAction
        if action.needs_issue or action == "view"
    }


def flag_notice(notice: Notice, response_id: str) -> Notice:
    """Return a notice of a response without an issue."""
    message = attrs.evolve(notice.message, issue=None, response=response_id, first_event=0, last_event=0)
    return attrs.evolve(notice, message=message, issue=None, events=())


class Browser:
    """Asks an application, keeps nothing between requests."""

    def __init__(self, tracker: Any, links: Links = LINKS, **settings: Any) -> None:
        """Ask the link pages of a tracker."""
        self.app: Any = link_app(tracker, links, **({"clock": TurnableClock()} | settings))

    def ask(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Return the answer to a request; each is answered on an event loop of its own."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
                return await client.request(method, path, **rest)

        return asyncio.run(asked())

    def get(self, path: str, **rest: Any) -> httpx.Response:
        """Return a page."""
        return self.ask("GET", path, **rest)

    def send(self, path: str, headers: Mapping[str, str] | None = None, **typed: str) -> httpx.Response:
        """Open a page, fill in its form as it stands, and send it."""
        hidden = hidden_fields(self.get(path).text)
        return self.ask("POST", path, data={**hidden, **typed}, headers=headers)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


@attrs.frozen
class Scene:
    """An issue of Ed's, with a browser on the pages behind his links."""

    tracker: Tracker
    issue: Issue
    browser: Browser
    paths: Mapping[LinkAction, str]

    @property
    def is_unchanged(self) -> bool:
        """Say whether nothing has happened to the issue."""
        return self.tracker.issue(self.issue.id).version == self.issue.version


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))


def text_of(page: str) -> str:
    """Return the words of a page, with single spaces between them."""
    parser = _Text()
    parser.feed(page)
    return " ".join(" ".join(parser.parts).split()).replace(" ,", ",")


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the elements of a page with their attributes, in order."""
    parser = _Text()
    parser.feed(page)
    return parser.tags
