"""My Issues: five sections that overlap, their counts, their pages and cursors, for each kind of access."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from resolutionkit import (
    AccessDenied,
    Answer,
    Contact,
    Desk,
    InvalidCursor,
    InvalidFilter,
    IssueFilter,
    IssueNotFound,
    ResponseFilter,
    RootCause,
    Tracker,
)
from resolutionkit.policy.policy import Policy
from support import NOON, response

SECTIONS = ("flagged", "working", "followed", "open", "closed")


@pytest.fixture
def filled(tracker: Tracker) -> Tracker:
    """Return a tracker with six issues: three of emea, two of field, one of nobody's group."""
    desk = tracker.as_user("bridget")
    for index, group in enumerate(["emea", "emea", "emea", "field", "field", None]):
        received = NOON - timedelta(hours=index + 1)
        found = tracker.record(response(f"r-{index}", group=group, received_at=received)).issue
        assert found is not None
        if index in {1, 4}:
            desk.set_status(found.id, "in_progress", note="N")
        if index == 2:
            desk.set_status(found.id, "resolved", note="N")
        if index in {2, 3}:
            desk.follow(found.id, "nina")
        if index == 4:
            desk.assign(found.id, "nina", note="N")
    return tracker


def names(page: Any) -> list[str]:
    """Return the responses of a page's issues."""
    return [line.response.id for line in page]


SEEN = {
    "dana": (["r-0", "r-3", "r-5"], [], [], ["r-0", "r-1", "r-3", "r-4", "r-5"], ["r-2"]),
    "ed": (["r-0"], ["r-1"], [], ["r-0", "r-1"], ["r-2"]),
    "omar": (["r-3"], [], [], ["r-3", "r-4"], []),
    "paula": (["r-3"], [], [], ["r-3", "r-4"], []),
    "nina": (["r-3"], ["r-4"], ["r-3"], ["r-3", "r-4"], ["r-2"]),
}
MINE = {"dana": 1, "ed": 2, "omar": 1, "paula": 0, "nina": 1}


@pytest.mark.parametrize("who", SEEN)
def test_each_section_shows_what_its_person_may_see(filled: Tracker, who: str) -> None:
    """Newest first; the counts are those of the sections."""
    inbox = filled.as_user(who).inbox()
    assert tuple(names(getattr(inbox, section)()) for section in SECTIONS) == SEEN[who]
    counts = inbox.counts()
    assert tuple(getattr(counts, section) for section in SECTIONS) == tuple(len(one) for one in SEEN[who])
    assert (counts.mine, counts.closed_is_floor) == (MINE[who], False)


@pytest.mark.parametrize("who", ["nobody", "gone"])
def test_whoever_is_not_there_has_no_desk(filled: Tracker, who: str) -> None:
    """Unknown and inactive people are denied at the first use, by reads and commands alike."""
    desk = filled.as_user(who)
    for use in (desk.inbox().counts, desk.issues, desk.responses, lambda: desk.follow("x"), lambda: desk.issue("x")):
        with pytest.raises(AccessDenied) as refused:
            use()
        assert refused.value.who == who


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("order", ["newest", "most_urgent"])
def test_pages_show_each_issue_exactly_once(filled: Tracker, limit: int, order: str) -> None:
    """In order, however long a page is, for everything, group and own access alike."""
    for who, expected in (("dana", SEEN["dana"][3]), ("ed", ["r-0", "r-1"]), ("nina", ["r-3", "r-4"])):
        inbox, found, after = filled.as_user(who).inbox(), [], None
        while True:
            page = inbox.open(limit=limit, after=after, order=order)
            assert len(page) <= limit
            found += names(page)
            after = page.next
            if after is None:
                break
        assert found == (expected if order == "newest" else expected[::-1])


def test_most_urgent_are_the_escalated_then_the_oldest(filled: Tracker) -> None:
    """Until somebody else acts."""
    desk = filled.as_user("bridget")
    newest = desk.inbox().open(limit=1).items[0]
    desk.escalate(newest.id, reason="R", note="N")
    assert names(desk.issues(IssueFilter(phases={"open", "active"}), order="most_urgent"))[:2] == ["r-0", "r-5"]
    assert desk.inbox().open(order="most_urgent").items[0].is_urgent
    filled.as_user("dana").add_note(newest.id, "On it.")
    assert names(desk.inbox().open(order="most_urgent"))[0] == "r-5"


def test_an_issue_that_comes_in_between_two_pages_moves_nothing(filled: Tracker) -> None:
    """The next page begins where the first one ended."""
    inbox = filled.as_user("dana").inbox()
    first = inbox.open(limit=2)
    filled.record(response("r-new", received_at=NOON))
    assert names(inbox.open(limit=2, after=first.next)) == ["r-3", "r-4"]


Use = Callable[[Tracker, str], object]
FOREIGN: dict[str, Use] = {
    "another person": lambda tracker, token: tracker.as_user("bridget").inbox().open(after=token),
    "the account": lambda tracker, token: tracker.issues(IssueFilter(phases={"open", "active"}), after=token),
    "another section": lambda tracker, token: tracker.as_user("dana").inbox().flagged(after=token),
    "another filter": lambda tracker, token: tracker.as_user("dana").issues(IssueFilter(ticket="T"), after=token),
    "another order": lambda tracker, token: tracker.as_user("dana").inbox().open(after=token, order="most_urgent"),
    "responses": lambda tracker, token: tracker.as_user("dana").responses(after=token),
}


@pytest.mark.parametrize("use", FOREIGN.values(), ids=FOREIGN)
def test_a_cursor_fits_only_the_list_that_it_came_from(filled: Tracker, use: Use) -> None:
    """It is bound to person, filter and order."""
    token = filled.as_user("dana").inbox().open(limit=1).next
    assert token is not None
    with pytest.raises(InvalidCursor, match="another"):
        use(filled, token)


def tampered(token: str, change: Callable[[list[Any]], object]) -> str:
    """Return a cursor with its content changed."""
    content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return base64.urlsafe_b64encode(json.dumps(change(content)).encode()).decode().rstrip("=")


DAMAGE: dict[str, Callable[[str], Any]] = {
    "empty": lambda _: "",
    "cut": lambda token: token[:-5],
    "not base64": lambda token: token[:-1] + "!",
    "not ascii": lambda _: "é",
    "a number": lambda _: 5,
    "bytes": lambda token: token.encode(),
    "no list": lambda token: tampered(token, lambda content: content[0]),
    "empty list": lambda token: tampered(token, lambda _: []),
    "too short": lambda token: tampered(token, lambda content: content[:-1]),
    "too long": lambda token: tampered(token, lambda content: [*content, 1]),
    "other types": lambda token: tampered(token, lambda content: [content[0], "a", 5]),
    "a bool": lambda token: tampered(token, lambda content: [content[0], True, content[2]]),
    "endless number": lambda token: tampered(token, lambda content: [content[0], 2**80, content[2]]),
    "lone surrogate": lambda token: tampered(token, lambda content: [content[0], content[1], "\ud800"]),
    "long text": lambda token: tampered(token, lambda content: [*content[:2], "x" * 191]),
    "a NUL": lambda token: tampered(token, lambda content: [*content[:2], "a\0"]),
    "a deep one": lambda _: base64.urlsafe_b64encode(b"[" * 100_000).decode(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cursor_is_refused_as_one(filled: Tracker, damage: Callable[[str], Any]) -> None:
    """A cursor comes back through a URL: whatever it holds, it is no crash."""
    inbox = filled.as_user("dana").inbox()
    token = inbox.open(limit=1).next
    assert token is not None
    with pytest.raises(InvalidCursor):
        inbox.open(after=damage(token))


def test_a_filter_for_the_word_none_is_not_the_filter_for_nothing(filled: Tracker) -> None:
    """A cursor of all issues does not fit those of a survey that is called None."""
    token = filled.issues(limit=1).next
    with pytest.raises(InvalidCursor):
        filled.issues(IssueFilter(survey="None"), after=token)


@pytest.mark.parametrize("limit", [0, -1, 1001, 2.0, True, "5", None], ids=ascii)
def test_a_page_has_between_one_and_a_thousand_lines(filled: Tracker, limit: Any) -> None:
    """Lists of issues and of responses alike."""
    for ask in (filled.issues, filled.responses, filled.as_user("dana").inbox().open):
        with pytest.raises(InvalidFilter) as refused:
            ask(limit=limit)
        assert refused.value.field == "limit"
    assert len(filled.issues(limit=1000)) == 6


@pytest.mark.parametrize(
    "ask",
    [
        lambda tracker: tracker.issues(order="oldest"),
        lambda tracker: tracker.issues(ResponseFilter()),
        lambda tracker: tracker.issues("open"),
        lambda tracker: tracker.responses("q"),
        lambda tracker: tracker.responses(IssueFilter()),
    ],
    ids=["order", "other-filter", "text", "letter", "issue-filter"],
)
def test_an_order_or_filter_that_does_not_exist_is_refused(filled: Tracker, ask: Callable[[Tracker], object]) -> None:
    """The refusal is one of filters."""
    with pytest.raises(InvalidFilter):
        ask(filled)


def test_nobody_can_sit_down_as_the_library_itself(filled: Tracker) -> None:
    """A host that passes on a user name must not hand over the account-wide view."""
    with pytest.raises(AccessDenied):
        filled.as_user("system").issues()


def test_a_desk_cannot_tell_an_issue_outside_its_access_from_one_that_never_was(filled: Tracker) -> None:
    """Reads and commands refuse both with the same words."""
    omar: Desk = filled.as_user("omar")
    hidden = filled.as_user("dana").inbox().closed().items[0].id
    for use in (omar.issue, omar.history, omar.moves, omar.follow, lambda one: omar.add_note(one, "N")):
        messages = []
        for issue_id in (hidden, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(IssueNotFound) as refused:
                use(issue_id)
            messages.append(str(refused.value).replace(issue_id, "ID"))
        assert messages[0] == messages[1]


def test_the_repr_of_the_faces_names_whose_they_are(filled: Tracker) -> None:
    """For a debugger; no I/O."""
    assert repr(filled) == "<Tracker of account 'default'>"
    assert repr(filled.as_user("nobody")) == "<Desk of 'nobody' in account 'default'>"
    assert filled.policy == Policy()


def test_no_repr_has_a_word_that_somebody_wrote(open_tracker: Callable[..., Tracker]) -> None:
    """A repr ends in logs and in notebooks: it has ids, codes and instants, and no names, comments or notes."""
    tracker = open_tracker(policy=Policy(root_causes=("process",)))
    jane = Contact(name="PERSONAL", email="personal@x.example", phone="PERSONAL", company="PERSONAL")
    recorded = tracker.record(response(contact=jane, comment="PERSONAL", answers=[Answer("Why?", "PERSONAL")]))
    assert recorded.issue is not None
    desk = tracker.as_user("dana")
    cause = RootCause(category="process", whys=("PERSONAL",), actions=("PERSONAL",))
    changes = [
        desk.escalate(recorded.issue.id, reason="PERSONAL", note="PERSONAL", author="PERSONAL"),
        desk.set_status(recorded.issue.id, "resolved", note="PERSONAL", root_cause=cause),
    ]
    issue = changes[-1].issue
    seen = (recorded, *changes, issue, issue.notes[0], issue.root_cause, desk.issues(), desk.responses(), desk.inbox())
    assert "personal" not in repr((*seen, desk.history(issue.id), desk.response("r-1"))).lower()


@pytest.mark.parametrize("ids", [("a\tb", "zz\u200bz"), ("a\u00adb", "a\u202eb")], ids=["a tab", "a soft hyphen"])
def test_ids_that_nobody_can_see_do_not_end_a_list(open_tracker: Callable[..., Tracker], ids: tuple[str, str]) -> None:
    """Whatever id was accepted, the page after it can be asked for."""
    tracker = open_tracker()
    tracker.record_many(response(one) for one in ids)
    first = tracker.responses(limit=1)
    rest = tracker.responses(limit=1, after=first.next)
    assert {line.id for line in (*first, *rest)} == set(ids)
