"""The links of a mail: to set each status and more, for whoever may; none for others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from resolutionkit import LegalMove, Topic
from resolutionkit.notify.email.actions import Actions, Ways, actions_for
from resolutionkit.notify.email.catalogues import Catalogues
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.links import LinkAction, Links
from resolutionkit.ports import Notice
from support import NOON

LINKS = Links("https://app.example/recovery", ["a key that is long enough for anybody"])
ENGLISH = Language(*Catalogues.load(None).find("en"))


def claims(urls: Sequence[str | None]) -> list[tuple[LinkAction, str | None]]:
    """Return what links say."""
    read = [LINKS.read(url.rpartition("/")[2], NOON) for url in urls if url is not None]
    return [(claim.action, claim.status) for claim in read]


def links_of(actions: Actions) -> list[tuple[LinkAction, str | None]]:
    """Return what all links of a mail say, in order."""
    view = actions.view.url if actions.view is not None else None
    others = [one.url for one in (*actions.statuses, *actions.others)]
    return claims([view, *others, actions.preferences, actions.unfollow])


def of(notice: Notice, **ways: Any) -> Actions:
    """Return the links of a notice's recipient."""
    return actions_for(notice, Ways(**({"links": LINKS} | ways)), ENGLISH)


def to(notice: Notice, recipient: str, **issue: Any) -> Notice:
    """Return a notice to a bare address."""
    assert notice.issue is not None
    message = attrs.evolve(notice.message, recipient=recipient)
    return attrs.evolve(notice, message=message, person=None, issue=attrs.evolve(notice.issue, **issue))


def test_a_person_can_do_everything(notice: Notice) -> None:
    """Set each status that can be set now, note, reassign, follow, and choose what they are told."""
    assert links_of(of(notice)) == [
        (LinkAction.VIEW, None),
        *((LinkAction.STATUS, move.status) for move in notice.moves),
        (LinkAction.NOTE, None),
        (LinkAction.ASSIGN, None),
        (LinkAction.FOLLOW, None),
        (LinkAction.PREFERENCES, None),
    ]
    assert [one.label for one in of(notice).statuses][:2] == ["Resolution in Progress", "Escalate"]
    assert of(notice).statuses[1].guidance.startswith("Leadership has to step in")


def test_a_follower_can_stop(every_topic: dict[Topic, Notice]) -> None:
    """In the place of following; and with one click."""
    found = links_of(of(every_topic[Topic.STATUS_CHANGED]))
    assert (LinkAction.FOLLOW, None) not in found
    assert found.count((LinkAction.UNFOLLOW, None)) == 2


def test_a_bare_address_that_a_rule_alerts_can_look(notice: Notice) -> None:
    """And nothing else (requirement D2)."""
    lee = to(notice, "lee@partner.example", alerted=("lee@partner.example",))
    assert links_of(of(lee)) == [(LinkAction.VIEW, None)]


def test_a_bare_address_that_works_it_can_work(notice: Notice) -> None:
    """It has no desk and no preferences (requirement D2)."""
    lee = to(notice, "lee@partner.example", assignee="lee@partner.example")
    found = [action for action, _ in links_of(of(lee, desk_url="https://app.example/{issue}"))]
    assert set(found) == {LinkAction.VIEW, LinkAction.STATUS, LinkAction.NOTE, LinkAction.ASSIGN}


def test_a_bare_address_that_follows_can_look_and_stop(notice: Notice) -> None:
    """And nothing else."""
    lee = to(notice, "lee@partner.example", followers=("lee@partner.example",))
    assert links_of(of(lee)) == [(LinkAction.VIEW, None), (LinkAction.UNFOLLOW, None)]


def test_a_bare_address_above_the_customer_is_told_and_no_more(notice: Notice) -> None:
    """No link would work for it."""
    assert of(to(notice, "lee@partner.example")) == Actions()


def test_a_response_without_an_issue_can_be_flagged(every_topic: dict[Topic, Notice]) -> None:
    """By a person (requirement C3); there is no status to set."""
    notice = every_topic[Topic.RECORDED]
    found = [(LinkAction.VIEW, None), (LinkAction.FLAG, None), (LinkAction.PREFERENCES, None)]
    assert links_of(of(notice)) == found
    assert links_of(of(attrs.evolve(notice, person=None))) == []
    assert of(notice, links=None).view is None


def test_without_links_a_mail_leads_to_the_hosts_own_page(notice: Notice) -> None:
    """Or nowhere."""
    ways = {
        "links": None,
        "desk_url": "https://app.example/issues/{issue}",
        "preferences_url": "https://app.example/me",
    }
    actions = of(notice, **ways)
    assert notice.issue is not None
    assert actions.view is not None
    assert actions.view.url == f"https://app.example/issues/{notice.issue.id}"
    assert (actions.statuses, actions.others, actions.preferences) == ((), (), "https://app.example/me")
    assert of(notice, links=None) == Actions()


def test_a_desk_comes_before_a_link(notice: Notice) -> None:
    """A person who has one opens the issue there."""
    actions = of(notice, desk_url="https://app.example/issues/{issue}")
    assert actions.view is not None
    assert actions.view.url.startswith("https://app.example/issues/")


def test_a_mail_without_links_has_none(mailer: Callable[..., EmailNotifier], notice: Notice) -> None:
    """No section for them either."""
    mail = mailer(links=None).mail(notice)
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        content = part.get_content().lower()
        assert "what you can do" not in content
        assert "set the status" not in content
        assert "https:" not in content
        assert "ask who looks after the surveys" in content


def test_statuses_that_can_be_set_are_those_of_the_notice(notice: Notice) -> None:
    """Whatever the workflow calls them."""
    move = attrs.evolve(notice.moves[0], status="a b&c", action="Ring & ask", guidance="")
    assert isinstance(move, LegalMove)
    (status,) = of(attrs.evolve(notice, moves=(move,))).statuses
    assert (status.label, status.guidance) == ("Ring & ask", "")
    assert claims([status.url]) == [(LinkAction.STATUS, "a b&c")]
