"""Whoever opens a link changes nothing: mail scanners, prefetching browsers, previews in a chat (requirement C2)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from resolutionkit import LinkAction, Tracker
from resolutionkit.testing import OutboxRecorder
from support import organisation, response
from support.linking import LINKS, token_of
from support.linkpages import Browser, tags_of

SCANNERS = (
    {"user-agent": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)"},
    {"purpose": "prefetch", "sec-purpose": "prefetch;prerender"},
    {"x-moz": "prefetch", "range": "bytes=0-1023"},
    {"user-agent": "Slackbot-LinkExpanding 1.0", "accept": "*/*", "if-none-match": "*"},
)
METHODS = ("GET", "HEAD", "OPTIONS")


def a_day_s_work(tracker: Tracker) -> None:
    """Let enough happen that everybody is told of something."""
    for place in range(3):
        issue = tracker.record(response(f"r-{place}", place, group=["emea", "field", None][place])).issue
        assert issue is not None
        desk = tracker.as_user("bridget")
        desk.follow(issue.id, "nina")
        desk.follow(issue.id, "lee@partner.example")
        desk.assign(issue.id, ["nina", "kim@partner.example"][place % 2], note="Yours.")
        desk.escalate(issue.id, reason="Risk.", note="Now.")
        if place == 2:
            desk.set_status(issue.id, "resolved", note="Done.")


def everything_in(tracker: Tracker) -> list[Any]:
    """Return all that a store has: every history, every message."""
    found: list[Any] = []
    for line in tracker.issues(limit=1000):
        found += [tracker.history(line.id), tracker.outbox(line.id)]
    return [*found, list(tracker.responses(limit=1000))]


def urls_of(tracker: Tracker) -> list[str]:
    """Return every link that the mails of an outbox could have."""
    found = []
    for notice in OutboxRecorder(tracker, organisation()).notices:
        found += [LINKS.to(notice, action) for action in LinkAction]
        found += [LINKS.to(notice, LinkAction.STATUS, status=move.status) for move in notice.moves]
    return found


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(tracker: Tracker) -> None:
    """It gets, heads, prefetches, and follows what the pages lead to; not a row is written, nobody is told."""
    a_day_s_work(tracker)
    urls, browser = urls_of(tracker), Browser(tracker)
    assert len(urls) > 150
    before = everything_in(tracker)
    shown = 0
    for place, url in enumerate(urls):
        path = f"/{token_of(url)}"
        for method in METHODS:
            answered = browser.ask(method, path, headers=SCANNERS[place % len(SCANNERS)])
            shown += answered.status_code == 200
            assert answered.status_code in {200, 404, 405, 410}
        for linked in led_to(browser.get(path).text, path):
            assert browser.get(linked).status_code in {200, 404, 410}
    assert shown > len(urls) // 2
    assert everything_in(tracker) == before


def led_to(page: str, path: str) -> set[str]:
    """Return every place that a page leads to by anything but a form."""
    found = {one.get("href") or one.get("src") for tag, one in tags_of(page) if tag != "form"}
    return {path if one == "" else f"/{one}" for one in found if one is not None and not one.startswith("#")}


def test_a_form_posts_to_its_own_page_and_nowhere_else(tracker: Tracker) -> None:
    """So that what a scanner makes of a form's action is the page itself."""
    a_day_s_work(tracker)
    browser = Browser(tracker)
    for url in urls_of(tracker)[:60]:
        forms = [one for tag, one in tags_of(browser.get(f"/{token_of(url)}").text) if tag == "form"]
        assert all(one == {"method": "post", "aria-labelledby": "do"} for one in forms)


def test_nothing_on_a_page_is_a_script_or_comes_from_elsewhere(tracker: Tracker) -> None:
    """No script, no handler, no style in a page, no address but its own style sheet."""
    a_day_s_work(tracker)
    browser = Browser(tracker)
    for url in urls_of(tracker)[:60]:
        page = browser.get(f"/{token_of(url)}").text
        assert re.findall(r"https?://|//[a-z]|javascript:|data:|<script|<style| style=| on[a-z]+=", page) == []
        assert {tag for tag, _ in tags_of(page)} & {"script", "img", "iframe", "object", "embed", "base"} == set()


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=One-Click", "a=b"])
def test_only_a_link_to_unfollow_acts_without_its_form(tracker: Tracker, body: str) -> None:
    """What a curious machine posts to the other links changes nothing either."""
    a_day_s_work(tracker)
    browser, before = Browser(tracker), everything_in(tracker)
    notice = next(one for one in OutboxRecorder(tracker, organisation()).notices if one.recipient == "nina")
    for action in (
        LinkAction.STATUS,
        LinkAction.NOTE,
        LinkAction.ASSIGN,
        LinkAction.FLAG,
        LinkAction.VIEW,
        LinkAction.FOLLOW,
    ):
        path = f"/{token_of(LINKS.to(notice, action))}"
        answered = browser.ask(
            "POST", path, content=body, headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert answered.status_code >= 400, action
    assert everything_in(tracker) == before
