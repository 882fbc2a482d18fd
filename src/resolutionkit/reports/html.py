"""The report as one HTML page: for a browser, with its own style, and nothing that is loaded from elsewhere.

Text cannot become markup here (requirement C12, law L12): only ``model.markup`` makes any. There are no scripts.
"""

from __future__ import annotations

from resolutionkit.model.markup import NOTHING, Html, element, escaped, joined, words
from resolutionkit.model.recovery_report import RecoveryReport
from resolutionkit.reports import content
from resolutionkit.reports.content import Fact, Said, SaidEntry, SaidGroup, SaidNote, SaidReport, said_of

_LIGHT = (
    "--ink:#22262b;--soft:#565e68;--rule:#d5d9de;--wash:#f4f5f7;--page:#fff;--link:#0b57a4;"
    "--detractor:#fbe6e2;--detractor-ink:#8f2418;--detractor-edge:#d9a49b;"
    "--passive:#fbf1d5;--passive-ink:#6b4e00;--passive-edge:#dcc588;"
    "--promoter:#e1f1e4;--promoter-ink:#1d5c31;--promoter-edge:#9fcaa9"
)
_DARK = (
    "--ink:#e6e8eb;--soft:#a7afb9;--rule:#3a4048;--wash:#23282e;--page:#181b1f;--link:#8ab8f0;"
    "--detractor:#43211c;--detractor-ink:#f5b5a9;--detractor-edge:#8f4d42;"
    "--passive:#3d3214;--passive-ink:#efd488;--passive-edge:#80692a;"
    "--promoter:#1b3623;--promoter-ink:#a6dbb3;--promoter-edge:#3f7a50"
)
_RULES = (
    f":root{{color-scheme:light dark;{_LIGHT}}}",
    f"@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}",
    "*{box-sizing:border-box}",
    "body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}",
    "main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 3rem}",
    "h1{font-size:1.75rem;line-height:1.2;margin:0 0 .4rem}",
    "h2{font-size:1.15rem;line-height:1.3;margin:0;overflow-wrap:anywhere}",
    "h3{font-size:.85rem;margin:1rem 0 .3rem;color:var(--soft)}",
    "p{margin:.35rem 0}",
    "a{color:var(--link);text-underline-offset:.15em}",
    ".soft{color:var(--soft)}",
    ".small{font-size:.85rem;overflow-wrap:anywhere}",
    ".wide{overflow-x:auto;margin:1rem 0}",
    "table{border-collapse:collapse;width:100%;font-size:.9rem}",
    "th,td{padding:.35rem .5rem;border-block:1px solid var(--rule);text-align:end}",
    "thead th{color:var(--soft);font-weight:400}",
    "tr>:first-child{text-align:start;font-weight:400;min-width:7rem;max-width:22rem;overflow-wrap:break-word}",
    "article{border-top:1px solid var(--rule);padding:1.25rem 0;margin-top:1.25rem;break-inside:avoid}",
    "article{display:grid;grid-template-columns:4rem minmax(0,1fr);column-gap:1.1rem}",
    ".score{border:1px solid;border-radius:.4rem;padding:.45rem .2rem;text-align:center;align-self:start;margin:0}",
    ".score b{display:block;font-size:1.6rem;line-height:1.1}",
    ".score span{font-size:.8rem}",
    *(
        f".{one}{{background:var(--{one});color:var(--{one}-ink);border-color:var(--{one}-edge)}}"
        f".{one}-ink{{color:var(--{one}-ink)}}"
        for one in content.CATEGORIES
    ),
    "dl{display:grid;grid-template-columns:4.5rem minmax(0,1fr);gap:.15rem .75rem;margin:.6rem 0;font-size:.9rem}",
    "dt{color:var(--soft)}",
    "dd{margin:0;overflow-wrap:anywhere}",
    "blockquote{margin:.6rem 0;padding:.6rem .9rem;background:var(--wash);border-inline-start:3px solid var(--edge)}",
    "blockquote{white-space:pre-wrap;overflow-wrap:anywhere}",
    *(f".of-{one}{{--edge:var(--{one}-edge)}}" for one in content.CATEGORIES),
    ".none{font-style:italic;color:var(--soft)}",
    "ol{list-style:none;margin:0;padding:0;font-size:.85rem}",
    "li{margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}",
    "@media (max-width:30rem){article{grid-template-columns:minmax(0,1fr)}main{padding:1.25rem 1rem 2rem}}",
    "@media (max-width:30rem){table{font-size:.8rem}th,td{padding-inline:.25rem}tr>:first-child{min-width:4.5rem}}",
    "@media (max-width:30rem){.score{justify-self:start;padding:.3rem .8rem;margin-bottom:.6rem}}",
    "@media (max-width:30rem){.score b{display:inline;font-size:1.25rem;margin-inline-end:.3rem}}",
    f"@media print{{:root{{color-scheme:light;{_LIGHT}}}main{{max-width:none;padding:0}}}}",
)
_STYLE = Html("".join(_RULES))


def as_html(report: RecoveryReport) -> str:
    """Return a report as a whole HTML page, which loads nothing and runs nothing.

    It reads on narrow and wide screens, in light and dark, and can be printed.
    """
    said = said_of(report)
    head = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
        Html('<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'),
        element("title", escaped(content.document_title(said))),
        element("style", _STYLE),
    )
    body = element("body", element("main", _top(said), *map(_entry, said.entries)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _top(said: SaidReport) -> Html:
    parts = [
        element("h1", escaped(content.TITLE)),
        element("p", escaped("For "), element("strong", words(said.recipient))),
        element("p", escaped(f"{said.window} \N{MIDDLE DOT} {said.zone}"), class_="soft"),
        element("p", escaped(said.summary)),
    ]
    if said.link is not None:
        parts.append(element("p", _anchor(said.link, escaped(content.ADD_NOTES))))
    if said.groups:
        parts.append(_groups(said.groups))
    return element("header", *parts)


def _groups(groups: tuple[SaidGroup, ...]) -> Html:
    head = element("tr", *(element("th", escaped(one), scope="col") for one in content.COLUMNS))
    rows = (
        element(
            "tr",
            element("th", words(one.name), scope="row"),
            *(element("td", escaped(f"{count:,}")) for count in (one.responses, one.without_notes, one.not_spoken)),
        )
        for one in groups
    )
    # A region that scrolls can be reached from the keyboard.
    table = element("table", element("thead", head), element("tbody", *rows))
    return element("div", table, class_="wide", tabindex="0", role="region", **{"aria-label": content.BY_GROUP})


def _entry(entry: SaidEntry) -> Html:
    score = element(
        "p", element("b", escaped(entry.score)), Html(" "), element("span", escaped(entry.out_of)),
        class_=f"score {entry.category}",
    )  # fmt: skip
    band = element("strong", escaped(entry.band), class_=f"{entry.category}-ink")
    parts = [
        element("h2", words(entry.name)),
        element("p", _dotted(band, escaped(entry.received), *map(words, entry.marks)), class_="small soft"),
    ]
    if entry.contact:
        parts.append(element("p", _dotted(*map(words, entry.contact)), class_="small soft"))
    if entry.facts:
        parts.append(element("dl", *(_fact(one) for one in entry.facts)))
    parts += [_quote(one, entry) for one in entry.said]
    parts += [element("h3", escaped(content.NOTES)), _notes(entry.notes)]
    if entry.link is not None:
        # Read out of their context, links to different responses are not the same words.
        label = f"{content.ADD_NOTE}: {entry.name}"
        parts.append(element("p", _anchor(entry.link, escaped(content.ADD_NOTE), label), class_="small"))
    return element("article", score, element("div", *parts))


def _fact(fact: Fact) -> Html:
    value = words(fact.value)
    shown = value if fact.link is None else _anchor(fact.link, value)
    return joined((element("dt", escaped(fact.name)), element("dd", shown)), "")


def _quote(said: Said, entry: SaidEntry) -> Html:
    question = NOTHING if said.question is None else element("p", words(said.question), class_="small soft")
    if not said.is_answered:
        return joined((question, element("p", escaped(said.text), class_="none")), "")
    return joined((question, element("blockquote", escaped(said.text), class_=f"of-{entry.category}", dir="auto")), "")


def _notes(notes: tuple[SaidNote, ...]) -> Html:
    if not notes:
        return element("p", escaped(content.NO_NOTES_YET), class_="small none")
    lines = (
        element("li", element("span", escaped(one.when), class_="soft"), Html(" "), words(one.text)) for one in notes
    )
    return element("ol", *lines)


def _dotted(*parts: Html) -> Html:
    return joined(parts, " \N{MIDDLE DOT} ")


def _anchor(url: str, label: Html, spoken: str | None = None) -> Html:
    given = {} if spoken is None else {"aria-label": spoken}
    return element("a", label, href=url, **given)
