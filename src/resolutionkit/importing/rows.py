"""Rows of a file, before and after they became responses. How they are read and mapped stands elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from attrs import field, frozen

from resolutionkit.errors import ResolutionKitError
from resolutionkit.model.response import Response

Cell: TypeAlias = str | tuple[str, ...]
"""What stands in one column of a row: a text, or several where the file can hold a list (JSON lines)."""
Row: TypeAlias = Mapping[str, Cell]
"""A row: its cells by the names of their columns."""

RECORD_MAX = 1_000_000
"""The most characters of one record; a longer one is rejected and never held in memory."""
RAW_MAX = 10_000
"""The most characters that are kept of a record which could not be read."""


class RowRefused(ResolutionKitError, ValueError):
    """One row cannot become a response; the other rows are not concerned (requirement A10).

    Attributes:
        column: The column at fault, or None where the whole row is meant.
        reason: What is wrong and what would be right; values in it are escaped and cut.
    """

    def __init__(self, column: str | None, reason: str) -> None:
        """Say which column holds what, and what would be right."""
        self.column = column
        self.reason = reason
        super().__init__(reason if column is None else f"column {column!r}: {reason}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling, so that a worker process can hand the error to its parent."""
        return (type(self), (self.column, self.reason))


class RowLeftOut(RowRefused):
    """The mapping says of a row that it is no answer."""


@frozen(kw_only=True)
class Known:
    """What a file itself says of its columns, beyond their names.

    Attributes:
        typed: The columns whose cells are numbers with a decimal point, ISO dates, or the words true and false.
        nested: The columns that have no cells, since their values are nested or binary; each with its type in words.
        zones: The zones in which some columns' dates are written, by column.
    """

    typed: frozenset[str] = frozenset()
    nested: Mapping[str, str] = field(factory=dict)
    zones: Mapping[str, str] = field(factory=dict)


@frozen
class Record:
    """A row as the reader found it.

    Attributes:
        line: The line of the file on which it starts, counted from 1; in Parquet its row.
        row: Its cells by column.
    """

    line: int
    row: Row


@frozen
class ImportedRow:
    """A row that became a response.

    Attributes:
        line: The line of the file on which it starts, counted from 1; in Parquet its row.
        response: The response, with instants in UTC.
        raw: The row as the reader found it.
    """

    line: int
    response: Response
    raw: Row = field(repr=False)  # a repr ends in logs


@frozen
class RejectedRow:
    """A row that did not become a response, and why.

    Attributes:
        line: The line of the file on which it starts, counted from 1; in Parquet its row.
        column: The column at fault, or None where the whole row is meant.
        reason: What is wrong and what would be right; values in it are escaped and cut.
        raw: The row as the reader found it; its text, cut to ``RAW_MAX`` characters, where it could not be read.
    """

    line: int
    column: str | None
    reason: str = field(repr=False)  # it quotes the cell, and a repr ends in logs
    raw: Row | str = field(repr=False)
