"""A directory that takes an id in another spelling, and values that hosts type by hand."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence

import pytest

from resolutionkit import (
    Access,
    Group,
    InvalidValue,
    IssueFilter,
    Person,
    Policy,
    StaticDirectory,
    Status,
    StatusRule,
    SurveyRules,
    Tracker,
)
from resolutionkit.model.people import AccessKind
from support import organisation, response


class CarelessDirectory:
    """A directory that finds people whatever the case of their id."""

    def __init__(self, inner: StaticDirectory) -> None:
        self._inner = inner

    def person(self, person_id: str, /) -> Person | None:
        return self._inner.person(person_id.lower())

    def people_by_email(self, email: str, /) -> Sequence[Person]:
        return self._inner.people_by_email(email)

    def people_by_name(self, name: str, /) -> Sequence[Person]:
        return self._inner.people_by_name(name)

    def group(self, group_code: str, /) -> Group | None:
        return self._inner.group(group_code)

    def groups_of(self, person_id: str, /) -> Sequence[str]:
        return self._inner.groups_of(person_id)

    def leader(self) -> Person | None:
        return self._inner.leader()


def test_a_person_signed_in_in_another_spelling_has_the_same_inbox(open_tracker: Callable[..., Tracker]) -> None:
    """Counts, sections and filters mean the person whom the directory found."""
    tracker = open_tracker(directory=CarelessDirectory(organisation()))
    issue = tracker.record(response(hierarchy=("nina",))).issue
    assert issue is not None
    nina = tracker.as_user("NINA")
    nina.set_status(issue.id, Status.IN_PROGRESS, note="Rang.")
    nina.follow(issue.id)
    counts = nina.inbox().counts()
    assert (counts.working, counts.followed, counts.mine) == (1, 1, 1)
    assert len(nina.inbox().working()) == len(nina.inbox().followed()) == 1
    assert len(nina.issues(IssueFilter(assignee="Nina"))) == 1
    assert tracker.issue(issue.id).notes[0].author == "Nina Okafor"


def test_people_named_in_another_spelling_are_found(open_tracker: Callable[..., Tracker]) -> None:
    """As assignee, follower, in a hierarchy and as a group's lead they are whom the directory found."""
    company = StaticDirectory(
        [Person(id="ana", access=Access.EVERYTHING), Person(id="ben")], [Group(code="emea", lead="ben")]
    )
    directory = CarelessDirectory(company)
    directory.group = lambda _code: Group(code="emea", lead="BEN")  # type: ignore[method-assign]
    tracker = open_tracker(directory=directory)
    assert tracker.record(response("r-1")).issue.assignee == "ben"
    issue = tracker.record(response("r-2", hierarchy=("ANA",))).issue
    assert (issue.people, issue.assignee) == (("ana",), "ana")
    desk = tracker.as_user("ana")
    assert desk.assign(issue.id, "Ben", note="His.").issue.assignee == "ben"
    assert desk.follow(issue.id, "ANA").issue.followers == ("ana",)


def test_a_reporting_line_that_ends_in_itself_ends(open_tracker: Callable[..., Tracker]) -> None:
    """Nobody waits for ever for a manager who is spelled otherwise than asked for."""
    chief = Person(id="ceo", manager="CEO")
    tracker = open_tracker(directory=CarelessDirectory(StaticDirectory.gathered({"ceo": chief}, [], "ceo")))
    assert tracker.record(response()).issue.assignee == "ceo"


@pytest.mark.parametrize("codes", [{"a"}, ["a"], ("a",)], ids=["set", "list", "tuple"])
def test_access_built_by_hand_is_a_value_like_any_other(codes: object) -> None:
    """Whatever holds the codes, it becomes a frozen set, and the access can be hashed."""
    assert Access(AccessKind.GROUPS, codes) == Access.groups("a")  # type: ignore[arg-type]
    assert hash(Access(AccessKind.GROUPS, codes)) == hash(Access.groups("a"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Access(AccessKind.GROUPS, "abc"),
        lambda: StatusRule(key="a", phase="open", label={1}),
        lambda: StatusRule(key="a", phase="open", label="A", wants_history=0),
        lambda: Policy(surveys={1: SurveyRules()}),
    ],
    ids=["codes", "label", "switch", "survey"],
)
def test_what_is_typed_by_hand_is_checked(make: Callable[[], object]) -> None:
    """A value of another type is refused where it is given, with its field."""
    with pytest.raises(InvalidValue):
        make()


def test_a_policy_with_surveys_can_be_hashed_copied_and_pickled() -> None:
    """Its mappings are frozen, and travel."""
    policy = Policy(surveys={"Visit": SurveyRules(recovery_threshold=5)}, recovery_threshold=7)
    assert copy.deepcopy(policy) == pickle.loads(pickle.dumps(policy)) == policy
    assert hash(policy.surveys) == hash(copy.copy(policy.surveys))
    assert policy.known_scales["NPS"].name == "NPS"
    with pytest.raises(TypeError):
        policy.known_scales["own"] = policy.known_scales["NPS"]  # type: ignore[index]
