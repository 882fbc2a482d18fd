"""The Sphinx side of the site: directives that show what the code says, links by public names, and the last checks."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import publicnames
import rendering
import tables
from builtlinks import broken_links
from docstrings import with_attribute_entries
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from inline import RULES, Part, parts_of
from outside import address_of
from schemapicture import schema_picture
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import stringify_annotation
from statechart import chart

from resolutionkit import Workflow

log = logging.getLogger(__name__)

_RULES_PAGE = "/explanation/requirements"

_LEGEND = (
    "The dot is where an issue opens. An arrow that touches a phase means each of its statuses; a line with a tip at "
    "each status means any to any. Dashed arrows reopen."
)
_SCHEMA_LEGEND = (
    "Each key begins with the account, which is not shown. An arrow leads from a column to the row that its value is "
    "the id of; it is dashed where only some values are one. Shaded tables hold what people wrote and were called."
)


def _stringify(hint: Any) -> str:
    return rendering.public_text(stringify_annotation(hint, "fully-qualified-except-typing"))


class Public(SphinxDirective):
    """Describe public names: ``.. public:: Tracker Desk``, or with ``:module: resolutionkit.ports``, else the face."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"module": directives.unchanged, "all": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Write the directives of autodoc, and let them run."""
        module = self.options.get("module", publicnames.FACE)
        names = self.arguments[0].split() if self.arguments else []
        if "all" in self.options:
            names = [name for name in publicnames.names_of(import_module(module)) if _is_at_home(module, name)]
        lines = [line for name in names for line in self._described(f"{module}.{name}")]
        found = nodes.Element()
        self.state.nested_parse(StringList(lines, source=self.get_source_info()[0]), self.content_offset, found)
        return found.children

    def _described(self, path: str) -> list[str]:
        try:
            return [*rendering.directive(path).splitlines(), ""]
        except LookupError as problem:
            raise self.error(str(problem)) from problem


def _is_at_home(module: str, name: str) -> bool:
    """Say whether a name is described under this module, rather than under the face, which has it too."""
    path = f"{module}.{name}"
    return publicnames.public_path(path) in (None, path)


class Sheets(Directive):
    """Show tables that the code says: ``keys policy``, ``events``, ``errors``."""

    required_arguments = 1
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables, each below its title."""
        maker = getattr(tables, self.arguments[0])
        made = maker(*self.arguments[1:])
        found: list[nodes.Node] = []
        for sheet in made if isinstance(made, list) else [made]:
            if sheet.title:
                found.append(nodes.rubric("", "", *map(_node, parts_of(sheet.title))))
            found.append(_table(sheet))
        return found


class WorkflowPicture(SphinxDirective):
    """Draw a workflow from its table, with the table of its statuses.

    Its argument is a path, ``resolutionkit.workflows.STANDARD``, or a file that the page shows: ``policy.toml``.
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the picture with its caption, and the table."""
        workflow = self._workflow(self.arguments[0])
        picture = nodes.raw("", f'<div class="picture">{chart(workflow, workflow.name)}</div>', format="html")
        caption = nodes.paragraph("", _LEGEND, classes=["picture-caption"])
        return [picture, caption, _table(tables.statuses(workflow))]

    def _workflow(self, named: str) -> Workflow:
        if named.endswith(".toml"):
            page = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
            return tables.workflow_shown(page, named)
        module, _, name = named.rpartition(".")
        found: Workflow = getattr(_shipped() if module == "resolutionkit.workflows" else import_module(module), name)
        return found


class SchemaPicture(Directive):
    """Draw the tables, with their keys and what refers to what."""

    def run(self) -> list[nodes.Node]:
        """Return the picture with its caption."""
        picture = nodes.raw("", f'<div class="picture">{schema_picture()}</div>', format="html")
        return [picture, nodes.paragraph("", _SCHEMA_LEGEND, classes=["picture-caption"])]


class Picture(SphinxDirective):
    """Put an SVG file into the page, so that it takes the page's colours."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        return [nodes.raw("", f'<div class="picture">{Path(path).read_text(encoding="utf-8")}</div>', format="html")]


def _shipped() -> Any:
    return import_module("resolutionkit").workflows


def _table(sheet: tables.Sheet) -> nodes.Node:
    body = nodes.tbody("", *(_row(row) for row in sheet.rows))
    columns = [nodes.colspec(colwidth=1) for _ in sheet.head]
    group = nodes.tgroup("", *columns, nodes.thead("", _row(sheet.head)), body, cols=len(sheet.head))
    table = nodes.table("", group, classes=["reference-table"])
    return nodes.container("", table, classes=["table-wrapper"])


def _row(cells: tuple[str, ...]) -> nodes.row:
    made = [nodes.entry("", nodes.paragraph("", "", *map(_node, parts_of(cell)))) for cell in cells]
    return nodes.row("", *made)


def _node(part: Part) -> nodes.Node:
    if part.kind == "text":
        return nodes.Text(part.text)
    if part.kind == "rule":
        shown = nodes.inline(part.text, part.text)
        return addnodes.pending_xref(
            "", shown, refdomain="std", reftype="doc", reftarget=_RULES_PAGE, refexplicit=True, refwarn=True
        )
    literal = nodes.literal(part.text, part.text)
    if part.kind == "code":
        return literal
    return addnodes.pending_xref("", literal, refdomain="py", reftype="obj", reftarget=part.target, refwarn=True)


def _signature(_app: Sphinx, _what: str, _name: str, thing: Any, _options: Any, given: str, result: str) -> Any:
    shown = rendering.signature(thing, _stringify)
    if shown is not None:
        return (shown, "") if given else None
    return (rendering.public_text(given) if given else given), (rendering.public_text(result) if result else result)


def _docstring(_app: Sphinx, what: str, _name: str, thing: Any, _options: Any, lines: list[str]) -> None:
    if what in ("class", "exception"):
        types = rendering.attribute_types(thing, _stringify)
        lines[:] = with_attribute_entries(lines, lambda name: types.get(name, ""))
    lines[:] = [RULES.sub(rf":doc:`\g<0> <{_RULES_PAGE}>`", line) for line in lines]


class _Plain:
    """Keep napoleon from taking *Return the zone: None for the account's* for a type and its meaning."""

    KINDS = ("attribute", "data", "property")

    def __init__(self) -> None:
        self._written: list[str] = []

    def remember(self, _app: Sphinx, what: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
        self._written = list(lines) if what in self.KINDS else []

    def restore(self, _app: Sphinx, what: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
        if what in self.KINDS:
            lines[:] = self._written


def _bases(_app: Sphinx, _name: str, _thing: Any, _options: Any, bases: list[Any]) -> None:
    bases[:] = [f":py:class:`{rendering.public_text(f'{one.__module__}.{one.__qualname__}')}`" for one in bases]


def _skip(_app: Sphinx, _what: str, name: str, thing: Any, _skip: bool, _options: Any) -> bool | None:
    # The fields of a named tuple stand in its docstring; the tests of a suite are for pytest to list.
    return True if type(thing).__name__ == "_tuplegetter" or name.startswith("test_") else None


def _missing(app: Sphinx, env: Any, node: addnodes.pending_xref, content: nodes.TextElement) -> nodes.Node | None:
    """Resolve what the domain did not know: a deep path of a public name, or a name of somebody else."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].lstrip("~.")
    path = publicnames.public_path(target) or publicnames.public_path(f"{publicnames.FACE}.{target}")
    if path is not None and path != target:
        domain = env.get_domain("py")
        return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", path, node, content)
    address = address_of(target)
    if address is not None:
        return nodes.reference("", "", content, internal=False, refuri=address, classes=["external"])
    is_known = target.rpartition(".")[2] in rendering.INTERNAL or rendering.is_type_variable(target)
    return content if is_known else None


def _check_names(_app: Sphinx, env: Any) -> None:
    documented = set(env.get_domain("py").objects)
    for name in publicnames.undocumented(publicnames.public_names(), documented):
        log.warning("the public name %s is on no page", name, type="public", subtype="undocumented")


def _check_links(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html":
        for problem in broken_links(Path(app.outdir)):
            log.warning("%s", problem, type="link", subtype="broken")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything."""
    app.add_directive("public", Public)
    app.add_directive("sheets", Sheets)
    app.add_directive("workflow", WorkflowPicture)
    app.add_directive("schema", SchemaPicture)
    app.add_directive("picture", Picture)
    app.connect("autodoc-process-signature", _signature)
    plain = _Plain()
    app.connect("autodoc-process-docstring", _docstring, priority=400)  # before napoleon, at 500
    app.connect("autodoc-process-docstring", plain.remember, priority=450)
    app.connect("autodoc-process-docstring", plain.restore, priority=550)
    app.connect("autodoc-process-bases", _bases)
    app.connect("autodoc-skip-member", _skip)
    app.connect("missing-reference", _missing)
    app.connect("env-check-consistency", _check_names)
    app.connect("build-finished", _check_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
