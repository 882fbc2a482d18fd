"""What every answer says to browsers, caches and crawlers; and forms that another site has sent."""

from __future__ import annotations

import asyncio

import pytest

from resolutionkit import LinkAction
from resolutionkit.web.headers import HEADERS, Guarded, is_from_elsewhere
from support.linkpages import Scene


def test_every_answer_has_the_headers(scene: Scene) -> None:
    """A page, a form that acted, one that did not, an error, a method that is refused, and the head alone."""
    note, browser = scene.paths[LinkAction.NOTE], scene.browser
    answers = [
        browser.get(note),
        browser.ask("HEAD", note),
        browser.send(note, note="Rang."),
        browser.send(note, note=" "),
        browser.get("/nothing"),
        browser.ask("PUT", note),
    ]
    for answered in answers:
        assert {name: answered.headers[name] for name in HEADERS} == HEADERS
        assert "set-cookie" not in answered.headers


def test_what_the_headers_say() -> None:
    """The secret in the path is kept; nothing is let in; no frame."""
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (HEADERS["referrer-policy"], HEADERS["cache-control"]) == ("no-referrer", "no-store")
    assert HEADERS["x-robots-tag"].startswith("noindex")
    assert HEADERS["x-content-type-options"] == "nosniff"


def test_the_style_sheet_may_be_kept(scene: Scene) -> None:
    """Its URL changes with it, and nothing in it is anybody's."""
    answered = scene.browser.get("/style.css")
    assert (answered.headers["content-type"], answered.headers["cache-control"][:6]) == (
        "text/css; charset=utf-8",
        "public",
    )
    assert "url(" not in answered.text
    assert "@import" not in answered.text


def test_a_head_has_the_headers_of_the_page_and_no_body(scene: Scene) -> None:
    """Its length is the page's, but for the key of the form, which is new each time and as long."""
    page, head = (scene.browser.ask(method, scene.paths[LinkAction.NOTE]) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == page.headers["content-length"] == str(len(page.content))


@pytest.mark.parametrize(
    ("headers", "is_elsewhere"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"origin": "https://app.example"}, False),
        ({"origin": "https://inner.example:8000"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "https://app.example.evil.example"}, True),
        ({"origin": "https://["}, True),
        ({}, False),
    ],
)
def test_whose_form_it_is(scene: Scene, headers: dict[str, str], is_elsewhere: bool) -> None:
    """A browser says so; a mail program says nothing; and a proxy may give the host another name."""
    given = {"host": "inner.example:8000", **headers}
    assert is_from_elsewhere(given, "https://APP.example/recovery") is is_elsewhere
    answered = scene.browser.send(scene.paths[LinkAction.NOTE], headers=given, note="My words.")
    assert (answered.status_code, scene.is_unchanged) == ((403, True) if is_elsewhere else (200, False))
    assert ("My words." in answered.text) is (headers.get("sec-fetch-site") != "cross-site")


def test_other_protocols_pass() -> None:
    """What a server asks of an application at its start is none of our business."""
    seen = []

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append((scope, receive, send))

    asyncio.run(Guarded(app)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == [({"type": "lifespan"}, None, None)]


def test_what_another_site_has_sent_is_not_shown(scene: Scene) -> None:
    """Or anybody could put words on a page of the host's, as those of its reader."""
    for path in (scene.paths[LinkAction.NOTE], "/forged"):
        typed = {"note": "Ring this number at once."}
        page = scene.browser.ask("POST", path, data=typed, headers={"sec-fetch-site": "cross-site"})
        assert (page.status_code, "this number" in page.text) == (403, False)
