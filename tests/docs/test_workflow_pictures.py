"""The pictures of workflows say what the tables say: no arrow too many, none too few."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from arrows import Arrow, advised_against, arrows_of, bands_of, in_words, moves_of, reopenings_of
from hypothesis import given
from hypothesis import strategies as st
from statechart import chart
from tables import statuses, workflow_shown

from resolutionkit import Move, Phase, StatusRule, Workflow, workflows

SHIPPED = (workflows.STANDARD, workflows.THREE_STATUS, workflows.THREE_STATUS_FORWARD)
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def any_workflow(draw: st.DrawFn) -> Workflow:
    """Return a workflow of up to seven statuses in any phases: a chain, so that it is sound, and any moves besides."""
    phases = [Phase.OPEN, *draw(st.lists(st.sampled_from(list(Phase)), max_size=5)), Phase.CLOSED]
    keys = [f"s{index}" for index in range(len(phases))]
    some = st.lists(st.sampled_from(keys))
    chain = [Move(start=[start], to=[to]) for start, to in pairwise(keys)]
    besides = draw(st.lists(st.builds(Move, start=some, to=some, is_unusual=st.booleans()), max_size=5))
    return Workflow(
        name="any",
        statuses=[StatusRule(key=key, phase=phase, label=key) for key, phase in zip(keys, phases, strict=True)],
        initial=keys[0],
        moves=[*chain, *besides],
        reopen_to=[key for key, phase in zip(keys, phases, strict=True) if phase is not Phase.CLOSED][:2],
    )


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda workflow: workflow.name)
def test_the_arrows_of_a_workflow_that_ships_are_its_table(workflow: Workflow) -> None:
    """Taken together the arrows stand for exactly the legal moves and reopenings."""
    shown = {pair for arrow in arrows_of(workflow) for pair in arrow.pairs()}
    assert shown == moves_of(workflow) | reopenings_of(workflow)


@given(any_workflow())
def test_the_arrows_of_any_workflow_are_its_table(workflow: Workflow) -> None:
    """Whatever the table, the picture is true; and it can be drawn."""
    shown = {pair for arrow in arrows_of(workflow) for pair in arrow.pairs()}
    assert shown == moves_of(workflow) | reopenings_of(workflow)
    ET.fromstring(chart(workflow, "any"))


def test_the_standard_workflow_needs_few_arrows() -> None:
    """Twenty-five moves are seven arrows, so that the picture can be read."""
    assert len(moves_of(workflows.STANDARD) | reopenings_of(workflows.STANDARD)) == 25
    assert len(arrows_of(workflows.STANDARD)) == 7


def test_leaving_the_closed_phase_is_a_reopening_whatever_the_command() -> None:
    """Free moves out of *Closed* are drawn as reopenings."""
    reopening = {pair for arrow in arrows_of(workflows.THREE_STATUS) if arrow.reopens for pair in arrow.pairs()}
    assert reopening == {("closed", "open"), ("closed", "in_progress")}


def test_an_unusual_move_is_told() -> None:
    """What is legal and advised against stands on its arrow and in its words."""
    arrow = next(one for one in arrows_of(workflows.STANDARD) if one.unusual)
    assert arrow.unusual == (("needs_attention", "resolved"),)
    assert in_words(arrow, workflows.STANDARD).endswith("; advised against: Resolved.")


def test_where_an_arrow_begins_at_several_statuses_the_unusual_move_is_told_whole() -> None:
    """Only one of two statuses is advised against a move: both of its ends are named."""
    arrow = Arrow(start=("in_progress", "escalated"), to=("resolved",), unusual=(("escalated", "resolved"),))
    assert advised_against(arrow, workflows.STANDARD) == "advised against: Escalated to Resolved"


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda workflow: workflow.name)
def test_a_picture_can_be_read_without_seeing_it(workflow: Workflow) -> None:
    """It has a title, a description that names every status, and every label as text."""
    picture = ET.fromstring(chart(workflow, "one"))
    words = picture.findtext(f"{SVG}desc") or ""
    labels = {text.text for text in picture.iter(f"{SVG}text")}
    assert picture.findtext(f"{SVG}title") == f"The workflow {workflow.name}"
    for status in workflow.statuses:
        assert status.label in words
        assert status.label in labels


@pytest.mark.parametrize("workflow", SHIPPED, ids=lambda workflow: workflow.name)
def test_nothing_stands_outside_the_picture(workflow: Workflow) -> None:
    """Every box lies within the picture, and no two boxes of statuses overlap."""
    picture = ET.fromstring(chart(workflow, "one"))
    _, _, width, height = map(float, picture.attrib["viewBox"].split())
    boxes = [box.attrib for box in picture.iter(f"{SVG}rect") if box.attrib["class"] == "box"]
    assert len(boxes) == len(workflow.statuses)
    for box in boxes:
        assert 0 <= float(box["x"]) <= width - float(box["width"])
        assert 0 <= float(box["y"]) <= height - float(box["height"])
    edges = sorted((float(box["y"]), float(box["y"]) + float(box["height"])) for box in boxes)
    assert all(upper[1] < lower[0] for upper, lower in pairwise(edges))


def test_markup_in_a_label_stays_text() -> None:
    """A host's own labels cannot break the page."""
    named = [
        StatusRule(key="a", phase=Phase.OPEN, label="<b>A & B</b>"),
        StatusRule(key="c", phase=Phase.CLOSED, label="Closed"),
    ]
    drawn = chart(Workflow(name="<w>", statuses=named, initial="a", moves=[Move(start=["a"], to=["c"])]), "x")
    assert "<b>" not in drawn
    assert "The workflow <w>" in str(ET.fromstring(drawn).findtext(f"{SVG}title"))


def test_the_table_beside_a_picture_says_what_can_follow() -> None:
    """Each status has its moves, with what is advised against, and its reopenings."""
    rows = {row[0].split("`")[1]: row[3] for row in statuses(workflows.STANDARD).rows}
    assert "Resolved (advised against)" in rows["needs_attention"]
    assert rows["resolved"].endswith("`reopen` to Needs Attention or Resolution in Progress")
    assert bands_of(workflows.STANDARD)[Phase.ACTIVE] == ("in_progress", "escalated")


def test_a_workflow_that_a_page_shows_can_be_drawn() -> None:
    """A picture is made from the very block that readers see; a file that is not there is an error."""
    page = '# T\n\n```toml\n# policy.toml\nworkflow = "three-status"\n```\n'
    assert workflow_shown(page, "policy.toml") is workflows.THREE_STATUS
    with pytest.raises(LookupError, match=r"shows no other\.toml"):
        workflow_shown(page, "other.toml")
