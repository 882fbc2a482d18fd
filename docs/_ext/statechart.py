"""A workflow as a picture: phases from top to bottom, forward to the left, backward to the right. Pure: text out.

Which arrows there are is said in ``arrows``; here they get their places. The picture is as narrow as a telephone, and
its colours are the page's own, so that it is read in light and dark alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from arrows import Arrow, Node, advised_against, arrows_of, bands_of, in_words, label_of
from attrs import define, field, frozen

from resolutionkit import Phase, Workflow

_BAND_WIDTH = 216
_BOX_WIDTH, _BOX_HEIGHT, _BOX_GAP = 168, 34, 14
_PADDING, _TITLE, _BAND_GAP = 14, 24, 46
_LANE, _FIRST_LANE = 24, 20
_MARGIN = 8


@frozen
class Place:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return its lower edge."""
        return self.y + self.height


@define
class _Plan:
    """Where everything stands."""

    workflow: Workflow
    bands: dict[Phase, Node]
    left: list[Arrow] = field(factory=list)
    right: list[Arrow] = field(factory=list)
    down: list[Arrow] = field(factory=list)
    within: list[Arrow] = field(factory=list)
    places: dict[Node, Place] = field(factory=dict)
    boxes: dict[str, Place] = field(factory=dict)
    ends: dict[tuple[Node, str], list[tuple[Arrow, str]]] = field(factory=dict)

    @property
    def x(self) -> float:
        return _MARGIN + (_FIRST_LANE + _LANE * len(self.left) if self.left else 0)

    @property
    def width(self) -> float:
        return self.x + _BAND_WIDTH + _MARGIN + (_FIRST_LANE + _LANE * len(self.right) if self.right else 0)

    @property
    def height(self) -> float:
        return max(place.bottom for place in self.places.values()) + _MARGIN

    def rank(self, node: Node) -> int:
        return next(rank for rank, keys in enumerate(self.bands.values()) if node[0] in keys)

    def order(self, node: Node) -> int:
        keys = [key for band in self.bands.values() for key in band]
        return keys.index(node[0])


def chart(workflow: Workflow, name: str) -> str:
    """Return the picture of a workflow as SVG to be put into a page.

    Args:
        workflow: The workflow.
        name: A word for the picture's ids, unique on its page.
    """
    plan = _planned(workflow)
    words = " ".join([f"An issue opens in {label_of(workflow.initial, workflow)}.", *_sentences(workflow)])
    parts = [
        *_head(plan, name, words),
        *_bands(plan),
        *_buses(plan, name),
        *_downs(plan, name),
        *_lanes(plan, plan.left, "left", name),
        *_lanes(plan, plan.right, "right", name),
        *_start(plan, name),
        "</svg>",
    ]
    return "\n".join(parts)


def _head(plan: _Plan, name: str, words: str) -> Iterator[str]:
    size = f"{plan.width:g} {plan.height:g}"
    title = f"The workflow {escape(plan.workflow.name)}"
    tip = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
    yield f'<svg class="drawing" role="img" aria-labelledby="{name}-title {name}-words"'
    yield f'  width="{plan.width:g}" viewBox="0 0 {size}" xmlns="http://www.w3.org/2000/svg">'
    yield f'<title id="{name}-title">{title}</title>'
    yield f'<desc id="{name}-words">{escape(words)}</desc>'
    yield f'<defs><marker id="{name}-tip" {tip}><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'


def _sentences(workflow: Workflow) -> Iterator[str]:
    yield from (in_words(arrow, workflow) for arrow in arrows_of(workflow))


def _planned(workflow: Workflow) -> _Plan:
    plan = _Plan(workflow, bands_of(workflow))
    for arrow in arrows_of(workflow):
        _side(plan, arrow).append(arrow)
    # The longest reach round the others, in the outermost lane.
    for lanes in (plan.left, plan.right):
        lanes.sort(key=lambda arrow: abs(plan.order(arrow.start) - plan.order(arrow.to)))
    y = float(_MARGIN)
    for keys in plan.bands.values():
        y = _stack(plan, keys, y) + _BAND_GAP
    for side, lanes in (("left", plan.left), ("right", plan.right)):
        for arrow in lanes:
            plan.ends.setdefault((arrow.start, side), []).append((arrow, "start"))
            plan.ends.setdefault((arrow.to, side), []).append((arrow, "to"))
    for (node, _side_name), ends in plan.ends.items():
        ends.sort(key=lambda end: _slot(plan, node, end[0].to if end[1] == "start" else end[0].start))
    return plan


def _slot(plan: _Plan, node: Node, other: Node) -> tuple[bool, int]:
    """Return where an arrow touches a node's side, from top to bottom: so that lanes do not cross."""
    distance = plan.order(other) - plan.order(node)
    return distance > 0, -distance


def _side(plan: _Plan, arrow: Arrow) -> list[Arrow]:
    if arrow.is_within:
        return plan.within
    step = plan.rank(arrow.to) - plan.rank(arrow.start)
    if step == 1 and all(node in plan.bands.values() for node in (arrow.start, arrow.to)):
        return plan.down
    return plan.left if plan.order(arrow.to) > plan.order(arrow.start) else plan.right


def _stack(plan: _Plan, keys: Node, y: float) -> float:
    """Place the boxes of a band one below the other, and return where the band ends."""
    top = y + _TITLE
    x = plan.x + (_BAND_WIDTH - _BOX_WIDTH) / 2
    for index, key in enumerate(keys):
        box = Place(x, top + index * (_BOX_HEIGHT + _BOX_GAP), _BOX_WIDTH, _BOX_HEIGHT)
        plan.boxes[key] = plan.places[(key,)] = box
    plan.places[keys] = Place(plan.x, y, _BAND_WIDTH, plan.boxes[keys[-1]].bottom + _PADDING - y)
    return plan.places[keys].bottom


def _bands(plan: _Plan) -> Iterator[str]:
    for phase, keys in plan.bands.items():
        place = plan.places[keys]
        yield _rectangle(place, "band", 10)
        yield f'<text class="small" x="{place.x + 12:g}" y="{place.y + 16:g}">{phase}</text>'
        for key in keys:
            box = plan.boxes[key]
            yield _rectangle(box, "box", 6)
            label = escape(_cut(label_of(key, plan.workflow), 24))
            yield f'<text x="{box.x + box.width / 2:g}" y="{box.y + 21:g}" text-anchor="middle">{label}</text>'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _rectangle(place: Place, kind: str, radius: int) -> str:
    return (
        f'<rect class="{kind}" x="{place.x:g}" y="{place.y:g}" width="{place.width:g}" height="{place.height:g}" '
        f'rx="{radius}"/>'
    )


def _buses(plan: _Plan, name: str) -> Iterator[str]:
    """Draw *any to any* as a line beside the boxes that has a tip at each of them."""
    for arrow in plan.within:
        boxes = [plan.boxes[key] for key in arrow.start]
        x = boxes[0].x - 14
        tips = [box.bottom - 8 for box in boxes]  # below the middle, which belongs to the lanes
        yield f'<path class="line" d="M{x:g} {tips[0]:g}V{tips[-1]:g}"/>'
        for tip in tips:
            yield _line(f"M{x:g} {tip:g}H{boxes[0].x:g}", name)


def _downs(plan: _Plan, name: str) -> Iterator[str]:
    x = plan.x + _BAND_WIDTH / 2
    for arrow in plan.down:
        start, to = plan.places[arrow.start], plan.places[arrow.to]
        yield _line(f"M{x:g} {start.bottom:g}V{to.y:g}", name)
        remark = _remark(plan, arrow)
        if remark:
            yield f'<text class="small" x="{x + 8:g}" y="{(start.bottom + to.y) / 2 + 4:g}">{remark}</text>'


def _lanes(plan: _Plan, arrows: Iterable[Arrow], side: str, name: str) -> Iterator[str]:
    sign = -1 if side == "left" else 1
    for index, arrow in enumerate(arrows):
        edge = plan.x if side == "left" else plan.x + _BAND_WIDTH
        lane = edge + sign * (_FIRST_LANE + index * _LANE)
        start, to = (_end(plan, arrow, role, side) for role in ("start", "to"))
        (x1, y1), (x2, y2) = start, to
        yield _line(f"M{x1:g} {y1:g}H{lane:g}V{y2:g}H{x2:g}", name, dashed=arrow.reopens)
        remark = _remark(plan, arrow)
        if remark:
            x, y = lane + sign * 6, (y1 + y2) / 2
            turn = f"rotate({90 * sign} {x:g} {y:g})"
            yield f'<text class="small" text-anchor="middle" x="{x:g}" y="{y:g}" transform="{turn}">{remark}</text>'


def _end(plan: _Plan, arrow: Arrow, role: str, side: str) -> tuple[float, float]:
    node = arrow.start if role == "start" else arrow.to
    place, ends = plan.places[node], plan.ends[(node, side)]
    share = (ends.index((arrow, role)) + 1) / (len(ends) + 1)
    return (place.x if side == "left" else place.right), place.y + place.height * share


def _remark(plan: _Plan, arrow: Arrow) -> str:
    against = advised_against(arrow, plan.workflow)
    return escape("; ".join(["reopen"] * arrow.reopens + [against] * bool(against)))


def _line(path: str, name: str, *, dashed: bool = False) -> str:
    kind = "line dashed" if dashed else "line"
    return f'<path class="{kind}" d="{path}" marker-end="url(#{name}-tip)"/>'


def _start(plan: _Plan, name: str) -> Iterator[str]:
    """Draw the dot from which an issue comes into its initial status."""
    box = plan.boxes[plan.workflow.initial]
    x, y = box.x - 17, box.y + 9
    yield f'<circle class="tip" cx="{x:g}" cy="{y:g}" r="3.5"/>'
    yield _line(f"M{x:g} {y:g}H{box.x:g}", name)
