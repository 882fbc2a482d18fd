"""The one function that makes text harmless, and the law that nothing reaches the terminal past it."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import resolutionkit.cli
from resolutionkit.cli import plain

FILES = sorted(Path(resolutionkit.cli.__file__).parent.glob("*.py"))
WRITERS = {"exits.py", "printing.py", "__init__.py", "app.py"}
RICH = {"printing.py", "layout.py"}


def names_in(path: Path) -> set[str]:
    """Return every dotted name that a file uses, and every module that it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            used.add(node.module or "")
    return used


@given(st.text(alphabet=st.characters(), max_size=60))
def test_a_line_is_one_line_of_what_can_be_seen(text: str) -> None:
    """Whatever goes in, one printable line comes out, and going in again it stays as it is."""
    once = plain.line(text)
    assert once.isprintable()
    assert plain.line(once) == once
    assert len(once) == len(text)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_a_block_has_line_ends_and_nothing_else_to_obey(text: str) -> None:
    """Lines end in a line feed only."""
    assert plain.block(text).replace("\n", "").isprintable()


def test_what_people_really_write_stays() -> None:
    """Accents, other scripts, emoji and brackets are no danger; a no-break space becomes a space."""
    for text in ("Zoë Brontë-Marsh", "你好", "שלום", "عميل", "👍🏽", "[bold]", "a\u0301", ""):
        assert plain.line(text) == text
    assert plain.line("10\u00a0%") == "10 %"
    assert plain.block("one\r\ntwo\rthree") == "one\ntwo\nthree"


def test_what_a_terminal_obeys_is_replaced(hostile: str, forbidden: frozenset[str]) -> None:
    """Escapes, links, overrides, isolates, zero widths, fillers and surrogates."""
    assert not set(plain.line(hostile + "\ud800\u3164\u2028")) & (forbidden | {"\ud800"})


def test_only_printing_and_errors_write_and_only_printing_knows_rich() -> None:
    """A command cannot write past them: it uses neither the streams nor click's nor rich's way of writing."""
    ways = {"sys.stdout", "sys.stderr", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    looks = {"options.py"}  # asks whether the streams are terminals, and writes nothing
    for path in FILES:
        used = names_in(path)
        if path.name not in WRITERS | looks:
            assert not used & ways, path.name
        assert not used & {"click.echo", "click.secho"} or path.name == "app.py"
        assert path.name in RICH or not any(name.partition(".")[0] == "rich" for name in used), path.name
