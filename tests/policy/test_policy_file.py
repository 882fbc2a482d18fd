"""Policy files: every key, and every fault with its place, all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from resolutionkit import CSAT_5, Move, Phase, Policy, PolicyError, Scale, StatusRule, SurveyRules, Workflow, workflows

FULL = """
recovery_threshold = { NPS = 7, percent = 55.5 }
open_on_contact_request = true
replace_within_days = 30
announce_within_days = 0.5
note_on_status_change = false
note_on_reassign = false
advised_note_length = 20
escalation_kinds = ["legal", "press"]
root_causes = ["late", "rude"]
zone = "Europe/London"

[scales.percent]
minimum = 0
maximum = 100
detractor_max = 60
promoter_min = 90
step = 0

[surveys.stars]
scale = "CSAT-5"
recovery_threshold = 1

[surveys."Quarterly Survey 1"]
scale = "percent"

[workflow]
name = "ours"
initial = "new"
escalation = "shouted"
reopen_to = ["new"]

[[workflow.statuses]]
key = "new"
phase = "open"
label = "New"
guidance = "Nobody looked yet."

[[workflow.statuses]]
key = "shouted"
phase = "active"
label = "Shouted"
action = "Shout"
wants_history = true

[[workflow.statuses]]
key = "done"
phase = "closed"
label = "Done"

[[workflow.moves]]
start = ["new", "shouted"]
to = ["shouted", "done"]

[[workflow.moves]]
start = ["new"]
to = ["done"]
is_unusual = true
needs_note = false
"""

PERCENT = Scale(name="percent", minimum=0, maximum=100, detractor_max=60, promoter_min=90, step=None)
OURS = Workflow(
    name="ours",
    statuses=[
        StatusRule(key="new", phase=Phase.OPEN, label="New", guidance="Nobody looked yet."),
        StatusRule(key="shouted", phase=Phase.ACTIVE, label="Shouted", action="Shout", wants_history=True),
        StatusRule(key="done", phase=Phase.CLOSED, label="Done"),
    ],
    initial="new",
    moves=[
        Move(start=("new", "shouted"), to=("shouted", "done")),
        Move(start=("new",), to=("done",), is_unusual=True, needs_note=False),
    ],
    escalation="shouted",
    reopen_to=("new",),
)

Load = Callable[[str | bytes], Policy]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the policy file stands."""
    return tmp_path / "policy.toml"


@pytest.fixture
def load(path: Path) -> Load:
    """Return a function that loads a policy from its text."""

    def make(content: str | bytes) -> Policy:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Policy.load(path)

    return make


def places(load: Load, content: str | bytes) -> list[str]:
    """Return the places of all faults of a file."""
    with pytest.raises(PolicyError) as refused:
        load(content)
    return [fault.place for fault in refused.value.faults]


def test_every_key_of_a_policy_file_is_understood(load: Load) -> None:
    """A file that says everything makes the policy that code would."""
    assert load(FULL) == Policy(
        workflow=OURS,
        recovery_threshold={"NPS": 7, "percent": 55.5},
        surveys={
            "stars": SurveyRules(scale=CSAT_5, recovery_threshold=1),
            "Quarterly Survey 1": SurveyRules(scale=PERCENT),
        },
        scales=[PERCENT],
        open_on_contact_request=True,
        replace_within=timedelta(days=30),
        announce_within=timedelta(hours=12),
        note_on_status_change=False,
        note_on_reassign=False,
        advised_note_length=20,
        escalation_kinds=["legal", "press"],
        root_causes=["late", "rude"],
        zone="Europe/London",
    )


def test_an_empty_file_is_the_default_policy(load: Load) -> None:
    """Nothing said is nothing changed."""
    assert load("") == Policy()


def test_a_bare_threshold_is_the_one_for_nps(load: Load) -> None:
    """A number stands for a table of one."""
    assert load("recovery_threshold = 5") == Policy(recovery_threshold=5)


@pytest.mark.parametrize("name", list(workflows.BY_NAME), ids=str)
def test_a_workflow_that_ships_is_named(load: Load, name: str) -> None:
    """Three names, three workflows."""
    assert load(f"workflow = '{name}'").workflow is workflows.BY_NAME[name]


def test_a_path_may_be_text(path: Path) -> None:
    """As a command line has it."""
    path.write_text("zone = 'UTC'", encoding="utf-8")
    assert Policy.load(str(path)) == Policy()


SCALE = "[scales.s]\nminimum = 0\nmaximum = 10\ndetractor_max = 6\npromoter_min = 9\n"
WORKFLOW = '[workflow]\nname = "w"\ninitial = "a"\n'
STATUS = "[[workflow.statuses]]\nkey = 'a'\nlabel = 'A'\nphase = 'open'\n"
CLOSED = "[[workflow.statuses]]\nkey = 'z'\nlabel = 'Z'\nphase = 'closed'\n"
SOUND = WORKFLOW + STATUS + CLOSED + "[[workflow.moves]]\nstart = ['a']\nto = ['z']\n"
CASES: dict[str, tuple[str, list[str]]] = {
    "unknown key": ("zonee = 'UTC'", ["zonee"]),
    "threshold text": ("recovery_threshold = 'six'", ["recovery_threshold"]),
    "threshold of a scale": ("recovery_threshold = { NPS = 'six' }", ["recovery_threshold.NPS"]),
    "threshold of no scale": ("recovery_threshold = { stars = 3 }", ["recovery_threshold.stars"]),
    "threshold too high": ("recovery_threshold = 10", ["recovery_threshold.NPS"]),
    "threshold nan": ("recovery_threshold = nan", ["recovery_threshold.NPS"]),
    "switch": ("open_on_contact_request = 1", ["open_on_contact_request"]),
    "length": ("advised_note_length = true", ["advised_note_length"]),
    "span text": ("announce_within_days = 'a week'", ["announce_within_days"]),
    "span negative": ("announce_within_days = -1", ["announce_within"]),
    "span zero": ("replace_within_days = 0", ["replace_within"]),
    "kinds": ("escalation_kinds = 'legal'", ["escalation_kinds"]),
    "kinds of numbers": ("escalation_kinds = ['legal', 3]", ["escalation_kinds"]),
    "causes twice": ("root_causes = ['late', 'late']", ["root_causes[1]"]),
    "zone unknown": ("zone = 'Europe/Atlantis'", ["zone"]),
    "scales list": ("scales = [1]", ["scales"]),
    "scale number": ("scales.s = 5", ["scales.s"]),
    "scale lacks": (SCALE.replace("maximum = 10\n", ""), ["scales.s.maximum"]),
    "scale key": (SCALE + "steps = 1", ["scales.s.steps"]),
    "survey scale": ("[surveys.q]\nscale = 'stars'", ["surveys.q.scale"]),
    "survey key": ("[surveys.q]\nthreshold = 5", ["surveys.q.threshold"]),
    "survey threshold": ("[surveys.q]\nrecovery_threshold = 11", ["surveys.q.recovery_threshold"]),
    "workflow name": ("workflow = 'agile'", ["workflow"]),
    "workflow empty": ("[workflow]", ["workflow.name", "workflow.initial", "workflow.statuses"]),
    "workflow without statuses": (WORKFLOW, ["workflow.statuses"]),
    "workflow unsound": (WORKFLOW + STATUS, ["workflow.statuses"]),
    "statuses": (WORKFLOW + "statuses = ['a']", ["workflow.statuses[0]", "workflow.statuses"]),
    "status lacks": (SOUND.replace("phase = 'open'\n", ""), ["workflow.statuses[0].phase"]),
    "status phase": (SOUND.replace("'open'", "'shut'"), ["workflow.statuses[0].phase"]),
    "phase and more": (
        SOUND.replace("'open'", "'shut'").replace('initial = "a"', 'initial = "x"'),
        ["workflow.statuses[0].phase", "workflow.initial"],
    ),
    "move key": (SOUND + "from = ['a']", ["workflow.moves[0].from"]),
    "move start": (
        SOUND + "[[workflow.moves]]\nstart = 'a'",
        ["workflow.moves[1].start", "workflow.moves[1].to"],
    ),
    "move to nothing": (SOUND + "[[workflow.moves]]\nstart = ['a']\nto = []", ["workflow.moves[1].to"]),
}


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_a_fault_of_a_policy_file_has_its_place(load: Load, content: str, expected: list[str]) -> None:
    """The place is the path of the key in the file."""
    assert places(load, content) == expected


@pytest.mark.parametrize("value", ["inf", "nan", "1e300", "-inf"])
def test_a_span_without_end_is_a_fault_with_its_place(load: Load, value: str) -> None:
    """TOML can say inf and nan; both are faults of the file, not of Python."""
    assert places(load, f"announce_within_days = {value}") == ["announce_within_days"]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("zonee = 'UTC'", "did you mean 'zone'?"),
        ("note_on_reasign = true", "did you mean 'note_on_reassign'?"),
        ("[surveys.q]\nscales = 'NPS'", "did you mean 'scale'?"),
        ("qqqqqq = 1", "there are 'advised_note_length', 'alerts'"),
    ],
    ids=["zone", "reassign", "nested", "nothing-near"],
)
def test_an_unknown_key_is_told_with_the_nearest_one(load: Load, content: str, hint: str) -> None:
    """A typing error is not passed over in silence."""
    with pytest.raises(PolicyError, match="is not a key here") as refused:
        load(content)
    assert hint in str(refused.value)


def test_three_faults_of_different_kinds_are_told_at_once(load: Load, path: Path) -> None:
    """An unknown key, a wrong type and an unsound value, under the name of the file."""
    with pytest.raises(PolicyError) as refused:
        load("zonee = 'UTC'\nadvised_note_length = 'ten'\nrecovery_threshold = 10")
    assert {fault.place for fault in refused.value.faults} == {"zonee", "advised_note_length", "recovery_threshold.NPS"}
    assert str(refused.value).startswith(f"{path}: 3 faults")
    assert refused.value.source == str(path)


@pytest.mark.parametrize(
    "content", [b"zone = ", b"= 5", b"zone = 'UTC'\nzone = 'UTC'", b"zone = '\xff\xfe'", b"\xff\xfez\0"], ids=ascii
)
def test_what_is_not_toml_in_utf_8_is_one_fault(load: Load, content: bytes) -> None:
    """Half a line, a key twice, another encoding: the file is the place."""
    assert places(load, content) == ["file"]


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """Its name and the system's reason are told; so with a folder in its place."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(PolicyError, match="cannot be read") as refused:
            Policy.load(path)
        assert refused.value.source == str(path)


def test_a_file_without_end_is_a_fault_and_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that gives for ever, named by mistake, fills no memory."""
    monkeypatch.setattr("resolutionkit.datafile._MOST", 1000)
    path = tmp_path / "policy.toml"
    path.write_text("# " + "x" * 1000, encoding="utf-8")
    with pytest.raises(PolicyError, match="longer than 1,000 bytes"):
        Policy.load(path)


def test_the_keys_that_there_are_are_told_once(load: Load) -> None:
    """Of many unknown keys the first that is like none brings the list; one that was mistyped brings what was meant."""
    with pytest.raises(PolicyError) as refused:
        load('zoen = "UTC"\nxxxx = 1\nyyyyyyyyy = 2\nroot_cause = ["q"]')
    first, second, third, fourth = (fault.problem for fault in refused.value.faults)
    assert first == "is not a key here; did you mean 'zone'?"
    assert second.startswith("is not a key here; there are 'advised_note_length', ")
    assert third == "is not a key here"
    assert fourth == "is not a key here; did you mean 'root_causes'?"


BAD_INPUT = {
    "a zone that does not exist": ('zone = "Mars/Base"', "zone", "is no IANA time zone"),
    "a calendar's zone that does not exist": (
        '[calendar]\nzone = "Mars/Base"\nhours = { monday = "09:00-17:00" }', "calendar.zone", "is no IANA time zone",
    ),
    "overlapping hours": (
        '[calendar.hours]\nmonday = "09:00-12:00, 11:00-17:00"', "calendar.hours['monday']",
        "begins within",
    ),
    "a weekday twice": (
        '[calendar.hours]\nmonday-friday = "09:00-17:00"\nfriday = "09:00-12:00"',
        "calendar.hours", "each weekday once",
    ),
    "a calendar with no open hour": ('[calendar.hours]\nmonday = ""', "calendar.hours", "no weekday has hours"),
    "a calendar without hours": ("[calendar]", "calendar.hours", "no weekday has hours"),
    "a rule on an unknown attribute": (
        "[attributes]\ncountry = 'str'\n[[rules]]\nname = 'a'\nwhen = 'contry = \"BR\"'",
        "rules[0].when",
        "no response has an attribute 'contry'; known are 'country'",
    ),
    "a limit shorter than the one before": (
        "[targets]\nfirst_action = { within_days = 3 }\nclosed = { within_days = 2 }",
        "targets.closed.within",
        "shorter than",
    ),
    "business time without a calendar": (
        "[targets]\nfirst_action = { within_hours = 3, business_time = true }",
        "targets.first_action.business_time",
        "needs a calendar",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "place", "problem"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_a_clear_fault_with_its_place(load: Load, content: str, place: str, problem: str) -> None:
    """One fault, at the key that it is about, which says what is wrong or what would be right."""
    with pytest.raises(PolicyError) as caught:
        load(content)
    (fault,) = caught.value.faults
    assert fault.place == place
    assert problem in fault.problem


def test_a_mark_of_the_byte_order_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    """Some editors put it there, and nobody sees it."""
    path = tmp_path / "policy.toml"
    path.write_text('zone = "Europe/London"', encoding="utf-8-sig")
    assert Policy.load(path).zone == "Europe/London"
