"""Names that differ by little, or hold what databases read otherwise: each is an account of its own (F4)."""

from __future__ import annotations

import pytest

from resolutionkit import InvalidCursor, InvalidValue, IssueNotFound, Tracker
from resolutionkit.ports import Store
from resolutionkit.storage.sql.store import SqlStore
from support import TurnableClock, organisation, response
from support.bound import accounts_of, sent_meanwhile
from support.stores import dump

LOOK_ALIKES = [
    *("acme", "Acme", "ACME", "acme.", "acme_", "acme\u200b", "acme\u00ad", "ac me", "ac  me", "ac\u00a0me", "ac\tme"),
    *("\u0430cme", "\uff41\uff43\uff4d\uff45", "acm\u00e9", "acme\u0301", "a\u0063\u0327me", "a\u00e7me"),
    *(
        "strasse",
        "stra\u00dfe",
        "STRASSE",
        "STRA\u1e9eE",
        "fi",
        "\ufb01",
        "i",
        "I",
        "\u0131",
        "\u0130",
        "\u00c5",
        "\u212b",
    ),
    *(
        "\u03c3",
        "\u03c2",
        "\u03a3",
        "\u3042",
        "\u30a2",
        "\uff71",
        "1",
        "\u0661",
        "\u00b9",
        "01",
        "1.0",
        "1e0",
        "0",
        "null",
    ),
    *("\U0001f600", "\U0001f601", "\U0001f600\ufe0f", "\U0001f1e9\U0001f1ea", "\u200facme", "\uffff", "\U0010ffff"),
    *(
        "o'brien",
        'o"brien',
        "o`brien",
        "o\\brien",
        "o\\'brien",
        "%",
        "%%",
        "%s",
        "%(account_1)s",
        "?",
        ":account",
        "$1",
    ),
    *("{}", "{0}", "_", "*", "--", "/*", "'; DROP TABLE resolutionkit_issues; --", "\x01", "a\nb", "a\r\nb"),
    *("a" * 64, "a" * 63, "a" * 63 + "b", "\U0001f600" * 64, "\U0001f600" * 63, "%" * 64),
]


def test_names_that_look_alike_are_accounts_of_their_own(store: Store) -> None:
    """The same ids, tickets, keys and addresses under each name: each account shows what was done in it alone."""
    assert len(set(LOOK_ALIKES)) == len(LOOK_ALIKES)
    trackers = [Tracker(store, account=name, directory=organisation(), clock=TurnableClock()) for name in LOOK_ALIKES]
    issues = {}
    with sent_meanwhile() as sent:
        for number, tracker in enumerate(trackers):
            issue = tracker.record(response("r-1", number % 7, ticket="T", hierarchy=["lee@partner.example"])).issue
            assert issue is not None
            desk = tracker.as_user("dana")
            issues[tracker.account] = desk.add_note(issue.id, f"Of {number}.", key="once").issue
        for number, tracker in enumerate(trackers):
            (line,) = tracker.as_user("dana").issues()
            assert tracker.issue(line.id) == issues[tracker.account]
            assert [note.text for note in tracker.issue(line.id).notes] == [f"Of {number}."]
            assert tracker.response("r-1").response.score == number % 7
            assert len(tracker.outbox(line.id)) == 2
            assert tracker.as_user("dana").inbox().counts().open == 1
            with pytest.raises(IssueNotFound):
                tracker.issue(issues[LOOK_ALIKES[number - 1]].id)
    assert set[str]().union(*map(accounts_of, sent)) <= set(LOOK_ALIKES)
    if isinstance(store, SqlStore):
        kept = [row[0] for row in dump(store)[store.tables.responses.name]]
        assert {name: kept.count(name) for name in LOOK_ALIKES} == dict.fromkeys(LOOK_ALIKES, 1)


def test_what_is_erased_under_one_name_stays_under_all_others(store: Store) -> None:
    """Erasing and a refused cursor in one account leave those whose names are nearest as they were."""
    near = {
        name: Tracker(store, account=name, clock=TurnableClock()) for name in ("kiosk", "Kiosk", "KIOSK", "kio\u017fk")
    }
    for tracker in near.values():
        for number in range(2):
            tracker.record(response(f"r-{number}"))
    before = {name: dump(store, name) for name in near}
    assert near["kiosk"].erase("jane@customer.example").responses == 2
    for name in ("Kiosk", "KIOSK", "kio\u017fk"):
        with pytest.raises(InvalidCursor):
            near[name].issues(limit=1, after=near["kiosk"].issues(limit=1).next)
        assert dump(store, name) == before[name]
    assert dump(store, "kiosk") != before["kiosk"]


@pytest.mark.parametrize(
    "name", ["", " ", "acme ", " acme", "acme\n", "acme\u3000", "a" * 65, "a\0b", "a\ud800", None, 7]
)
def test_names_that_cannot_be_told_apart_everywhere_are_refused(store: Store, name: object) -> None:
    """Blanks at an end, nothing at all, and what no database keeps are no names; the error says what is one."""
    with pytest.raises(InvalidValue) as refused:
        Tracker(store, account=name)  # type: ignore[arg-type]
    assert refused.value.field == "account"
