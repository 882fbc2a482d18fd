"""Unsubscribing in one click, as mail programs do it (RFC 8058)."""

from __future__ import annotations

import pytest

from resolutionkit import LinkAction, Tracker
from support import response
from support.linkpages import Browser, Scene, paths_of

LEE = "lee@partner.example"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
BODIES = [
    ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
    ("multipart/form-data; boundary=x", MULTIPART),
]


@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=["urlencoded", "multipart"])
def test_one_click_unfollows_without_a_page(scene: Scene, content_type: str, body: bytes) -> None:
    """No cookie, no key, no Origin, nobody signed in; a second time is no error, and follows no redirect."""
    for _ in range(2):
        path, headers = scene.paths[LinkAction.UNFOLLOW], {"content-type": content_type}
        answered = scene.browser.ask("POST", path, content=body, headers=headers)
        assert answered.status_code == 200
        assert scene.tracker.issue(scene.issue.id).followers == ()
    assert scene.tracker.history(scene.issue.id)[-1].kind == "unfollowed"


def test_whoever_follows_again_can_unsubscribe_again(scene: Scene) -> None:
    """By the same link of the same mail: it always means what it says."""
    for _ in range(2):
        scene.tracker.as_user("ed").follow(scene.issue.id)
        scene.browser.ask("POST", scene.paths[LinkAction.UNFOLLOW], data={"List-Unsubscribe": "One-Click"})
        assert scene.tracker.issue(scene.issue.id).followers == ()


def test_a_bare_address_unsubscribes(tracker: Tracker) -> None:
    """And sees nothing of the issue afterwards."""
    issue = tracker.record(response()).issue
    assert issue is not None
    tracker.as_user("ed").follow(issue.id, LEE)
    path, browser = paths_of(tracker, issue.id, LEE)[LinkAction.UNFOLLOW], Browser(tracker)
    assert "Jane Doe" in browser.get(path).text
    done = browser.ask("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "Jane" in done.text) == (200, False)
    after = browser.get(path)
    assert (after.status_code, "You do not follow this issue" in after.text, "Jane" in after.text) == (410, True, False)


def test_who_never_followed_is_told_so_and_sees_nothing(tracker: Tracker) -> None:
    """The link is ours, and leads to nothing that its recipient may see."""
    issue = tracker.record(response()).issue
    assert issue is not None
    path, browser = paths_of(tracker, issue.id, "omar")[LinkAction.UNFOLLOW], Browser(tracker)
    assert ("Jane" in browser.get(path).text, browser.get(path).status_code) == (False, 410)
    done = browser.ask("POST", path, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "Jane" in done.text) == (200, False)
    assert tracker.issue(issue.id).version == issue.version


@pytest.mark.parametrize("action", [LinkAction.NOTE, LinkAction.FOLLOW, LinkAction.STATUS, LinkAction.VIEW])
def test_one_click_does_nothing_else(scene: Scene, action: LinkAction) -> None:
    """Not even with all that the link's own form asks for."""
    typed = {"List-Unsubscribe": "One-Click", "note": "Rang.", "status": "resolved"}
    assert scene.browser.ask("POST", scene.paths[action], data=typed).status_code == 400
    assert scene.is_unchanged
