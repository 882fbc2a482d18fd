"""The pages in a real browser: with scripts and without, by keyboard, in a narrow window, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from resolutionkit import Answer, LinkAction, ReportClaim, StaticDirectory, Status, Tracker, report_url
from resolutionkit.web import link_app
from support import NOON, TurnableClock, response
from support.browsers import opened, served
from support.linking import LINKS, notice_to, token_of
from support.linkpages import flag_notice, paths_of

WITH_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Yield a browser for all tests here."""
    with opened() as browser:
        yield browser


@pytest.fixture
def tracker(clock: TurnableClock, directory: StaticDirectory) -> Iterator[Tracker]:
    """Return a tracker whose issue has everything that a page can show, and words longer than a narrow window."""
    with Tracker.open("memory:", clock=clock, directory=directory) as opened_one:
        answers = [Answer("What went wrong?", LONG), Answer("\u05de\u05d4 \u05e7\u05e8\u05d4?", None)]
        issue = opened_one.record(response(comment=LONG, answers=answers, ticket="T-1042", tags=["late"])).issue
        assert issue is not None
        desk = opened_one.as_user("ed")
        for place in range(5):
            desk.add_note(issue.id, f"{place}. {LONG}", spoke=place == 2)
        desk.follow(issue.id)
        opened_one.record(response("r-9", 9))
        opened_one.record(response("r-2", 2, comment="Two days late.", received_at=NOON - timedelta(hours=2)))
        yield opened_one


@pytest.fixture
def pages(tracker: Tracker) -> Iterator[dict[str, str]]:
    """Yield the URL of each kind of page, by its name."""
    issue = tracker.issues().items[0]
    notice = notice_to(tracker, issue.id, "ed")
    paths: dict[str, str] = {action.value: path for action, path in paths_of(tracker, issue.id, "ed").items()}
    paths["flag"] = f"/{token_of(LINKS.to(flag_notice(notice, 'r-9'), LinkAction.FLAG))}"
    paths["set"] = f"/{token_of(LINKS.to(notice, LinkAction.STATUS, status='resolved'))}"
    paths["preferences"] = f"/{token_of(LINKS.to(notice, LinkAction.PREFERENCES))}"
    paths["problem"] = "/nothing"
    paths["report"] = report_path()
    paths["report, gone"] = f"{report_path()}?at=nothing"
    with served(link_app(tracker, LINKS, clock=TurnableClock())) as url:
        yield {name: url + path for name, path in paths.items()}


def report_path() -> str:
    """Return the path of the link of Ed's report."""
    window = {"start": NOON - timedelta(days=1), "end": NOON, "expires_at": NOON + timedelta(days=30)}
    claim = ReportClaim(account="default", recipient="ed", message="m-report", **window)
    return report_url(LINKS, claim).removeprefix(LINKS.url)


def note_count(tracker: Tracker) -> int:
    """Return how many notes the issue has."""
    return tracker.issues().items[0].note_count


@WITH_SCRIPTS
def test_a_note_is_written(chromium: Any, tracker: Tracker, pages: dict[str, str], scripts: bool) -> None:
    """Opened, filled in, sent; loading the answer again sends the form again, which saves nothing."""
    before = note_count(tracker)
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    page.goto(pages["note"])
    page.get_by_label("Note", exact=True).fill("Rang, she is content.\nWill ring again.")
    page.get_by_label("I spoke to the customer").check()
    page.get_by_role("button", name="Save the note").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Done"
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "That was done already"
    assert note_count(tracker) == before + 1
    note = tracker.issue(tracker.issues().items[0].id).notes[-1]
    assert (note.text, note.spoke) == ("Rang, she is content.\nWill ring again.", True)


@WITH_SCRIPTS
def test_notes_are_written_response_by_response(
    chromium: Any, tracker: Tracker, pages: dict[str, str], scripts: bool
) -> None:
    """By keyboard too: the return key saves, next saves and goes on; loading a page again sends nothing again."""
    before = [line.note_count for line in tracker.issues()]
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    page.goto(pages["report"])
    assert page.get_by_role("heading", level=1).inner_text() == "Response 1 of 2"
    assert page.get_by_role("button", name="Previous").is_disabled()
    page.get_by_label("Note", exact=True).fill("Rang.")
    page.get_by_label("Signed").press("Enter")
    page.get_by_role("status").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "Response 1 of 2"
    page.get_by_label("Note", exact=True).fill("Rang again.")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="Response 2 of 2").wait_for()
    page.reload()
    page.get_by_role("button", name="Previous").click()
    page.get_by_role("heading", name="Response 1 of 2").wait_for()
    assert page.get_by_role("status").count() == 0
    page.get_by_label("Note", exact=True).fill("A recall.")
    page.get_by_label("The same note on all 2 responses").check()
    page.get_by_role("button", name="Save").click()
    assert "saved on 2 responses" in page.get_by_role("status").inner_text()
    assert [line.note_count for line in tracker.issues()] == [before[0] + 1, before[1] + 3]


@WITH_SCRIPTS
def test_an_error_has_the_focus_and_says_what_is_wrong(
    chromium: Any, tracker: Tracker, pages: dict[str, str], scripts: bool
) -> None:
    """What was typed is there; the field at fault is focused, and its description begins with the error."""
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    page.goto(pages["status"])
    page.get_by_label("Escalated").check()
    page.get_by_label("Note", exact=True).fill("My words.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    focused = page.locator(":focus")
    assert focused.get_attribute("name") == "reason"
    described = str(focused.get_attribute("aria-describedby")).split()
    assert "Say why leadership" in page.locator(f"#{described[0]}").inner_text()
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("Note", exact=True).input_value() == "My words."
    focused.fill("Contract at risk.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Done").wait_for()
    assert tracker.issues().items[0].status == Status.ESCALATED


def test_no_page_keeps_anybody_out(chromium: Any, pages: dict[str, str]) -> None:
    """Names, roles, contrast: axe finds nothing on any page with all of it unfolded, nor on one with errors."""
    page = chromium.new_context(viewport={"width": 320, "height": 640}).new_page()
    found: dict[str, list[str]] = {}
    for name, url in pages.items():
        page.goto(url)
        found[name] = faults_on(page)
        if page.get_by_role("button").count():
            if name == "report":  # an empty note would be no error
                page.get_by_label("Note", exact=True).fill("Rang.")
            page.get_by_role("button").first.click()
            page.locator(".error-summary, [role=status], h1:text('Done')").wait_for()
            found[f"{name}, sent"] = faults_on(page)
    assert len(found) > 12
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_everything_can_be_read_in_the_dark(chromium: Any, pages: dict[str, str]) -> None:
    """Its colours are others; the rest is the same page."""
    page = chromium.new_context(color_scheme="dark").new_page()
    for name in ("set", "note", "problem", "report"):
        page.goto(pages[name])
        assert faults_on(page, runOnly=["color-contrast"]) == []
    page.goto(pages["status"])
    page.get_by_role("button").click()
    assert faults_on(page, runOnly=["color-contrast"]) == []


def faults_on(page: Any, **options: Any) -> list[str]:
    """Return what axe finds on a page, everything on it unfolded."""
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    violations = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in violations]


@pytest.mark.parametrize("width", [320, 1024])
def test_a_page_is_as_wide_as_its_window(chromium: Any, pages: dict[str, str], width: int) -> None:
    """Nothing scrolls sideways, whatever the customer has typed; what is touched is large enough."""
    page = chromium.new_context(viewport={"width": width, "height": 640}).new_page()
    for name, url in pages.items():
        page.goto(url)
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        for target in page.locator("button, input:not([type=hidden]), select, textarea, summary").all():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 24, (name, target)


def test_a_status_is_set_by_the_keyboard_alone(chromium: Any, tracker: Tracker, pages: dict[str, str]) -> None:
    """Everything is reached in order, and the focus can be seen."""
    page = chromium.new_page()
    page.goto(pages["set"])
    reached = []
    while (page.locator(":focus").get_attribute("name") if page.locator(":focus").count() else None) != "note":
        page.keyboard.press("Tab")
        assert page.locator(":focus").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        reached.append(page.locator(":focus").get_attribute("name"))
        assert len(reached) < 20
    assert "status" in reached
    page.keyboard.type("Weekly call agreed.")
    while page.locator(":focus").evaluate("one => one.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Done").wait_for()
    assert tracker.issues().items[0].status == Status.RESOLVED


def test_a_page_asks_for_nothing_but_its_style(chromium: Any, pages: dict[str, str]) -> None:
    """No request elsewhere, nothing that its own policy forbids, no error, and no word to others of where one was."""
    page = chromium.new_page()
    asked: list[Any] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  (a handler has to take an attribute)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name, url in pages.items():
        if name not in {"problem", "report, gone"}:
            page.goto(url)
    origin = pages["view"].rpartition("/")[0]
    assert {request.url.partition("?")[0] for request in asked} - set(pages.values()) <= {
        f"{origin}/style.css",
        f"{origin}/favicon.ico",
    }
    told = {request.url: request.headers["referer"] for request in asked if request.headers.get("referer")}
    assert told == {}
    assert complaints == []
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "25.6px"


def test_a_page_is_in_no_frame(chromium: Any, pages: dict[str, str]) -> None:
    """Nobody can be made to press a button that they do not see."""
    page = chromium.new_page()
    page.set_content(f"<iframe src='{pages['note']}'></iframe>")
    page.wait_for_timeout(300)
    assert "Jane" not in "".join(frame.content() for frame in page.frames)
