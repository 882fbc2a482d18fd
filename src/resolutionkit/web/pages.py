"""Pages from templates, in which text cannot become markup (rule C12, law L12). All wording is in the templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from resolutionkit.model.markup import visible
from resolutionkit.model.scale import Score


def _visible(value: object) -> object:
    """Return what an expression puts into a page without what a browser would obey rather than show."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def moment(at: datetime, zone: str) -> Markup:
    """Return an instant as the reader's clock shows it, to the minute, with its zone."""
    here = at.astimezone(ZoneInfo(zone))
    shown = f"{here.day} {here:%B %Y, %H:%M} {here.tzname()}"
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(), shown)


def score(value: Score) -> str:
    """Return a score without the dust of binary fractions."""
    return str(round(value, 6))


@cache
def style() -> bytes:
    """Return the style sheet."""
    return (files(__package__) / "templates" / "style.css").read_bytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "score": score}
    environment.globals["style_version"] = sha256(style()).hexdigest()[:12]
    return environment


def page(template: str, facts: Mapping[str, Any]) -> str:
    """Return a page.

    Args:
        template: The name of its template, without the end.
        facts: What the template asks for.
    """
    return _environment().get_template(f"{template}.html").render(facts)
