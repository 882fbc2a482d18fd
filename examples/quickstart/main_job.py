"""The main job: a survey export goes in, unhappy customers become issues, people work them, history is kept.

Run it from anywhere; it leaves a SQLite database, by default recovery.db in the present folder. It is safe to run
again: responses that are known are duplicates, and every command carries a key, so that it happens once.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import resolutionkit as rk

HERE = Path(__file__).parent
LONDON = ZoneInfo("Europe/London")


def main(database: str = "recovery.db") -> None:
    """Import the sample, show the inbox, work three issues, and print the story of one."""
    directory = rk.load_directory(HERE / "organisation.toml")
    with rk.Tracker.open(f"sqlite:///{database}", directory=directory) as tracker:
        take_in(tracker)
        desk = tracker.as_user("bridget")
        show_inbox(desk)
        work_three_issues(tracker)
        show_story(tracker, issue_about(tracker, "R-1048"))
        show_inbox(desk, lines=3)
        print(f"\nAll of it is in {database}; the README goes on with it in Python.")


def take_in(tracker: rk.Tracker) -> None:
    """Import the survey export."""
    heading("1. A survey export goes in")
    mapping = rk.ImportMapping.load(HERE / "mapping.toml")
    report = tracker.import_file(HERE / "responses.csv", mapping)
    bands = Counter(line.record.category.value for line in tracker.responses(limit=1000))
    print(f"{report.rows} rows: " + ", ".join(f"{count} {name}" for name, count in report.counts.items() if count))
    print("The responses that stand: " + ", ".join(f"{bands[band]} {band}s" for band in rk.Category))
    print(f"{report.issues_opened} issues opened by themselves, each with an assignee.")


def show_inbox(desk: rk.Desk, lines: int = 8) -> None:
    """Show a person's counts, and the most urgent of the issues that are not closed."""
    heading(f"The inbox of {desk.person_id}")
    counts = desk.inbox().counts()
    print(
        f"flagged {counts.flagged} · working {counts.working} · followed {counts.followed} · "
        f"open {counts.open} · closed {counts.closed} · mine {counts.mine}"
    )
    rows = [
        (
            line.response.id,
            str(line.response.score),
            f"{line.response.received_at:%d %b}",
            line.response.contact.name or "(no name)",
            line.response.contact.company or "",
            line.status + (" !" if line.is_urgent else ""),
            line.assignee or "",
        )
        for line in desk.inbox().open(order=rk.Order.MOST_URGENT, limit=lines)
    ]
    table(("response", "score", "on", "customer", "company", "status", "assignee"), rows)
    if counts.open > lines:
        print(f"… and {counts.open - lines} more")


def work_three_issues(tracker: rk.Tracker) -> None:
    """Resolve one issue, escalate one, and reopen one that seemed resolved."""
    heading("2. Three issues are worked")
    ines, nathan = tracker.as_user("ines"), tracker.as_user("nathan")

    invoice = issue_about(tracker, "R-1046")
    say(ines.set_status(invoice, rk.Status.IN_PROGRESS, note="Left a message at her office.", key="demo-1"))
    say(
        ines.set_status(
            invoice,
            rk.Status.RESOLVED,
            note="Reached her. The reminder is withdrawn, and the template is mended.",
            spoke=True,
            key="demo-2",
        )
    )

    contract = issue_about(tracker, "R-1048")
    say(nathan.add_note(contract, "Rang twice, and left my number with reception.", key="demo-3"))
    say(
        nathan.escalate(
            contract,
            reason="They would not renew the contract today.",
            reason_kind="reputation_at_risk",
            note="Asked for a call with Helena this week.",
            key="demo-4",
        )
    )
    told = ", ".join(f"{message.recipient} ({message.topic})" for message in tracker.outbox(contract))
    print(f"           to be told: {told}")

    lift = issue_about(tracker, "R-1044")
    worked = nathan.set_status(lift, rk.Status.RESOLVED, note="Engineer booked for Monday.", spoke=True, key="demo-5")
    say(worked)
    for advice in worked.advice:
        print(f"           advice: {advice.message}")
    say(nathan.reopen(lift, note="The engineer did not come. Same fault again.", key="demo-6"))


def issue_about(tracker: rk.Tracker, response_id: str) -> str:
    """Return the id of the issue that a response belongs to."""
    issue = tracker.response(response_id).issue
    if issue is None:
        raise LookupError(f"{response_id} has no issue")
    return issue


def show_story(tracker: rk.Tracker, issue_id: str) -> None:
    """Print everything that happened to an issue, and its note log."""
    issue = tracker.issue(issue_id)
    contact = issue.response.contact
    heading(f"3. The story of {issue.response.id}: {plain(contact.name)}, {plain(contact.company)}")
    for event in tracker.history(issue_id):
        at, status = event.at.astimezone(LONDON), getattr(event, "status", "")
        print(f"{event.number:>3}  {at:%Y-%m-%d %H:%M}  {event.actor:<8} {event.kind} {status}".rstrip())
    print("\nNotes")
    print(plain(issue.notes.printed(LONDON)))
    print("\nWhat can be done now")
    for move in tracker.as_user("bridget").moves(issue_id):
        demands = [
            name for name, wanted in (("a note", move.demands.note), ("a reason", move.demands.reason)) if wanted
        ]
        print(f"  {move.action:<24} demands {' and '.join(demands) or 'nothing'}")


def say(change: rk.Change) -> None:
    """Print what a command did."""
    issue = change.issue
    kinds = ", ".join(event.kind for event in change.events)
    print(f"{issue.response.id}  {plain(issue.response.contact.name):<18.18} {kinds} → {issue.status}")


def heading(text: str) -> None:
    """Print a heading."""
    print(f"\n{text}\n{'─' * len(text)}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns."""
    lines = [tuple(head), *(tuple(plain(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def plain(text: str | None) -> str:
    """Return what a respondent typed as a terminal may show it: no control characters but line ends."""
    return "".join(one if one.isprintable() or one == "\n" else "�" for one in text or "")


if __name__ == "__main__":
    main(*sys.argv[1:])
