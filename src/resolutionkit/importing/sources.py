"""Where a field's value comes from: a column of the file, or a constant of the mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from attrs import frozen

from resolutionkit.errors import shown
from resolutionkit.importing.cells import NO, YES, exact, real, whole, yes_or_no
from resolutionkit.importing.dates import Dates
from resolutionkit.importing.rows import Row, RowRefused
from resolutionkit.model.values import AttributeValue


@frozen
class Column:
    """A column of the file.

    Attributes:
        name: Its name in the header; in JSON lines with dots, such as ``contact.email``.
        separator: What stands between several values in one cell, or None where a cell is one value.
        is_typed: Whether its cells are numbers with a decimal point or ISO dates, whatever the mapping's settings say.
        is_optional: Whether a file may lack it; its cells are blank there.
    """

    name: str
    separator: str | None = None
    is_typed: bool = False
    is_optional: bool = False

    def verbatim(self, row: Row) -> str | None:
        """Return the cell as it is, or None where it is blank or missing.

        Raises:
            RowRefused: It is a list of more than one.
        """
        cell = row.get(self.name, "")
        if isinstance(cell, tuple):
            if len(cell) > 1:
                raise RowRefused(self.name, f"holds {len(cell)} values where one is expected")
            cell = cell[0] if cell else ""
        return cell if cell and not cell.isspace() else None

    def text(self, row: Row) -> str | None:
        """Return the cell without white space around it, or None where it is blank or missing.

        Raises:
            RowRefused: It is a list of more than one.
        """
        cell = self.verbatim(row)
        return None if cell is None else cell.strip()

    def texts(self, row: Row) -> Iterator[str]:
        """Yield the values of the cell without white space around them, blank ones left out."""
        cell = row.get(self.name, "")
        for value in cell if isinstance(cell, tuple) else (cell,):
            for part in value.split(self.separator) if self.separator else (value,):
                if part and not part.isspace():
                    yield part.strip()


@frozen
class Constant:
    """A text that every response of the file gets.

    Attributes:
        value: The text.
    """

    value: str

    def verbatim(self, row: Row) -> str:
        """Return the constant."""
        return self.value

    def text(self, row: Row) -> str:
        """Return the constant."""
        return self.value

    def texts(self, row: Row) -> Iterator[str]:
        """Yield the constant."""
        yield self.value


@frozen
class Joined:
    """A text that stands in several columns, such as a first and a last name.

    Attributes:
        columns: The columns, in order; their texts are put together with a space, blank ones left out.
    """

    columns: tuple[Column, ...]

    def verbatim(self, row: Row) -> str | None:
        """Return the whole text, or None where all the cells are blank.

        Raises:
            RowRefused: A cell is a list of more than one.
        """
        return " ".join(text for column in self.columns if (text := column.text(row)) is not None) or None

    def text(self, row: Row) -> str | None:
        """Return the whole text, or None where all the cells are blank."""
        return self.verbatim(row)

    def texts(self, row: Row) -> Iterator[str]:
        """Yield the whole text, unless all the cells are blank."""
        found = self.verbatim(row)
        if found is not None:
            yield found


Source: TypeAlias = Column | Constant | Joined
"""Where a text comes from."""


def all_texts(sources: Iterable[Source], row: Row) -> tuple[str, ...]:
    """Return the values of several sources, in order, blank ones left out."""
    return tuple(text for source in sources for text in source.texts(row))


class AttributeType(StrEnum):
    """What an attribute's text becomes; the names are those of the mapping."""

    STR = "str"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"


@frozen
class AttributeRule:
    """Where one attribute comes from.

    Attributes:
        name: The attribute's name in the response.
        source: Its column, or the typed value that every response of the file gets.
        type: What a cell becomes.
    """

    name: str
    source: Column | AttributeValue
    type: AttributeType = AttributeType.STR

    def value(self, row: Row, dates: Dates, *, decimal_comma: bool) -> AttributeValue | None:
        """Return the typed value, or None where the cell is blank or missing.

        Raises:
            RowRefused: The cell is not of the type.
        """
        if not isinstance(self.source, Column):
            return self.source
        text = self.source.text(row)
        if text is None:
            return None
        if self.source.is_typed:
            dates, decimal_comma = dates.in_iso(), False
        return _typed(text, self.type, self.source.name, dates, decimal_comma=decimal_comma)


def _typed(text: str, kind: AttributeType, column: str, dates: Dates, *, decimal_comma: bool) -> AttributeValue:
    match kind:
        case AttributeType.STR:
            return text
        case AttributeType.INT:
            return whole(text, column)
        case AttributeType.FLOAT:
            return real(text, column, decimal_comma=decimal_comma)
        case AttributeType.DECIMAL:
            return exact(text, column, decimal_comma=decimal_comma)
        case AttributeType.BOOL:
            return yes_or_no(text, column)
        case AttributeType.DATE:
            return dates.day(text, column)
        case AttributeType.DATETIME:
            return dates.instant(text, column)


@frozen
class YesNo:
    """Where a yes or no comes from, and by which words.

    Attributes:
        source: Its column.
        yes: The words for yes, in lower case.
        no: The words for no, in lower case; a blank cell is a no as well.
    """

    source: Column
    yes: frozenset[str] = YES
    no: frozenset[str] = NO

    def value(self, row: Row) -> bool:
        """Return whether the cell says yes.

        Raises:
            RowRefused: It is a word that is neither.
        """
        text = self.source.text(row)
        return text is not None and yes_or_no(text, self.source.name, self.yes, self.no)


def required(source: Source, row: Row, what: str) -> str:
    """Return the text of a field that must be there.

    Raises:
        RowRefused: The cell is blank or missing.
    """
    text = source.text(row)
    if text is None:
        column = source.name if isinstance(source, Column) else None
        missing = "" if column is None or column in row else f": the row has no column {shown(column)}"
        raise RowRefused(column, f"no {what}{missing}")
    return text
