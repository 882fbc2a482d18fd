"""The schema of policy files: what loads passes it, and whatever a schema can see is found by a validator of others."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.test_policy_data import OTHERS
from policy.test_rules_file import FULL
from resolutionkit import Policy, PolicyError, policy_schema, workflows
from resolutionkit.policy.policy_data import WRITERS
from resolutionkit.policy.policy_keys import SECTIONS, TOP
from resolutionkit.policy.policy_schema import default_of, made_schema, meaning_of
from resolutionkit.testing.ruled import RULED
from support.policy_schema import FILE, text

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft7Validator(policy_schema())


def plain(value: Any) -> Any:
    """Return what a TOML file says as an editor sees it: dates are texts."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def places(data: Any) -> set[str]:
    """Return where the schema finds faults, as the paths of the tables and keys."""
    return {".".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(plain(data))}


def test_what_ships_is_what_the_tables_say() -> None:
    """Run tests/support/policy_schema.py after a change of the tables."""
    assert FILE.read_text(encoding="utf-8") == text()
    assert policy_schema() == made_schema() == json.loads(text())


def test_it_is_a_schema() -> None:
    """Of draft 7, and every reference in it leads somewhere."""
    jsonschema.Draft7Validator.check_schema(policy_schema())
    wanted = {one.split("/")[-1].rstrip('"') for one in text().split() if one.startswith('"#/definitions/')}
    assert {one.rstrip('",') for one in wanted} == set(policy_schema()["definitions"])


def examples() -> dict[str, str]:
    """Return every policy file of the examples and the docs, by where it stands."""
    found = {str(path.relative_to(ROOT)): path.read_text() for path in ROOT.glob("examples/**/policy*.toml")}
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]:
        blocks = page.read_text(encoding="utf-8").split("```toml\n")[1:]
        files = [block.partition("\n```")[0] for block in blocks]
        found |= {
            f"{page.name} {number}": one for number, one in enumerate(files) if "policy.toml" in one.split("\n")[0]
        }
    return found


@pytest.mark.parametrize("example", examples().values(), ids=examples())
def test_every_example_passes(example: str) -> None:
    """Those that are shown are those that people begin with."""
    assert places(tomllib.loads(example)) == set()


def test_there_are_examples() -> None:
    """In several pages and in a file."""
    assert len(examples()) > 3


@pytest.mark.parametrize(
    "policy",
    [Policy(**OTHERS), RULED, *(Policy(workflow=one) for one in workflows.BY_NAME.values())],
    ids=lambda one: one.fingerprint,
)
def test_every_policy_passes_as_data(policy: Policy) -> None:
    """Whatever fields it has; and the full file of rules."""
    assert places(policy.to_data()) == set()
    assert places(tomllib.loads(FULL)) == set()


def test_the_tables_have_every_field() -> None:
    """A field of a class that no key fills would be missing in reference and schema alike."""
    assert {key.name for key in TOP.keys} == {key for key, _ in WRITERS.values()}
    for section in SECTIONS:
        fields = {one.name for one in attrs.fields(section.owner) if one.init and not one.name.startswith("_")}
        beside = {"name"} if section.path == "scales.NAME" else set()
        assert {key.fills for key in section.keys} | beside == fields, section.path


def test_every_key_is_described_with_its_default_and_requirement() -> None:
    """The descriptions are plain words, and the defaults those of the code."""
    for section in SECTIONS:
        for key in section.keys:
            assert "``" not in meaning_of(section, key)
            assert ":py:" not in meaning_of(section, key)
            assert key.requirement[0] in "ABCDEF"
    shown = {key.name: default_of(TOP, key) for key in TOP.keys}
    assert shown["announce_within_days"] == 7
    assert shown["workflow"] == "standard"
    assert shown["note_on_reassign"] is True
    assert shown["escalation_kinds"][0] == "attempts_failed"
    assert shown["rules_apply"] == "first"


RULE = '[[rules]]\nname = "a"\n'
SCALE = "[scales.S]\nminimum = 0\nmaximum = 10\ndetractor_max = 6\npromoter_min = 9\n"
STATUS = '[[workflow.statuses]]\nkey = "open"\nlabel = "Open"\nphase = "open"\n'
FLOW = '[workflow]\nname = "w"\ninitial = "open"\n'
MOVE = '[[workflow.moves]]\nstart = ["open"]\nto = ["open"]\n'
FAULTS = [
    ("colour = 1", ""),
    ("zone = 3", "zone"),
    ('zone = " "', "zone"),
    ('language = ["de"]', "language"),
    ('note_on_reassign = "yes"', "note_on_reassign"),
    ("advised_note_length = 1.5", "advised_note_length"),
    ("advised_note_length = -1", "advised_note_length"),
    ("announce_within_days = -1", "announce_within_days"),
    ("replace_within_days = 0", "replace_within_days"),
    ('root_causes = "price"', "root_causes"),
    ("root_causes = [3]", "root_causes.0"),
    ('root_causes = [""]', "root_causes.0"),
    ('root_causes = ["a", "a"]', "root_causes"),
    ('recovery_threshold = "6"', "recovery_threshold"),
    ('recovery_threshold = { NPS = "6" }', "recovery_threshold"),
    ('workflow = "four-status"', "workflow"),
    ('attributes = { country = "text" }', "attributes.country"),
    (SCALE + "colour = 1", "scales.S"),
    (SCALE.replace("maximum = 10\n", ""), "scales.S"),
    (SCALE + "step = -1", "scales.S.step"),
    ("[surveys.V]\nscale = 3", "surveys.V.scale"),
    ("[surveys.V]\nthreshold = 3", "surveys.V"),
    (FLOW + STATUS.replace('label = "Open"\n', "") + MOVE, "workflow"),
    (FLOW + STATUS.replace('phase = "open"', 'phase = "begun"') + MOVE, "workflow"),
    (FLOW + STATUS + MOVE.replace('["open"]\nto', "[]\nto"), "workflow"),
    (FLOW + STATUS + MOVE.replace('to = ["open"]\n', ""), "workflow"),
    (FLOW.replace('"w"', '""') + STATUS + MOVE, "workflow"),
    (FLOW.replace('initial = "open"', 'initial = ""') + STATUS + MOVE, "workflow"),
    ("[targets]\nfirst_action = true", "targets.first_action"),
    ("[targets.first_action]", "targets.first_action"),
    ("[targets.first_action]\nwithin_days = 0", "targets.first_action"),
    ("[targets.first_action]\nwithin_days = 1\nwithin_hours = 1", "targets.first_action"),
    ("[targets.first_action]\nwithin_days = 1\nbusiness_time = true", "targets.first_action"),
    ("[targets.closing]\nwithin_days = 1", "targets"),
    ("[calendar]", "calendar"),
    ("[calendar.hours]", "calendar.hours"),
    ('[calendar.hours]\nmonday-fryday = "09:00-17:00"', "calendar.hours"),
    ('[calendar.hours]\nmonday = "9-17"', "calendar.hours.monday"),
    ('[calendar]\nsubdivision = "11"\nhours = { monday = "09:00-17:00" }', "calendar"),
    ('[calendar]\nlanguage = "de"\nhours = { monday = "09:00-17:00" }', "calendar"),
    ('[calendar]\nhours = { monday = "09:00-17:00" }\nholidays = { "25.12.2026" = "Xmas" }', "calendar.holidays"),
    ('[calendar]\nhours = { monday = "09:00-17:00" }\nspecial_hours = { 2026-13-24 = "09:00-12:00" }',
     "calendar.special_hours"),
    ("[[rules]]", "rules.0"),
    ('rules = "none"', "rules"),
    ('rules_apply = "some"', "rules_apply"),
    (RULE + 'asign = "ana"', "rules.0"),
    (RULE + "when = 3", "rules.0.when"),
    (RULE + 'when = { all = ["score <= 3", { field = "plan" }] }', "rules.0.when"),
    (RULE + 'when = { field = "plan", operator = "is set", value = 3 }', "rules.0.when"),
    (RULE + 'when = { field = "plan", operator = "in", value = 3 }', "rules.0.when"),
    (RULE + 'when = { field = "plan", operator = "like", value = "x" }', "rules.0.when"),
    (RULE + "assign = { round_robin = [] }", "rules.0.assign"),
    (RULE + 'assign = { leader = "ana" }', "rules.0.assign"),
    (RULE + 'assign = { person = "ana", manager_of = "ben" }', "rules.0.assign"),
    (RULE + 'otherwise = "ana"', "rules.0"),
    (RULE + 'alert = ["ana"]\nsuppress_alerts = true', "rules.0"),
    (RULE + 'alert = "ana"', "rules.0.alert"),
    (RULE + "escalate = true", "rules.0.escalate"),
    (RULE + 'raise_priority = "yes"', "rules.0.raise_priority"),
]  # fmt: skip
"""What an editor can underline, and where."""


@pytest.mark.parametrize(("file", "place"), FAULTS, ids=[one for one, _ in FAULTS])
def test_a_fault_that_a_schema_can_see_is_found(file: str, place: str) -> None:
    """At its key, or at the table that it is missing in; and loading refuses the same file."""
    data = tomllib.loads(file)
    assert place in places(data)
    with pytest.raises(PolicyError):
        Policy.from_data(data)


_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 400),
        st.integers(-200, 200).map(lambda one: one / 100),
        st.sampled_from(["", " ", "ana", "open"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["name", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.data())
def test_what_loads_is_never_refused(data: st.DataObject) -> None:
    """Whatever one value of a full file becomes: if it loads, the schema takes it."""
    given_data = json.loads(json.dumps(Policy(**OTHERS).to_data()))
    table, key = given_data, data.draw(st.sampled_from(sorted(given_data)))
    while isinstance(table[key], dict | list) and table[key] and data.draw(st.booleans()):
        table = table[key]
        key = data.draw(st.sampled_from(sorted(table))) if isinstance(table, dict) else 0
    table[key] = data.draw(_VALUES)
    try:
        Policy.from_data(given_data)
    except PolicyError:
        return
    assert places(given_data) == set()
