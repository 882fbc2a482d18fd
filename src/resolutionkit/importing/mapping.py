"""The column mapping: what of a file's rows becomes what of a response (requirements A3 and A10).

Mappings are data and come from TOML. How that is written stands in ``grammar``, how cells are read in ``cells``,
``dates`` and ``sources``; here the parts come together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from resolutionkit.datafile import key_of, nearest, toml_data
from resolutionkit.errors import Fault, InvalidValue, MappingError, shown
from resolutionkit.importing import cells, grammar
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.fileformat import FileFormat
from resolutionkit.importing.identity import BuiltId, ColumnId, IdRule
from resolutionkit.importing.rows import Known, Row, RowLeftOut, RowRefused
from resolutionkit.importing.sources import AttributeRule, Column, Joined, Source, YesNo, all_texts, required
from resolutionkit.model.response import Answer, Contact, Response
from resolutionkit.model.scale import Scale, Score

T = TypeVar("T")

_OTHER_DELIMITERS = ";\t|,"


@frozen(kw_only=True)
class ImportMapping:
    """Which columns of a file become which fields of a response.

    Usually loaded from TOML, which for a small file is::

        id = "Response ID"
        score = "Rating"
        received_at = "Answered"
        survey = { constant = "Support 2026" }

        [dates]
        zone = "Europe/London"

    Attributes:
        id: Where the id comes from: a column, several columns or the whole row.
        score: The column of the rating.
        received_at: The column of the answer's date, or one instant for the whole file.
        survey: Where the survey's name comes from; None, here and below, where there is none.
        group: Where the group's code comes from.
        segment: Where the segment's code comes from.
        ticket: Where the ticket comes from.
        agent: Where the agent comes from.
        comment: Where the customer's own words come from, which are kept as they are.
        contact: Where a contact's name, email, phone and company come from.
        answers: The questions in the survey's order, each with where its answer comes from; a blank answer is kept.
        tags: Where the tags come from; blank cells are left out.
        factors: Where the experience factors come from.
        hierarchy: Where the people above the contact come from, top to bottom.
        wants_contact: Where the wish to be contacted comes from, or what it is for every row.
        attributes: Where the attributes come from; a blank cell leaves its attribute out.
        leave_out: Rows that are no answers: for a column the values, whatever their case, whose rows are rejected.
        scale: The scale of the scores, which are checked against it; None leaves it to the policy.
        dates: How the file writes dates, and in which zone.
        decimal_comma: Whether scores, floats and decimals are written with a comma: 6,5.
        file: The file's format, delimiter and encoding.
        source: The file that the mapping was loaded from, for errors.
    """

    id: IdRule
    score: Column
    received_at: Column | datetime
    survey: Source | None = None
    group: Source | None = None
    segment: Source | None = None
    ticket: Source | None = None
    agent: Source | None = None
    comment: Source | None = None
    contact: Mapping[str, Source] = field(factory=dict)
    answers: tuple[tuple[str, Source], ...] = ()
    tags: tuple[Source, ...] = ()
    factors: tuple[Source, ...] = ()
    hierarchy: tuple[Source, ...] = ()
    wants_contact: YesNo | bool = False
    attributes: tuple[AttributeRule, ...] = ()
    leave_out: Mapping[str, frozenset[str]] = field(factory=dict)
    scale: Scale | None = None
    dates: Dates = field(factory=Dates)
    decimal_comma: bool = False
    file: FileFormat = field(factory=FileFormat)
    source: str | None = None

    @classmethod
    def load(cls, path: str | Path) -> ImportMapping:
        """Return the mapping that a TOML file describes.

        Raises:
            MappingError: The file is missing or not TOML, or the mapping is unsound; all faults with their places.
        """
        data = toml_data(path, MappingError)
        return cls.from_data(data, str(path))

    @classmethod
    def preset(cls, name: str, /, **own: Any) -> ImportMapping:
        """Return the mapping for a well-known tool's files, with what is different for a survey.

        Args:
            name: ``"qualtrics"``, ``"delighted"``, ``"typeform"``, ``"typeform-csv"``, ``"formbricks"`` or
                ``"formbricks-csv"``; the how-to says which file each is for.
            own: Keys of a mapping, as TOML would have them: ``score="Q1"``, ``contact={"company": "Firm"}``. They
                outdo the preset's; the tables of both are put together.

        Raises:
            MappingError: There is no such preset, or a key is missing or unsound; all faults with their places.
        """
        return cls.from_data({**own, "preset": name}, f"the preset {shown(name)}")

    @classmethod
    def from_data(cls, data: Mapping[str, Any], source: str | None = None) -> ImportMapping:
        """Return the mapping that some data describes.

        Args:
            data: What a TOML file would say.
            source: What the data is called in errors.

        Raises:
            MappingError: The mapping is unsound; all faults with their places.
        """
        faults: list[Fault] = []
        given = grammar.read(data, faults)
        if faults:
            raise MappingError(faults, source)
        return cls(**given, source=source)

    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns that the mapping names, each once."""
        return tuple(dict.fromkeys(column.name for _, _, column in self._named()))

    def _named(self) -> Iterator[tuple[str, str, Column]]:
        for place, field_name, one in self._sources():
            for column in one.columns if isinstance(one, Joined) else (one,):
                if isinstance(column, Column):
                    yield place, field_name, column

    def _sources(self) -> Iterator[tuple[str, str, object]]:
        # Where the mapping names it, what the response calls the field in its errors, and what stands there.
        if isinstance(self.id, ColumnId):
            yield "id", "id", self.id.column
        else:
            yield from (("id.columns", "id", column) for column in self.id.columns or ())
        for name in ("score", "received_at", *grammar.SINGLE):
            yield name, name, getattr(self, name)
        for name in grammar.SEVERAL:
            yield from ((name, name, one) for one in getattr(self, name))
        yield from ((f"contact.{name}", f"contact.{name}", one) for name, one in self.contact.items())
        yield from ((f"answers.{key_of(question)}", "answers.answer", one) for question, one in self.answers)
        if isinstance(self.wants_contact, YesNo):
            yield "wants_contact", "wants_contact", self.wants_contact.source
        for rule in self.attributes:
            yield f"attributes.{key_of(rule.name)}", f"attributes[{rule.name!r}]", rule.source

    def check_columns(self, header: Iterable[str], nested: Mapping[str, str] | None = None) -> None:
        """Refuse a file that lacks a column which the mapping names, or has one that is no column of cells.

        Args:
            header: The names of the file's columns.
            nested: The columns whose values fit no cell, each with its type in words.

        Raises:
            MappingError: Columns are missing, each with the nearest that the file has; or nested, each with its type.
        """
        names = tuple(header)
        faults = [
            Fault(place, f"the file has no column {shown(column.name)}{nearest(column.name, names)}")
            for place, _, column in self._named()
            if column.name not in names and not column.is_optional
        ]
        faults += self._nested_faults(nested or {})
        if faults:
            raise MappingError(_other_delimiter(names) or faults, self.source)

    def _nested_faults(self, nested: Mapping[str, str]) -> list[Fault]:
        needed = [(place, column.name) for place, _, column in self._named()]
        if isinstance(self.id, BuiltId) and self.id.columns is None:
            needed += [("id", name) for name in nested]
        return [Fault(place, _nested(name, nested[name])) for place, name in needed if name in nested]

    def fitted(self, known: Known) -> ImportMapping:
        """Return the mapping for a file that says more of its columns than their names.

        Args:
            known: What the file says.

        Raises:
            MappingError: The file names a zone that there is not, and the mapping names none.
        """
        return evolve(
            self,
            dates=self._dates_in(known.zones),
            score=_typed(self.score, known),
            received_at=_typed(self.received_at, known),
            wants_contact=_typed_word(self.wants_contact, known),
            attributes=tuple(evolve(rule, source=_typed(rule.source, known)) for rule in self.attributes),
        )

    def _dates_in(self, zones: Mapping[str, str]) -> Dates:
        """Return how dates are written, in the zone of the file where the mapping names none."""
        zone = None if isinstance(self.received_at, datetime) else zones.get(self.received_at.name)
        if zone is None or self.dates.zone is not None:
            return self.dates
        try:
            return Dates(zone=zone, formats=self.dates.formats)
        except InvalidValue as problem:
            fault = Fault("dates.zone", f"the file names the zone {shown(zone)}; set it as {problem.expected}")
            raise MappingError([fault], self.source) from problem

    def response(self, row: Row, key: bytes) -> Response:
        """Return the response that a row becomes.

        Args:
            row: The cells by column; a column that is not there is blank.
            key: The account's key for ids that are built, at least 16 bytes; not used where the id has a column.

        Raises:
            RowRefused: The row is no answer, or a cell is not what its field needs; with its column.
            InvalidValue: The key is too short.
        """
        self._check_wanted(row)
        response_id = self.id.of(row, key)
        try:
            return self._response(row, response_id)
        except InvalidValue as problem:
            raise self._refused(row, problem) from problem

    def _check_wanted(self, row: Row) -> None:
        for name, words in self.leave_out.items():
            text = Column(name).text(row)
            if text is not None and text.casefold() in words:
                raise RowLeftOut(name, f"{shown(text)} is one of the values that [leave_out] names: no answer")

    def _response(self, row: Row, response_id: str) -> Response:
        return Response(
            id=response_id,
            score=self._score(row),
            received_at=self._received_at(row),
            scale=self.scale,
            survey=_text(self.survey, row),
            group=_text(self.group, row),
            segment=_text(self.segment, row),
            ticket=_text(self.ticket, row),
            agent=_text(self.agent, row),
            comment=None if self.comment is None else self.comment.verbatim(row),
            contact=Contact(**{name: one.text(row) for name, one in self.contact.items()}),
            answers=tuple(Answer(question, one.verbatim(row)) for question, one in self.answers),
            tags=all_texts(self.tags, row),
            factors=all_texts(self.factors, row),
            hierarchy=all_texts(self.hierarchy, row),
            wants_contact=self._wants_contact(row),
            attributes=self._attributes(row),
        )

    def _score(self, row: Row) -> Score:
        text = required(self.score, row, "score")
        has_comma = self.decimal_comma and not self.score.is_typed
        score = cells.number(text, self.score.name, decimal_comma=has_comma)
        if self.scale is not None:
            self.scale.check(score)
        return score

    def _received_at(self, row: Row) -> datetime:
        if isinstance(self.received_at, datetime):
            return self.received_at
        dates = self.dates.in_iso() if self.received_at.is_typed else self.dates
        return dates.instant(required(self.received_at, row, "date"), self.received_at.name)

    def _wants_contact(self, row: Row) -> bool:
        return self.wants_contact if isinstance(self.wants_contact, bool) else self.wants_contact.value(row)

    def _attributes(self, row: Row) -> dict[str, Any]:
        values = {rule.name: rule.value(row, self.dates, decimal_comma=self.decimal_comma) for rule in self.attributes}
        return {name: value for name, value in values.items() if value is not None}

    def _refused(self, row: Row, problem: InvalidValue) -> RowRefused:
        # "tags[2]" is the third value of the field tags, which may have several columns.
        fields = {problem.field, problem.field.partition("[")[0]}
        named = [column for _, field_name, column in self._named() if field_name in fields]
        holding = [one for one in named if problem.value in (row.get(one.name), *one.texts(row))]
        column = next((one.name for one in holding or named), None)
        return RowRefused(column, f"{shown(problem.value)} is not acceptable; expected {problem.expected}")


def _other_delimiter(names: tuple[str, ...]) -> list[Fault]:
    """Return the one fault that explains all others: the whole header was taken for one column."""
    only = names[0] if len(names) == 1 else ""
    mark = max(_OTHER_DELIMITERS, key=only.count)
    if mark not in only:
        return []
    asked = f'set delimiter = "{mark}" if that is what stands between its fields'.replace("\t", "\\t")
    return [Fault("file.delimiter", f"the file has one column only, called {shown(only)}; {asked}")]


def _nested(name: str, kind: str) -> str:
    what = f"the column {shown(name)} is of the type {shown(kind)}, which is nested or binary and fits no cell"
    return f"{what}; write what is needed of it as columns of text, numbers or dates"


def _typed(source: T, known: Known) -> T:
    return evolve(source, is_typed=True) if isinstance(source, Column) and source.name in known.typed else source


def _typed_word(rule: YesNo | bool, known: Known) -> YesNo | bool:
    if isinstance(rule, bool) or rule.source.name not in known.typed:
        return rule
    return YesNo(rule.source)  # by the usual words, of which true and false are two


def _text(source: Source | None, row: Row) -> str | None:
    return None if source is None else source.text(row)
