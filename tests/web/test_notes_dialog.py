"""The notes dialog behind a report's link (requirements D4, B5, B12): what it shows, what its three buttons do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import attrs
import httpx
import pytest

from resolutionkit import (
    Answer,
    AsyncTracker,
    CauseKind,
    ReportClaim,
    StaticDirectory,
    StorageUnavailable,
    Tracker,
    report_url,
)
from resolutionkit.web import link_app
from support import NOON, TurnableClock, organisation, response
from support.linking import LINKS
from support.linkpages import Browser, hidden_fields, tags_of, text_of

HOUR = timedelta(hours=1)
HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}\u202eevil"


def path_to(recipient: str = "ed", **said: Any) -> str:
    """Return the path of a report's link."""
    claim = ReportClaim(
        account="default",
        recipient=recipient,
        start=NOON - 24 * HOUR,
        end=NOON,
        message="m-report",
        expires_at=NOON + timedelta(days=30),
    )
    return report_url(LINKS, attrs.evolve(claim, **said)).removeprefix(LINKS.url)


PATH = path_to()


@pytest.fixture
def report(tracker: Tracker) -> list[str]:
    """Record three unhappy responses of Ed's report, and return the ids of their issues."""
    ids = []
    for number in range(3):
        answers = [Answer("What went wrong?", f"Part {number} was the wrong one.")]
        facts = {"comment": f"Comment {number}.", "answers": answers, "received_at": NOON - (4 - number) * HOUR}
        issue = tracker.record(response(f"r-{number}", number, ticket=f"T-{number}", **facts)).issue
        assert issue is not None
        ids.append(issue.id)
    tracker.record(response("fine", 9))
    tracker.record(response("field", group="field"))
    return ids


def notes_of(tracker: Tracker, issue_id: str) -> list[tuple[str, str, bool]]:
    """Return the notes of an issue."""
    return [(note.text, note.author, note.spoke) for note in tracker.issue(issue_id).notes]


def post(browser: Browser, at: str | None, **typed: str) -> httpx.Response:
    """Open a response of the report, fill in its form, press a button, and follow where it leads."""
    path = PATH if at is None else f"{PATH}?at={at}"
    hidden = hidden_fields(browser.get(path).text)
    answered = browser.ask("POST", path, data={**hidden, **typed})
    assert answered.status_code == 303
    return browser.get(PATH + answered.headers["location"])


@pytest.mark.usefixtures("report")
def test_the_page_shows_the_first_response_of_the_report(tracker: Tracker, browser: Browser) -> None:
    """Its window, where it stands, the response with its score and comment, the name that signs, and the log."""
    tracker.as_user("bridget").add_note(str(tracker.response("r-0").issue), "Rang her.", spoke=True)
    page = browser.get(PATH).text
    shown = text_of(page)
    for wanted in (
        "Response 1 of 3", "Service recovery report, 19 November 2026, 12:00 UTC to 20 November 2026, 12:00 UTC",
        "Jane Doe, ABC Ltd", "0 on NPS (0 to 10)", "Comment 0.", "Part 0 was the wrong one.",
        "Notes so far", "Bridget Shaw Spoke? Yes Rang her.",
    ):  # fmt: skip
        assert wanted in shown
    assert shown.index("Your note") < shown.index("Notes so far"), "the log stands below"
    fields = {attributes["name"]: attributes for tag, attributes in tags_of(page) if tag == "input"}
    assert fields["author"]["value"] == "Ed Long"


@pytest.mark.usefixtures("report")
def test_looking_changes_nothing(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """However often, and by whomever: mail scanners open links."""
    for _ in range(2):
        browser.get(PATH)
        browser.ask("HEAD", f"{PATH}?at=r-1")
    assert [tracker.issue(one).version for one in report] == [1, 1, 1]


def test_each_of_the_three_buttons_saves(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """Save stays, next and previous go on; the page says that the note is saved."""
    page = post(browser, None, note="Rang.", spoke="yes", go="next")
    assert ("Response 2 of 3" in text_of(page.text), "Your note is saved." in text_of(page.text)) == (True, True)
    page = post(browser, "r-1", note="Left voicemail.", go="previous")
    assert "Response 1 of 3" in text_of(page.text)
    page = post(browser, "r-2", note="Wrote.\r\nTwice.", go="stay")
    assert ("Response 3 of 3" in text_of(page.text), "Wrote." in text_of(page.text)) == (True, True)
    assert [notes_of(tracker, one) for one in report] == [
        [("Rang.", "Ed Long", True)],
        [("Left voicemail.", "Ed Long", False)],
        [("Wrote.\nTwice.", "Ed Long", False)],
    ]
    event = tracker.history(report[0])[-1]
    assert (event.actor, event.cause.kind, event.cause.ref) == ("ed", CauseKind.LINK, "m-report")


def test_an_empty_note_is_not_saved_and_is_no_error(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """One goes on, and is told nothing of a note."""
    page = post(browser, None, note=" \r\n", spoke="yes", author="Somebody", go="next")
    assert ("Response 2 of 3" in text_of(page.text), "Your note is saved" in text_of(page.text)) == (True, False)
    assert tracker.issue(report[0]).version == 1


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(("at", "disabled"), [("r-0", ["previous"]), ("r-1", []), ("r-2", ["next"])])
def test_a_button_that_leads_nowhere_is_disabled(browser: Browser, at: str, disabled: list[str]) -> None:
    """The first response has none before it, the last none after it; saving is always there."""
    buttons = [attributes for tag, attributes in tags_of(browser.get(f"{PATH}?at={at}").text) if tag == "button"]
    assert [one["value"] for one in buttons] == ["stay", "previous", "next"]
    assert [one["value"] for one in buttons if "disabled" in one] == disabled


@pytest.mark.usefixtures("report")
def test_going_nowhere_stays(browser: Browser) -> None:
    """A button that was disabled, pressed all the same."""
    assert "Response 3 of 3" in text_of(post(browser, "r-2", note="Rang.", go="next").text)


def test_the_same_form_twice_saves_once(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """A form that is sent again by a hand that trembles."""
    hidden = hidden_fields(browser.get(PATH).text)
    for _ in range(2):
        assert browser.ask("POST", PATH, data={**hidden, "note": "Rang.", "go": "next"}).status_code == 303
    assert len(notes_of(tracker, report[0])) == 1
    other = browser.ask("POST", PATH, data={**hidden, "note": "Other words.", "go": "next"})
    assert other.status_code == 422
    assert "This form was sent before, with other words" in text_of(other.text)
    assert "Other words." in text_of(other.text)


def test_any_name_signs_and_the_actor_stays(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """Whoever is signed in at the host signs before the recipient does (requirement B5)."""
    post(browser, None, note="Rang.", author="Jo of the front desk", go="stay")
    post(browser, None, note="Again.", author="", go="stay")
    signed = Browser(tracker, signed_in=lambda _scope: "nina")
    assert 'value="Nina Okafor"' in signed.get(PATH).text
    hidden = hidden_fields(signed.get(PATH).text)
    signed.ask("POST", PATH, data={**hidden, "note": "For Ed.", "go": "stay"})
    assert [author for _, author, _ in notes_of(tracker, report[0])] == [
        "Jo of the front desk", "Ed Long", "Nina Okafor",
    ]  # fmt: skip
    assert {event.actor for event in tracker.history(report[0])[1:]} == {"ed"}


def test_one_note_for_the_whole_report(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """Each response gets it, once however often the form is sent; the others' groups do not."""
    hidden = hidden_fields(browser.get(PATH).text)
    for _ in range(2):
        answered = browser.ask("POST", PATH, data={**hidden, "note": "A recall.", "all": "yes", "go": "stay"})
    assert "Your note is saved on 3 responses." in text_of(browser.get(PATH + answered.headers["location"]).text)
    assert [notes_of(tracker, one) for one in report] == [[("A recall.", "Ed Long", False)]] * 3
    assert tracker.issue(str(tracker.response("field").issue)).note_count == 0
    page = post(browser, None, note="", all="yes", go="next")
    assert ("Response 2 of 3" in text_of(page.text), "Your note is saved" in text_of(page.text)) == (True, False)
    assert [tracker.issue(one).note_count for one in report] == [1, 1, 1]


def test_what_could_not_be_saved_is_counted(tracker: Tracker, report: list[str], monkeypatch: Any) -> None:
    """Each response stands alone."""
    real = tracker._runner.change

    def change(command: Any, *given: Any) -> Any:
        return real(attrs.evolve(command, issue="gone") if command.issue == report[1] else command, *given)

    monkeypatch.setattr(type(tracker._runner), "change", lambda _self, *given: change(*given))
    browser = Browser(tracker)
    page = post(browser, None, note="A recall.", all="yes", go="stay")
    assert "Your note is saved on 2 responses. On 1 it could not be saved. Open it to see why." in text_of(page.text)


@pytest.mark.usefixtures("report")
def test_a_replaced_response_says_so_and_leads_to_the_later_answer(tracker: Tracker, browser: Browser) -> None:
    """What was typed is kept, and nothing saved; the later answer is one click away."""
    hidden = hidden_fields(browser.get(PATH).text)
    tracker.record(response("r-late", 1, ticket="T-0", received_at=NOON - HOUR / 2))
    for answered in (
        browser.get(f"{PATH}?at=r-0"),
        browser.ask("POST", f"{PATH}?at=r-0", data={**hidden, "note": "My words.", "go": "next"}),
    ):
        assert answered.status_code == 409
        assert "The customer has answered again" in text_of(answered.text)
        assert "The later answer: r-late" in text_of(answered.text)
        links = [attributes["href"] for tag, attributes in tags_of(answered.text) if tag == "a"]
        assert links == ["?at=r-late", "?"]
    assert "My words." in answered.text
    assert tracker.issue(str(tracker.response("r-late").issue)).note_count == 0
    assert "Response 3 of 3" in text_of(browser.get(PATH + links[0]).text)


@pytest.mark.usefixtures("report")
def test_a_later_answer_of_another_report_is_named_and_not_led_to(tracker: Tracker, browser: Browser) -> None:
    """It was received after this report's window."""
    tracker.record(response("r-late", 1, ticket="T-0", received_at=NOON))
    told = browser.get(f"{PATH}?at=r-0")
    assert "The later answer: r-late" in text_of(told.text)
    assert [attributes["href"] for tag, attributes in tags_of(told.text) if tag == "a"] == ["?"]


@pytest.mark.usefixtures("report")
def test_a_moved_response_says_where_it_is_to_who_may_see_it(tracker: Tracker) -> None:
    """Dana sees everything; Ed is told nothing but that it is not here."""
    directory = organisation()
    people = [attrs.evolve(one, id=one.id) for one in directory]
    groups = [attrs.evolve(one, also_alert=("dana",)) if one.code == "emea" else one for one in directory.groups or ()]
    object.__setattr__(
        tracker._runner.settings, "directory", StaticDirectory(people=people, groups=groups, leader="dana")
    )
    moved = response("r-0", 0, ticket="T-0", comment="Comment 0.", received_at=NOON - 4 * HOUR, group="field")
    tracker.record(moved, replace=True)
    tracker.as_user("dana").assign(str(tracker.response("r-0").issue), "omar", note="His.")
    browser = Browser(tracker)
    told = browser.get(f"{path_to('dana')}?at=r-0")
    assert (told.status_code, "It is now in the group field" in text_of(told.text)) == (409, True)
    untold = browser.get(f"{PATH}?at=r-0")
    never = browser.get(f"{PATH}?at=r-x")
    assert (untold.status_code, untold.text) == (404, never.text)
    assert "There is no such response here" in text_of(untold.text)
    assert "field" not in text_of(untold.text)


def test_a_report_of_which_nothing_is_left_says_so(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    """There is no response to show, and no form; the log says why, and of whom nothing."""
    with caplog.at_level("INFO", "resolutionkit"):
        answered = browser.get(PATH)
    assert "report_empty" in caplog.text
    assert answered.status_code == 404
    assert "Nothing is left to do here" in text_of(answered.text)
    assert "<form" not in answered.text


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        (PATH[:-3], 404, "This link does not work"),
        (path_to(expires_at=NOON), 410, "This link has expired"),
        (path_to(recipient="gone"), 410, "You cannot do this any more"),
        (path_to(recipient="nobody"), 410, "You cannot do this any more"),
        (path_to(account="other"), 410, "Nothing here belongs to this link"),
    ],
    ids=["cut", "expired", "left", "unknown", "another account"],
)
def test_a_link_that_leads_nowhere_says_why(browser: Browser, path: str, status: int, told: str) -> None:
    """In the words of every other link's page."""
    answered = browser.get(path)
    assert (answered.status_code, told in text_of(answered.text)) == (status, True)


@pytest.mark.usefixtures("report")
def test_the_link_of_a_report_is_no_link_to_an_issue(browser: Browser) -> None:
    """Neither passes for the other."""
    assert browser.get(f"/{PATH.rpartition('/')[2]}").status_code == 404


@pytest.mark.usefixtures("report")
def test_a_form_from_another_site_is_refused(tracker: Tracker, browser: Browser, report: list[str]) -> None:
    """It could be signed with the name of whoever is signed in at the host."""
    hidden = hidden_fields(browser.get(PATH).text)
    typed = {**hidden, "note": "Rang.", "go": "stay"}
    answered = browser.ask("POST", PATH, data=typed, headers={"origin": "https://evil.example"})
    assert answered.status_code == 403
    assert tracker.issue(report[0]).version == 1


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize("typed", [{"note": "Rang."}, {"go": "home", "note": "Rang."}])
def test_what_is_no_form_of_ours_saves_nothing(
    tracker: Tracker, browser: Browser, report: list[str], typed: dict[str, str]
) -> None:
    """Without its key it would save again when it is sent again; a button of ours leads to one of three places."""
    hidden = {} if "go" not in typed else hidden_fields(browser.get(PATH).text)
    answered = browser.ask("POST", PATH, data={**hidden, **typed})
    assert answered.status_code == 422
    assert tracker.issue(report[0]).version == 1


def test_nothing_that_somebody_typed_is_markup(tracker: Tracker) -> None:
    """Comment, names, notes and ids are text, in attributes and URLs too (law L12)."""
    odd = "r/1?x=\"'><b>&at=2"
    tracker.record(response(odd, 1, comment=HOSTILE, received_at=NOON - HOUR))
    browser = Browser(tracker)
    page = browser.get(f"{PATH}?at={quote(odd, safe='')}")
    assert page.status_code == 200
    assert {tag for tag, _ in tags_of(page.text)} & {"script", "img", "b"} == set()
    (form,) = (attributes for tag, attributes in tags_of(page.text) if tag == "form")
    assert browser.get(PATH + str(form["action"])).status_code == 200
    hidden = hidden_fields(page.text)
    answered = browser.ask("POST", PATH + str(form["action"]), data={**hidden, "note": HOSTILE, "go": "stay"})
    again = browser.get(PATH + answered.headers["location"])
    assert {tag for tag, _ in tags_of(again.text)} & {"script", "img", "b"} == set()
    assert "alert(1)" in text_of(again.text)


@pytest.mark.usefixtures("report")
def test_the_page_has_the_headers_and_the_style_of_the_others(browser: Browser) -> None:
    """No script, nothing from elsewhere, nothing kept; its style sheet is where it says."""
    answered = browser.get(PATH)
    assert answered.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answered.headers["content-security-policy"]
    (sheet,) = (str(attributes["href"]) for tag, attributes in tags_of(answered.text) if tag == "link")
    assert sheet.startswith("../style.css?")
    assert browser.get(sheet.removeprefix("..")).status_code == 200
    assert "<script" not in answered.text


@pytest.mark.usefixtures("report")
def test_words_survive_a_database_that_is_down(tracker: Tracker, browser: Browser, monkeypatch: Any) -> None:
    """They stand there to copy, and the page says that nothing may have been saved."""
    hidden = hidden_fields(browser.get(PATH).text)

    def down(*_given: Any, **_named: Any) -> None:
        raise StorageUnavailable("gone")

    monkeypatch.setattr(tracker._runner.store, "transact", down)
    answered = browser.ask("POST", PATH, data={**hidden, "note": "My words.", "go": "next"})
    assert (answered.status_code, "My words." in answered.text) == (503, True)


def test_an_async_tracker_has_the_same_page() -> None:
    """It is awaited, and answers alike."""

    async def story() -> tuple[str, str]:
        async with AsyncTracker.open("memory:", directory=organisation(), clock=TurnableClock()) as tracker:
            await tracker.record(response())
            transport = httpx.ASGITransport(app=link_app(tracker, LINKS, clock=TurnableClock()))
            async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
                first = (await client.get(PATH)).text
                typed = {**hidden_fields(first), "note": "Rang.", "go": "stay"}
                answered = await client.post(PATH, data=typed)
                return first, (await client.get(PATH + answered.headers["location"])).text

    first, after = asyncio.run(story())
    assert "Response 1 of 1" in text_of(first)
    assert "Your note is saved." in text_of(after)
    assert "The same note on all" not in text_of(first)
