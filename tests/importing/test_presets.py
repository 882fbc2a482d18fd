"""Presets: each tool's file becomes responses, what differs is the user's, and what is no answer stays out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from resolutionkit.errors import ImportFailed, MappingError
from resolutionkit.importing import presets
from resolutionkit.importing.mapping import ImportMapping
from resolutionkit.importing.responses import read_responses
from resolutionkit.importing.rows import ImportedRow, RejectedRow
from resolutionkit.model.response import Answer, Contact, Response

WriteFile = Callable[[str, bytes], Path]

NAMES = (
    "StartDate,RecordedDate,ResponseId,Status,RecipientLastName,RecipientFirstName,RecipientEmail,UserLanguage,"
    "Q1_NPS_GROUP,Q1,Q2"
)
QUALTRICS = """\
Start Date,Recorded Date,Response ID,Response Type,Last Name,First Name,Email,Language,"How likely are you
to recommend us? - Group","How likely are you
to recommend us?",Why?
{ids}
2026-06-03 08:00:00,2026-06-03 08:02:11,R_1,IP Address,Doe,Jane,jane@example.com,EN,Promoter,3,Two days late.
2026-06-03 09:00:00,2026-06-03 09:02:11,R_2,Survey Preview,,,,EN,Detractor,1,test
2026-06-03 10:00:00,2026-06-03 10:02:11,R_3,IP Address,,,,DE,Detractor,9,
"""
IDS = ("startDate", "recordedDate", "_recordId", "status", "recipientLastName", "recipientFirstName", "recipientEmail",
       "userLanguage", "QID1_NPS_GROUP", "QID1", "QID2")  # fmt: skip


def qualtrics(zone: str = "America/Denver") -> bytes:
    """Return a Qualtrics export, with a zone for its dates."""
    more = [{"timeZone": zone} if name.endswith("Date") else {} for name in IDS]
    cells = [json.dumps({"ImportId": name} | one) for name, one in zip(IDS, more, strict=True)]
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    return f"\ufeff{NAMES}\n{QUALTRICS.replace('{ids}', quoted)}".encode()


def read(path: Path, mapping: ImportMapping) -> list[ImportedRow | RejectedRow]:
    """Return all the rows of a file."""
    return list(read_responses(path, mapping, b""))


def one(path: Path, mapping: ImportMapping) -> Response:
    """Return the response of a file that has one row."""
    (found,) = read(path, mapping)
    assert isinstance(found, ImportedRow), found.reason
    return found.response


# --- Qualtrics -------------------------------------------------------------------------------------------------------


def test_three_header_rows_are_no_answers_and_name_the_zone(write: WriteFile) -> None:
    """Names, questions and import ids; the dates are in the zone of the third row; previews stay out, and are told."""
    mapping = ImportMapping.preset("qualtrics", score="Q1", comment="Q2", scale="NPS")
    first, preview, last = read(write("a.csv", qualtrics()), mapping)
    assert isinstance(first, ImportedRow)
    assert first.response == Response(
        id="R_1",
        score=3,
        scale=mapping.scale,
        received_at=datetime(2026, 6, 3, 14, 2, 11, tzinfo=UTC),
        comment="Two days late.",
        contact=Contact(name="Jane Doe", email="jane@example.com"),
        attributes={"language": "EN"},  # type: ignore[arg-type]
    )
    assert isinstance(preview, RejectedRow)
    assert (preview.line, preview.column) == (7, "Status")
    assert preview.reason == "'Survey Preview' is one of the values that [leave_out] names: no answer"
    assert isinstance(last, ImportedRow)
    assert last.response.contact == Contact()


def test_a_category_of_the_export_is_never_believed(write: WriteFile) -> None:
    """The three that the tool calls a promoter is a detractor, whoever says otherwise."""
    mapping = ImportMapping.preset("qualtrics", score="Q1", scale="NPS")
    assert "Q1_NPS_GROUP" not in mapping.columns()
    found = read(write("a.csv", qualtrics()), mapping)[0]
    assert isinstance(found, ImportedRow)
    assert mapping.scale is not None
    assert mapping.scale.category(found.response.score) == "detractor"
    wrong = read(write("a.csv", qualtrics()), ImportMapping.preset("qualtrics", score="Q1_NPS_GROUP"))[0]
    assert isinstance(wrong, RejectedRow)
    assert wrong.reason == "'Promoter' is not a number"


def test_a_zone_of_ones_own_outdoes_that_of_the_file(write: WriteFile) -> None:
    """Whoever sets it knows better."""
    mapping = ImportMapping.preset("qualtrics", score="Q1", dates={"zone": "UTC"})
    found = read(write("a.csv", qualtrics()), mapping)[0]
    assert isinstance(found, ImportedRow)
    assert found.response.received_at == datetime(2026, 6, 3, 8, 2, 11, tzinfo=UTC)


def test_a_zone_that_there_is_not_is_told_before_a_row_is_read(write: WriteFile) -> None:
    """With what to set instead."""
    mapping = ImportMapping.preset("qualtrics", score="Q1")
    with pytest.raises(MappingError, match=r"dates\.zone: the file names the zone 'Mars/Olympus'; set it as an IANA"):
        read(write("a.csv", qualtrics("Mars/Olympus")), mapping)


def test_an_export_without_contacts_is_fine_and_one_without_the_score_is_not(write: WriteFile) -> None:
    """Anonymous exports lack columns that the preset only uses where they are there."""
    ids = '"{""ImportId"":""recordedDate"",""timeZone"":""UTC""}","{""ImportId"":""id""}","{""ImportId"":""QID1""}"'
    path = write("a.csv", f"RecordedDate,ResponseId,Q1\na,b,c\n{ids}\n2026-06-03 08:00:00,R_1,3\n".encode())
    assert one(path, ImportMapping.preset("qualtrics", score="Q1")).contact == Contact()
    with pytest.raises(MappingError, match="score: the file has no column 'Q7'"):
        read(path, ImportMapping.preset("qualtrics", score="Q7"))


@pytest.mark.parametrize(
    "below",
    [
        "",
        "When,Which,How\n",
        "2026-06-03,R_1,3\n2026-06-03,R_2,4\n",
        'a,b,c\n"{""ImportId"":""x""}",1,[]\n',
        "a,b,c\nx\n",
    ],
    ids=["nothing", "two rows", "answers", "half ids", "another width"],
)
def test_a_header_of_other_rows_fails_instead_of_eating_answers(write: WriteFile, below: str) -> None:
    """Two responses would be lost without a word."""
    with pytest.raises(ImportFailed, match="the third row of the header should hold the import ids"):
        read(
            write("a.csv", b"RecordedDate,ResponseId,Q1\n" + below.encode()),
            ImportMapping.preset("qualtrics", score="Q1"),
        )


def test_a_plain_header_can_be_set(write: WriteFile) -> None:
    """For an export whose further header rows somebody has taken out."""
    own: dict[str, Any] = {"score": "Q1", "file": {"header_rows": 1}, "dates": {"zone": "UTC"}}
    path = write("a.csv", b"RecordedDate,ResponseId,Q1\n2026-06-03 08:00:00,R_1,3\n")
    assert one(path, ImportMapping.preset("qualtrics", **own)).id == "R_1"


# --- Delighted -------------------------------------------------------------------------------------------------------


def test_a_response_of_delighted_becomes_one_of_ours(write: WriteFile) -> None:
    """Seconds since 1970, a list of tags, and the person in it."""
    line = {
        "id": "5435", "person": {"id": "33", "name": "Amy", "email": "amy@example.com", "phone_number": None},
        "survey_type": "nps", "score": 0, "comment": "No.\n", "permalink": "https://example.com/r/5435",
        "created_at": 1780490000, "updated_at": None, "person_properties": {"plan": "gold"}, "notes": [],
        "tags": ["price", "delay"], "additional_answers": [],
    }  # fmt: skip
    mapping = ImportMapping.preset("delighted", attributes={"plan": "person_properties.plan"})
    assert one(write("a.jsonl", json.dumps(line).encode()), mapping) == Response(
        id="5435",
        score=0,
        received_at=datetime.fromtimestamp(1780490000, UTC),
        comment="No.\n",
        tags=("price", "delay"),
        contact=Contact(name="Amy", email="amy@example.com"),
        attributes={"survey_type": "nps", "permalink": "https://example.com/r/5435", "plan": "gold"},  # type: ignore[arg-type]
    )


# --- Typeform --------------------------------------------------------------------------------------------------------

TYPEFORM = {
    "event_id": "e", "event_type": "form_response",
    "form_response": {
        "form_id": "f1", "token": "t-1", "landed_at": "2026-06-03T10:00:00Z", "submitted_at": "2026-06-03T10:01:00Z",
        "hidden": {"email": "amy@example.com"},
        "definition": {"id": "f1", "title": "Service", "fields": [{"id": "a", "ref": "nps", "title": "How likely?"}]},
        "answers": [
            {"type": "text", "text": "Late.", "field": {"id": "b", "type": "long_text", "ref": "why"}},
            {"type": "number", "number": 3, "field": {"id": "a", "type": "nps", "ref": "nps"}},
            {"type": "choices", "choices": {"labels": ["price", "delay"]}, "field": {"id": "c", "ref": "topics"}},
            {"type": "boolean", "boolean": True, "field": {"id": "d", "ref": "call"}},
        ],
    },
}  # fmt: skip
ANSWERS = "form_response.answers"
OWN: dict[str, Any] = {
    "score": f"{ANSWERS}.nps.number",
    "comment": f"{ANSWERS}.why.text",
    "factors": f"{ANSWERS}.topics.choices.labels",
    "wants_contact": f"{ANSWERS}.call.boolean",
    "answers": {"Why?": f"{ANSWERS}.why.text", "What else?": f"{ANSWERS}.else.text"},
}


def test_an_answer_is_found_by_its_reference_wherever_it_stands(write: WriteFile) -> None:
    """Questions that were passed over are missing from the list, so its order says nothing."""
    mapping = ImportMapping.preset("typeform", **OWN)
    expected = Response(
        id="t-1",
        score=3,
        received_at=datetime(2026, 6, 3, 10, 1, tzinfo=UTC),
        survey="f1",
        comment="Late.",
        factors=("price", "delay"),
        wants_contact=True,
        answers=(Answer("Why?", "Late."), Answer("What else?", None)),
        contact=Contact(email="amy@example.com"),
    )
    assert one(write("a.txt", json.dumps(TYPEFORM).encode()), mapping) == expected
    form: dict[str, Any] = TYPEFORM["form_response"]  # type: ignore[assignment]
    turned = TYPEFORM | {"form_response": form | {"answers": form["answers"][::-1]}}
    assert one(write("a.txt", json.dumps(turned).encode()), mapping) == expected


def test_a_partial_response_is_no_answer(write: WriteFile) -> None:
    """It is told as rejected, since the whole one comes under the same id."""
    (found,) = read(
        write("a.jsonl", json.dumps(TYPEFORM | {"event_type": "form_response_partial"}).encode()),
        ImportMapping.preset("typeform", **OWN),
    )
    assert isinstance(found, RejectedRow)
    assert found.column == "event_type"


def test_a_table_of_typeform_is_read_by_its_questions(write: WriteFile) -> None:
    """The questions are the columns; the instants are in UTC."""
    path = write(
        "a.csv",
        b"#,How likely are you to recommend us?,Response Type,Start Date (UTC),Submit Date (UTC),Network ID,Tags\n"
        b'x1,3,completed,2026-06-03 10:00:00,2026-06-03 10:01:00,n,"a, b"\n',
    )
    found = one(path, ImportMapping.preset("typeform-csv", score="How likely are you to recommend us?"))
    assert (found.id, found.score, found.tags) == ("x1", 3, ("a", "b"))
    assert found.received_at == datetime(2026, 6, 3, 10, 1, tzinfo=UTC)


def test_a_header_in_another_language_names_what_is_missing_and_what_is_there(write: WriteFile) -> None:
    """Nothing is guessed, and nothing read."""
    path = write("a.csv", b"#,Wahrscheinlichkeit,Absendedatum (UTC)\nx,3,2026-06-03\n")
    with pytest.raises(MappingError) as refused:
        read(path, ImportMapping.preset("typeform-csv", score="How likely?"))
    assert refused.value.source == "the preset 'typeform-csv'"
    there = "there are '#', 'Absendedatum (UTC)', 'Wahrscheinlichkeit'"
    assert [tuple(fault) for fault in refused.value.faults] == [
        ("score", f"the file has no column 'How likely?'; {there}"),
        ("received_at", f"the file has no column 'Submit Date (UTC)'; {there}"),
    ]
    own = {"score": "Wahrscheinlichkeit", "received_at": "Absendedatum (UTC)"}
    assert one(path, ImportMapping.preset("typeform-csv", **own)).score == 3


# --- Formbricks ------------------------------------------------------------------------------------------------------

FORMBRICKS = {
    "webhookId": "w", "event": "responseFinished",
    "data": {
        "id": "r-1", "surveyId": "s-1", "finished": True, "createdAt": "2026-06-03T10:00:00.507Z",
        "updatedAt": "2026-06-03T10:01:00.000Z", "contact": None, "contactAttributes": {"email": "amy@example.com"},
        "data": {"nps": 3, "why": "Late.", "topics": ["price", "delay"]}, "language": "en", "tags": [],
        "meta": {"country": "DE", "userAgent": {"os": "macOS"}}, "survey": {"title": "Service"}, "variables": {},
    },
}  # fmt: skip


def test_a_finished_response_of_formbricks_becomes_one_of_ours(write: WriteFile) -> None:
    """Answers are called by their questions' ids; what is not finished yet is no answer."""
    mapping = ImportMapping.preset(
        "formbricks", score="data.data.nps", comment="data.data.why", tags="data.data.topics"
    )
    lines = [json.dumps(FORMBRICKS), json.dumps(FORMBRICKS | {"event": "responseCreated"})]
    found, other = read(write("a.jsonl", "\n".join(lines).encode()), mapping)
    assert isinstance(other, RejectedRow)
    assert isinstance(found, ImportedRow)
    assert found.response == Response(
        id="r-1",
        score=3,
        received_at=datetime(2026, 6, 3, 10, 0, 0, 507_000, tzinfo=UTC),
        survey="s-1",
        comment="Late.",
        tags=("price", "delay"),
        contact=Contact(email="amy@example.com"),
        attributes={"country": "DE", "language": "en"},  # type: ignore[arg-type]
    )


def test_a_table_of_formbricks_is_read_by_its_numbered_questions(write: WriteFile) -> None:
    """The columns that it always has are known."""
    path = write(
        "a.csv",
        b"No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Tags,1. How likely?\n"
        b'1,r-1,2026-06-03 10:00:00,Yes,s-1,,u-1,"late, dear",3\n',
    )
    found = one(path, ImportMapping.preset("formbricks-csv", score="1. How likely?"))
    assert (found.id, found.survey, found.tags, dict(found.attributes)) == (
        "r-1",
        "s-1",
        ("late", "dear"),
        {"user_id": "u-1"},
    )


# --- all -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_is_sound_and_lacks_a_score_at_most(name: str) -> None:
    """Nothing else of a mapping has to be given."""
    mapping = ImportMapping.preset(name, score="Q1")
    assert mapping.source == f"the preset '{name}'"
    assert "Q1" in mapping.columns()


def test_the_presets_are_those_that_are_documented() -> None:
    """The docstring names them all."""
    documented = str(ImportMapping.preset.__doc__)
    assert all(f'``"{name}"``' in documented for name in presets.names())
    assert len(presets.names()) == 6


def test_a_mapping_of_ones_own_outdoes_its_preset_key_by_key(write: WriteFile) -> None:
    """Tables are put together; anything else is one's or the other's."""
    path = write(
        "own.toml",
        b'preset = "qualtrics"\nscore = "Q1"\nid = "Ref"\n[contact]\nemail = "Mail"\n[answers]\n"Why?" = "Q2"\n',
    )
    mapping = ImportMapping.load(path)
    assert mapping.source == str(path)
    assert mapping.columns() == (
        "Ref", "Q1", "RecordedDate", "RecipientFirstName", "RecipientLastName", "Mail", "Q2", "ExternalReference",
        "UserLanguage",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"preset": "qualtrix"}, "there is no preset 'qualtrix'; did you mean 'qualtrics'?"),
        ({"preset": 3}, "3 should be text in quotes"),
        ({"preset": "qualtrics"}, "is missing; name the column of the rating"),
        ({"preset": "qualtrics", "score": "Q1", "file": {"header_rows": 2}}, "2 is not acceptable; expected 1, or 3"),
        ({"preset": "typeform", "score": "Q1", "file": {"keyed": {"a": 1}}}, "expected the path of a name"),
        ({"preset": "typeform", "score": "Q1", "file": {"format": "csv"}}, "files of the format csv have none"),
        ({"preset": "qualtrics", "score": "Q1", "leave_out": {"Status": "x"}}, "'x' should be a list"),
        ({"preset": "qualtrics", "score": "Q1", "contact": {"name": {"columns": []}}}, "should be a list of texts"),
        ({"preset": "qualtrics", "score": {"column": "Q1", "optional": "yes"}}, "'yes' should be true or false"),
    ],
    ids=lambda one: str(one)[-40:],
)
def test_a_fault_is_told_with_a_preset_as_without(given: dict[str, Any], fault: str) -> None:
    """Presets go through the same grammar."""
    with pytest.raises(MappingError) as refused:
        ImportMapping.from_data(given)
    assert any(fault in found.problem for found in refused.value.faults)
