"""The example hosts do the main job over HTTP: each runs as a process, on its own database, with the same addresses."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from support.serving import Site


def answer(site: Site, *, score: int = 3, team: str = "SERVICE", **more: Any) -> str:
    """Let a customer answer, and return the visit."""
    visit = uuid.uuid4().hex[:12]
    with site.visitor() as customer:
        answered = customer.post("/answers", json={"visit": visit, "team": team, "score": score, **more})
    assert answered.status_code == 201, answered.text
    return visit


def opened(site: Site, desk: httpx.Client, **more: Any) -> dict[str, Any]:
    """Let an unhappy customer answer, and return the issue's line in somebody's inbox."""
    words = uuid.uuid4().hex
    answer(site, comment=words, **more)
    return next(line for line in inbox(desk)["items"] if line["response"]["comment"] == words)


def inbox(desk: httpx.Client) -> dict[str, Any]:
    """Return somebody's inbox."""
    shown = desk.get("/inbox")
    assert shown.status_code == 200, shown.text
    return dict(shown.json())


def act(desk: httpx.Client, path: str, **fields: Any) -> dict[str, Any]:
    """Give a command, and return the issue after it."""
    done = desk.post(path, json=fields)
    assert done.status_code == 200, done.text
    return dict(done.json()["issue"])


def kept(site: Site, statement: str, **values: object) -> Any:
    """Ask the host's database one thing."""
    url = make_url(site.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    with engine.connect() as connection:
        found = connection.scalar(text(statement), values)
    engine.dispose()
    return found


def test_an_unhappy_answer_is_an_issue_in_the_inbox(site: Site) -> None:
    """The host's row and the issue are there together, with whom it is assigned to."""
    with site.signed_in("priya") as priya:
        before = inbox(priya)["counts"]["open"]
        visit = answer(site, comment="Nobody rang back.", name="Jane Doe", email="jane@customer.example")
        shown = inbox(priya)
    assert shown["counts"]["open"] == before + 1
    assert shown["items"][0]["response"]["contact"]["name"] == "Jane Doe"
    assert shown["items"][0]["assignee"] == "priya"
    assert kept(site, "SELECT score FROM answer WHERE visit = :visit", visit=visit) == 3


def test_a_happy_answer_is_none(site: Site) -> None:
    """It is kept by both, and nobody has anything to do."""
    with site.signed_in("helena") as helena:
        before = inbox(helena)["counts"]
        visit = answer(site, score=9)
        assert inbox(helena)["counts"] == before
    assert kept(site, "SELECT score FROM answer WHERE visit = :visit", visit=visit) == 9


def test_an_issue_is_worked_to_its_end(site: Site) -> None:
    """A note, a status with a note, another assignee, a follower; the log has all that was said."""
    with site.signed_in("priya") as priya:
        path = f"/issues/{opened(site, priya)['id']}"
        act(priya, f"{path}/note", note="Left a voicemail.")
        act(priya, f"{path}/follow")
        act(priya, f"{path}/assign", assignee="nathan", note="He knows them.", follow=True)
        act(priya, f"{path}/status", status="in_progress", note="Nathan rings tomorrow.")
        issue = act(priya, f"{path}/status", status="resolved", note="She is content.", spoke=True)
        shown = priya.get(path).json()
    assert (issue["status"], issue["assignee"], issue["followers"]) == ("resolved", "nathan", ["priya"])
    assert [(note["text"], note["author"], note["spoke"]) for note in shown["notes"]] == [
        ("Left a voicemail.", "Priya Raman", False),
        ("He knows them.", "Priya Raman", False),
        ("Nathan rings tomorrow.", "Priya Raman", False),
        ("She is content.", "Priya Raman", True),
    ]


def test_a_happy_answer_is_flagged_by_hand(site: Site) -> None:
    """Whoever may see a response makes it an issue; a second time is a conflict."""
    visit = answer(site, score=10)
    response = kept(site, "SELECT id FROM answer WHERE visit = :visit", visit=visit)
    response = str(uuid.UUID(response)) if isinstance(response, str) else str(response)
    with site.signed_in("priya") as priya:
        issue = act(priya, f"/responses/{response}/flag", note="Said something else on the phone.")
        assert issue["flagged_by_hand"] is True
        assert priya.post(f"/responses/{response}/flag", json={"note": "Again."}).status_code == 409


def test_pages_follow_each_other(site: Site) -> None:
    """The cursor of a page leads to the next one, with nothing seen twice; one of another person's is refused."""
    for _ in range(21):
        answer(site)
    with site.signed_in("priya") as priya, site.signed_in("helena") as helena:
        first = inbox(priya)
        second = priya.get("/inbox", params={"after": first["next"]}).json()
        assert len(first["items"]) == 20
        assert second["items"]
        assert not {line["id"] for line in first["items"]} & {line["id"] for line in second["items"]}
        assert helena.get("/inbox", params={"after": first["next"]}).status_code == 422


def test_two_who_decide_at_once_learn_of_each_other(site: Site) -> None:
    """The second status on the same version is a conflict that says what happened, and changes nothing."""
    with site.signed_in("priya") as priya, site.signed_in("helena") as helena:
        line = opened(site, priya)
        path, seen = f"/issues/{line['id']}/status", line["version"]
        act(helena, path, status="escalated", note="I take it.", reason="A big one.", expected_version=seen)
        late = priya.post(path, json={"status": "resolved", "note": "Done.", "expected_version": seen})
        assert late.status_code == 409
        assert "status_changed by 'helena'" in late.json()["error"]
        assert priya.get(f"/issues/{line['id']}").json()["status"] == "escalated"


def test_what_is_not_theirs_was_never_there(site: Site) -> None:
    """An issue of another team is not listed, and is as unknown as one that never was; so are its commands."""
    with site.signed_in("priya") as priya, site.signed_in("nathan") as nathan:
        line = opened(site, priya)
        path = f"/issues/{line['id']}"
        assert line["id"] not in {one["id"] for one in inbox(nathan)["items"]}
        assert nathan.get(path).status_code == nathan.get("/issues/nothing").status_code == 404
        assert nathan.post(f"{path}/note", json={"note": "Hm."}).status_code == 404
        assert priya.get(path).json()["note_count"] == 0


def test_nobody_comes_in_unsigned(site: Site) -> None:
    """Without a sign-in there is no inbox and no command; a wrong password is no sign-in."""
    with site.visitor() as stranger:
        wrong = stranger.post("/sign-in", json={"id": "priya", "password": "wrong"})
        assert wrong.status_code == 401
        assert stranger.get("/inbox").status_code == 401
        assert stranger.post("/issues/nothing/note", json={"note": "Hm."}).status_code in {401, 403}


def test_who_has_left_has_no_desk(site: Site) -> None:
    """A session that outlives its person is refused from the next request on."""
    with site.signed_in("leo") as leo:
        assert leo.get("/inbox").status_code == 200
        url = make_url(site.database)
        engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE staff SET is_active = false WHERE id = 'leo'"))
        engine.dispose()
        assert leo.get("/inbox").status_code in {401, 403}


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("note", {"note": " "}),
        ("status", {"status": "resolved"}),
        ("status", {"status": "escalated", "note": "Please."}),
        ("assign", {"assignee": "nobody", "note": "Hm."}),
        ("note", {"note": "Hm.", "spoke": "perhaps so"}),
        ("note", {"note": "Hm.", "actor": "helena"}),
        ("note", {}),
    ],
    ids=["blank note", "no note", "no reason", "nobody", "no such answer", "another field", "no field"],
)
def test_what_is_missing_is_said(site: Site, command: str, fields: dict[str, Any]) -> None:
    """A refused command says why, and leaves the issue as it was."""
    with site.signed_in("priya") as priya:
        line = opened(site, priya)
        refused = priya.post(f"/issues/{line['id']}/{command}", json=fields)
        assert refused.status_code == 422, refused.text
        assert priya.get(f"/issues/{line['id']}").json()["version"] == line["version"]


def test_a_move_that_is_none_is_a_conflict(site: Site) -> None:
    """The workflow has no such move from where the issue stands."""
    with site.signed_in("priya") as priya:
        path = f"/issues/{opened(site, priya)['id']}/status"
        act(priya, path, status="resolved", note="Done.")
        refused = priya.post(path, json={"status": "in_progress", "note": "Not done."})
        assert refused.status_code == 409
        assert "reopen" in refused.json()["error"]


def test_a_transaction_of_the_host_that_fails_leaves_neither_row(site: Site) -> None:
    """The issue is recorded first; then the host's row breaks a constraint, and both are gone."""
    visit = answer(site, score=9)
    ours = "SELECT count(*) FROM resolutionkit_responses"
    with site.signed_in("helena") as helena:
        before = (inbox(helena)["counts"], kept(site, ours))
        with site.visitor() as customer:
            again = customer.post("/answers", json={"visit": visit, "team": "SERVICE", "score": 1})
        assert again.status_code == 409
        assert (inbox(helena)["counts"], kept(site, ours)) == before
    assert kept(site, "SELECT count(*) FROM answer WHERE visit = :visit", visit=visit) == 1


def test_a_response_that_is_refused_leaves_neither_row(site: Site) -> None:
    """A score that the scale has not: the host's transaction is rolled back as a whole."""
    with site.visitor() as customer:
        refused = customer.post("/answers", json={"visit": "eleven", "team": "SERVICE", "score": 11})
    assert refused.status_code == 422
    assert "0" in refused.json()["error"]
    assert kept(site, "SELECT count(*) FROM answer WHERE visit = 'eleven'") == 0
