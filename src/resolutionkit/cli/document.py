"""What a command shows, as plain values: headings, tables, fields. How they look stands in ``printing``.

Law: commands hand over strings as they are, and never markup; printing makes every one of them harmless.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen


class Role(StrEnum):
    """What a text is there for; never its colour. Whatever a role says is said in words too."""

    PLAIN = "plain"
    STRONG = "strong"
    ALARM = "alarm"
    ADVICE = "advice"
    DONE = "done"


@frozen
class Styled:
    """A text with its role."""

    text: str
    role: Role = Role.PLAIN


Cell: TypeAlias = str | Styled


@frozen
class Column:
    """A column of a table.

    Attributes:
        title: Its heading.
        is_number: Whether it is aligned to the right.
        stacked: Where the table is wider than the terminal: 0 to stay a column, else the line in which its cell
            then stands, under the first column that wraps. The greatest go first, and only as many as must.
        prefix: What stands before the cell there, since it has lost its heading; so too where the last wide columns
            share a line without an end.
        wraps: Whether its cells may be broken into lines.
        cut: The most characters of a cell on a terminal; None for all. What is not a terminal gets all.
    """

    title: str
    is_number: bool = field(default=False, kw_only=True)
    stacked: int = field(default=0, kw_only=True)
    prefix: str = field(default="", kw_only=True)
    wraps: bool = field(default=False, kw_only=True)
    cut: int | None = field(default=None, kw_only=True)


@frozen
class Table:
    """Rows in columns, or a sentence where there are none."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "None."


@frozen
class Heading:
    """The title of what follows."""

    text: str


@frozen
class Fields:
    """Facts with their names, one under the other; a value may have several lines."""

    rows: tuple[tuple[str, Cell], ...]


@frozen
class Entries:
    """Heads, each with a text of several lines under it, indented, so that no text can pass for a head."""

    items: tuple[tuple[Cell, Cell], ...]


@frozen
class Prose:
    """A paragraph."""

    text: Cell


Element: TypeAlias = Table | Heading | Fields | Entries | Prose
Document: TypeAlias = list[Element]


def text_of(cell: Cell) -> str:
    """Return the text of a cell."""
    return cell.text if isinstance(cell, Styled) else cell


def role_of(cell: Cell) -> Role:
    """Return the role of a cell."""
    return cell.role if isinstance(cell, Styled) else Role.PLAIN


def facts(*rows: tuple[str, Cell | None]) -> Fields:
    """Return those facts of which there is something to say."""
    return Fields(tuple((name, value) for name, value in rows if value is not None and text_of(value)))
