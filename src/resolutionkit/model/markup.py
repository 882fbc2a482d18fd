"""HTML for notebooks, made so that text cannot become markup (rule C12, law L12). What is shown stands elsewhere.

Only ``escaped`` and ``element`` make ``Html``, so a type checker sees where text would slip through. There are no
scripts, links, ids or outside resources; without the style, as in an untrusted notebook, it still reads well.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NewType

Html = NewType("Html", str)
"""Markup that was made here, safe to be put into more of it."""

NOTHING = Html("")

_JOINERS = "\u200c\u200d\u00ad"
_OBEYED = frozenset({"Cc", "Cf", "Cs"})

ACCENTS = {"open": "#c2410c", "active": "#1d6fd1", "closed": "#27803f", "urgent": "#a83fb8", "other": "#6e6e6e"}
"""The grounds of badges, under white words: each stands out from a white page as well as from a black one."""
BADGE_INK = "#ffffff"

# The class is named three times to outweigh what JupyterLab and nbconvert say of every table, row and list. Colours
# are the page's own or translucent, so that they hold in light and dark alike.
_RULES = (
    "{color:inherit;font-size:13px;line-height:1.45;text-align:start;max-width:90em}",
    " table{border-collapse:collapse;border:0;margin:0;font-size:inherit;color:inherit;table-layout:auto}",
    " tr{background:none;border:0}",
    " :is(th,td){text-align:start;vertical-align:top;padding:.3em .7em .3em 0;background:none;color:inherit}",
    " :is(th,td){border:0;border-top:1px solid rgba(127,127,127,.3)}",
    " :is(th,td){white-space:normal;max-width:34em;overflow-wrap:break-word}",
    " th{font-weight:600}",
    " caption{text-align:start;caption-side:top;font-weight:600;padding:.4em 0;color:inherit}",
    " details{display:block;margin:.3em 0}",
    " summary{display:list-item;cursor:pointer;opacity:.8}",
    " ol{list-style:none;margin:0;padding:0}",
    " li{margin:0;padding:.1em 0 .7em .9em;border-inline-start:3px solid rgba(127,127,127,.35)}",
    " .rk-wide{overflow-x:auto}",
    " .rk-head{display:flex;flex-wrap:wrap;gap:.3em .6em;align-items:baseline;margin:.2em 0 .5em;font-size:15px}",
    " .rk-columns{display:flex;flex-wrap:wrap;gap:.4em 2.5em}",
    " .rk-columns>div{flex:1 1 20em;min-width:0}",
    " .rk-columns th{width:8.5em;font-weight:400;opacity:.8}",
    " .rk-title{font-weight:600;margin:.9em 0 .4em}",
    " .rk-said{white-space:pre-wrap;overflow-wrap:anywhere;max-width:60em;unicode-bidi:plaintext}",
    " .rk-excerpt{min-width:14em}",
    " .rk-quote{max-width:60em;padding:.5em .8em;margin:.6em 0;background:rgba(127,127,127,.12);border-radius:4px}",
    " .rk-quiet{opacity:.8;font-size:12px}",
    " .rk-code{font-family:ui-monospace,monospace;font-size:11px}",
    " :is(.rk-whole,.rk-badge){white-space:nowrap}",
    f" .rk-badge{{display:inline-block;padding:0 .55em;border-radius:.8em;font-size:12px;color:{BADGE_INK}}}",
    " .rk-badge{max-width:20em;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom}",
    *(f" .rk-{name}{{background:{colour}}}" for name, colour in ACCENTS.items()),
)
_STYLE = "".join(f".rk.rk.rk{rule}" for rule in _RULES)


def visible(value: str) -> str:
    """Return text without what a page would obey rather than show: controls, and marks that turn its direction.

    Each becomes a replacement character, so that one sees where something was. Line ends, tabs, soft hyphens and
    the joiners of emoji and of Persian words stay.
    """
    if value.isprintable():
        return value
    return "".join(_shown(one) for one in "\n".join(value.splitlines()))


def _shown(character: str) -> str:
    if character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _OBEYED:
        return character
    return "\N{REPLACEMENT CHARACTER}"


def escaped(value: object) -> Html:
    """Return text, whoever typed it, as markup that shows just that text."""
    return Html(html.escape(visible(str(value))))


def element(name: str, *content: Html, **attributes: str) -> Html:
    """Return an element; attributes (``class_`` for ``class``) are named here in the package, never by users."""
    given = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{''.join(content)}</{name}>")


def joined(parts: Iterable[Html], between: str = " ") -> Html:
    """Return the parts that are not empty, with text between them."""
    return Html(escaped(between).join(part for part in parts if part))


def words(value: object) -> Html:
    """Return text within a line, in its own direction and unable to turn that of its neighbours."""
    return element("bdi", escaped(value))


def listed(values: Iterable[object]) -> Html:
    """Return several texts, separated by commas."""
    return joined((words(one) for one in values), ", ")


def view(*parts: Html) -> str:
    """Return a whole output: the parts with their style. Formulas in it are left alone by MathJax."""
    style = element("style", Html(_STYLE))
    return element("div", style, *parts, class_="rk tex2jax_ignore mathjax_ignore")


def moment(at: datetime, zone_named: bool = True) -> Html:
    """Return an instant in UTC, to the minute; the zone is left out only where a heading names it."""
    in_utc = at.astimezone(UTC)
    label = in_utc.isoformat(" ", "minutes")[:16] + (" UTC" if zone_named else "")
    return element("time", Html(label), datetime=in_utc.isoformat(), class_="rk-whole")


def badge(label: str, accent: str) -> Html:
    """Return a word on a coloured ground; one that is no name of ``ACCENTS`` is grey."""
    return element("span", words(label), class_=f"rk-badge rk-{accent if accent in ACCENTS else 'other'}")


def quiet(content: Html) -> Html:
    """Return a line of small print, or nothing where there is nothing to say."""
    return element("div", content, class_="rk-quiet") if content else NOTHING


def titled(title: str, content: Html) -> Html:
    """Return content under a title."""
    return joined((element("div", escaped(title), class_="rk-title"), content))


def folded(summary: str, content: Html) -> Html:
    """Return content that opens on a click."""
    return element("details", element("summary", escaped(summary)), content)


def said(value: str, limit: int = 1000) -> Html:
    """Return what somebody wrote, with its lines; what is beyond the limit, in characters, is folded away."""
    head, tail = _cut(value, limit)
    shown = element("div", escaped(head), class_="rk-said", dir="auto")
    if not tail:
        return shown
    rest = element("div", escaped(tail), class_="rk-said", dir="auto")
    return joined((shown, folded(f"{len(tail):,} more characters", rest)), "")


def excerpt(value: str, limit: int = 160) -> Html:
    """Return the beginning of a text, as one line, for the cell of a table; ``limit`` in characters."""
    line = " ".join(value[: 2 * limit].split())
    head, tail = _cut(line, limit)
    more = "…" if tail or len(value) > 2 * limit else ""
    return element("div", escaped(head.rstrip() + more), class_="rk-excerpt", dir="auto")


def _cut(value: str, limit: int) -> tuple[str, str]:
    """Return a text in two, cut between words where it can be; a little too long counts as short enough."""
    if len(value) <= limit * 6 // 5:
        return value, ""
    at = value.rfind(" ", limit // 2, limit) + 1 or limit
    return value[:at], value[at:]


def table(caption: Html, heads: Iterable[str], rows: Iterable[Iterable[Html]]) -> Html:
    """Return a table whose columns have headings; it scrolls by itself where the page is narrow."""
    top = element("thead", element("tr", *(element("th", escaped(head), scope="col") for head in heads)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("div", element("table", element("caption", caption), top, body), class_="rk-wide")


def facts(caption: str, rows: Iterable[tuple[str, Html]]) -> Html:
    """Return facts by name, those that are empty left out."""
    body = (
        element("tr", element("th", escaped(name), scope="row"), element("td", fact)) for name, fact in rows if fact
    )
    return element("div", element("table", element("caption", escaped(caption)), element("tbody", *body)))
