"""The pages behind links: what they show, what their forms do, and what becomes of what was typed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import attrs
import httpx
import pytest

from resolutionkit import (
    AccountSettings,
    Answer,
    AsyncTracker,
    CauseKind,
    Issue,
    LinkAction,
    LinkClaim,
    LinkProblem,
    Links,
    Policy,
    Status,
    StorageUnavailable,
    Tracker,
)
from resolutionkit.web import link_app
from resolutionkit.web.pages import page
from support import NOON, TurnableClock, organisation, response
from support.linking import KEY, LINKS, notice_to, token_of
from support.linkpages import Browser, Scene, flag_notice, hidden_fields, paths_of, tags_of, text_of

HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}\u202eevil"


def test_a_page_shows_who_answered_what_and_what_was_noted(
    tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]
) -> None:
    """The customer, the score on its scale, the comment, every answer, the status, and the note log."""
    tracker.as_user("bridget").add_note(issue.id, "Rang her.", spoke=True)
    shown = text_of(browser.get(paths[LinkAction.VIEW]).text)
    for wanted in (
        "Jane Doe, ABC Ltd", "3 on NPS (0 to 10)", "Two days late.", "jane@customer.example", "555-0101", "EMEA",
        "What went wrong? The part was the wrong one.", "May we ring you? not answered", "T-1042",
        "Status: Needs Attention", "Bridget Shaw Spoke? Yes Rang her.", "Assigned to Ed Long", "11:00 UTC",
    ):  # fmt: skip
        assert wanted in shown


def test_the_clock_is_the_readers(tracker: Tracker, issue: Issue, paths: dict[LinkAction, str]) -> None:
    """The account's zone, where a person has none of their own."""
    policy = Policy(zone="Asia/Kathmandu")
    with Tracker.open("memory:", clock=TurnableClock(), directory=organisation(), policy=policy) as there:
        opened = there.record(response()).issue
        assert opened is not None
        shown = Browser(there).get(paths_of(there, opened.id, "ed")[LinkAction.VIEW]).text
    assert "16:45 +0545" in shown


def test_a_status_link_offers_each_move_with_its_guidance(browser: Browser, tracker: Tracker, issue: Issue) -> None:
    """What the mail's link asked for is chosen already; nothing is set by that."""
    url = LINKS.to(notice_to(tracker, issue.id, "ed"), LinkAction.STATUS, status="resolved")
    found = browser.get(f"/{token_of(url)}").text
    radios = [attributes for tag, attributes in tags_of(found) if attributes.get("type") == "radio"]
    assert [one["value"] for one in radios] == [move.status for move in tracker.as_user("ed").moves(issue.id)]
    assert [one["value"] for one in radios if "checked" in one] == ["resolved"]
    for move in tracker.as_user("ed").moves(issue.id):
        assert f"{move.label} {move.guidance}" in text_of(found)
    assert tracker.issue(issue.id).version == issue.version


def test_setting_a_status(tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]) -> None:
    """The form acts, says what was done, and signs the note."""
    answered = browser.send(paths[LinkAction.STATUS], status="in_progress", note="Rang.", spoke="yes")
    assert answered.status_code == 200
    assert "Done You have set the status Resolution in Progress" in text_of(answered.text)
    now = tracker.issue(issue.id)
    assert (now.status, now.notes[-1].author, now.notes[-1].spoke) == (Status.IN_PROGRESS, "Ed Long", True)
    assert tracker.history(issue.id)[-1].cause.kind is CauseKind.LINK


@pytest.mark.parametrize(
    ("action", "typed", "told"),
    [
        (LinkAction.NOTE, {"note": "Rang."}, "added a note"),
        (LinkAction.ASSIGN, {"assignee": "nina", "note": "Hers.", "follow": "yes"}, "assigned the issue to Nina"),
        (LinkAction.STATUS, {"status": "escalated", "reason": "Risk.", "note": "Now."}, "escalated the issue to Dana"),
        (LinkAction.UNFOLLOW, {}, "You do not follow this issue any more"),
    ],
    ids=["note", "assign", "escalate", "unfollow"],
)  # fmt: skip
def test_each_form_says_what_was_done(scene: Scene, action: LinkAction, typed: dict[str, str], told: str) -> None:
    """In words, and it is so."""
    answered = scene.browser.send(scene.paths[action], **typed)
    assert (answered.status_code, told in text_of(answered.text)) == (200, True)
    assert not scene.is_unchanged


def test_following(tracker: Tracker, issue: Issue, browser: Browser) -> None:
    """Once by its form; the page says so afterwards, and has no form."""
    tracker.as_user("ed").assign(issue.id, "nina", note="Hers.")
    path = paths_of(tracker, issue.id, "nina")[LinkAction.FOLLOW]
    assert "followed the issue" in text_of(browser.send(path).text)
    assert tracker.issue(issue.id).followers == ("ed", "nina")
    again = browser.get(path).text
    assert ("You follow this issue already" in again, "<form" in again) == (True, False)


def test_a_response_is_flagged_with_a_note(tracker: Tracker, issue: Issue, browser: Browser) -> None:
    """It becomes an issue; without a note it does not, and the form comes back."""
    tracker.record(response("r-9", 9))
    notice = flag_notice(notice_to(tracker, issue.id, "ed"), "r-9")
    path = f"/{token_of(LINKS.to(notice, LinkAction.FLAG))}"
    assert browser.send(path, note=" ").status_code == 422
    assert "it is an issue now, in status Needs Attention" in text_of(browser.send(path, note="By telephone.").text)
    assert tracker.response("r-9").issue is not None
    again = browser.get(path).text
    assert ("flagged the response" in text_of(again), "<form" in again) == (True, False)


def test_sending_a_form_twice_says_what_was_done_already(
    tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]
) -> None:
    """A second click, or a page that is loaded again, is no second note."""
    path = paths[LinkAction.NOTE]
    typed = {**hidden_fields(browser.get(path).text), "note": "Rang."}
    first, second = (browser.ask("POST", path, data=typed) for _ in range(2))
    assert ("Done You have added" in text_of(first.text), first.status_code) == (True, 200)
    assert ("That was done already You have added a note" in text_of(second.text), second.status_code) == (True, 200)
    assert tracker.issue(issue.id).note_count == 1
    assert "By this mail's links you have added a note" in text_of(browser.get(path).text)


def test_the_same_form_with_other_words_is_asked_about(
    tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]
) -> None:
    """What is typed comes back under a new key, so that sending it again saves it."""
    path = paths[LinkAction.NOTE]
    typed = {**hidden_fields(browser.get(path).text), "note": "Rang."}
    browser.ask("POST", path, data=typed)
    other = browser.ask("POST", path, data={**typed, "note": "Rang twice."})
    assert (other.status_code, "Rang twice." in other.text, "sent before, with other words" in other.text) == (
        422,
        True,
        True,
    )
    assert hidden_fields(other.text)["key"] != typed["key"]
    browser.ask("POST", path, data={**hidden_fields(other.text), "note": "Rang twice."})
    assert [note.text for note in tracker.issue(issue.id).notes] == ["Rang.", "Rang twice."]


@pytest.mark.parametrize(
    ("action", "typed", "field", "words"),
    [
        (LinkAction.NOTE, {"note": " ", "author": "E. L."}, "note", "Write a note"),
        (LinkAction.STATUS, {"status": "in_progress", "note": ""}, "note", "Write a note"),
        (LinkAction.STATUS, {"status": "escalated", "note": "Now."}, "reason", "Say why leadership"),
        (LinkAction.STATUS, {"status": "escalated", "reason": "R.", "reason_kind": "x"}, "reason_kind", "cannot"),
        (LinkAction.STATUS, {"status": "on_hold", "note": "Now."}, "status", "does not go to this status"),
        (LinkAction.STATUS, {"note": "Now."}, "status", "cannot be taken"),
        (LinkAction.ASSIGN, {"assignee": "nobody", "note": "Hers.", "follow": "yes"}, "assignee", "Nobody who is here"),
        (LinkAction.ASSIGN, {"note": "Hers."}, "assignee", "cannot be taken"),
        (LinkAction.NOTE, {"note": "Rang.", "author": "x" * 501}, "author", "cannot be taken"),
        (LinkAction.NOTE, {"note": "x" * 50_001}, "note", "cannot be taken"),
        (LinkAction.NOTE, {"note": "a\0b"}, "note", "cannot be taken"),
    ],
)  # fmt: skip
def test_what_was_typed_comes_back_with_what_is_wrong(
    scene: Scene, action: LinkAction, typed: dict[str, str], field: str, words: str
) -> None:
    """The field is marked, described by its error, and has the focus; nothing is lost, and nothing saved."""
    answered = scene.browser.send(scene.paths[action], **typed)
    assert answered.status_code in {409, 422}
    tags = tags_of(answered.text)
    (marked,) = [one for _, one in tags if one.get("aria-invalid")]
    assert marked["id"] == field
    assert f"{field}-error" in str(marked["aria-describedby"]).split()
    assert [one.get("id") for tag, one in tags if tag == "p" and one.get("class") == "error"] == [f"{field}-error"]
    assert sum("autofocus" in one for _, one in tags) == 1
    assert words in text_of(answered.text)
    shown = text_of(answered.text) + repr(tags)
    for value in (value for name, value in typed.items() if name not in {"status", "reason_kind"}):
        assert value.strip("\0 ")[:20].split("\0")[0] in shown
    assert scene.is_unchanged


def test_a_change_meanwhile_is_told_and_can_be_sent_again(
    tracker: Tracker, issue: Issue, browser: Browser, paths: dict[LinkAction, str]
) -> None:
    """The page has the present state by then, and what was typed."""
    path = paths[LinkAction.STATUS]
    typed = {**hidden_fields(browser.get(path).text), "status": "escalated", "reason": "Risk.", "note": "My words."}
    tracker.as_user("bridget").set_status(issue.id, "in_progress", note="Mine.")
    answered = browser.ask("POST", path, data=typed)
    shown = text_of(answered.text)
    assert (answered.status_code, "My words." in shown, "Status: Resolution in Progress" in shown) == (409, True, True)
    assert "Somebody else has changed the issue" in shown
    again = browser.ask("POST", path, data={**typed, **hidden_fields(answered.text)})
    assert again.status_code == 200
    assert tracker.issue(issue.id).status == Status.ESCALATED


def test_a_merge_meanwhile_is_told_and_can_be_sent_again(tracker: Tracker, issue: Issue, browser: Browser) -> None:
    """The page shows the issue that stays, and its form counts by that one's version, though it be lower (B15)."""
    other = tracker.record(response("r-2", hierarchy=["ed"])).issue
    assert other is not None
    for _ in range(5):
        tracker.as_user("bridget").add_note(other.id, "Rang.")
    path = paths_of(tracker, other.id, "ed")[LinkAction.STATUS]
    typed = {**hidden_fields(browser.get(path).text), "status": "in_progress", "note": "My words."}
    assert typed["issue"] == other.id
    merged = tracker.as_user("bridget").merge(other.id, issue.id).issue
    answered = browser.ask("POST", path, data=typed)
    assert (answered.status_code, "My words." in answered.text) == (409, True)
    fresh = hidden_fields(answered.text)
    assert (fresh["issue"], int(fresh["version"])) == (issue.id, merged.version)
    assert browser.ask("POST", path, data={**typed, **fresh}).status_code == 200
    assert tracker.issue(issue.id).status == Status.IN_PROGRESS
    shown = text_of(browser.get(paths_of(tracker, other.id, "ed")[LinkAction.VIEW]).text)
    assert "My words." in shown


def test_a_note_signed_by_who_is_signed_in(tracker: Tracker, issue: Issue, paths: dict[LinkAction, str]) -> None:
    """The host tells, from the request, awaited or not; the actor stays the link's recipient (B5)."""

    async def awaited(scope: Any) -> str | None:
        return plain(scope)

    def plain(scope: Any) -> str | None:
        return dict(scope["headers"]).get(b"x-user", b"").decode() or None

    for signed_in in (plain, awaited):
        browser = Browser(tracker, signed_in=signed_in)
        path = paths[LinkAction.NOTE]
        assert 'value="Bridget Shaw"' in browser.get(path, headers={"x-user": "bridget"}).text
        browser.send(path, headers={"x-user": "bridget"}, note="Rang.", author="")
        assert 'value="Ed Long"' in browser.get(path).text
    assert [note.author for note in tracker.issue(issue.id).notes] == ["Bridget Shaw"] * 2
    assert {event.actor for event in tracker.history(issue.id)[-2:]} == {"ed"}


def test_a_customer_writes_no_markup(tracker: Tracker) -> None:
    """Whatever a respondent or a colleague types is shown as text, in every place (C12, L12)."""
    hostile = response(
        contact=attrs.evolve(response().contact, name=HOSTILE, company=HOSTILE, email=HOSTILE, phone=HOSTILE),
        comment=HOSTILE, tags=[HOSTILE], factors=[HOSTILE], agent=HOSTILE, survey=HOSTILE, ticket=HOSTILE,
        segment=HOSTILE, answers=[Answer(HOSTILE, HOSTILE)],
    )  # fmt: skip
    issue = tracker.record(hostile).issue
    assert issue is not None
    tracker.as_user("ed").add_note(issue.id, HOSTILE, author=HOSTILE)
    tracker.as_user("bridget").follow(issue.id, "ed")
    browser = Browser(tracker)
    for action, path in paths_of(tracker, issue.id, "ed").items():
        for found in (
            browser.get(path),
            browser.send(path, note=HOSTILE, author=HOSTILE, assignee=HOSTILE, reason=HOSTILE),
        ):
            tags = tags_of(found.text)
            assert {tag for tag, _ in tags} & {"script", "img", "iframe", "style", "base"} == set(), action
            assert not any(name.startswith("on") for _, one in tags for name in one)
            assert "\u202e" not in found.text
            assert "49" not in text_of(found.text).replace("0:49", "")
    assert "alert(1)" in browser.get(paths_of(tracker, issue.id, "ed")[LinkAction.VIEW]).text


def test_text_runs_in_its_own_direction(browser: Browser, paths: dict[LinkAction, str]) -> None:
    """The comment, the answers and the notes are each isolated, whatever their script."""
    tags = tags_of(browser.get(paths[LinkAction.NOTE]).text)
    for wanted in ("blockquote", "textarea"):
        assert [one.get("dir") for tag, one in tags if tag == wanted] == ["auto"]


PROBLEMS = {
    "forged": 404, "expired": 410, "elsewhere": 403, "too_long": 413, "unavailable": 503, "unusable": 405,
    **{problem.value: 410 for problem in LinkProblem},
}  # fmt: skip


@pytest.mark.parametrize("problem", PROBLEMS)
def test_there_are_words_for_every_problem(problem: str) -> None:
    """A heading and what to do."""
    shown = page("problem", {"problem": problem, "typed": None})
    assert "<h1>" in shown
    assert len(text_of(shown)) > 60


def test_an_expired_or_forged_link_says_which_and_shows_nothing(
    tracker: Tracker, issue: Issue, paths: dict[LinkAction, str], clock: TurnableClock
) -> None:
    """And neither acts."""
    later = TurnableClock()
    later.turn(days=31)
    path = paths[LinkAction.NOTE]
    old = Browser(tracker, clock=later)
    other = Browser(tracker, Links(LINKS.url, ["another key of these tests, no less"]))
    for browser, status, words in ((old, 410, "This link has expired"), (other, 404, "This link does not work")):
        for found in (browser.get(path), browser.ask("POST", path, data={"note": "My words."})):
            assert (found.status_code, words in found.text, "Jane" in found.text) == (status, True, False)
        assert "My words." in found.text
    assert tracker.issue(issue.id).version == issue.version


def test_a_page_that_is_not_there(browser: Browser) -> None:
    """The mounted place itself, something deeper, and something made up: one page with one answer."""
    for path in ("/", "/a/b", "/nothing", "/style.css/", "/favicon.ico"):
        found = browser.get(path)
        assert (found.status_code, "This link does not work" in found.text) == (404, True)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(browser: Browser, paths: dict[LinkAction, str], method: str) -> None:
    """A link is looked at, or acted by."""
    found = browser.ask(method, paths[LinkAction.NOTE])
    assert (found.status_code, "cannot be done here" in found.text) == (405, True)


def test_an_outdated_link_says_why_and_shows_nothing(tracker: Tracker, issue: Issue, browser: Browser) -> None:
    """Each reason in its own words; what was typed is kept to be copied."""
    paths = paths_of(tracker, issue.id, "ed")
    tracker.as_user("bridget").set_status(issue.id, "resolved", note="Done.")
    path = paths[LinkAction.ASSIGN]
    for found in (browser.get(path), browser.ask("POST", path, data={"note": "My words.", "assignee": "nina"})):
        assert (found.status_code, "This issue has been closed" in found.text) == (410, True)
        assert "Jane" not in found.text
        assert "Two days late" not in found.text
    assert "My words." in found.text


def test_a_store_that_is_not_there_loses_nothing_that_was_typed(
    tracker: Tracker, paths: dict[LinkAction, str], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that it may be tried again, and has the words."""

    def fail(*_: Any, **__: Any) -> None:
        raise StorageUnavailable("no server")

    monkeypatch.setattr(tracker._runner.store, "transact", fail)
    assert browser.get(paths[LinkAction.NOTE]).status_code == 503
    found = browser.ask("POST", paths[LinkAction.NOTE], data={"note": "My words."})
    assert (found.status_code, "My words." in found.text) == (503, True)


def test_a_form_that_is_far_too_long_is_not_read(browser: Browser, paths: dict[LinkAction, str]) -> None:
    """A megabyte is enough for any note."""
    found = browser.ask("POST", paths[LinkAction.NOTE], data={"note": "x" * 1_000_001})
    assert (found.status_code, "too long" in found.text) == (413, True)


A_FILE = b'--x\r\nContent-Disposition: form-data; name="note"; filename="a"\r\n\r\nRang.\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"note": "Rang."}'),
        ("multipart/form-data", b"note=Rang."),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data; boundary=x", A_FILE),
        ("", b""),
    ],
    ids=["json", "no boundary", "broken", "file", "nothing"],
)  # fmt: skip
def test_what_is_no_form_of_ours_is_refused_in_words(scene: Scene, content_type: str, body: bytes) -> None:
    """It changes nothing, and is no server error."""
    headers = {"content-type": content_type}
    found = scene.browser.ask("POST", scene.paths[LinkAction.NOTE], content=body, headers=headers)
    assert 400 <= found.status_code < 500
    assert "<h1>" in found.text
    assert scene.is_unchanged


@pytest.mark.parametrize("key", ["short", "x" * 300, "a b c d e f", ""])
def test_what_comes_without_a_forms_key_is_shown_again(scene: Scene, key: str) -> None:
    """Sent twice, it would act twice; sent again from the page, it is saved."""
    path = scene.paths[LinkAction.NOTE]
    answered = scene.browser.send(path, note="My words.", key=key)
    assert (answered.status_code, "My words." in answered.text, scene.is_unchanged) == (422, True, True)
    typed = {**hidden_fields(answered.text), "note": "My words."}
    assert scene.browser.ask("POST", path, data=typed).status_code == 200


@pytest.mark.parametrize("version", ["-1", "9" * 30, "x", ""])
def test_a_version_that_was_bent_counts_as_not_there(scene: Scene, version: str) -> None:
    """The note is kept all the same."""
    assert scene.browser.send(scene.paths[LinkAction.NOTE], note="Rang.", version=version).status_code == 200


def test_the_same_pages_of_an_async_tracker() -> None:
    """It is awaited, on the loop that serves the pages."""

    async def story() -> tuple[str, str]:
        async with AsyncTracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
            issue = (await tracker.record(response())).issue
            assert issue is not None
            claim = LinkClaim(
                account="default", recipient="ed", action=LinkAction.NOTE, issue=issue.id, response="r-1", status=None,
                message="m-1", version=1, expires_at=NOON.replace(year=2027),
            )  # fmt: skip
            transport = httpx.ASGITransport(app=link_app(tracker, LINKS, clock=TurnableClock()))
            path = f"/{token_of(LINKS.of(claim))}"
            async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
                page = (await client.get(path)).text
                typed = {**hidden_fields(page), "note": "Rang."}
                return page, (await client.post(path, data=typed)).text

    shown, done = asyncio.run(story())
    assert "Jane Doe" in shown
    assert "added a note" in done


def test_links_of_any_account_of_a_tracker_of_many(clock: TurnableClock) -> None:
    """And none of an account that it does not know."""
    settings = {name: AccountSettings(directory=organisation()) for name in ("acme", "globex")}
    with Tracker.open("memory:", account="acme", accounts=settings.get, clock=clock) as tracker:
        theirs = tracker.for_account("globex")
        issue = theirs.record(response()).issue
        assert issue is not None
        path = paths_of(theirs, issue.id, "ed")[LinkAction.NOTE]
        assert Browser(tracker).send(path, note="Rang.").status_code == 200
        assert theirs.issue(issue.id).note_count == 1
    with Tracker.open("memory:", account="acme", clock=clock, directory=organisation()) as alone:
        found = Browser(alone).get(path)
        assert (found.status_code, "Nothing here belongs to this link" in found.text) == (410, True)
    assert KEY not in found.text


def test_the_clock_is_the_systems_unless_another_is_given(scene: Scene) -> None:
    """A link that is good for a hundred years is good now."""
    lasting = Links(LINKS.url, [KEY], lasts=timedelta(days=36_500))
    path = paths_of(scene.tracker, scene.issue.id, "ed", lasting)[LinkAction.NOTE]
    assert Browser(scene.tracker, lasting, clock=None).get(path).status_code == 200


def test_a_link_to_look_at_has_no_form(scene: Scene) -> None:
    """Nor does anything that is posted to it act."""
    path = scene.paths[LinkAction.VIEW]
    assert "<form" not in scene.browser.get(path).text
    answered = scene.browser.ask("POST", path, data={"key": "form-key-1", "note": "Rang."})
    assert (answered.status_code, scene.is_unchanged) == (422, True)
