"""An issue's card and timeline, and the note log, as notebooks show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import (
    CSAT_5,
    NPS,
    Answer,
    Contact,
    Episode,
    Issue,
    Note,
    NoteLog,
    Phase,
    Response,
    RootCause,
    Scale,
)
from resolutionkit.model.cards import LATEST, timeline
from support import NOON, response
from support.pages import Reading

HOSTILE = "<script>alert(1)</script>\"><img src=x onerror='alert(1)'></td></table>&lt;\u202egnp.exe javascript:alert(1)"
TAGS = {
    "div", "span", "style", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "time", "strong",
    "details", "summary", "ol", "li",
}  # fmt: skip
ATTRIBUTES = {"class", "dir", "scope", "datetime"}


def note(text: str = "Left voicemail.", at: datetime = NOON, **facts: Any) -> Note:
    """Return a note of Ed's."""
    return Note(**({"text": text, "author": "Ed Long", "at": at, "happened_at": at} | facts))


def issue(about: Response | None = None, **facts: Any) -> Issue:
    """Return an issue opened at noon."""
    about = about or response(scale=NPS)
    given: dict[str, Any] = {
        "id": "i-1",
        "version": 7,
        "status": "needs_attention",
        "phase": Phase.OPEN,
        "response": about,
        "responses": (about,),
        "assignee": "ed",
        "followers": (),
        "episodes": (Episode(number=1, opened_at=NOON),),
        "needs_recovery": True,
        "backfilled": False,
        "flagged_by_hand": False,
        "changed_at": NOON,
    }
    return Issue(**(given | facts))


def card(about: Response | None = None, **facts: Any) -> Reading:
    """Return the card of an issue, as it reads."""
    return Reading(issue(about, **facts)._repr_html_())


def full(text: Callable[[str], str]) -> Issue:
    """Return an issue with every fact, each text made from its name."""
    about = Response(
        id=text("id"), score=3, received_at=NOON, survey=text("survey"), scale=NPS, group=text("group"),
        contact=Contact(name=text("name"), email=text("email"), phone=text("phone"), company=text("company")),
        answers=[Answer(text("question"), text("answer")), Answer(text("open question"), None)],
        tags=[text("tag")], segment=text("segment"), ticket=text("ticket"), agent=text("agent"),
        factors=[text("factor")], comment=text("comment"), wants_contact=True, attributes={text("key"): text("value")},
    )  # fmt: skip
    return issue(
        about, status=text("status"), phase=Phase.ACTIVE, assignee=text("assignee"), followers=(text("follower"),),
        people=(text("person"),), level=2, escalated_at=NOON, escalated_to=text("boss"), escalated_by=text("caller"),
        root_cause=RootCause(category=text("cause"), whys=(text("why"),), actions=(text("action"),)),
        notes=NoteLog([note(text("note"), author=text("author"))]),
        episodes=(
            Episode(number=1, opened_at=NOON, closed_at=NOON, closed_as=text("closing")),
            Episode(number=2, opened_at=NOON, first_action_at=NOON, contacted_at=NOON),
        ),
    )  # fmt: skip


SHOWN = (
    "id", "survey", "group", "name", "email", "phone", "company", "question", "answer", "open question", "tag",
    "segment", "ticket", "agent", "factor", "comment", "key", "value", "status", "assignee", "follower", "person",
    "boss", "cause", "why", "action", "note", "author", "closing",
)  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_shows_every_fact(name: str) -> None:
    """Whatever an issue and its response know is on the card, folded or not."""
    assert f"«{name}»" in Reading(full("«{}»".format)._repr_html_()).text.replace("«Status»", "«status»")


@given(st.sampled_from([HOSTILE, "$\\href{javascript:alert(1)}{x}$"]) | st.text(min_size=1, max_size=20))
def test_nothing_typed_becomes_markup(typed: str) -> None:
    """The card of hostile words has the very tags of a calm one: no script, no link, no id, nothing that loads."""
    plain = typed.replace("\0", "").encode("utf-8", "ignore").decode().strip() or "x"
    hostile = Reading(full(lambda _name: plain[:100])._repr_html_())
    assert set(hostile.tags) <= TAGS
    assert {name for name, _value in hostile.attributes} <= ATTRIBUTES
    assert hostile.tags == Reading(full(lambda _name: "x")._repr_html_()).tags
    assert not {"\u202a", "\u202d", "\u202e", "\u2066", "\u2067", "\x1b"} & set(hostile.text)


@pytest.mark.parametrize(
    ("score", "scale", "words"),
    [
        (3, NPS, "on NPS (0 to 10), detractor, needs recovery"),
        (2, CSAT_5, "on CSAT-5 (1 to 5), detractor, needs recovery"),
        (
            2.75,
            Scale(name="mean", minimum=1, maximum=5, detractor_max=3, promoter_min=4, step=None),
            "on mean (1 to 5), detractor, needs recovery",
        ),
    ],
)
def test_a_score_says_its_scale_and_band(score: float, scale: Scale, words: str) -> None:
    """A bare 3 says little: the card has the range and the category."""
    assert f"Score {score} {words}" in card(response(score=score, scale=scale)).line


def test_a_score_without_a_scale_claims_no_band() -> None:
    """The policy knew the scale, the issue does not: only the need of recovery is said."""
    line = card(response(scale=None)).line
    assert "detractor" not in line
    assert "Score 3 , needs recovery" in line


def test_a_score_off_its_scale_is_shown_without_a_band() -> None:
    """A value built by hand may be wrong; showing it is no place to refuse it."""
    assert "Score 11 on NPS (0 to 10), needs recovery" in card(response(score=11, scale=NPS)).line


def test_binary_dust_is_swept_from_scores() -> None:
    """Averages read as people write them."""
    assert "0.3" in card(response(score=0.1 + 0.2, scale=None)).words


def test_an_unnamed_customer_is_called_so() -> None:
    """A response without a contact has a card; an address stands in for a name."""
    assert "unnamed" in card(response(contact=Contact())).words
    assert "jane@customer.example" in card(response(contact=Contact(email="jane@customer.example"))).words


def test_an_unanswered_question_is_shown_as_such() -> None:
    """Questions are folded, and a blank answer is not left blank."""
    reading = card(response(answers=[Answer("Why?", " "), Answer("What else?", "Nothing.")]))
    assert "Questions and answers (2)" in reading.words
    assert [one for one in reading.folded if one.strip()] == ["Why?", "not answered", "What else?", "Nothing."]


@pytest.mark.parametrize(
    ("status", "label"),
    [("needs_attention", "Needs attention"), ("cant_resolve", "Can't resolve"),
     ("waiting-on-PARTS", "Waiting-on-PARTS"), ("対応中", "対応中")],
)  # fmt: skip
def test_a_status_is_put_in_words(status: str, label: str) -> None:
    """Keys of any workflow become words; the phase is said beside them, not by colour alone."""
    reading = card(status=status, phase=Phase.ACTIVE)
    assert label in reading.words
    assert "active" in reading.words


def test_what_is_out_of_the_ordinary_is_marked() -> None:
    """Urgency, later rounds, levels, old data, and that there is nothing to recover; on others nothing."""
    rounds = (
        Episode(number=1, opened_at=NOON, closed_at=NOON, closed_as="resolved"),
        Episode(number=2, opened_at=NOON),
    )
    marked = card(escalated_by="ed", episodes=rounds, level=1, backfilled=True, needs_recovery=False).line
    for mark in ("Urgent", "round 2", "level 1", "backfilled", "needs no recovery"):
        assert mark in marked
        assert mark not in card().line


def test_nobody_s_issue_says_so() -> None:
    """An issue without an assignee is noticed."""
    assert "nobody" in card(assignee=None).words


def test_the_timeline_runs_oldest_first() -> None:
    """Responses, rounds, notes and the latest escalation, each at its instant."""
    hour = timedelta(hours=1)
    first, second = response("r-1", received_at=NOON - hour), response("r-2", 2, received_at=NOON + 5 * hour)
    found = issue(
        second,
        responses=(first, second),
        escalated_at=NOON + 2 * hour,
        escalated_to="dana",
        notes=NoteLog([note("Rang.", NOON + hour), note("Agreed.", NOON + 3 * hour)]),
        episodes=(
            Episode(number=1, opened_at=NOON, closed_at=NOON + 3 * hour, closed_as="cant_resolve"),
            Episode(number=2, opened_at=NOON + 6 * hour),
        ),
    )
    assert [Reading(entry.content).words[-1] for entry in timeline(found)] == [
        "Response r-1 received, score 3", "Opened", "Rang.", "Escalated to dana (the latest escalation)", "Agreed.",
        "Closed: Can't resolve", "Response r-2 received, score 2", "Reopened, round 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "words"),
    [({}, "Opened"), ({"flagged_by_hand": True}, "Opened by hand"), ({"backfilled": True}, "Opened from old data")],
)
def test_the_timeline_says_how_it_began(facts: dict[str, Any], words: str) -> None:
    """By its score, by hand, or from old data."""
    assert words in card(**facts).words


def test_at_one_instant_causes_stand_before_effects() -> None:
    """The response, the opening, the note, the closing that it explains, the reopening."""
    about = response(received_at=NOON)
    rounds = (
        Episode(number=1, opened_at=NOON, closed_at=NOON, closed_as="resolved"),
        Episode(number=2, opened_at=NOON),
    )
    found = issue(about, notes=NoteLog([note("Done.")]), episodes=rounds)
    assert [Reading(entry.content).words[-1] for entry in timeline(found)] == [
        "Response r-1 received, score 3", "Opened", "Done.", "Closed: Resolved", "Reopened, round 2",
    ]  # fmt: skip


def test_a_note_log_shows_each_note() -> None:
    """When, who, whether the customer was spoken to, when the contact was if at another time, and the words."""
    later = note("Agreed.", NOON + timedelta(hours=2), happened_at=NOON, spoke=True)
    text = Reading(NoteLog([note(), later])._repr_html_()).line
    assert "2 notes, oldest first" in text
    assert "2026-11-20 12:00 UTC · Ed Long · Spoke? No Left voicemail." in text
    assert "2026-11-20 14:00 UTC · Ed Long · Spoke? Yes · contact of 2026-11-20 12:00 UTC Agreed." in text


def test_an_empty_log_says_so() -> None:
    """Nothing is not shown as nothing."""
    assert Reading(NoteLog()._repr_html_()).words == ["No notes."]


def test_of_many_notes_the_latest_are_shown() -> None:
    """Earlier ones are folded, none is lost, and the order stays."""
    log = NoteLog([note(f"Attempt {number}.", NOON + timedelta(minutes=number)) for number in range(300)])
    reading = Reading(log._repr_html_())
    assert "290 earlier" in reading.words
    assert [one for one in reading.words if one.startswith("Attempt")] == [f"Attempt {one}." for one in range(290, 300)]
    assert [one for one in reading.folded if one.startswith("Attempt")] == [f"Attempt {one}." for one in range(290)]
    assert LATEST == 10


def test_text_turns_in_its_own_direction() -> None:
    """Arabic and Hebrew run from the right, whatever stands beside them."""
    assert ("dir", "auto") in card(response(comment="שלום")).attributes


def test_a_card_shown_twice_has_nothing_that_collides() -> None:
    """Two outputs on one page share no id, for there is none."""
    assert "id" not in {name for name, _value in card().attributes}
