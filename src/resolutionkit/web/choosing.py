"""What somebody chooses at the page of their preferences, and what of it they had before (requirement C3).

What has no place on the page, alerts and thresholds on other scales, and which of several channels, stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.model.hours import WEEKDAYS
from resolutionkit.model.messages import Topic
from resolutionkit.model.preferences import CHOOSABLE, NEVER_MUTED, Preferences
from resolutionkit.model.quiet_hours import QuietHours
from resolutionkit.model.scale import NPS

OFFERED = tuple(topic for topic in CHOOSABLE if topic not in NEVER_MUTED and topic is not Topic.NOTED)
"""What has a box on the page; of notes there is a box of its own."""
_ALL_WEEK = f"{WEEKDAYS[0]}-{WEEKDAYS[-1]}"


@frozen(kw_only=True)
class Choice:
    """What the page's fields hold.

    Attributes:
        topics: The topics that are ticked.
        notes: Whether notes are ticked.
        threshold: The own threshold on the scale NPS, as text; blank for the account's.
        quiet_from: When it becomes quiet, as text; blank where it never does.
        quiet_to: When it is over.
        detail: Quiet hours that differ from day to day, in words; they stay while both fields are blank.
        errors: The name of the words for what is wrong, by the names of the fields.
    """

    topics: tuple[Topic, ...] = ()
    notes: bool = False
    threshold: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    detail: str = ""
    errors: Mapping[str, str] = {}

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return str(getattr(self, name))


def chosen(now: Preferences) -> Choice:
    """Return the fields of a page that shows what somebody wants now."""
    own = now.threshold.get(NPS.name)
    start, end = _daily(now.quiet_hours)
    detail = "; ".join(f"{day} {', '.join(spans)}" for day, spans in now.quiet_hours.hours.items())
    return Choice(
        topics=tuple(topic for topic in OFFERED if now.channels.get(topic) != ()),
        notes=now.notes,
        threshold="" if own is None else str(own),
        quiet_from=start,
        quiet_to=end,
        detail="" if start else detail,
    )


def _daily(quiet: QuietHours) -> tuple[str, str]:
    """Return the two ends of quiet hours that are the same each day, or blanks."""
    spans = set(quiet.hours.values())
    if len(quiet.hours) != len(WEEKDAYS) or len(spans) != 1:
        return "", ""
    first, *rest = spans.pop()
    if not rest:
        start, end = first.split("-")
        return start, end.replace("24:00", "00:00")
    if len(rest) == 1 and first.startswith("00:00-") and rest[0].endswith("-24:00"):
        return rest[0].partition("-")[0], first.partition("-")[2]
    return "", ""


def sent(fields: Mapping[str, object]) -> Choice:
    """Return what a browser sent."""

    def text(name: str) -> str:
        value = fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    return Choice(
        topics=tuple(topic for topic in OFFERED if f"topic-{topic}" in fields),
        notes="notes" in fields,
        threshold=text("threshold"),
        quiet_from=text("quiet_from"),
        quiet_to=text("quiet_to"),
    )


def wanted(choice: Choice, now: Preferences) -> Preferences | Choice:
    """Return what somebody wants from now on, or what they chose with what is wrong with it."""
    channels = {topic: names for topic, names in now.channels.items() if topic not in OFFERED or names}
    channels |= {topic: () for topic in OFFERED if topic not in choice.topics}
    try:
        threshold = _threshold(choice, now)
    except InvalidValue:
        return evolve(choice, errors={"threshold": "threshold"})
    try:
        quiet = _quiet(choice, now)
    except InvalidValue:
        return evolve(choice, errors={"quiet_from": "quiet_hours"})
    return evolve(now, channels=channels, notes=choice.notes, threshold=threshold, quiet_hours=quiet)


def _threshold(choice: Choice, now: Preferences) -> dict[str, int | float]:
    others = {name: limit for name, limit in now.threshold.items() if name != NPS.name}
    if not choice.threshold:
        return others
    if not choice.threshold.isdecimal() or len(choice.threshold) > 3:
        raise InvalidValue("threshold", choice.threshold, "a whole number")
    return {**others, NPS.name: NPS.check(int(choice.threshold))}


def _quiet(choice: Choice, now: Preferences) -> QuietHours:
    if not choice.quiet_from and not choice.quiet_to:
        return QuietHours() if _daily(now.quiet_hours)[0] else now.quiet_hours
    return QuietHours({_ALL_WEEK: f"{choice.quiet_from}-{choice.quiet_to}"})
