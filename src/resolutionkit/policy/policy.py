"""The policy: everything that an account decides for itself, in one frozen value with a fingerprint.

How its file is read stands in ``policy.policy_file``, what a workflow is in ``policy.workflow``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import attrs
from attrs import Attribute, define, field

from resolutionkit.datafile import toml_data
from resolutionkit.errors import Fault, InvalidScore, InvalidValue, PolicyError, shown
from resolutionkit.model.scale import NPS, Scale, Score
from resolutionkit.model.values import ENGLISH, FrozenMap, code, collected, is_language, is_web_address, is_zone, names
from resolutionkit.policy.alerts import Alerts, alerts_faults
from resolutionkit.policy.attributes import attribute_faults, attributes_of, types_of
from resolutionkit.policy.calendar import BusinessCalendar
from resolutionkit.policy.escalation import (
    ClosingCheck,
    EscalationLevel,
    check_faults,
    levels_faults,
    levels_of,
)
from resolutionkit.policy.policy_data import data_of
from resolutionkit.policy.policy_file import policy_arguments
from resolutionkit.policy.rules import Rule, RulesApply, apply_of, rule_faults, rules_faults, rules_of
from resolutionkit.policy.surveys import BUILT_IN_SCALES, SurveyRules, plain_number
from resolutionkit.policy.targets import Targets, target_faults
from resolutionkit.policy.workflow import Workflow
from resolutionkit.policy.workflows import STANDARD

T = TypeVar("T")

ESCALATION_KINDS = ("attempts_failed", "still_dissatisfied", "customer_asked", "reputation_at_risk", "other")
"""The kinds of reason for an escalation, unless the policy has its own (requirement B8)."""


DATA_MAX = 200_000
"""How many characters the data of a policy may have: each version of it is kept."""
SPAN_MAX = timedelta(days=36525)
"""How long a span may be: a hundred years."""


def _thresholds(value: Score | Mapping[str, Score]) -> Mapping[str, Score]:
    given = value if isinstance(value, Mapping) else {NPS.name: value}
    return FrozenMap({name: plain_number(limit) for name, limit in given.items()})


def _surveys(value: Mapping[str, SurveyRules]) -> Mapping[str, SurveyRules]:
    if not isinstance(value, Mapping):
        raise InvalidValue("surveys", value, "a mapping of survey names to SurveyRules")
    return FrozenMap(
        {
            code(name, "surveys", InvalidValue): _is_a(SurveyRules, one, f"surveys[{name!r}]")
            for name, one in value.items()
        }
    )


def _scales(value: Iterable[Scale]) -> tuple[Scale, ...]:
    found = collected(value, "scales", InvalidValue, lambda one, _place, _error: _is_a(Scale, one, "scales"))
    return tuple(dict.fromkeys(found))


def _escalation_kinds(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "escalation_kinds", InvalidValue)


def _root_causes(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "root_causes", InvalidValue)


def _channels(value: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if value is None else names(value, "channels", InvalidValue)


def _dimensions(value: Iterable[str]) -> tuple[str, ...]:
    return names(value, "dimensions", InvalidValue)


def _is_a(kind: type[T], value: object, place: str) -> T:
    if not isinstance(value, kind):
        raise InvalidValue(place, value, f"a {kind.__name__}")
    return value


def _of(kind: type[Any] | tuple[type[Any], ...]) -> Any:
    """Return a validator of a field's type: what a policy is built from is often typed by hand."""

    def check(_policy: object, attribute: Attribute[Any], value: object) -> None:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            names_of = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
            raise InvalidValue(attribute.name, value, f"a {names_of}")

    return check


@define(kw_only=True, frozen=True, slots=False)
class Policy:
    """What an account wants. ``Policy()`` is the usual closed loop: NPS, six and below, the standard workflow.

    Attributes:
        workflow: The statuses and the moves between them.
        recovery_threshold: The highest score that needs recovery, by the name of the scale; a bare number is
            NPS's. A scale that is not named uses the top of its detractor band (requirement A2).
        surveys: What is different for a survey, by its name.
        scales: Scales of the account's own, beside NPS, CSAT-5, CES-7 and thumbs.
        open_on_contact_request: Whether a customer who asks to be contacted gets an issue at any score.
        replace_within: How much later a response of the same ticket replaces the one before; None for ever.
        announce_within: How old a response may be when it is recorded for people to be told of it (A11).
        note_on_status_change: Whether every status change needs a note.
        note_on_reassign: Whether every reassignment needs a note.
        advised_note_length: Notes with fewer characters are advised against; 0 for none.
        escalation_kinds: The kinds of reason that an escalation may name.
        root_causes: The categories of root cause; empty for none (requirement B11).
        zone: The IANA zone of the account's clock.
        language: The language of mail to those who read no other, as a BCP 47 tag.
        channels: The names of the channels on which people are told, unless they have chosen others; None for every
            notifier that the delivering process has.
        ticket_url: What the URL of a ticket in the account's own system begins with, such as
            ``https://desk.example/tickets/``; the ticket's id, escaped, follows. None for no links to tickets.
        dimensions: The names of the attributes that figures are cut by, such as a country or a plan. They outlive
            the erasing of a person (requirement F7): name none whose values tell who somebody is.
        attributes: Which attributes responses have, by their names, each with the name of its type as in the mapping
            of an import, such as ``"str"``: then a rule on any other is a fault. None where that is not said.
        calendar: When the team works; None where all time is alike. Targets in business time need it.
        targets: By when the first action, the follow-up and the closing are due (requirement D7).
        rules: The alert and routing rules, in order (requirement A9).
        rules_apply: Which rules act whose conditions hold: the first alone, or all of them.
        levels: The escalation matrix, the first level first; empty for none (requirement B9).
        closing_check: When to ask after closing whether the customer is satisfied; None for never (B16).
        require_group: Whether a response without a group is quarantined (requirement A6).
        require_segment: Whether a response without a segment is.
        alerts: The daily text message and report (requirements C4 to C6).

    Raises:
        PolicyError: It is unsound; every fault is listed with its place.
    """

    workflow: Workflow = field(default=STANDARD, validator=_of(Workflow))
    recovery_threshold: Mapping[str, Score] = field(factory=dict, converter=_thresholds)
    surveys: Mapping[str, SurveyRules] = field(factory=dict, converter=_surveys)
    scales: tuple[Scale, ...] = field(default=(), converter=_scales)
    open_on_contact_request: bool = field(default=False, validator=_of(bool))
    replace_within: timedelta | None = field(default=None, validator=_of((timedelta, type(None))))
    announce_within: timedelta = field(default=timedelta(days=7), validator=_of(timedelta))
    note_on_status_change: bool = field(default=True, validator=_of(bool))
    note_on_reassign: bool = field(default=True, validator=_of(bool))
    advised_note_length: int = field(default=0, validator=_of(int))
    escalation_kinds: tuple[str, ...] = field(default=ESCALATION_KINDS, converter=_escalation_kinds)
    root_causes: tuple[str, ...] = field(default=(), converter=_root_causes)
    zone: str = field(default="UTC", validator=_of(str))
    language: str = field(default=ENGLISH, validator=_of(str))
    channels: tuple[str, ...] | None = field(default=None, converter=_channels)
    ticket_url: str | None = field(default=None, validator=_of((str, type(None))))
    dimensions: tuple[str, ...] = field(default=(), converter=_dimensions)
    attributes: Mapping[str, str] | None = field(default=None, converter=attributes_of)
    calendar: BusinessCalendar | None = field(default=None, validator=_of((BusinessCalendar, type(None))))
    targets: Targets = field(default=Targets(), validator=_of(Targets))
    rules: tuple[Rule, ...] = field(default=(), converter=rules_of)
    rules_apply: RulesApply = field(default=RulesApply.FIRST, converter=apply_of)
    levels: tuple[EscalationLevel, ...] = field(default=(), converter=levels_of)
    closing_check: ClosingCheck | None = field(default=None, validator=_of((ClosingCheck, type(None))))
    require_group: bool = field(default=False, validator=_of(bool))
    require_segment: bool = field(default=False, validator=_of(bool))
    alerts: Alerts = field(default=Alerts(), validator=_of(Alerts))

    def __attrs_post_init__(self) -> None:
        """Refuse an unsound policy with all its faults."""
        faults = list(_faults(self))
        if not faults and (length := len(json.dumps(self.to_data(), ensure_ascii=False))) > DATA_MAX:
            told = f"the policy has {length:,} characters as data; at most {DATA_MAX:,}, since every version is kept"
            faults = [Fault("file", told)]
        if faults:
            raise PolicyError(faults)

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Return the policy that a TOML file describes; its keys are the attributes, spans in days.

        Raises:
            PolicyError: The file is missing or not TOML, or the policy is unsound; all faults with their places.
        """
        return cls._built(toml_data(path, PolicyError), str(path))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Policy:
        """Return the policy that such data describes as a file has, or as :meth:`to_data` gives.

        Raises:
            PolicyError: The policy is unsound; all faults with their places.
        """
        if not isinstance(data, Mapping):
            raise InvalidValue("data", type(data).__name__, "a mapping, such as to_data() gives")
        return cls._built(data, None)

    @classmethod
    def _built(cls, data: Mapping[str, Any], source: str | None) -> Policy:
        given, faults = policy_arguments(data)
        try:
            policy = cls(**given)
        except PolicyError as problem:
            raise PolicyError([*faults, *problem.faults], source) from problem
        except InvalidValue as problem:
            told = f"{shown(problem.value)} is not acceptable; expected {problem.expected}"
            raise PolicyError([*faults, Fault(problem.field, told)], source) from problem
        if faults:
            raise PolicyError(faults, source)
        return policy

    def to_data(self) -> dict[str, Any]:
        """Return it as data for JSON or TOML, every default included; :meth:`from_data` gives an equal policy."""
        return data_of({one.name: getattr(self, one.name) for one in attrs.fields(Policy)})

    def __hash__(self) -> int:
        """Hash the fingerprint: the mappings have no hash of their own."""
        return hash(self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Return the 16 characters by which events name this policy; equal policies have equal ones."""
        return hashlib.sha256(json.dumps(self.to_data(), sort_keys=True).encode()).hexdigest()[:16]

    @cached_property
    def known_scales(self) -> Mapping[str, Scale]:
        """Return the scales by name: the built-in ones and the account's own."""
        return FrozenMap({**BUILT_IN_SCALES, **{scale.name: scale for scale in self.scales}})

    def scale_of(self, survey: str | None, own: Scale | None = None) -> Scale:
        """Return the scale in force: a response's own, else its survey's, else NPS (requirement A1)."""
        if own is not None:
            return own
        rules = self.surveys.get(survey) if survey is not None else None
        return (rules.scale if rules is not None else None) or NPS

    def ticket_link(self, ticket: str | None) -> str | None:
        """Return the URL of a ticket in the account's own system, or None where there is no ticket or no prefix."""
        if ticket is None or self.ticket_url is None:
            return None
        return f"{self.ticket_url}{quote(ticket, safe='')}"

    def threshold_of(self, survey: str | None, scale: Scale) -> Score:
        """Return the recovery threshold in force: the survey's, else the scale's, else its detractors' top.

        A survey's threshold counts only for scores on that survey's scale.
        """
        rules = self.surveys.get(survey) if survey is not None else None
        if rules is not None and rules.recovery_threshold is not None and scale.name == (rules.scale or NPS).name:
            return rules.recovery_threshold
        return self.recovery_threshold.get(scale.name, scale.detractor_max)


def _faults(policy: Policy) -> Iterator[Fault]:
    yield from _scale_faults(policy)
    yield from _threshold_faults(policy)
    yield from _limit_faults(policy)
    yield from target_faults(policy.targets, policy.calendar, policy.workflow)
    yield from rules_faults(policy.rules, policy.workflow)
    yield from levels_faults(policy.levels, policy.calendar, policy.workflow)
    yield from check_faults(policy.closing_check, policy.workflow)
    yield from attribute_faults(policy.attributes, policy.dimensions)
    if policy.attributes is not None:
        yield from rule_faults(policy.rules, types_of(policy.attributes))
    yield from alerts_faults(policy.alerts, policy.zone)
    for name in ("escalation_kinds", "root_causes", "dimensions", "channels"):
        values: tuple[str, ...] = getattr(policy, name) or ()
        for index, value in enumerate(values):
            if not value.strip() or value in values[:index]:
                yield Fault(f"{name}[{index}]", f"{value!r} is blank or stands here twice")
    if not is_zone(policy.zone):
        yield Fault("zone", f"{policy.zone!r} is no IANA time zone, such as 'Europe/London'")
    if not is_language(policy.language):
        yield Fault("language", f"{policy.language!r} is no language tag, such as 'de' or 'pt-BR'")
    if policy.ticket_url is not None and not is_web_address(policy.ticket_url):
        yield Fault("ticket_url", f"{policy.ticket_url!r} is no URL such as 'https://desk.example/tickets/'")


def _scale_faults(policy: Policy) -> Iterator[Fault]:
    seen = dict(BUILT_IN_SCALES)
    for index, scale in enumerate(policy.scales):
        if scale.name in seen and scale != BUILT_IN_SCALES.get(scale.name):
            yield Fault(f"scales[{index}]", f"there is a scale {scale.name!r} already; give yours another name")
        seen[scale.name] = scale


def _threshold_faults(policy: Policy) -> Iterator[Fault]:
    for name, threshold in policy.recovery_threshold.items():
        scale = policy.known_scales.get(name)
        if scale is None:
            yield Fault(f"recovery_threshold.{name}", f"no such scale; there are {', '.join(policy.known_scales)}")
        else:
            yield from _threshold_fault(f"recovery_threshold.{name}", threshold, scale)
    for survey, rules in policy.surveys.items():
        if rules.recovery_threshold is not None:
            place = f"surveys.{survey}.recovery_threshold"
            yield from _threshold_fault(place, rules.recovery_threshold, rules.scale or NPS)


def _threshold_fault(place: str, threshold: Score, scale: Scale) -> Iterator[Fault]:
    try:
        if scale.check(threshold) < scale.maximum:
            return
        yield Fault(place, f"{threshold!r} would catch everybody; the most is below {scale.maximum}")
    except InvalidScore as problem:
        yield Fault(place, f"{problem.value!r} is not {problem.expected}")


def _limit_faults(policy: Policy) -> Iterator[Fault]:
    if policy.announce_within < timedelta(0):
        yield Fault("announce_within", "must not be negative")
    if policy.replace_within is not None and policy.replace_within <= timedelta(0):
        yield Fault("replace_within", "must be longer than nothing; leave it out for ever")
    for name in ("announce_within", "replace_within"):
        if (getattr(policy, name) or timedelta(0)) > SPAN_MAX:
            yield Fault(name, f"must be at most {SPAN_MAX.days:,} days, a hundred years")
    if policy.advised_note_length < 0:
        yield Fault("advised_note_length", "must not be negative")
