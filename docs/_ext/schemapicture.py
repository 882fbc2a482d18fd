"""The tables as a picture: a box for each, with its keys and what refers to another table. Pure: text out.

The tables are those of the package. What refers to what is told here, since there are no foreign keys to say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from attrs import define, field, frozen
from sqlalchemy import Column, Table

from resolutionkit.storage.sql.tables import make_tables

REFERENCES: Mapping[str, str] = {
    "responses.replaced_by": "responses.id",
    "responses.issue": "issues.id",
    "response_revisions.response": "responses.id",
    "response_people.id": "responses.id",
    "response_people.person": "addresses.id",
    "heads.response": "responses.id",
    "issues.response": "responses.id",
    "issues.assignee": "addresses.id",
    "parties.id": "issues.id",
    "parties.person": "addresses.id",
    "events.issue": "issues.id",
    "events.response": "responses.id",
    "events.policy": "policies.fingerprint",
    "texts.issue": "issues.id",
    "outbox.issue": "issues.id",
    "outbox.response": "responses.id",
    "outbox.recipient": "addresses.id",
    "deliveries.message": "outbox.id",
    "deliveries.issue": "issues.id",
    "deliveries.recipient": "addresses.id",
    "preferences.person": "addresses.id",
    "remembered.issue": "issues.id",
    "alerts.response": "responses.id",
    "digests.recipient": "addresses.id",
}
"""Which column has a value of which other; to an address only where the person is nobody but one."""
SOMETIMES = "addresses.id"
"""What is referred to by some rows only, and drawn with a dashed line."""
PERSONAL = frozenset({"response_revisions", "texts", "addresses"})
"""The tables that hold what people wrote and were called."""
_COLUMNS = (
    ("response_revisions", "response_people", "heads", "remembered", "preferences", "policies"),
    ("responses", "quarantine", "issues", "addresses", "meta", "digests"),
    ("events", "texts", "parties", "outbox", "deliveries", "alerts"),
)
"""Which tables stand below each other; one that is not told here goes below the shortest column."""
_WIDTH, _GAP, _SPACE = 186, 74, 22
_TITLE, _ROW, _BELOW = 28, 19, 9
_APART = 4
_MARGIN = 8


@frozen
class Row:
    """A line of a box: a column, or how many are not shown.

    Attributes:
        text: What stands there.
        is_key: Whether the column belongs to the primary key.
    """

    text: str
    is_key: bool = False


@define
class Box:
    """A table where it stands."""

    name: str
    rows: list[Row]
    place: int
    y: float = 0

    @property
    def x(self) -> float:
        """Return the left edge."""
        return _MARGIN + self.place * (_WIDTH + _GAP)

    @property
    def height(self) -> float:
        """Return its height."""
        return _TITLE + _ROW * len(self.rows) + _BELOW

    def level(self, column: str) -> float:
        """Return the height at which lines meet the row of a column."""
        index = next(index for index, row in enumerate(self.rows) if row.text == column)
        return self.y + _TITLE + _ROW * index + _ROW / 2


@define
class _Plan:
    boxes: dict[str, Box]
    lanes: list[tuple[int, str]] = field(factory=list)

    @property
    def height(self) -> float:
        return max(box.y + box.height for box in self.boxes.values()) + _MARGIN

    def lane(self, gap: int, target: str) -> float:
        """Return where the lines to a target run up and down, in the gap right of a column."""
        mine = [lane for lane in self.lanes if lane[0] == gap]
        share = (mine.index((gap, target)) + 1) / (len(mine) + 1)
        return _MARGIN + _WIDTH + gap * (_WIDTH + _GAP) + _GAP * share


def all_tables() -> dict[str, Table]:
    """Return the package's tables by their names without the prefix."""
    return {table.name: table for table in make_tables("").metadata.sorted_tables}


def schema_picture(name: str = "schema") -> str:
    """Return the picture as SVG to be put into a page.

    Args:
        name: A word for the picture's ids, unique on its page.
    """
    plan = _planned()
    words = [f"{start} refers to {to}" for start, to in REFERENCES.items()]
    width = _MARGIN * 2 + len(_COLUMNS) * _WIDTH + (len(_COLUMNS) - 1) * _GAP
    tip = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
    parts = [
        f'<svg class="drawing" role="img" aria-labelledby="{name}-title {name}-words"',
        f'  width="{width:g}" viewBox="0 0 {width:g} {plan.height:g}" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="{name}-title">The tables, and which refers to which</title>',
        f'<desc id="{name}-words">{escape(". ".join(words))}.</desc>',
        f'<defs><marker id="{name}-tip" {tip}><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        *(line for start, to in REFERENCES.items() for line in _line(plan, start, to, name)),
        *(line for box in plan.boxes.values() for line in _drawn(box)),
        "</svg>",
    ]
    return "\n".join(parts)


def _planned() -> _Plan:
    tables = all_tables()
    columns = [[_box(tables[name], place) for name in names] for place, names in enumerate(_COLUMNS)]
    told = {name for names in _COLUMNS for name in names}
    for name in sorted(tables.keys() - told):
        place = min(range(len(columns)), key=lambda place: sum(box.height for box in columns[place]))
        columns[place].append(_box(tables[name], place))
    for boxes in columns:
        y = float(_MARGIN)
        for box in boxes:
            box.y = y
            y += box.height + _SPACE
    plan = _Plan({box.name: box for boxes in columns for box in boxes})
    for start, to in REFERENCES.items():
        lane = (_gap(plan, start, to), to)
        if lane not in plan.lanes:
            plan.lanes.append(lane)
    return plan


def _box(table: Table, place: int) -> Box:
    shown = [column for column in table.columns if column.name != "account" and _is_shown(table, column)]
    rows = [Row(column.name, column.primary_key) for column in shown]
    rest = len(table.columns) - 1 - len(shown)
    return Box(table.name, [*rows, Row(f"and {rest} more")] if rest else rows, place)


def _is_shown(table: Table, column: Column[object]) -> bool:
    return column.primary_key or f"{table.name}.{column.name}" in REFERENCES


def _gap(plan: _Plan, start: str, to: str) -> int:
    """Return the gap through which a line runs: the one between the columns, or the one beside both."""
    one, other = (plan.boxes[end.partition(".")[0]].place for end in (start, to))
    if one != other:
        return min(one, other)
    # Left of the middle column lines go up, and right of it down, so that they do not meet.
    is_up = plan.boxes[start.partition(".")[0]].y >= plan.boxes[to.partition(".")[0]].y
    return max(one - 1, 0) if is_up else min(one, len(_COLUMNS) - 2)


def _line(plan: _Plan, start: str, to: str, name: str) -> Iterator[str]:
    gap = _gap(plan, start, to)
    (one, column), (other, key) = (end.split(".") for end in (start, to))
    lane = plan.lane(gap, to)
    (x1, y1), (x2, y2) = (_side(plan.boxes[table], part, gap) for table, part in ((one, column), (other, key)))
    # Lines leave a row below its middle and come above it: what arrives opposite to where something leaves stays apart.
    y1, y2 = y1 + _APART, y2 - _APART
    kind = "line dashed" if to == SOMETIMES else "line"
    yield f'<path class="{kind}" d="M{x1:g} {y1:g}H{lane:g}V{y2:g}H{x2:g}" marker-end="url(#{name}-tip)"/>'


def _side(box: Box, column: str, gap: int) -> tuple[float, float]:
    return (box.x + _WIDTH if gap == box.place else box.x), box.level(column)


def _drawn(box: Box) -> Iterator[str]:
    kind = "shaded" if box.name in PERSONAL else "box"
    yield f'<rect class="{kind}" x="{box.x:g}" y="{box.y:g}" width="{_WIDTH}" height="{box.height:g}" rx="6"/>'
    yield f'<text class="strong" x="{box.x + 10:g}" y="{box.y + 18:g}">{escape(box.name)}</text>'
    for index, row in enumerate(box.rows):
        y = box.y + _TITLE + _ROW * index + 13
        yield f'<text class="small" x="{box.x + 18:g}" y="{y:g}">{escape(row.text)}</text>'
        if row.is_key:
            yield f'<text class="small" x="{box.x + _WIDTH - 14:g}" y="{y:g}" text-anchor="end">key</text>'
