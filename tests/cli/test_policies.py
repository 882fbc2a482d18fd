"""``policy check`` finds each thing that would go wrong later, with its place; ``policy show`` shows all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from resolutionkit import Policy, workflows

SOUND = """leader = "dana"
[[people]]
id = "dana"
email = "dana@host.example"
access = "everything"
[[groups]]
code = "emea"
lead = "dana"
"""
FLOW = """[workflow]
name = "own"
initial = "new"
reopen_to = ["new"]
statuses = [
    { key = "new", phase = "open", label = "New", guidance = "At first." },
    { key = "done", phase = "closed", label = "Done", guidance = "At last." },
]
moves = [{ start = ["new"], to = ["done"] }]
"""
FINDINGS = [
    (SOUND.replace('leader = "dana"', ""), "leader", "is missing"),
    (SOUND.replace('access = "everything"', "active = false"), "leader", "'dana' is inactive"),
    (SOUND.replace('access = "everything"', "active = false"), "groups[0].lead", "'dana' of 'emea' is inactive"),
    (SOUND.replace('lead = "dana"\n', ""), "groups[0].lead", "'emea' has no lead"),
    (SOUND.replace('email = "dana@host.example"\n', ""), "groups[0].lead", "neither email nor phone"),
    (SOUND + '[[people]]\nid = "a"\nmanager = "a"', "people[1].manager", "'a' reports to themself"),
    (SOUND.replace('id = "dana"', 'id = "dana"\nmanager = "dana"'), "people[0].manager", "'dana' reports to themself"),
    (
        SOUND + '[[people]]\nid = "a"\nmanager = "b"\n[[people]]\nid = "b"\nmanager = "a"',
        "people[1].manager",
        "the managers of 'a' lead back to 'a'",
    ),
    (SOUND.replace('email = "dana@host.example"\n', ""), "leader", "is called in when an issue is escalated"),
    (
        SOUND + '[[people]]\nid = "a"\nmanager = "b"\n[[people]]\nid = "b"\nactive = false',
        "people[1].manager",
        "nobody above 'a' is active",
    ),
    (SOUND + '[[people]]\nid = "a"\nemail = "Dana@HOST.example"', "people: email", "is that of 'dana', 'a'"),
    (SOUND + '[[people]]\nid = "a"\naccess = ["emae"]', "people[1].access", "'a' may see 'emae'"),
]
POLICY_FINDINGS = [
    (FLOW.replace(', guidance = "At last."', ""), "workflow.statuses[1]", "'done' has no guidance"),
    (FLOW.replace('reopen_to = ["new"]\n', ""), "workflow.reopen_to", "nobody can reopen"),
    (
        FLOW.replace("moves = [", 'moves = [{ start = ["new"], to = ["done"], is_unusual = true }, '),
        "workflow.moves[0]",
        "stands in a later one",
    ),
    ("recovery_threshold = 9", "recovery_threshold.NPS", "makes an issue of promoters"),
    ("[targets]\nfollow_up = { within_hours = 12 }", "targets.follow_up", "before first_action"),
    ("[targets]\nclosed = { within_days = 2 }\nfollow_up = { within_days = 3 }", "targets.closed", "before follow_up"),
    (
        (
            "[targets]\nfirst_action = { within_hours = 16, business_time = true }\nclosed = { within_days = 3 }\n"
            'follow_up = false\n[calendar.hours]\nmonday-friday = "09:00-17:00"'
        ),
        "targets.closed",
        "before first_action, which is to come first: so for an issue of",
    ),
    ('[calendar.hours]\nmonday-friday = "09:00-17:00"', "calendar", "no limit counts business time"),
    (
        "[targets]\nfirst_action = { within_hours = 8, business_time = true }\nfollow_up = false\nclosed = false\n"
        '[calendar]\nhours = { monday = "09:00-17:00" }\nholidays = { '
        + ", ".join(f'{date(2020, 1, 6) + timedelta(weeks=one)} = "Closed"' for one in range(5 * 52 * 6))
        + " }",
        "calendar.holidays",
        "does not open within a year",
    ),
    ('[[rules]]\nname = "a"\nwhen = "scoer <= 3"', "rules[0].when", "though 'score' is a field"),
]


def test_what_is_sound_has_no_findings(shell: Any, write: Callable[[str, str], str]) -> None:
    """The policies that ship, the quickstart's directory, and a small one."""
    assert "Sound" in shell.ok("policy", "check")
    policy, people = write("p.toml", FLOW), write("d.toml", SOUND)
    told = shell.ok("policy", "check", policy, "--directory", people)
    assert told == f"Sound: {policy}, {people}: no faults, no warnings.\n"
    bad = shell.run("policy", "check", write("bad.toml", "zoen = 3"), "--directory", people).stdout
    assert bad.startswith(f"Sound: {people}: no faults, no warnings.\n")
    assert "Sound: " + people in shell.ok("policy", "check", "--directory", people)
    assert shell.data("policy", "check", write("p.toml", FLOW)) == {"sound": True, "faults": [], "warnings": []}


@pytest.mark.parametrize(("text", "place", "problem"), FINDINGS)
def test_a_directory_s_weakness_is_a_warning_with_its_place(
    text: str, place: str, problem: str, shell: Any, write: Callable[[str, str], str]
) -> None:
    """It is told, and costs the exit code only where that is asked for."""
    path = write("d.toml", text)
    found = shell.data("policy", "check", "--directory", path)
    told = [one["problem"] for one in found["warnings"] if (one["file"], one["place"]) == (path, place)]
    assert any(problem in one for one in told)
    assert shell.run("policy", "check", "--directory", path, "--strict").exit_code == 3
    assert place in shell.ok("policy", "check", "--directory", path)


@pytest.mark.parametrize(("text", "place", "problem"), POLICY_FINDINGS)
def test_a_policy_s_weakness_is_a_warning_with_its_place(
    text: str, place: str, problem: str, shell: Any, write: Callable[[str, str], str]
) -> None:
    """The same for the policy's own file."""
    found = shell.data("policy", "check", write("p.toml", text))
    assert [(one["place"], problem in one["problem"]) for one in found["warnings"]] == [(place, True)]


RULES = """[[rules]]
name = "low"
when = "score <= 3"
assign = { round_robin = ["gus", "nobody"] }
alert = ["lee@partner.example", "gus@host.example"]
[[rules]]
name = "lower"
when = "score <= 2"
assign = "Nobody@Host.example"
otherwise = "dana"
[[rules]]
name = "rest"
"""
GUS = '[[people]]\nid = "gus"\nemail = "gus@host.example"\nactive = false\n'


def test_rules_that_would_go_wrong_are_warnings(shell: Any, write: Callable[[str, str], str]) -> None:
    """One that is hidden; somebody unknown or inactive; a choice among nobody. Bare addresses are somebody."""
    policy, people = write("p.toml", RULES), write("d.toml", SOUND.replace("[[groups]]", GUS + "[[groups]]"))
    found = shell.data("policy", "check", policy, "--directory", people)
    told = [(one["place"], one["problem"]) for one in found["warnings"] if one["file"] == policy]
    assert told == [
        ("rules[1]", "'low' stands before it and holds wherever it does, so that it never acts"),
        ("rules[0].assign", "'gus' is inactive"),
        ("rules[0].assign", "'nobody' is nobody in the directory"),
        ("rules[0].assign", "round_robin(gus, nobody) is empty: nobody of these is there"),
        ("rules[0].alert", "'gus@host.example' is inactive"),
    ]
    del shell.env["RESOLUTIONKIT_DIRECTORY"]
    assert [one["place"] for one in shell.data("policy", "check", policy)["warnings"]] == ["rules[1]"]


def test_where_all_rules_act_none_hides_another(shell: Any, write: Callable[[str, str], str]) -> None:
    """But one that does nothing is of no use there."""
    del shell.env["RESOLUTIONKIT_DIRECTORY"]
    found = shell.data("policy", "check", write("p.toml", 'rules_apply = "all"\n' + RULES))
    assert [(one["place"], one["problem"][:18]) for one in found["warnings"]] == [("rules[2]", "'rest' does nothin")]


def test_the_shown_policy_has_its_limits_and_hours(shell: Any, write: Callable[[str, str], str]) -> None:
    """Each target with how it counts, and the calendar with its hours and days."""
    text = (
        '[attributes]\nplan = "str"\n[targets]\nfollow_up = false\n'
        "first_action = { within_hours = 8, business_time = true }\n"
        '[calendar]\nhours = { monday-tuesday = "09:00-12:00, 13:00-17:00" }\nholidays = { 2026-12-25 = "Christmas" }'
    )
    shown = " ".join(shell.ok("policy", "show", "--policy", write("p.toml", text)).split())
    for part in (
        "First action within 8:00:00 of business time",
        "Follow up no limit",
        "Closed within 14 days, 0:00:00",
        "Tuesday 09:00-12:00, 13:00-17:00",
        "Holidays by hand 2026-12-25 Christmas",
        "Attributes plan (str)",
    ):
        assert part in shown


def test_the_shown_policy_has_its_rules(shell: Any, write: Callable[[str, str], str]) -> None:
    """Each with its condition and what it does, in words, and which of them act."""
    shown = " ".join(shell.ok("policy", "show", "--policy", write("p.toml", RULES)).split())
    for part in ("score <= 3", "round_robin(gus, nobody)", "always", "The first rule that holds acts, and it alone."):
        assert part in shown
    assert "Every rule" not in shown


def test_every_fault_of_both_files_is_told_at_once(shell: Any, write: Callable[[str, str], str]) -> None:
    """Each file under its name, and the exit code is 3."""
    policy = write("p.toml", FLOW.replace('to = ["done"]', 'to = ["dune"]') + 'zone = "Mars"')
    directory = write("d.toml", SOUND.replace('lead = "dana"', 'lead = "nobody"'))
    done = shell.run("policy", "check", policy, "--directory", directory)
    assert done.exit_code == 3
    assert done.stdout.splitlines()[0] == policy
    for part in ("workflow.moves[0].to", "did you mean 'done'?", directory, "'nobody' is nobody's id here"):
        assert part in done.stdout


def test_nothing_to_check_is_a_wrong_command_line(shell: Any) -> None:
    """It says what could be given."""
    del shell.env["RESOLUTIONKIT_DIRECTORY"]
    assert "missing FILE, --policy FILE or --directory FILE" in shell.error(2, "policy", "check")


def test_the_shown_policy_has_every_attribute_in_json(shell: Any) -> None:
    """With the fingerprint that events carry."""
    shown = shell.data("policy", "show")
    assert set(shown) == {"fingerprint"} | {one.name for one in attrs.fields(Policy)}
    assert shown["fingerprint"] == Policy().fingerprint
    assert shown["announce_within"] == 7 * 24 * 3600


def test_the_shown_policy_has_every_status_with_its_guidance(shell: Any, write: Callable[[str, str], str]) -> None:
    """And the surveys that differ."""
    shown = shell.ok("policy", "show")
    for rule in workflows.STANDARD.statuses:
        assert rule.key in shown
        assert rule.guidance in shown
    own = write("p.toml", '[surveys."Shop visit"]\nscale = "CSAT-5"\nrecovery_threshold = 3')
    lines = shell.ok("policy", "show", "--policy", own).splitlines()
    assert ["Shop", "visit", "CSAT-5", "3"] in [line.split() for line in lines]


LEVELS = """[[levels]]
name = "first"
within_days = 2
[[levels]]
name = "tier one"
within_days = 3
accountable = {who}
"""


@pytest.mark.parametrize(
    ("who", "findings"),
    {
        '["dana"]': {},
        '["leader", "dana"]': {},
        '["manager"]': {},
        '["gone", "dana"]': {"levels[1].accountable[0]": "'gone' answers for 'tier one', and is not there"},
        '["gone", "group_lead"]': {"levels[1].accountable[0]": "'gone' answers for 'tier one', and is not there"},
        '[{manager_of = "dana"}]': {"levels[1].accountable": "nobody is there to answer for 'tier one'"},
    }.items(),
)
def test_a_level_that_nobody_is_on_is_a_warning(
    who: str, findings: dict[str, str], shell: Any, write: Callable[[str, str], str]
) -> None:
    """As far as it can be told before there is an issue: a role of the issue's own may be filled."""
    policy, people = write("p.toml", LEVELS.format(who=who)), write("d.toml", SOUND)
    found = shell.data("policy", "check", policy, "--directory", people)["warnings"]
    told = {one["place"]: one["problem"] for one in found if one["place"].startswith("levels")}
    assert told.keys() == findings.keys()
    assert all(problem in told[place] for place, problem in findings.items())
