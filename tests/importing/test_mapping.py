"""The mapping: its grammar with all faults at once, and what a row becomes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from resolutionkit.errors import MappingError
from resolutionkit.importing.fileformat import Format
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.rows import RowRefused
from resolutionkit.model.response import Answer, Contact, Response
from resolutionkit.model.scale import CES_7, CSAT_5, NPS, THUMBS

WriteFile = Callable[[str, bytes], Path]

ROW = {"id": "r-1", "score": "6", "at": "2026-06-03 14:30"}

FULL = b"""
id = "id"
score = "score"
received_at = "at"
survey = { constant = "Service 2026" }
group = "team"
segment = { column = "seg" }
ticket = "ticket"
agent = "agent"
comment = "comment"
wants_contact = { column = "call", yes = ["Ja"], no = ["Nein", "keine Angabe"] }
tags = [{ column = "tags", separator = ";" }, "top", { constant = "imported" }]
factors = "factor"
hierarchy = ["director", "manager"]

[scale]
name = "Stars"
minimum = 0.5
maximum = 5
step = 0.5
detractor_max = 2
promoter_min = 4

[file]
delimiter = ";"
encoding = "cp1252"

[dates]
zone = "Europe/Berlin"
formats = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]

[numbers]
decimal_comma = true

[contact]
name = "name"
email = "mail"
phone = "phone"
company = { constant = "ACME" }

[answers]
"Why?" = "why"
"What else?" = "else"

[attributes]
country = "land"
seats = { column = "seats", type = "int" }
revenue = { column = "revenue", type = "decimal" }
ratio = { column = "ratio", type = "float" }
renewal = { column = "renewal", type = "bool" }
since = { column = "since", type = "date" }
seen = { column = "seen", type = "datetime" }
absent = "blank"
source = { constant = "phone" }
wave = { constant = 3 }
started = { constant = 2026-06-03 }
closed = { constant = 2026-06-03T10:00:00 }
"""

FULL_ROW = {
    "id": " r-1 ", "score": "2,5", "at": "03.06.2026 14:30", "team": "EMEA ", "seg": "", "ticket": "T-1",
    "agent": "Ravi", "comment": " as typed \n", "call": "ja", "tags": "a; ;b", "top": "", "factor": "speed",
    "director": "marcus", "manager": "", "name": "Amy", "mail": "amy@example.com", "phone": "", "why": "Slow.",
    "else": "  ", "land": "DE", "seats": "12", "revenue": "1250,50", "ratio": "0,5", "renewal": "yes",
    "since": "01.02.2020", "seen": "02.06.2026", "blank": "",
}  # fmt: skip


def faults_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with a mapping."""
    with pytest.raises(MappingError) as refused:
        ImportMapping.from_data(data, "map.toml")
    assert refused.value.source == "map.toml"
    return [(fault.place, fault.problem) for fault in refused.value.faults]


def refused_by(data: dict[str, Any], row: dict[str, Any]) -> RowRefused:
    """Return why a row does not become a response."""
    with pytest.raises(RowRefused) as refused:
        ImportMapping.from_data(data).response(row, b"")
    return refused.value


# --- rows ------------------------------------------------------------------------------------------------------------


def test_the_smallest_mapping_makes_a_response(small: dict[str, Any]) -> None:
    """Only id, score and date are needed."""
    response = ImportMapping.from_data(small).response(ROW, b"")
    assert response == Response(id="r-1", score=6, received_at=datetime(2026, 6, 3, 13, 30, tzinfo=UTC))


def test_every_field_of_a_response_can_be_mapped(write: WriteFile) -> None:
    """Columns, constants, lists, words, typed attributes, a scale and a zone in one file."""
    mapping = ImportMapping.load(write("map.toml", FULL))
    assert mapping.file.delimiter == ";"
    assert mapping.response(FULL_ROW, b"") == Response(
        id="r-1",
        score=2.5,
        received_at=datetime(2026, 6, 3, 12, 30, tzinfo=UTC),
        survey="Service 2026",
        scale=mapping.scale,
        group="EMEA",
        segment=None,
        ticket="T-1",
        agent="Ravi",
        comment=" as typed \n",
        contact=Contact(name="Amy", email="amy@example.com", company="ACME"),
        answers=(Answer("Why?", "Slow."), Answer("What else?", None)),
        tags=("a", "b", "imported"),
        factors=("speed",),
        hierarchy=("marcus",),
        wants_contact=True,
        attributes={  # type: ignore[arg-type]
            "country": "DE", "seats": 12, "revenue": Decimal("1250.50"), "ratio": 0.5, "renewal": True,
            "since": date(2020, 2, 1), "seen": datetime(2026, 6, 1, 22, tzinfo=UTC), "source": "phone", "wave": 3,
            "started": date(2026, 6, 3), "closed": datetime(2026, 6, 3, 8, tzinfo=UTC),
        },
    )  # fmt: skip


@pytest.mark.parametrize("name", ["NPS", "CSAT-5", "CES-7", "thumbs"])
def test_a_scale_is_known_by_its_name(small: dict[str, Any], name: str) -> None:
    """The four scales that ship need no table."""
    scale = ImportMapping.from_data(small | {"scale": name}).scale
    assert scale is {"NPS": NPS, "CSAT-5": CSAT_5, "CES-7": CES_7, "thumbs": THUMBS}[name]


def test_a_step_of_nought_allows_averages(small: dict[str, Any]) -> None:
    """TOML has no word for None."""
    own = {"name": "Mean", "minimum": 0, "maximum": 10, "detractor_max": 6, "promoter_min": 9, "step": 0}
    mapping = ImportMapping.from_data(small | {"scale": own})
    assert mapping.response(ROW | {"score": "6.37"}, b"").score == 6.37


def test_a_list_of_values_fits_several_and_one_fits_a_single(small: dict[str, Any]) -> None:
    """A JSON list of one is its item; of more it is refused where one is expected."""
    mapping = ImportMapping.from_data(small | {"tags": "tags", "group": "team"})
    response = mapping.response(ROW | {"tags": ("a", " ", "b"), "team": ("EMEA",)}, b"")
    assert (response.tags, response.group) == (("a", "b"), "EMEA")
    assert mapping.response(ROW | {"team": ()}, b"").group is None
    with pytest.raises(RowRefused, match="holds 2 values where one is expected"):
        mapping.response(ROW | {"team": ("EMEA", "FIELD")}, b"")


@pytest.mark.parametrize(
    ("given", "column", "reason"),
    [
        ({"score": " "}, "score", "no score"),
        ({"score": "11"}, "score", "NPS"),
        ({"score": "6.5"}, "score", "NPS"),
        ({"score": "true"}, "score", "'true' is not a number"),
        ({"id": ""}, "id", "no id"),
        ({"id": "x" * 191}, "id", "at most 190"),
        ({"at": ""}, "at", "no date"),
        ({"at": "soon"}, "at", "'soon' is not a date"),
        ({"tags": "a;" + "b" * 501}, "tags", "at most 500"),
        ({"why": "\ud800"}, "why", "surrogates"),
        ({"mail": "m" * 501}, "mail", "at most 500"),
        ({"seats": "12.5"}, "seats", "not a whole number"),
        ({"seats": "9" * 30}, "seats", "64 bits"),
        ({"call": "maybe"}, "call", "neither yes nor no"),
    ],
)
def test_a_bad_cell_names_its_column(small: dict[str, Any], given: dict[str, str], column: str, reason: str) -> None:
    """Whatever refuses it, the mapping's cells or the response itself, the reason leads to the column."""
    more = {
        "scale": "NPS", "tags": ["none", {"column": "tags", "separator": ";"}], "wants_contact": "call",
        "answers": {"How?": "how", "Why?": "why"}, "contact": {"name": "name", "email": "mail"},
        "attributes": {"land": "land", "seats": {"column": "seats", "type": "int"}},
    }  # fmt: skip
    refused = refused_by(small | more, ROW | {"how": "so", "name": "Amy"} | given)
    assert refused.column == column
    assert reason in refused.reason


def test_a_row_without_the_column_says_so(small: dict[str, Any]) -> None:
    """In JSON lines a column may be missing from one line."""
    refused = refused_by(small, {"id": "r-1", "at": "2026-06-03"})
    assert (refused.column, refused.reason) == ("score", "no score: the row has no column 'score'")


def test_a_hostile_value_is_escaped_and_cut_in_the_reason(small: dict[str, Any]) -> None:
    """What a respondent typed can neither forge a log line nor fill the screen."""
    refused = refused_by(small, ROW | {"score": "x\n\x1b[31m" + "y" * 10_000})
    assert "\n" not in refused.reason
    assert "\x1b" not in refused.reason
    assert len(refused.reason) < 300


def test_one_date_can_serve_the_whole_file(small: dict[str, Any]) -> None:
    """A constant day is its start in the zone."""
    for constant in ("2026-06-03", date(2026, 6, 3)):
        mapping = ImportMapping.from_data(small | {"received_at": {"constant": constant}})
        assert mapping.response(ROW, b"").received_at == datetime(2026, 6, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize("whole_row", [True, False])
def test_an_id_can_be_built(small: dict[str, Any], key: bytes, whole_row: bool) -> None:
    """From several columns or the whole row, under the account's key."""
    rule = {"whole_row": True} if whole_row else {"columns": ["at", "score"]}
    mapping = ImportMapping.from_data(small | {"id": rule})
    found = mapping.response(ROW, key).id
    assert found == mapping.response(ROW, key).id
    assert (found == mapping.response(ROW | {"id": "r-2"}, key).id) is not whole_row


@pytest.mark.parametrize(
    ("rule", "cell", "wish"),
    [
        ("call", "", False),
        ("call", "YES", True),
        ({"column": "call", "yes": ["no"]}, "no", True),
        ({"column": "call", "yes": ["x"]}, "X", True),
        ({"constant": True}, "", True),
    ],
)
def test_a_wish_to_be_contacted_is_read_by_its_words(
    small: dict[str, Any], rule: object, cell: str, wish: bool
) -> None:
    """A blank cell is no wish; the mapping's own words come before the usual ones."""
    mapping = ImportMapping.from_data(small | {"wants_contact": rule})
    assert mapping.response(ROW | {"call": cell}, b"").wants_contact is wish


# --- faults ----------------------------------------------------------------------------------------------------------


def test_all_faults_come_at_once() -> None:
    """Nobody has to fix a mapping one error at a time."""
    faults = dict(
        faults_of(
            {
                "score": {"constant": 6},
                "recieved_at": "at",
                "group": "",
                "scale": "NSP",
                "dates": {"zone": "Europe/Lundon", "formats": ["%Q"], "format": "iso"},
                "file": {"format": "xlsx", "delimiter": ";;", "encoding": "utf-9"},
                "numbers": {"decimal_comma": "yes"},
                "contact": {"mail": "mail"},
                "tags": ["tags", {"column": "a", "separator": ""}, 3],
                "attributes": {"seats": {"column": "seats", "type": "integer"}, "wave": {"constant": [1]}, " x": "x"},
                "answers": {"Why?": {"column": "why", "constant": "x"}},
                "wants_contact": {"column": "call", "yes": ["x"], "no": ["X"]},
            }
        )
    )
    assert faults["id"].startswith("is missing")
    assert faults["received_at"].startswith("is missing")
    assert faults["recieved_at"] == "is not a key here; did you mean 'received_at'?"
    assert faults["score"] == "cannot be the same for every row; name a column"
    assert faults["scale"] == "there is no scale 'NSP'; did you mean 'NPS'?"
    assert faults["dates.format"] == "is not a key here; did you mean 'formats'?"
    assert faults["contact.mail"] == "is not a key here; did you mean 'email'?"
    assert faults["attributes.seats"].startswith("there is no type 'integer'; there are str, int")
    assert faults.keys() >= {
        "group", "dates.zone", "dates.formats", "file.format", "file.delimiter", "file.encoding", "answers.'Why?'",
        "numbers.decimal_comma", "tags[1]", "tags[2]", "attributes.wave", "attributes.' x'", "wants_contact",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"id": {"constant": "x"}}, "id"),
        ({"id": {"columns": []}}, "id.columns"),
        ({"id": {"columns": ["a"], "whole_row": True}}, "id"),
        ({"id": {"whole_row": False}}, "id"),
        ({"id": {}}, "id"),
        ({"received_at": {"constant": "soon"}}, "received_at"),
        ({"received_at": {"constant": 5}}, "received_at"),
        ({"survey": {"constant": 5}}, "survey"),
        ({"survey": {"constant": "x" * 191}}, "survey"),
        ({"survey": {"constant": "x", "separator": ";"}}, "survey.separator"),
        ({"tags": {"constant": "x" * 501}}, "tags"),
        ({"answers": {" ": "why"}}, "answers.' '"),
        ({"answers": {"x" * 50_001: "why"}}, "answers"),
        ({"answers": ["why"]}, "answers"),
        ({"scale": 5}, "scale"),
        ({"dates": "UTC"}, "dates"),
        ({"numbers": True}, "numbers"),
        ({"group": {"column": 5}}, "group.column"),
        (
            {"scale": {"name": "S", "step": "x"} | {"minimum": 0, "maximum": 9, "detractor_max": 2, "promoter_min": 3}},
            "scale.step",
        ),
        ({"scale": {"name": "S", "minimum": 0}}, "scale"),
        ({"scale": {"name": "S", "minimum": 9, "maximum": 1, "detractor_max": 2, "promoter_min": 3}}, "scale"),
        ({"wants_contact": {"constant": "yes"}}, "wants_contact"),
        ({"wants_contact": {"column": "c", "yes": "y"}}, "wants_contact.yes"),
        ({"attributes": {"a": {"constant": 1, "type": "int"}}}, "attributes.a.type"),
        ({"file": {"format": "jsonl", "delimiter": ";"}}, "file.delimiter"),
        ({"file": {"encoding": "hex"}}, "file.encoding"),
        ({"file": "csv"}, "file"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_fault_is_told_with_its_place(small: dict[str, Any], given: dict[str, Any], place: str) -> None:
    """Each kind of mistake is refused where it stands, before any row is read."""
    ((found, problem),) = faults_of(small | given)
    assert found.startswith(place)
    assert problem


def test_a_file_that_is_no_mapping_is_refused(write: WriteFile, tmp_path: Path) -> None:
    """A missing file, a folder, broken TOML and foreign bytes say what they are."""
    for path, problem in (
        (tmp_path / "missing.toml", "No such file"),
        (tmp_path, "cannot be read"),
        (write("a.toml", b"id = "), "is not TOML"),
        (write("b.toml", b'id = "\xff"'), "is not TOML"),
    ):
        with pytest.raises(MappingError, match=problem) as refused:
            ImportMapping.load(path)
        assert refused.value.source == str(path)


# --- columns ---------------------------------------------------------------------------------------------------------


def test_every_column_that_the_file_lacks_is_named(small: dict[str, Any]) -> None:
    """Each with the place in the mapping and the nearest column that there is."""
    more = {"tags": ["tag"], "contact": {"email": "E-Mail"}, "answers": {"Why?": "zzz"}}
    with pytest.raises(MappingError) as refused:
        ImportMapping.from_data(small | more).check_columns(["id", "Scores", "at", "e-mail", "tag"])
    assert [tuple(fault) for fault in refused.value.faults] == [
        ("score", "the file has no column 'score'; did you mean 'Scores'?"),
        ("contact.email", "the file has no column 'E-Mail'; did you mean 'e-mail'?"),
        ("answers.'Why?'", "the file has no column 'zzz'; there are 'Scores', 'at', 'e-mail', 'id', 'tag'"),
    ]


def test_a_header_of_one_column_asks_for_the_delimiter(small: dict[str, Any]) -> None:
    """The commonest cause of missing columns is another delimiter."""
    for mark, written in ((";", ";"), ("\t", "\\t"), ("|", "|")):
        with pytest.raises(MappingError) as refused:
            ImportMapping.from_data(small).check_columns([mark.join(("id", "score, really", "at"))])
        (fault,) = refused.value.faults  # the columns that are missing would hide what has to be done
        assert fault.place == "file.delimiter"
        assert f'set delimiter = "{written}" if that is' in fault.problem


def test_the_columns_of_a_built_id_and_of_attributes_must_be_there(small: dict[str, Any]) -> None:
    """Without one of its columns an id would say less than it should, and nobody would know."""
    mapping = ImportMapping.from_data(small | {"id": {"columns": ["who", "at"]}, "attributes": {"plan": "plan"}})
    assert mapping.columns() == ("who", "at", "score", "plan")
    with pytest.raises(MappingError) as refused:
        mapping.check_columns(["at", "score"])
    assert [fault.place for fault in refused.value.faults] == ["id.columns", "attributes.plan"]


def test_columns_beyond_the_mapping_are_no_fault(small: dict[str, Any]) -> None:
    """A file may hold more than is imported."""
    ImportMapping.from_data(small).check_columns(["x", "id", "score", "at", "y"])


def test_a_format_is_read_by_its_name(small: dict[str, Any]) -> None:
    """The file's suffix does not matter then."""
    mapping = ImportMapping.from_data(small | {"file": {"format": "jsonl"}})
    assert mapping.file.format_of("export.txt") is Format.JSONL


def test_a_column_may_be_optional_and_others_joined(small: dict[str, Any]) -> None:
    """A file may lack what is optional; a joined text is what its columns hold of it."""
    joined = {"columns": ["first", "last"]}
    more = {"comment": {"column": "why", "optional": True}, "contact": {"name": joined}, "tags": [joined, "tag"]}
    mapping = ImportMapping.from_data(small | more)
    mapping.check_columns(["id", "score", "at", "first", "last", "tag"])
    with pytest.raises(MappingError, match=r"contact\.name: the file has no column 'last'"):
        mapping.check_columns(["id", "score", "at", "first", "tag"])
    found = mapping.response(ROW | {"first": " Jane", "last": "Doe ", "tag": "x"}, b"")
    assert (found.comment, found.contact.name, found.tags) == (None, "Jane Doe", ("Jane Doe", "x"))
    alone = mapping.response(ROW | {"first": " ", "last": "Doe"}, b"")
    assert (alone.contact.name, mapping.response(ROW, b"").contact.name) == ("Doe", None)
    assert mapping.response(ROW, b"").tags == ()
