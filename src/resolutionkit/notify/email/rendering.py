"""The templates: ours, a host's in their place, in a sandbox; and the style put where mail clients read it.

This is the only module that knows Jinja and css-inline. What there is to show is said in ``content``.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from resolutionkit.datafile import nearest
from resolutionkit.errors import Fault, MissingExtra
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.model.notices import Notice
from resolutionkit.notify.email.content import Mail
from resolutionkit.notify.email.faults import EmailTextError
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.email.plain import one_line, quoted, visible

SHIPPED = Path(__file__).parent / "templates"
_SUFFIXES = frozenset({".html", ".txt", ".css"})
_GAPS = re.compile(r"\n{3,}")
_LANGUAGES_KEPT = 32


class Rendering:
    """Turns what a mail shows into its subject, its text and its HTML.

    Args:
        folder: The host's templates, or None. One that is named as one of ours is used in its place; ``opened.html`` is
            used for mails of the topic ``opened`` in the place of ``mail.html``, and so on; others may be included.

    Raises:
        EmailTextError: A template of the folder is unsound, or is used by nothing; all faults at once.
        MissingExtra: Jinja or css-inline is not installed.
    """

    def __init__(self, folder: Path | None, topics: tuple[str, ...]) -> None:
        """Read every template of the host's once."""
        self._folders = [SHIPPED] if folder is None else [folder, SHIPPED]
        self._environment = lru_cache(maxsize=_LANGUAGES_KEPT)(self._made_for)
        self._inline = _css_inliner()
        environment = self._environment(None)
        if folder is not None:
            faults = list(_folder_faults(folder, environment, topics))
            if faults:
                raise EmailTextError(faults, str(folder))

    def subject(self, mail: Mail, notice: Notice, language: Language) -> str:
        """Return the subject, in one line."""
        return one_line(self._rendered("subject.txt", mail, notice, language))

    def text(self, mail: Mail, notice: Notice, language: Language) -> str:
        """Return the plain text, without more than one blank line at a time."""
        return _GAPS.sub("\n\n", self._rendered("mail.txt", mail, notice, language)).strip() + "\n"

    def html(self, mail: Mail, notice: Notice, language: Language) -> str:
        """Return the HTML, with its style at each element, and in its head what holds for dark or narrow screens."""
        page = self._rendered("mail.html", mail, notice, language)
        try:
            return str(self._inline.inline(page))
        except Exception as problem:  # noqa: BLE001  (as below; what the inliner raises is its own affair)
            reason = f"the style of the mail cannot be put in place: {type(problem).__name__}"
            raise NotDelivered(reason) from None

    def _rendered(self, name: str, mail: Mail, notice: Notice, language: Language) -> str:
        environment = self._environment(language)
        try:
            names = [name.replace("mail", mail.topic, 1), name] if name.startswith("mail.") else [name]
            template = environment.select_template(names)
            return str(template.render(mail=mail, notice=notice))
        except Exception as problem:  # noqa: BLE001  (a host's template may raise anything, and quote anybody)
            place = _place(problem, self._folders) or name
            raise NotDelivered(f"the template {place}, cannot be shown: {type(problem).__name__}") from None

    def _made_for(self, language: Language | None) -> Any:
        jinja2, sandbox = _jinja()
        environment = sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=jinja2.StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        environment.filters |= {"line": one_line, "quoted": quoted, "lines": _lines}
        if language is not None:
            words = language.translations
            environment.install_gettext_callables(
                words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
            )
        return environment


def _jinja() -> tuple[Any, Any]:
    try:
        import jinja2
        import jinja2.sandbox
    except ModuleNotFoundError as problem:
        raise MissingExtra("email", "a mail") from problem
    return jinja2, jinja2.sandbox


def _css_inliner() -> Any:
    try:
        import css_inline
    except ModuleNotFoundError as problem:
        raise MissingExtra("email", "a mail") from problem
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _shown(value: object) -> object:
    """Return text without what a client would obey, whatever a template does with it."""
    return visible(value) if type(value) is str else value


def _lines(value: object) -> Any:
    """Return text as markup that shows it line by line; mail clients do not keep line ends."""
    import markupsafe

    return markupsafe.Markup("<br>").join(visible(str(value)).splitlines())


def _place(problem: BaseException, folders: list[Path]) -> str:
    """Return in which template and line something was raised; empty where none can be named."""
    lineno = getattr(problem, "lineno", None)
    if lineno is not None:  # it cannot be read at all
        return f"{getattr(problem, 'name', None) or 'a template'}, line {lineno}"
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        for folder in folders:
            if Path(frame.filename).is_relative_to(folder):
                return f"{Path(frame.filename).relative_to(folder)}, line {frame.lineno}"
    return ""


def _folder_faults(folder: Path, environment: Any, topics: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what is wrong with a host's templates: what cannot be read, and what nothing would ever use."""
    if not folder.is_dir():
        yield Fault("folder", "is no folder that can be read")
        return
    own = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    ours = {path.name for path in SHIPPED.iterdir()}
    used: set[str | None] = {*ours, *(f"{topic}{suffix}" for topic in topics for suffix in (".html", ".txt"))}
    for name in own:
        named, wrong = _named_in(folder / name, name, environment)
        used |= named
        yield from wrong
        for missing in sorted({one for one in named if one is not None} - {*own, *ours}):
            yield Fault(name, f"names {missing!r}, which does not exist{nearest(missing, {*own, *ours})}")
    for name in () if None in used else own:  # None: a template that is named while another one runs
        if name not in used:
            yield Fault(name, f"is used by nothing{nearest(name, {one for one in used if one is not None})}")


def _named_in(path: Path, name: str, environment: Any) -> tuple[set[str | None], list[Fault]]:
    """Return which templates a template names, and why it cannot be read."""
    from jinja2 import TemplateSyntaxError, meta

    try:
        source = path.read_text(encoding="utf-8")
        environment.compile(source, name)
        return set(meta.find_referenced_templates(environment.parse(source, name))), []
    except TemplateSyntaxError as problem:
        return set(), [Fault(f"{name}, line {problem.lineno}", f"cannot be read: {problem.message}")]
    except (OSError, ValueError) as problem:
        return set(), [Fault(name, f"cannot be read: {problem}")]
