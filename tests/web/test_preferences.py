"""The page on which somebody chooses what they are told (requirement C3)."""

from __future__ import annotations

import attrs
import pytest

from resolutionkit import LinkAction, Preferences, Topic
from resolutionkit.model.condition_data import read_condition
from resolutionkit.model.quiet_hours import QuietHours
from resolutionkit.web.choosing import OFFERED, chosen, wanted
from support.linking import LINKS, notice_to, token_of
from support.linkpages import Scene, hidden_fields, tags_of, text_of

NIGHTS = QuietHours({"monday-sunday": "20:00-07:00"})
DETAILED = QuietHours({"monday-friday": "20:00-07:00"})


@pytest.fixture
def path(scene: Scene) -> str:
    """Return the path of Ed's link to his preferences."""
    return f"/{token_of(LINKS.to(notice_to(scene.tracker, scene.issue.id, 'ed'), LinkAction.PREFERENCES))}"


def ticked(page: str) -> dict[str, str]:
    """Return the boxes that are ticked, as a browser sends them."""
    return {str(one["name"]): "yes" for tag, one in tags_of(page) if tag == "input" and "checked" in one}


def test_who_has_said_nothing_is_told_what_is_usual(scene: Scene, path: str) -> None:
    """Every topic is ticked, notes are not, and nothing of an issue is shown."""
    page = scene.browser.get(path)
    assert page.status_code == 200
    assert set(ticked(page.text)) == {f"topic-{topic}" for topic in OFFERED}
    assert "Ed Long" in page.text
    assert "Jane" not in page.text
    assert scene.tracker.preferences("ed") == Preferences()


def test_what_is_chosen_is_kept(scene: Scene, path: str) -> None:
    """And shown; sent again, it is the same."""
    page = scene.browser.get(path).text
    boxes = ticked(page)
    del boxes["topic-reassigned"]
    typed = {
        **hidden_fields(page),
        **boxes,
        "notes": "yes",
        "threshold": "4",
        "quiet_from": "20:00",
        "quiet_to": "07:00",
    }
    for _ in range(2):
        saved = scene.browser.ask("POST", path, data=typed)
        assert (saved.status_code, "Saved." in saved.text) == (200, True)
        assert scene.tracker.preferences("ed") == Preferences(
            channels={Topic.REASSIGNED: []}, notes=True, threshold=4, quiet_hours=NIGHTS
        )
    again = scene.browser.get(path).text
    assert ticked(again) == {**boxes, "notes": "yes"}
    assert [one["value"] for tag, one in tags_of(again) if one.get("type") == "time"] == ["20:00", "07:00"]


@pytest.mark.parametrize(
    "kept",
    [
        Preferences(),
        Preferences(channels={Topic.OPENED: ["sms"], Topic.ASSIGNED: ["email"], Topic.NOTED: []}, notes=True),
        Preferences(threshold={"CSAT-5": 2, "NPS": 8}, alerts=[read_condition("score <= 3")]),
        Preferences(quiet_hours=NIGHTS),
        Preferences(quiet_hours=DETAILED),
        Preferences(quiet_hours={"monday-sunday": "12:00-13:00"}),
        Preferences(quiet_hours={"monday-sunday": "22:00-24:00"}),
        Preferences(quiet_hours={"monday-sunday": "06:00-07:00, 12:00-13:00"}),
    ],
    ids=["usual", "channels", "alerts", "nights", "detailed", "noon", "late", "twice"],
)
def test_a_page_that_is_sent_as_it_is_changes_nothing(kept: Preferences) -> None:
    """What has no place on the page stays, too."""
    assert wanted(chosen(kept), kept) == kept


def test_quiet_hours_are_cleared_and_replaced() -> None:
    """Blank fields clear what they showed; filled in, they take the place of what differs from day to day."""
    cleared = wanted(
        attrs.evolve(chosen(Preferences(quiet_hours=NIGHTS)), quiet_from="", quiet_to=""),
        Preferences(quiet_hours=NIGHTS),
    )
    assert cleared == Preferences()
    before = Preferences(quiet_hours=DETAILED)
    replaced = wanted(attrs.evolve(chosen(before), quiet_from="20:00", quiet_to="07:00"), before)
    assert replaced == Preferences(quiet_hours=NIGHTS)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"threshold": "11"}, "threshold"),
        ({"threshold": "many"}, "threshold"),
        ({"threshold": "\u00b2"}, "threshold"),
        ({"quiet_from": "20:00"}, "quiet_from"),
        ({"quiet_from": "00:00", "quiet_to": "24:00"}, "quiet_from"),
        ({"quiet_from": "late", "quiet_to": "early"}, "quiet_from"),
    ],
)
def test_what_cannot_be_is_shown_with_what_is_wrong(scene: Scene, path: str, typed: dict[str, str], field: str) -> None:
    """Marked, described, with the focus and all that was typed; nothing is kept."""
    page = scene.browser.get(path).text
    answered = scene.browser.ask("POST", path, data={**hidden_fields(page), **typed})
    assert answered.status_code == 422
    (marked,) = [one for _, one in tags_of(answered.text) if one.get("aria-invalid")]
    assert (marked["id"], marked["aria-describedby"].split()[0]) == (field, f"{field}-error")
    assert {str(one.get("value")) for _, one in tags_of(answered.text)} >= set(typed.values())
    assert "Nothing was saved yet" in text_of(answered.text)
    assert scene.tracker.preferences("ed") == Preferences()


@pytest.mark.parametrize("typed", [{}, {"List-Unsubscribe": "One-Click"}, {"key": "x"}])
def test_what_is_no_form_of_ours_mutes_nothing(scene: Scene, path: str, typed: dict[str, str]) -> None:
    """Boxes that are not there are not unticked ones."""
    assert scene.browser.ask("POST", path, data=typed).status_code == 400
    assert scene.tracker.preferences("ed") == Preferences()
