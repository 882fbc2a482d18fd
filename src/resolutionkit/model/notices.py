"""What a channel is given to tell one person of: a message, with all that its text may need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue
from resolutionkit.model.messages import Message
from resolutionkit.model.people import Person, is_address
from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.model.response import Response
from resolutionkit.model.results import LegalMove
from resolutionkit.model.scale import NPS, Scale
from resolutionkit.model.values import ENGLISH


@frozen(kw_only=True, weakref_slot=False)
class Reported:
    """One response of a report, as it is when the report is sent.

    Attributes:
        response: The response.
        issue: The issue that it belongs to, or None.
        is_late: Whether it came to light only after the window that it was received in had ended.
    """

    response: Response
    issue: Issue | None = None
    is_late: bool = False


@frozen(kw_only=True, weakref_slot=False)
class DigestNotice:
    """What a daily text message or a report is about (requirements C4, C6).

    Attributes:
        start: When its window starts, included; the first of several, where days off were passed over.
        end: When it ends, not included.
        number: How many unhappy responses there were; it was fixed when the window ended.
        reported: The responses that the recipient may see still, in the order in which they were received; none in a
            text message, which has the number alone.
        report: The same as a service recovery report without links; None in a text message, and where none is left.
    """

    start: datetime
    end: datetime
    number: int
    reported: tuple[Reported, ...] = ()
    report: RecoveryReport | None = None


@frozen(kw_only=True, weakref_slot=False)
class Notice:
    """One message with all that its text may need; fields may be added in later versions.

    Everything is as it is when the message is sent, but for the events, which are what happened.

    Attributes:
        account: The account.
        message: Who is told of what, and under which idempotency key; of its reasons, those that still hold.
        response: The response that it is about: the issue's, where there is an issue; of a digest the first one.
        issue: The issue, or None where the response has none.
        events: The events that the message tells of, in order.
        person: The recipient as the directory knows them, or None for a bare address and for an observer.
        zone: The IANA zone in which the recipient reads the clock.
        language: The recipient's language, as a BCP 47 tag.
        scale: The scale that the response's score is on.
        people: Everybody whom the issue, the response and the events name and the directory knows, by id.
        labels: What each status of the workflow is called, by its key.
        moves: The statuses that the recipient can set now, with their guidance and demands; none where there is no
            issue.
        attempt: How often it has been tried to tell this, this time included: 1 for the first time.
        digest: What a daily text message or a report is about, or None in every other message.
    """

    account: str
    message: Message
    response: Response
    issue: Issue | None = None
    events: tuple[Event, ...] = ()
    person: Person | None = None
    zone: str = "UTC"
    language: str = ENGLISH
    scale: Scale = NPS
    people: Mapping[str, Person] = field(factory=dict)
    labels: Mapping[str, str] = field(factory=dict)
    moves: tuple[LegalMove, ...] = ()
    attempt: int = 1
    digest: DigestNotice | None = None

    @property
    def recipient(self) -> str:
        """Return the recipient: a person's id, a bare address, or an observer's name."""
        return self.message.recipient

    @property
    def email(self) -> str | None:
        """Return where mail to the recipient goes, or None where nobody knows."""
        if self.person is not None:
            return self.person.email
        return self.recipient if is_address(self.recipient) else None

    def name_of(self, who: str) -> str:
        """Return what somebody is called: the name of a person, else the id or address itself."""
        person = self.people.get(who)
        return who if person is None else person.display_name
