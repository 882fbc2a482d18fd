"""What a mail says of its topic, of why it was sent, and of what happened: tables of English words, to be translated.

Which of it a mail has is decided in ``content``, how it is laid out in the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import frozen

from resolutionkit.model.events import (
    CheckAnswered,
    CheckAsked,
    CorrectionRecorded,
    Escalated,
    Event,
    Followed,
    GroupChanged,
    IssueOpened,
    LevelRaised,
    LimitReminded,
    Merged,
    MergedInto,
    NoteAdded,
    Reassigned,
    Reopened,
    ReplacementRecorded,
    ResponseRepaired,
    RootCauseRecorded,
    StatusChanged,
    Unfollowed,
)
from resolutionkit.model.messages import Topic, Why
from resolutionkit.model.notices import Notice
from resolutionkit.model.people import SYSTEM
from resolutionkit.model.scale import Category
from resolutionkit.notify.email.language import Language, marked


@frozen
class Title:
    """How a topic is called.

    Attributes:
        tag: In a word or two, before the subject.
        heading: As the heading of the mail.
    """

    tag: str
    heading: str


TITLES: Mapping[Topic, Title] = {
    Topic.ESCALATED: Title(marked("Escalated"), marked("Escalated: you are asked to step in")),
    Topic.LEVEL_RAISED: Title(marked("Level"), marked("The issue has risen to a level that you answer for")),
    Topic.OPENED: Title(marked("New"), marked("An unhappy customer needs attention")),
    Topic.REOPENED: Title(marked("Reopened"), marked("The issue was reopened")),
    Topic.ASSIGNED: Title(marked("For you"), marked("The issue is yours now")),
    Topic.REMINDED: Title(marked("Reminder"), marked("Time is running out")),
    Topic.CHECK_ASKED: Title(marked("Check"), marked("Is the customer satisfied now?")),
    Topic.REPLACED: Title(marked("New answer"), marked("The customer's answer has changed")),
    Topic.MOVED: Title(marked("Moved"), marked("An issue has come to your group")),
    Topic.MERGED: Title(marked("Merged"), marked("Two issues of one customer are one now")),
    Topic.STATUS_CHANGED: Title(marked("Status"), marked("The status has changed")),
    Topic.REASSIGNED: Title(marked("Reassigned"), marked("Somebody else works the issue now")),
    Topic.NOTED: Title(marked("New note"), marked("There is a new note")),
    Topic.RECORDED: Title(marked("Response"), marked("A customer has answered")),
    Topic.QUARANTINED: Title(marked("Quarantine"), marked("A response waits for repair")),
    Topic.DAILY_ALERT: Title(marked("Daily alert"), marked("Your daily alert")),
    Topic.RECOVERY_REPORT: Title(marked("Report"), marked("Service recovery report")),
}
_OTHER = Title(marked("Change"), marked("Something has changed"))
FLAGGED = marked("A response was flagged for attention")
"""The heading of what a person opened, though the score did not."""
WISHED = marked("A customer's answer needs attention")
"""The heading of what was opened for another reason than its score, such as that the customer asked for it."""
NOW = marked("New status: %(status)s")
"""The heading of a change of status that is known."""


def title_of(topic: Topic) -> Title:
    """Return how a topic is called; one that has no line of its own is a change."""
    return TITLES.get(topic, _OTHER)


WHYS: Mapping[Why, str] = {
    Why.LEADERSHIP: marked("escalations of this account come to you"),
    Why.ACCOUNTABLE: marked("you answer for the level that the issue has risen to"),
    Why.ASSIGNEE: marked("the issue is assigned to you"),
    Why.HIERARCHY: marked("the customer is one of yours, or of somebody who reports to you"),
    Why.GROUP_LEAD: marked("you lead the group that the response belongs to, or stand in for its lead"),
    Why.ALSO_ALERTED: marked("you are alerted for a group besides its lead"),
    Why.RULE: marked("a rule of this account sends such issues to you"),
    Why.FOLLOWER: marked("you follow the issue"),
    Why.FORMER_ASSIGNEE: marked("you worked the issue that was merged into this one"),
    Why.PREFERENCE: marked("your preferences ask for it"),
    Why.ADMINISTRATOR: marked("you are an administrator of this account"),
    Why.OBSERVER: marked("you observe everything that happens"),
}

CATEGORIES: Mapping[Category, str] = {
    Category.DETRACTOR: marked("Detractor"),
    Category.PASSIVE: marked("Passive"),
    Category.PROMOTER: marked("Promoter"),
}

NPS_IN_WORDS = marked(
    "A Net Promoter Score asks how likely somebody is to recommend you, from 0 to 10. Who answers 9 or 10 is a "
    "promoter, 7 or 8 a passive, and 0 to 6 a detractor. The score of many is the share of promoters less "
    "that of detractors."
)


@frozen
class Telling:
    """What is needed to say what happened.

    Attributes:
        notice: The notice.
        language: The reader's language.
    """

    notice: Notice
    language: Language

    def say(self, words: str, /, **values: object) -> str:
        """Return words of ours in the reader's language."""
        return self.language.gettext(words, **values)

    def who(self, party: str | None) -> str:
        """Return what somebody is called."""
        if party is None:
            return self.language.gettext("nobody")
        return self.language.gettext("The system") if party == SYSTEM else self.notice.name_of(party)

    def status(self, key: str) -> str:
        """Return what a status is called."""
        return self.language.gettext(self.notice.labels.get(key, key))

    def moment(self, at: datetime) -> str:
        """Return an instant on the reader's clock."""
        return self.language.moment(at, self.notice.zone)


Said: TypeAlias = Callable[[Any, Telling], str]


def _opened(event: IssueOpened, tell: Telling) -> str:
    if event.quarantined and not event.flagged_by_hand:
        return tell.say(
            "The issue was opened, and assigned to %(assignee)s until the response's codes are put right.",
            assignee=tell.who(event.assignee),
        )
    if event.flagged_by_hand:
        return tell.say(
            "%(who)s flagged the response, and assigned it to %(assignee)s.",
            who=tell.who(event.actor),
            assignee=tell.who(event.assignee),
        )
    return tell.say("The issue was opened, and assigned to %(assignee)s.", assignee=tell.who(event.assignee))


def _repaired(event: ResponseRepaired, tell: Telling) -> str:
    if event.is_routed:
        return tell.say("The response was put right, and assigned to %(assignee)s.", assignee=tell.who(event.assignee))
    return tell.say("The response was put right.")


def _reopened(event: Reopened, tell: Telling) -> str:
    status = tell.status(event.status)
    if not event.is_human:
        return tell.say("A new response reopened the issue: %(status)s.", status=status)
    return tell.say("%(who)s reopened the issue: %(status)s.", who=tell.who(event.actor), status=status)


def _moved(words: str) -> Said:
    return lambda event, tell: tell.say(words, who=tell.who(event.actor), status=tell.status(event.status))


def _named(words: str, name: str) -> Said:
    return lambda event, tell: tell.say(words, who=tell.who(event.actor), other=tell.who(getattr(event, name)))


def _by(words: str) -> Said:
    return lambda event, tell: tell.say(words, who=tell.who(event.actor))


def _said(words: str) -> Said:
    return lambda _event, tell: tell.say(words)


def _raised(event: LevelRaised, tell: Telling) -> str:
    if event.ran_out is None:
        return tell.say("%(who)s raised the issue to level %(level)s.", who=tell.who(event.actor), level=event.name)
    return tell.say(
        "The time for %(before)s ran out %(when)s, and the issue rose to level %(level)s.",
        before=event.ran_out,
        when=tell.moment(event.entered_at),
        level=event.name,
    )


_LIMITS: Mapping[str, str] = {
    "first_action": marked("Somebody has to act by %(when)s."),
    "follow_up": marked("The customer has to be spoken to by %(when)s."),
    "closed": marked("The issue has to be closed by %(when)s."),
}
_LEVEL_LIMIT = marked("The issue rises to the next level after %(when)s.")


def _reminded(event: LimitReminded, tell: Telling) -> str:
    return tell.say(_LIMITS.get(event.limit, _LEVEL_LIMIT), when=tell.moment(event.due_at))


_SATISFIED = marked("%(who)s found the customer satisfied.")
_NOT_SATISFIED = marked("%(who)s found the customer not satisfied.")


def _answered(event: CheckAnswered, tell: Telling) -> str:
    return tell.say(_SATISFIED if event.satisfied else _NOT_SATISFIED, who=tell.who(event.actor))


HAPPENED: Mapping[type[Event], Said] = {
    IssueOpened: _opened,
    NoteAdded: _by(marked("%(who)s added a note.")),
    StatusChanged: _moved(marked("%(who)s set the status: %(status)s.")),
    Reopened: _reopened,
    LevelRaised: _raised,
    LimitReminded: _reminded,
    CheckAsked: _said(marked("It is time to ask whether the customer is satisfied.")),
    CheckAnswered: _answered,
    Escalated: _named(marked("%(who)s escalated the issue to %(other)s."), "to"),
    Reassigned: _named(marked("%(who)s assigned the issue to %(other)s."), "assignee"),
    Followed: _named(marked("%(other)s follows the issue."), "follower"),
    Unfollowed: _named(marked("%(other)s follows the issue no longer."), "follower"),
    RootCauseRecorded: _by(marked("%(who)s recorded the root cause.")),
    ReplacementRecorded: _said(marked("The customer answered again, about the same: the new answer counts.")),
    CorrectionRecorded: _said(marked("The response was corrected.")),
    GroupChanged: _by(marked("%(who)s moved the issue to another group.")),
    ResponseRepaired: _repaired,
    Merged: _by(marked("%(who)s merged another issue of the same customer into this one.")),
    MergedInto: _by(marked("%(who)s merged the issue into another one of the same customer.")),
}
"""What each kind of event was, in a sentence; of a kind that has no line nothing is said."""


def happened(event: Event, tell: Telling) -> str:
    """Return what an event was, as a sentence; empty where there are no words for it."""
    said = HAPPENED.get(type(event))
    return "" if said is None else said(event, tell)
