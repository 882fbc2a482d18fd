"""Where the cells of a table stand: in columns as far as the width allows, the lesser ones in lines under another.

The texts come from ``printing``, harmless already; nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from resolutionkit.cli.document import Column

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType
    from rich.text import Text

GAP = 2
"""The blanks between two columns."""
_WRAPPED = 36
"""The least width of a column whose cells may be broken into lines."""


@frozen
class Layout:
    """A table that looks for its place.

    Attributes:
        columns: Its columns; the first that wraps is the home of those that are stacked.
        rows: Its rows, a text for each column.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> Layout:
        """Return a layout without the lesser columns that have nothing in any row."""
        kept = [at for at, column in enumerate(columns) if not column.stacked or any(row[at].plain for row in rows)]
        return cls([columns[at] for at in kept], [[row[at] for at in kept] for row in rows])

    def endless(self) -> Layout:
        """Return the layout for lines without an end: the last columns that wrap are one, so that none pads another."""
        count = next((at for at, column in enumerate(reversed(self.columns)) if not column.wraps), len(self.columns))
        if count < 2:
            return self
        last, kept = self.columns[-count:], self.columns[:-count]
        title = (" " * GAP).join(column.title for column in last)
        rows = [(*row[:-count], _side_by_side(zip(last, row[-count:], strict=True))) for row in self.rows]
        return Layout((*kept, Column(title, wraps=True)), rows)

    def fitted(self, width: int) -> RenderableType:
        """Return the table for a width: what stands in the last lines is stacked first, until the rest fits."""
        under = set[int]()
        for level in sorted({column.stacked for column in self.columns} - {0}, reverse=True):
            if self._needed(under) <= width:
                break
            under.add(level)
        return self._grid(under, breaks_all=self._needed(under) > width)

    def _needed(self, under: Collection[int]) -> int:
        """Return the least width in which no cell is broken that should be whole."""
        kept = [(at, column) for at, column in enumerate(self.columns) if column.stacked not in under]
        widths = [self._least(at, column) for at, column in kept]
        home = next((place for place, (_, column) in enumerate(kept) if column.wraps), len(kept) - 1)
        stacked = [(at, column) for at, column in enumerate(self.columns) if column.stacked in under]
        widths[home] = max(widths[home], *(self._least(at, column) + len(column.prefix) for at, column in stacked), 0)
        return sum(widths) + GAP * (len(widths) - 1)

    def _least(self, at: int, column: Column) -> int:
        natural = max(row[at].cell_len for row in self.rows)
        if column.wraps:
            return min(natural, _WRAPPED)
        return max(natural, 0 if column.stacked else len(column.title))

    def _grid(self, under: Collection[int], *, breaks_all: bool) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        for column in self.columns:
            if column.stacked not in under:
                wraps = column.wraps or breaks_all
                title = Text(column.title, overflow="fold")
                justify: JustifyMethod = "right" if column.is_number else "left"
                grid.add_column(title, justify=justify, overflow="fold", no_wrap=not wraps)
        for index, row in enumerate(self.rows):
            if under and index:
                grid.add_row()
            grid.add_row(*self._arranged(row, under))
        return grid

    def _arranged(self, row: Iterable[Text], under: Collection[int]) -> list[Text]:
        """Return the cells of a row, those that are stacked in lines under their home."""
        pairs = list(zip(self.columns, row, strict=True))
        kept = [(column, text) for column, text in pairs if column.stacked not in under]
        home = next((at for at, (column, _) in enumerate(kept) if column.wraps), len(kept) - 1)
        cells = [text for _, text in kept]
        cells[home] = _lines(cells[home], [pair for pair in pairs if pair[0].stacked in under])
        return cells


def _side_by_side(cells: Iterable[tuple[Column, Text]]) -> Text:
    from rich.text import Text

    shown = [Text.assemble(column.prefix, text) for column, text in cells if text.plain]
    return Text(" " * GAP, overflow="fold").join(shown)


def _lines(first: Text, stacked: Iterable[tuple[Column, Text]]) -> Text:
    from rich.text import Text

    lines: dict[int, list[Text]] = {0: [first]}
    for column, text in sorted(stacked, key=lambda pair: pair[0].stacked):
        if text.plain:
            lines.setdefault(column.stacked, []).append(Text.assemble(column.prefix, text))
    return Text("\n", overflow="fold").join([Text(" · ").join(line) for line in lines.values()])
