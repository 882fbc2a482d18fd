"""Under any host and any path: FastAPI, Flask, Django as ASGI and as WSGI, a proxy that strips a prefix."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from resolutionkit import InvalidValue, LinkAction, ReportClaim, Tracker, report_url
from resolutionkit.web import link_app, link_wsgi_app
from support import NOON, TurnableClock
from support.browsers import served
from support.linking import LINKS
from support.linkpages import Scene, hidden_fields, text_of
from support.serving import served as served_by

HERE = Path(__file__).parent


def works(get: Callable[[str], Any], post: Callable[..., Any], url: str) -> None:
    """Look at a page, act by its form, and find the style sheet where the page says that it is."""
    page = get(url)
    assert page.status_code == 200, page.text
    assert "Jane Doe" in page.text
    done = post(url, data={**hidden_fields(page.text), "note": "Größe: 5 €\nsecond line"})
    assert "added a note" in text_of(done.text)
    assert "Größe: 5 €" in done.text
    sheet = get(url.rpartition("/")[0] + "/style.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert get(url.rpartition("/")[0] + "/nothing").status_code == 404


def report_works(client: httpx.Client, root: str) -> None:
    """Look at a report's response, save a note on it, and find the style sheet, one step further up."""
    window = {"start": NOON - timedelta(days=1), "end": NOON, "expires_at": NOON + timedelta(days=30)}
    claim = ReportClaim(account="default", recipient="ed", message="m-report", **window)
    url = root + report_url(LINKS, claim).removeprefix(LINKS.url)
    page = client.get(url)
    assert "Response 1 of 1" in text_of(page.text)
    data = {**hidden_fields(page.text), "note": "Größe: 5 €", "go": "next"}
    saved = client.post(url, data=data, follow_redirects=True)
    assert (saved.history[0].status_code, saved.status_code) == (303, 200)
    assert "Your note is saved." in text_of(saved.text)
    assert "Größe: 5 €" in saved.text
    (sheet,) = re.findall(r'href="([^"]*style.css[^"]*)"', saved.text)
    assert client.get(str(saved.url.join(sheet))).status_code == 200


def test_under_fastapi(scene: Scene) -> None:
    """Mounted, beside routes of the host's, served by uvicorn under a root path."""
    host = FastAPI()
    host.mount("/recovery", link_app(scene.tracker, LINKS, clock=TurnableClock()))
    with served(host, root_path="/behind") as url, httpx.Client(base_url=url) as client:
        works(client.get, client.post, f"/recovery{scene.paths[LinkAction.NOTE]}")
        assert scene.tracker.issue(scene.issue.id).notes[-1].text == "Größe: 5 €\nsecond line"
        report_works(client, "/recovery")


@pytest.mark.parametrize("root_path", ["", "/deep/down"])
def test_by_itself(scene: Scene, root_path: str) -> None:
    """At the root of a server, or behind a proxy that hands on the whole path."""
    app = link_app(scene.tracker, LINKS, clock=TurnableClock())
    with served(app, root_path=root_path) as url, httpx.Client(base_url=url) as client:
        works(client.get, client.post, scene.paths[LinkAction.NOTE])
        assert client.head(scene.paths[LinkAction.NOTE]).content == b""
        report_works(client, "")


def test_under_flask(scene: Scene) -> None:
    """By the dispatcher that comes with Flask, through a2wsgi."""
    host = Flask(__name__)
    host.add_url_rule("/", view_func=lambda: "the host")
    pages = link_wsgi_app(
        scene.tracker, LINKS, clock=TurnableClock(), signed_in=lambda scope: scope["wsgi_environ"].get("USER")
    )
    host.wsgi_app = DispatcherMiddleware(host.wsgi_app, {"/recovery": pages})  # type: ignore[method-assign]
    client = httpx.Client(transport=httpx.WSGITransport(host), base_url="https://app.example")
    works(client.get, client.post, f"/recovery{scene.paths[LinkAction.NOTE]}")
    report_works(client, "/recovery")
    assert client.get("/").text == "the host"
    head = client.head(f"/recovery{scene.paths[LinkAction.NOTE]}")
    assert (head.status_code, head.content, head.headers["referrer-policy"]) == (200, b"", "no-referrer")


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_under_django(kind: str, tmp_path: Path) -> None:
    """Beside the site's own pages, in a process of its own."""
    words = [str(HERE / "django_site.py"), kind, "{port}"]
    paths = {"PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])}
    with served_by(words, tmp_path, paths, tmp_path / "log") as url, httpx.Client(base_url=url) as client:
        note = client.get("/").text
        works(client.get, client.post, f"/recovery{note}")


@pytest.mark.parametrize("app", [link_app, link_wsgi_app])
def test_what_is_no_tracker_or_no_links_is_refused(scene: Scene, app: Any) -> None:
    """When the application is made, and not with the first mail."""
    with pytest.raises(InvalidValue, match="tracker"):
        app("sqlite:///recovery.db", LINKS)
    with pytest.raises(InvalidValue, match="links"):
        app(scene.tracker, "https://app.example")


def test_an_async_tracker_is_not_put_under_wsgi(tracker: Tracker) -> None:
    """It belongs to the event loop that opened it."""
    with pytest.raises(InvalidValue, match="not async"):
        link_wsgi_app(object(), LINKS)  # type: ignore[arg-type]
