"""Preferences at the faces: whose they are, what is refused, and that erasing and exporting know them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    AsyncTracker,
    InvalidValue,
    PersonNotFound,
    Preferences,
    Scale,
    StorageError,
    Topic,
    Tracker,
    read_condition,
)
from resolutionkit.policy.policy import Policy
from resolutionkit.storage.memory import MemoryStore
from support import organisation, response

LEE = "lee@partner.example"
WANTED = Preferences(threshold=7, notes=True, channels={Topic.OPENED: ["sms"]})


def test_who_has_said_nothing_wants_what_is_usual(tracker: Tracker) -> None:
    """A person at the desk and an address alike."""
    assert tracker.as_user("ed").preferences() == Preferences() == tracker.preferences(LEE)


def test_a_person_sets_their_own(tracker: Tracker) -> None:
    """And others' stay as they were; the tracker sees the same."""
    desk = tracker.as_user("ed")
    desk.set_preferences(WANTED)
    assert desk.preferences() == WANTED == tracker.preferences("ed")
    assert tracker.as_user("dana").preferences() == Preferences()
    desk.set_preferences(Preferences())
    assert desk.preferences() == Preferences()


def test_a_bare_address_has_preferences_too(tracker: Tracker) -> None:
    """In whatever case it is written; that of somebody in the directory means the person."""
    tracker.set_preferences("Lee@Partner.example", WANTED)
    assert tracker.preferences(LEE) == WANTED
    email = organisation().person("ed").email
    tracker.set_preferences(email.upper(), Preferences(notes=True))
    assert tracker.as_user("ed").preferences() == Preferences(notes=True)


@pytest.mark.parametrize("who", ["nobody", "", "gone"])
def test_nobody_else_has_any(tracker: Tracker, who: str) -> None:
    """Who is unknown or inactive is refused, as ever."""
    with pytest.raises(PersonNotFound):
        tracker.preferences(who)
    with pytest.raises(PersonNotFound):
        tracker.set_preferences(who, WANTED)


def test_who_has_no_desk_sets_none(tracker: Tracker) -> None:
    """Access is resolved on use."""
    desk = tracker.as_user("nobody")
    with pytest.raises(AccessDenied):
        desk.preferences()
    with pytest.raises(AccessDenied):
        desk.set_preferences(WANTED)


REFUSED: dict[str, tuple[Any, str]] = {
    "a table": ({"notes": True}, "preferences"),
    "nothing": (None, "preferences"),
    "no such scale": (Preferences(threshold={"stars": 3}), "threshold.stars"),
    "beyond the scale": (Preferences(threshold=11), "threshold.NPS"),
    "off the scale's steps": (Preferences(threshold=6.5), "threshold.NPS"),
}


@pytest.mark.parametrize(("wanted", "place"), REFUSED.values(), ids=REFUSED)
def test_what_the_account_has_not_is_refused(tracker: Tracker, wanted: Any, place: str) -> None:
    """A threshold is a score of a scale that the policy knows."""
    with pytest.raises(InvalidValue) as refusal:
        tracker.as_user("ed").set_preferences(wanted)
    assert refusal.value.field == place
    assert tracker.as_user("ed").preferences() == Preferences()


def test_a_scale_of_the_accounts_own_has_thresholds() -> None:
    """By its name, as in the policy."""
    stars = Scale(name="stars", minimum=1, maximum=5, detractor_max=2, promoter_min=5, step=None)
    with Tracker.open("memory:", policy=Policy(scales=[stars]), directory=organisation()) as tracker:
        tracker.set_preferences("ed", Preferences(threshold={"stars": 3.5}))
        assert tracker.preferences("ed").threshold == {"stars": 3.5}


class Forgetful(MemoryStore):
    """A store without preferences."""

    def transact(self, account: str, work: Any, /, *, write: bool) -> Any:
        """Give a unit of work that lacks the ability."""

        def around(unit: Any) -> Any:
            names = ("response", "standing", "issue", "history", "issues", "count_issues", "responses", "messages")
            names += ("remembered", "secret", "make_secret", "save", "revisions", "responses_holding")
            names += ("issues_holding", "responses_before", "spellings", "rename", "rewrite")
            return work(type("Unit", (), {name: staticmethod(getattr(unit, name)) for name in names}))

        return super().transact(account, around, write=write)


def test_a_store_without_preferences_says_so() -> None:
    """Everything else works on it, erasing and exporting included."""
    with Tracker(Forgetful(), directory=organisation()) as tracker:
        with pytest.raises(StorageError, match=r"no preferences, .*; see resolutionkit\.ports\.KeepsPreferences"):
            tracker.preferences("ed")
        with pytest.raises(StorageError, match="keeps no preferences"):
            tracker.as_user("ed").set_preferences(WANTED)
        issue = tracker.record(response(hierarchy=[LEE])).issue
        assert issue is not None
        tracker.as_user("dana").follow(issue.id, LEE)
        tracker.as_user("dana").add_note(issue.id, "Rang.")
        assert tracker.export_person(LEE)["preferences"] == []
        assert tracker.erase(LEE).addresses == 1


def test_erasing_an_address_erases_what_it_wants(tracker: Tracker) -> None:
    """Nobody can tell any more that it wanted anything (requirement F7), and an export had it."""
    tracker.set_preferences(LEE, WANTED)
    tracker.set_preferences("ed", WANTED)
    exported = tracker.export_person(LEE)["preferences"]
    assert [one["threshold"] for one in exported] == [{"NPS": 7}]
    json.dumps(exported)
    assert tracker.erase(LEE).addresses == 1
    assert tracker.preferences(LEE) == Preferences()
    assert tracker.preferences("ed") == WANTED
    assert tracker.export_person(LEE)["preferences"] == []


def test_erasing_an_address_takes_it_out_of_the_alerts_of_all(tracker: Tracker) -> None:
    """What somebody asks for may name a customer; the export says who does."""
    alerts = [
        'account_owner in ("jane@customer.example", "bob@customer.example")',
        'not comment contains "JANE@customer.example!"',
        "score = 1",
    ]
    tracker.set_preferences("ed", Preferences(alerts=[read_condition(one) for one in alerts], notes=True))
    tracker.set_preferences("dana", WANTED)
    assert tracker.export_person("jane@customer.example")["mentions"] == [{"preferences": "ed"}]
    assert tracker.erase("jane@customer.example").mentions == 1
    left = [str(one) for one in tracker.preferences("ed").alerts]
    assert left == [
        'account_owner in ("(erased)", "bob@customer.example")',
        'not comment contains "(erased)"',
        "score = 1",
    ]
    assert tracker.preferences("ed").notes
    assert tracker.preferences("dana") == WANTED


def test_an_async_tracker_has_the_same() -> None:
    """Awaited, at the tracker and at the desk."""

    async def run() -> None:
        async with await AsyncTracker.open("memory:", directory=organisation()) as tracker:
            await tracker.as_user("ed").set_preferences(WANTED)
            await tracker.set_preferences(LEE, WANTED)
            assert await tracker.preferences("ed") == WANTED
            assert await tracker.as_user("ed").preferences() == WANTED == await tracker.preferences(LEE)

    asyncio.run(run())
