"""What somebody of one account may try with what belongs to another: a case or more for each public method.

A case gets a tracker of the intruder's own account and the names of things, and answers whatever it meets. ``joined``
needs a database and is tried with the statements that are sent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from resolutionkit import (
    Access,
    Contact,
    Desk,
    ForNotes,
    ImportMapping,
    InboundUpdate,
    Inbox,
    IssueFilter,
    LinkAction,
    LinkClaim,
    LinkForm,
    LinkVisit,
    NotesSearch,
    Person,
    Preferences,
    ReportClaim,
    ReportVisit,
    ResolutionKitError,
    Response,
    ResponseFilter,
    ResponseRecord,
    Rule,
    Status,
    Tracker,
)
from support import NOON, response


@frozen(kw_only=True)
class Names:
    """What somebody names: things of another account, or things that never were."""

    account: str
    issue: str
    response: str
    ticket: str
    survey: str
    group: str
    segment: str
    company: str
    email: str
    address: str
    person: str
    key: str
    pages: dict[str, str]


OWN, THEIRS, NOBODY = "own", "theirs", "theirx"
"""What all names of things begin with: the intruder's own, the other account's, and those that never were.

The last two have one length, and one place in the order of all three.
"""
Case: TypeAlias = Callable[[Tracker, Names], Any]
LATE = NOON + timedelta(days=1)
BEFORE = timedelta(minutes=30)
LONG = timedelta(days=1000)
MAPPING = ImportMapping.from_data(
    {
        "id": "id",
        "score": "score",
        "received_at": "at",
        "ticket": "ticket",
        "scale": "NPS",
        "contact": {"email": "mail"},
    }
)


def met(case: Case, tracker: Tracker, names: Names) -> Any:
    """Return what a case answers, or the refusal that it meets."""
    try:
        return case(tracker, names)
    except ResolutionKitError as refusal:
        return refusal


def settle(tracker: Tracker, prefix: str, person: str) -> None:
    """Leave in an account what another account's people may try to reach."""
    jane = Contact(name="Jane", email=f"{prefix}-jane@x.example", company=f"{prefix} Ltd")
    facts = {"contact": jane, "survey": f"{prefix}-survey", "group": f"{prefix}-group", "segment": f"{prefix}-segment"}
    above = [f"{prefix}-lee@x.example"]
    for number in range(3):
        one = response(f"{prefix}-r-{number}", ticket=f"{prefix}-T-{number}", hierarchy=above, **facts)
        issue = tracker.record(one).issue
        assert issue is not None
        desk = tracker.as_user("dana")
        desk.assign(
            issue.id, f"{prefix}-lee@x.example", note=f"{prefix}-words", follow=True, key=f"{prefix}-key-{number}"
        )
        desk.follow(issue.id, person)
        if number:
            desk.set_status(issue.id, (Status.IN_PROGRESS, Status.RESOLVED)[number - 1], note=f"{prefix}-words")
    tracker.record(response(f"{prefix}-fine", 9, **facts))
    for name in ("open", "closed"):
        tracker.record(response(f"{prefix}-{name}", 1, **facts))
    closed = tracker.response(f"{prefix}-closed").issue
    assert closed is not None
    tracker.as_user("dana").set_status(closed, Status.RESOLVED, note=f"{prefix}-words")


def names_of(tracker: Tracker, prefix: str, person: str) -> Names:
    """Return the names of what an account was left with."""
    issue = tracker.response(f"{prefix}-r-0").issue
    assert issue is not None
    return Names(
        account=tracker.account,
        issue=issue,
        response=f"{prefix}-r-0",
        ticket=f"{prefix}-T-0",
        survey=f"{prefix}-survey",
        group=f"{prefix}-group",
        segment=f"{prefix}-segment",
        company=f"{prefix} Ltd",
        email=f"{prefix}-jane@x.example",
        address=f"{prefix}-lee@x.example",
        person=person,
        key=f"{prefix}-key-0",
        pages={
            "tracker": str(tracker.issues(limit=1).next),
            "tracker responses": str(tracker.responses(limit=1).next),
            "desk": str(tracker.as_user("dana").issues(limit=1).next),
            "desk responses": str(tracker.as_user("dana").responses(limit=1).next),
            "flagged": str(tracker.as_user("dana").inbox().flagged(limit=1).next),
            "open": str(tracker.as_user("dana").inbox().open(limit=1).next),
            "closed": str(tracker.as_user("dana").inbox().closed(limit=1).next),
            "followed": str(tracker.as_user("dana").inbox().followed(limit=1).next),
        },
    )


def never(names: Names, issue: str) -> Names:
    """Return names like these of things that never were."""
    known = attrs.asdict(names)
    made = {name: value.replace(THEIRS, NOBODY) for name, value in known.items() if name not in {"issue", "pages"}}
    pages = {name: never_made(cursor) for name, cursor in names.pages.items()}
    return Names(issue=issue, pages=pages, **made)


def never_made(cursor: str) -> str:
    """Return a cursor like another, for a list that nobody ever asked for."""
    binding, *key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    said = json.dumps([binding[::-1], *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def filters(names: Names) -> list[dict[str, Any]]:
    """Return the conditions that name something and that issues and responses share."""
    shared = ("ticket", "survey", "segment", "company", "email")
    return [{name: getattr(names, name)} for name in shared] + [{"groups": {names.group}}]


def issue_filters(names: Names) -> list[IssueFilter]:
    """Return filters of issues."""
    who = [{role: one} for role in ("assignee", "follower") for one in (names.address, names.person)]
    return [IssueFilter(**condition) for condition in [*filters(names), *who]]


def response_filters(names: Names) -> list[ResponseFilter]:
    """Return filters of responses."""
    return [ResponseFilter(with_replaced=True, **condition) for condition in filters(names)]


def desk(tracker: Tracker) -> Desk:
    """Return the desk of somebody who sees everything in the intruder's account, and works in the other as well."""
    return tracker.as_user("dana")


def own(tracker: Tracker) -> str:
    """Return the id of an issue of the intruder's own account."""
    issue = tracker.response("own-r-0").issue
    assert issue is not None
    return issue


def a_response(names: Names, response_id: str = "", **facts: Any) -> Response:
    """Return a response that names what somebody else has."""
    contact = Contact(email=names.email, company=names.company)
    given = {"ticket": names.ticket, "survey": names.survey, "contact": contact, "group": names.group} | facts
    return response(response_id or names.response, 2, hierarchy=(names.person, names.address), **given)


def visit(tracker: Tracker, names: Names, action: LinkAction, **named: str) -> LinkVisit:
    """Return what follows a link of ours that names what somebody else has."""
    said = {"account": tracker.account, "recipient": "dana", "issue": names.issue, "response": names.response} | named
    claim = LinkClaim(action=action, status=None, message="own-m", version=1, expires_at=LATE, **said)
    return tracker.by_link(claim)


def report_visit(tracker: Tracker, _names: Names, **named: str) -> ReportVisit:
    """Return what follows the link of a report, which may name what somebody else has."""
    said = {"account": tracker.account, "recipient": "dana", "message": "own-m"} | named
    return tracker.by_report_link(ReportClaim(start=NOON - BEFORE * 4, end=NOON, expires_at=LATE, **said))


def by_link(method: str, *form: LinkForm) -> list[Case]:
    """Return cases that look, or act, by links to everything that somebody else has, and as somebody who is there."""

    def case(action: LinkAction, **named: Callable[[Tracker, Names], str]) -> Case:
        return lambda t, n: getattr(visit(t, n, action, **{key: of(t, n) for key, of in named.items()}), method)(*form)

    named: list[dict[str, Callable[[Tracker, Names], str]]] = [
        {},
        {"account": lambda _t, n: n.account},
        {"issue": lambda t, _n: own(t)},
        {"response": lambda _t, _n: "own-r-0"},
        {"issue": lambda t, _n: own(t), "response": lambda _t, _n: "own-r-0", "recipient": lambda _t, n: n.person},
        {"issue": lambda t, _n: own(t), "response": lambda _t, _n: "own-r-0", "recipient": lambda _t, n: n.address},
    ]
    return [case(action, **one) for action in LinkAction for one in named]


def found_for_notes(tracker: Tracker) -> ForNotes:
    """Return a response of the intruder's own account, as somebody has it before them to write a note on."""
    return desk(tracker).find_for_notes(ticket="own-T-0", group="own-group")


def their_record(tracker: Tracker, names: Names) -> ResponseRecord:
    """Return the record of an own response under the id of somebody else's."""
    record = tracker.response("own-r-0")
    return attrs.evolve(record, response=attrs.evolve(record.response, id=names.response))


def import_rows(tracker: Tracker, names: Names) -> Any:
    """Import a file that names what somebody else has."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows.csv")
        path.write_text(
            f"id,score,at,ticket,mail\n{names.response},3,2026-11-20T10:00:00+00:00,{names.ticket},{names.email}\n"
        )
        return tracker.import_file(path, MAPPING, announce=True)


def each_of(ask: Callable[[Any], Any], conditions: Sequence[Any]) -> list[Any]:
    """Return the answers to several questions."""
    return [ask(condition) for condition in conditions]


ON_TRACKER: dict[str, list[Case]] = {
    "account": [lambda t, n: t.account],
    "policy": [lambda t, n: t.policy],
    "by_link": [
        *by_link("look"),
        *by_link("act", LinkForm(note="x", status="in_progress", assignee="dana", key="own-k")),
        lambda t, n: visit(t, n, LinkAction.ASSIGN, issue=own(t), response="own-r-0").act(
            LinkForm(note="x", assignee=n.person, author=n.address)
        ),
        lambda t, n: visit(t, n, LinkAction.NOTE, issue=own(t), response="own-r-0").act(LinkForm(note="x", key=n.key)),
    ],
    "by_report_link": [
        lambda t, n: report_visit(t, n).look(),
        lambda t, n: report_visit(t, n).look(n.response),
        lambda t, n: report_visit(t, n, recipient=n.person).look(),
        lambda t, n: report_visit(t, n, account=n.account).look(),
        lambda t, n: report_visit(t, n).save(n.response, LinkForm(note="x", key="own-k"), on_all=True),
        lambda t, n: report_visit(t, n, recipient=n.person).save("own-r-0", LinkForm(note="x", key=n.key, version=1)),
    ],
    "as_user": [
        lambda t, n: t.as_user(n.person).issues(),
        lambda t, n: t.as_user(n.person).inbox().counts(),
        lambda t, n: t.as_user(n.address).issue(n.issue),
        lambda t, n: t.as_user(n.person).add_note(n.issue, "Mine?", key=n.key),
        lambda t, n: t.as_user(n.person).add_note(own(t), "Mine?", key=n.key),
    ],
    "for_account": [lambda t, n: t.for_account(n.account), lambda t, n: t.for_account(n.account.upper())],
    "classify": [lambda t, n: t.classify(a_response(n))],
    "record": [
        lambda t, n: t.record(a_response(n)),
        lambda t, n: t.record(a_response(n), replace=True),
        lambda t, n: t.record(a_response(n, "own-new", received_at=NOON)),
        lambda t, n: t.record(response("own-r-0", 1, ticket=n.ticket), replace=True),
    ],
    "record_many": [lambda t, n: t.record_many([a_response(n), a_response(n, "own-new")], replace=True)],
    "import_file": [import_rows],
    "issue": [lambda t, n: t.issue(n.issue)],
    "history": [lambda t, n: t.history(n.issue)],
    "as_of": [lambda t, n: t.as_of(n.issue, LATE)],
    "moves": [lambda t, n: t.moves(n.issue)],
    "targets": [lambda t, n: t.targets(n.issue)],
    "explain_routing": [lambda t, n: t.explain_routing(n.response), lambda t, n: t.explain_routing(a_response(n))],
    "try_rules": [
        lambda t, n: t.try_rules([Rule(name="a", assign={"least_loaded": [n.person, "ed"]})], limit=1000),
        lambda t, n: each_of(lambda one: t.try_rules([], one), response_filters(n)),
    ],
    "performance": [lambda t, n: [t.performance(by).lines for by in ("group", "person")]],
    "outbox": [lambda t, n: t.outbox(n.issue), lambda t, n: t.outbox(own(t))],
    "outbox_of_response": [lambda t, n: t.outbox_of_response(n.response), lambda t, n: t.outbox_of_response("own-r-0")],
    "ledger": [
        lambda t, n: t.ledger(n.issue),
        lambda t, n: [t.ledger(person=one) for one in (n.address, n.person)],
        lambda t, n: t.ledger(limit=1000),
    ],
    "digest": [lambda t, n: [t.digest(one, LATE) for one in (n.person, n.address)]],
    "dead_letters": [lambda t, n: t.dead_letters()],
    "send_again": [lambda t, n: t.send_again(n.issue, "email")],
    "disabled_channels": [lambda t, n: t.disabled_channels()],
    "enable_channel": [lambda t, n: t.enable_channel(n.key)],
    "policies": [lambda t, n: t.policies()],
    "preferences": [lambda t, n: t.preferences(n.address), lambda t, n: t.preferences(n.person)],
    "set_preferences": [
        lambda t, n: t.set_preferences(n.address, Preferences(notes=True)),
        lambda t, n: t.set_preferences(n.person, Preferences(threshold=9)),
    ],
    "apply_update": [
        lambda t, n: t.apply_update(InboundUpdate(key="own-k", issue=n.issue, note="x"), acting_as="dana"),
        lambda t, n: t.apply_update(InboundUpdate(key=n.key, issue=own(t), note="x"), acting_as="dana"),
        lambda t, n: t.apply_update(InboundUpdate(key="own-k", issue=own(t), note="x"), acting_as=n.person),
    ],
    "leavers": [lambda t, n: t.leavers()],
    "hand_over": [
        lambda t, n: t.hand_over(n.person, to="omar", note="Left."),
        lambda t, n: t.hand_over(n.address, note="Left."),
        lambda t, n: t.hand_over("ed", to=n.person, note="Left."),
    ],
    "response": [lambda t, n: t.response(n.response)],
    "quarantined": [
        lambda t, n: t.quarantined(),
        lambda t, n: t.quarantined(limit=1, after=n.pages["tracker responses"]),
    ],
    "repair_known": [lambda t, n: t.repair_known()],
    "issues": [
        lambda t, n: each_of(t.issues, issue_filters(n)),
        lambda t, n: t.issues(limit=1, after=n.pages["tracker"]),
        lambda t, n: t.issues(limit=1, after=n.pages["desk"]),
        lambda t, n: t.issues(order="most_urgent"),
    ],
    "responses": [
        lambda t, n: each_of(t.responses, response_filters(n)),
        lambda t, n: t.responses(limit=1, after=n.pages["tracker responses"]),
        lambda t, n: t.responses(),
    ],
    "report": [lambda t, n: t.report(n.person, NOON - LONG, LATE), lambda t, n: t.report("ed", NOON - LONG, LATE)],
    "report_of": [
        lambda t, n: t.report_of("dana", [n.response], NOON - LONG, LATE),
        lambda t, n: t.report_of("dana", ["own-r-0", n.response], NOON - LONG, LATE),
        lambda t, n: t.report_of(n.person, ["own-r-0"], NOON - LONG, LATE),
        lambda t, n: t.report_of("ed", ["own-r-0"], NOON - LONG, LATE, stands_in_for=[n.group]),
    ],
    "erase": [
        lambda t, n: t.erase(n.email),
        lambda t, n: t.erase(n.address),
        lambda t, n: t.erase(response_id=n.response),
    ],
    "reschedule": [lambda t, n: t.reschedule()],
    "erase_older_than": [lambda t, n: t.erase_older_than(BEFORE)],
    "export_person": [lambda t, n: t.export_person(n.email), lambda t, n: t.export_person(n.address)],
}
"""Without what concerns stores and connections, and without workers, who are everybody's."""

ON_DESK: dict[str, list[Case]] = {
    "report": [
        lambda t, n: t.as_user("ed").report(NOON - LONG, LATE),
        lambda t, n: t.as_user(n.person).report(NOON - LONG, LATE),
    ],
    "inbox": [lambda t, n: repr(desk(t).inbox())],
    "preferences": [lambda t, n: t.as_user(n.person).preferences()],
    "set_preferences": [lambda t, n: t.as_user(n.person).set_preferences(Preferences(notes=True))],
    "issue": [lambda t, n: desk(t).issue(n.issue)],
    "history": [lambda t, n: desk(t).history(n.issue)],
    "as_of": [lambda t, n: desk(t).as_of(n.issue, LATE)],
    "moves": [lambda t, n: desk(t).moves(n.issue)],
    "targets": [lambda t, n: desk(t).targets(n.issue)],
    "performance": [
        lambda t, n: [desk(t).performance(by).lines for by in ("group", "person")],
        lambda t, n: [t.as_user(who).performance("person").lines for who in ("ed", "nina", n.person)],
    ],
    "response": [lambda t, n: desk(t).response(n.response)],
    "issues": [
        lambda t, n: each_of(desk(t).issues, issue_filters(n)),
        lambda t, n: each_of(t.as_user("ed").issues, issue_filters(n)),
        lambda t, n: [t.as_user(who).issues() for who in ("ed", "nina")],
        lambda t, n: desk(t).issues(limit=1, after=n.pages["desk"]),
    ],
    "responses": [
        lambda t, n: each_of(desk(t).responses, response_filters(n)),
        lambda t, n: each_of(t.as_user("ed").responses, response_filters(n)),
        lambda t, n: [t.as_user(who).responses() for who in ("ed", "nina")],
        lambda t, n: desk(t).responses(limit=1, after=n.pages["desk responses"]),
    ],
    "find_for_notes": [
        lambda t, n: desk(t).find_for_notes(group=n.group, date=NOON.date()),
        lambda t, n: desk(t).find_for_notes(group=n.group, ticket=n.ticket),
        lambda t, n: desk(t).find_for_notes(date=NOON.date(), ticket=n.ticket),
        lambda t, n: desk(t).find_for_notes(group="own-group", date=NOON.date(), at=n.response),
        lambda t, n: desk(t).find_for_notes(start=NOON - BEFORE, end=LATE, recipient=n.person),
    ],
    "save_for_notes": [
        lambda t, n: desk(t).save_for_notes(found_for_notes(t), "Rang.", key=n.key, author=n.person, go="next"),
        lambda t, n: desk(t).save_for_notes(attrs.evolve(found_for_notes(t), record=their_record(t, n)), "Rang."),
    ],
    "add_note": [
        lambda t, n: desk(t).add_note(n.issue, "Rang.", key=n.key),
        lambda t, n: desk(t).add_note(own(t), "Rang.", key=n.key),
    ],
    "add_note_to_all": [
        lambda t, n: desk(t).add_note_to_all([n.issue, own(t)], "Rang."),
        lambda t, n: desk(t).add_note_to_all([own(t), n.issue], "Rang.", atomic=True),
        lambda t, n: each_of(lambda one: desk(t).add_note_to_all(one, "Rang."), issue_filters(n)),
        lambda t, n: desk(t).add_note_to_all(NotesSearch(group=n.group, date=NOON.date()), "Rang."),
        lambda t, n: desk(t).add_note_to_all(NotesSearch(start=NOON - BEFORE, end=LATE, recipient=n.person), "Rang."),
    ],
    "set_status": [
        lambda t, n: desk(t).set_status(n.issue, Status.RESOLVED, note="Done.", expected_version=1),
        lambda t, n: desk(t).set_status(own(t), Status.RESOLVED, note="Done.", key=n.key),
    ],
    "set_status_of_all": [
        lambda t, n: desk(t).set_status_of_all([n.issue, own(t)], Status.RESOLVED, note="Done."),
        lambda t, n: each_of(
            lambda one: desk(t).set_status_of_all(one, Status.RESOLVED, note="Done."), issue_filters(n)
        ),
    ],
    "assign": [
        lambda t, n: desk(t).assign(n.issue, "omar", note="His."),
        lambda t, n: desk(t).assign(own(t), n.person, note="Theirs?"),
        lambda t, n: desk(t).assign(own(t), n.address, note="Theirs?", followers=["nina"], key=n.key),
        lambda t, n: desk(t).assign(own(t), "omar", note="His.", followers=[n.person]),
    ],
    "follow": [
        lambda t, n: desk(t).follow(n.issue),
        lambda t, n: desk(t).follow(own(t), n.person),
        lambda t, n: desk(t).follow(own(t), n.address, key=n.key),
    ],
    "unfollow": [
        lambda t, n: desk(t).unfollow(n.issue),
        lambda t, n: desk(t).unfollow(own(t), n.person),
        lambda t, n: desk(t).unfollow(own(t), n.address, key=n.key),
    ],
    "escalate": [
        lambda t, n: desk(t).escalate(n.issue, reason="Risk.", note="Now."),
        lambda t, n: desk(t).escalate(own(t), reason="Risk.", note="Now.", key=n.key),
    ],
    "raise_level": [
        lambda t, n: desk(t).raise_level(n.issue, 1, reason="Risk."),
        lambda t, n: desk(t).raise_level(own(t), 1, reason="Risk.", key=n.key),
    ],
    "answer_check": [
        lambda t, n: desk(t).answer_check(n.issue, satisfied=True),
        lambda t, n: desk(t).answer_check(n.issue, satisfied=False, note="Again.", key=n.key),
    ],
    "merge": [
        lambda t, n: t.as_user("bridget").merge(n.issue, own(t)),
        lambda t, n: t.as_user("bridget").merge(own(t), n.issue, note="One.", key=n.key),
        lambda t, n: desk(t).merge(own(t), n.issue),
    ],
    "leavers": [lambda t, n: desk(t).leavers()],
    "hand_over": [
        lambda t, n: desk(t).hand_over(n.person, to="omar", note="Left."),
        lambda t, n: desk(t).hand_over(n.address, note="Left."),
        lambda t, n: desk(t).hand_over("ed", to=n.person, note="Left."),
    ],
    "reopen": [lambda t, n: desk(t).reopen(n.issue, note="Again.")],
    "quarantined": [lambda t, n: t.as_user("ada").quarantined(), lambda t, n: t.as_user(n.person).quarantined()],
    "repair": [
        lambda t, n: t.as_user("ada").repair(n.response, group="emea"),
        lambda t, n: t.as_user("ada").repair("own-fine", group="emea", key=n.key),
        lambda t, n: t.as_user("ada").repair("own-fine", group=n.group),
    ],
    "move": [
        lambda t, n: t.as_user("ada").move(n.response, group="emea"),
        lambda t, n: t.as_user("ada").move("own-fine", group="emea", key=n.key),
        lambda t, n: t.as_user("ada").move("own-fine", group=n.group, note="Theirs?"),
        lambda t, n: t.as_user(n.person).move("own-fine", group="emea"),
    ],
    "move_all": [
        lambda t, n: t.as_user("ada").move_all([n.response, "own-fine"], group="emea"),
        lambda t, n: t.as_user("ada").move_all(["own-fine", n.response], group="emea", atomic=True),
        lambda t, n: each_of(lambda one: t.as_user("ada").move_all(one, group="emea"), response_filters(n)),
    ],
    "flag": [
        lambda t, n: desk(t).flag(n.response, note="Said so."),
        lambda t, n: desk(t).flag("own-fine", note="Said so.", assignee=n.address, followers=[n.address], key=n.key),
        lambda t, n: desk(t).flag("own-fine", note="Said so.", assignee=n.person),
    ],
}

ON_INBOX: dict[str, list[Case]] = {
    "counts": [lambda t, n: desk(t).inbox().counts(), lambda t, n: t.as_user("ed").inbox().counts()],
    "working": [lambda t, n: desk(t).inbox().working(after=n.pages["desk"])],
    **{
        name: [
            lambda t, n, name=name: getattr(desk(t).inbox(), name)(limit=1, after=n.pages[name]),
            lambda t, n, name=name: getattr(desk(t).inbox(), name)(),
        ]
        for name in ("flagged", "followed", "open", "closed")
    },
}

CASES: dict[type, dict[str, list[Case]]] = {Tracker: ON_TRACKER, Desk: ON_DESK, Inbox: ON_INBOX}
ADMINISTRATOR = Person(id="ada", access=Access.EVERYTHING, administrator=True)
THEIR_PERSON = Person(id="theirs-tess", name="Tess", email="theirs-tess@x.example")
