"""How documents look: the one place that knows rich, and writes to the standard output.

On a terminal text is wrapped to its width, and a table that does not fit puts its lesser columns under the last one.
Elsewhere, as in a pipe, a row is a line of whatever length: nothing is wrapped, cut or coloured.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from resolutionkit.cli import plain
from resolutionkit.cli.document import (
    Cell,
    Document,
    Entries,
    Fields,
    Heading,
    Prose,
    Role,
    Table,
    role_of,
    text_of,
)
from resolutionkit.cli.layout import GAP, Layout

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_ENDLESS = 1_000_000
"""The width of what is no terminal."""
_STYLES: Mapping[Role, str] = {
    Role.PLAIN: "",
    Role.STRONG: "bold",
    Role.ALARM: "bold red",
    Role.ADVICE: "italic",  # no hue is readable on every theme, dark and light
    Role.DONE: "",
}
"""Named colours only, readable on light and dark alike, and the text's own colour for all the rest."""
_BAR = 30
"""How many signs the progress bar has."""


def show(document: Document) -> None:
    """Write a document to the standard output."""
    if sys.stdout is not None:
        with _named_output():  # a console writes to its stream even where it is captured
            text = rendered(document, sys.stdout)
        write(text)


def show_data(data: object) -> None:
    """Write data to the standard output as one JSON document, in ASCII: whatever was typed is escaped."""
    write(json.dumps(data, ensure_ascii=True, allow_nan=False, indent=2) + "\n")


def write(text: str) -> None:
    """Write text that is harmless already."""
    if sys.stdout is not None:
        with _named_output():
            sys.stdout.write(text)
            sys.stdout.flush()


@contextmanager
def _named_output() -> Iterator[None]:
    """Let the system's errors say that it was the standard output, which has no file name."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        drop_output()
        raise OSError(problem.errno, problem.strerror, "the standard output") from problem


def drop_output() -> None:
    """Let what is left in the buffer of the standard output go nowhere, or Python would complain of it at the end."""
    with suppress(io.UnsupportedOperation):  # a stream that is no file has no such buffer
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def rendered(document: Document, stream: TextIO) -> str:
    """Return a document as text for a stream: with colours and line breaks where it is a terminal."""
    console = console_for(stream)
    with console.capture() as captured:
        for index, element in enumerate(document):
            if index and not isinstance(document[index - 1], Heading):
                console.print()
            console.print(_RENDERERS[type(element)](element, console), soft_wrap=False)
    lines = captured.get().split("\n")
    return "\n".join(line.rstrip(" ") for line in lines)


def console_for(stream: TextIO) -> Console:
    """Return a console on a stream, which takes no text for markup, links or emoji names."""
    from rich.console import Console

    width = None if stream.isatty() else _ENDLESS
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def is_terminal(console: Console) -> bool:
    """Say whether text is wrapped for a console."""
    return console.width < _ENDLESS


def _text(cell: Cell, *, cut: int | None = None, is_block: bool = False) -> Text:
    """Return a cell as rich's text: harmless, and never parsed for markup."""
    from rich.text import Text

    said = plain.block(text_of(cell)) if is_block else plain.line(text_of(cell))
    if cut is not None and len(said) > cut:
        said = said[: cut - 1].rstrip() + "…"
    return Text(said, style=_STYLES[role_of(cell)], overflow="fold")


def _heading(element: Heading, _console: Console) -> RenderableType:
    from rich.text import Text

    return Text(plain.line(element.text), style="bold underline", overflow="fold")


def _prose(element: Prose, _console: Console) -> RenderableType:
    return _text(element.text, is_block=True)


def _fields(element: Fields, console: Console) -> RenderableType:
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, GAP, 0, 0))
    grid.add_column(overflow="fold", max_width=console.width // 2)
    grid.add_column(overflow="fold")
    for name, value in element.rows:
        grid.add_row(_text(name), _text(value, is_block=True))
    return grid


def _entries(element: Entries, _console: Console) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding

    parts: list[RenderableType] = []
    for head, body in element.items:
        parts.append(Padding(_text(head), (0, 0, 0, 0), expand=False))
        parts.append(Padding(_text(body, is_block=True), (0, 0, 0, 4), expand=False))
    return Group(*parts)


def _table(element: Table, console: Console) -> RenderableType:
    if not element.rows:
        return _text(element.empty)
    cuts = is_terminal(console)
    grid = Layout.of(
        element.columns,
        [
            [_text(cell, cut=column.cut if cuts else None) for column, cell in zip(element.columns, row, strict=True)]
            for row in element.rows
        ],
    )
    return (grid if cuts else grid.endless()).fitted(console.width)


_RENDERERS: Mapping[type[Any], Callable[[Any, Console], RenderableType]] = {
    Heading: _heading,
    Prose: _prose,
    Fields: _fields,
    Entries: _entries,
    Table: _table,
}


def is_watched() -> bool:
    """Say whether the standard error stream is a terminal on which something can move."""
    return sys.stderr is not None and console_for(sys.stderr).is_terminal and sys.stderr.isatty()


@contextmanager
def progress_bar(total: int | None) -> Iterator[Callable[[int], object]]:
    """Show a bar on the standard error stream while rows are read, and give the function that moves it.

    Args:
        total: About how many rows there are; None to show nothing.
    """
    if total is None:
        yield lambda _rows: None
        return
    from rich.progress import Progress, TextColumn

    # Plain signs in the text's own colour: rich's bar has colours of its own, which some themes swallow.
    columns = TextColumn("{task.description}", markup=False)
    with Progress(columns, console=console_for(sys.stderr), transient=True) as progress:
        task = progress.add_task(_bar(0, total))
        yield lambda rows: progress.update(task, description=_bar(rows, total))


def _bar(rows: int, total: int) -> str:
    done = _BAR * min(rows, total) // max(total, 1)
    return f"[{'#' * done}{'.' * (_BAR - done)}] {rows:,} of about {max(rows, total):,} rows"
