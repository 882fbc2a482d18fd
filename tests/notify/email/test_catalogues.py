"""Translations: ours are complete, a host's are checked, and what we read of a .po file is what Babel reads."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from resolutionkit import EmailTextError, workflows
from resolutionkit.notify.email import catalogues, rendering, statuses
from resolutionkit.notify.email.catalogues import PLACEHOLDER, Catalogues, entries_of, translations_of
from resolutionkit.notify.email.language import Language
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.ports import Notice

SOURCE = Path(rendering.__file__).parent
SHIPPED = sorted(catalogues.SHIPPED.glob("*.po"))
Mailer = Callable[..., EmailNotifier]


def extracted() -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """Yield what is to be translated, as ``pybabel extract`` finds it with the command of the documentation."""
    mapping = [("*.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
    keywords = {"_": None, "gettext": None, "say": None, "marked": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    for _, _, message, _, context in extract_from_dir(SOURCE, mapping, keywords=keywords):
        if message:
            yield context, message


WANTED = set(extracted())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_translation_that_ships_is_complete(path: Path) -> None:
    """Every message is translated, none is a guess, none is for something that is no longer said."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    messages = {(one.context, one.id if isinstance(one.id, str) else tuple(one.id)): one for one in catalogue if one.id}
    assert len(WANTED) > 100
    assert set(messages) == WANTED
    assert [one.id for one in messages.values() if one.fuzzy] == []
    assert not catalogue.obsolete
    forms = {key: [one.string] if isinstance(one.string, str) else list(one.string) for key, one in messages.items()}
    assert [key for key, words in forms.items() if not all(words)] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_translation_has_the_same_placeholders(path: Path) -> None:
    """Each of them, and no other."""
    entries, faults = entries_of(path.read_text("utf-8"))
    assert faults == []
    for entry in entries:
        for form in entry.forms if entry.source else ():
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(entry.source)), entry.source


def test_german_and_spanish_ship() -> None:
    """Beside English, which is what the source says."""
    assert [path.stem for path in SHIPPED] == ["de", "es"]


def test_the_words_of_the_workflows_that_ship_are_translated() -> None:
    """They are said elsewhere, and marked for translators here."""
    said = {
        words
        for workflow in (workflows.STANDARD, workflows.THREE_STATUS, workflows.THREE_STATUS_FORWARD)
        for status in workflow.statuses
        for words in (status.label, status.action, status.guidance)
    }
    assert set(statuses.WORDS) == said


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_we_read_what_babel_reads(path: Path) -> None:
    """Message by message, and through gettext's own reader of what Babel compiles."""
    from gettext import GNUTranslations

    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    theirs, ours = GNUTranslations(compiled), translations_of(entries_of(path.read_text("utf-8"))[0])
    for one in catalogue:
        if isinstance(one.id, tuple):
            assert [theirs.ngettext(*one.id, n) for n in range(4)] == [ours.ngettext(*one.id, n) for n in range(4)]
        elif one.context is not None:
            assert theirs.pgettext(one.context, one.id) == ours.pgettext(one.context, one.id)
        elif one.id:
            assert theirs.gettext(one.id) == ours.gettext(one.id) != one.id or one.id == ours.gettext(one.id)


ODD = r"""
# A comment.
msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

#: a.py:1
#, python-format
msgid ""
"one "
"\"two\"\t\\\n"
msgstr "jeden"
" \"dwa\""

#, fuzzy
msgid "guess"
msgstr "zgadnij"

msgid "missing"
msgstr ""

msgctxt "here"
msgid "word"
msgstr "słowo"

msgid "%(n)s note"
msgid_plural "%(n)s notes"
msgstr[0] "%(n)s notatka"
msgstr[1] "%(n)s notatki"
msgstr[2] "%(n)s notatek"

#~ msgid "old"
#~ msgstr "stary"
"""


def test_a_po_file_is_read_as_it_is_meant() -> None:
    """Several lines, escapes, contexts, plurals; guesses and what is missing stay English."""
    entries, faults = entries_of(ODD)
    assert faults == []
    words = translations_of(entries)
    assert words.gettext('one "two"\t\\\n') == 'jeden "dwa"'
    assert (words.gettext("guess"), words.gettext("missing"), words.gettext("old")) == ("guess", "missing", "old")
    assert (words.pgettext("here", "word"), words.gettext("word")) == ("słowo", "word")
    several = [words.ngettext("%(n)s note", "%(n)s notes", n) for n in (1, 3, 5, 22)]
    assert several == ["%(n)s notatka", "%(n)s notatki", "%(n)s notatek", "%(n)s notatki"]


BROKEN = {
    'msgid "a"\nmsgstr "%(b)s"\n': ("fr.po, line 1", "%(b)s is not in the English words"),
    'msgid "%(a)s"\nmsgstr "100 % %(a)s"\n': (
        "fr.po, line 1",
        "a % stands alone; write %%, or %(name)s for what is put in",
    ),
    'msgid "a"\nmsgstr unquoted\n': ("fr.po, line 2", "is neither a comment nor a keyword with text in quotes"),
    '\n\n"a"\n': ("fr.po, line 3", "is neither a comment nor a keyword with text in quotes"),
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=import os;\\n"\n': (
        "fr.po",
        "cannot be read as a .po file",
    ),
}


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_hosts_translation_is_checked(content: str, mailer: Mailer, tmp_path: Path) -> None:
    """When the notifier is built: what would fail in a mail is told with file and line."""
    (tmp_path / "fr.po").write_text(content, encoding="utf-8")
    with pytest.raises(EmailTextError) as caught:
        mailer(translations=tmp_path)
    ((place, problem),) = caught.value.faults
    assert place == BROKEN[content][0]
    assert problem.startswith(BROKEN[content][1])


def test_a_translation_that_is_no_text(mailer: Mailer, tmp_path: Path) -> None:
    """It has to be UTF-8."""
    (tmp_path / "fr.po").write_bytes(b"\xff\xfe")
    with pytest.raises(EmailTextError, match=r"fr\.po: cannot be read as a \.po file"):
        mailer(translations=tmp_path)


def test_a_folder_of_translations_that_is_none(mailer: Mailer, tmp_path: Path) -> None:
    """A slip of the pen is no folder without translations."""
    with pytest.raises(EmailTextError, match="is no folder that can be read"):
        mailer(translations=tmp_path / "nowhere")


def test_a_host_adds_and_changes_languages(mailer: Mailer, notice: Notice, tmp_path: Path) -> None:
    """What its translations do not have comes from ours, from the wider language first, and from English last."""
    (tmp_path / "pt-BR.po").write_text('msgid "The issue now"\nmsgstr "O caso"\n', encoding="utf-8")
    (tmp_path / "de-AT.po").write_text('msgid "January"\nmsgstr "Jänner"\n', encoding="utf-8")
    (tmp_path / "de.po").write_text('msgid "The issue now"\nmsgstr "Der Vorgang"\n', encoding="utf-8")
    (tmp_path / "en.po").write_text('msgid "The issue now"\nmsgstr "The case"\n', encoding="utf-8")
    found = Catalogues.load(tmp_path)
    spoken = {tag: Language(*found.find(tag)) for tag in ("pt-BR", "pt-br", "pt", "de-at", "de-CH", "en-GB", "es")}
    assert [one.tag for one in spoken.values()] == ["pt-BR", "pt-BR", "en", "de-AT", "de", "en", "es"]
    assert {tag: one.gettext("The issue now") for tag, one in spoken.items()} == {
        "pt-BR": "O caso",
        "pt-br": "O caso",
        "pt": "The case",
        "de-at": "Der Vorgang",
        "de-CH": "Der Vorgang",
        "en-GB": "The case",
        "es": "Estado actual del caso",
    }
    assert [spoken[tag].gettext("January") for tag in ("de-at", "de-CH", "pt-BR")] == ["Jänner", "Januar", "January"]
    part = mailer(translations=tmp_path).mail(attrs.evolve(notice, language="pt-BR")).get_body(("html",))
    assert part is not None
    assert '<html lang="pt-BR"' in part.get_content()


def test_languages_that_run_from_right_to_left_say_so() -> None:
    """By their first part."""
    words = catalogues.NullTranslations()
    assert [Language(tag, words).direction for tag in ("he", "ar-EG", "de", "en")] == ["rtl", "rtl", "ltr", "ltr"]


def test_no_message_needs_a_lone_percent_sign() -> None:
    """It would have to be doubled in some places, and not in others."""
    for _, message in WANTED:
        for words in (message,) if isinstance(message, str) else message:
            assert "%" not in re.sub(PLACEHOLDER, "", words)
