"""A host's templates: one by one in the place of ours, checked when they are given, and in a sandbox when they run."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from resolutionkit import Contact, EmailTextError, Topic
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify.email import rendering
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.ports import Notice

Mailer = Callable[..., EmailNotifier]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes templates into a folder, and returns the folder."""

    def into(files: dict[str, str]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return tmp_path

    return into


def part(notifier: EmailNotifier, notice: Notice, kind: str) -> str:
    """Return a part of a mail as text."""
    found = notifier.mail(notice).get_body((kind,))
    assert found is not None
    return str(found.get_content())


def faults(mailer: Mailer, folder: Path) -> list[tuple[str, str]]:
    """Return what is wrong with templates."""
    with pytest.raises(EmailTextError) as caught:
        mailer(templates=folder)
    assert caught.value.source == str(folder)
    return [tuple(fault) for fault in caught.value.faults]


def test_one_template_takes_the_place_of_one(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """The others stay as they are, and a template may include its own."""
    folder = write({
        "header.html": '{% include "parts/logo.html" %}<h1>{{ mail.heading|upper }}</h1>',
        "parts/logo.html": "<p>Our logo</p>",
        "footer.txt": "Bye, {{ notice.person.name }}",
        "subject.txt": "Care: {{ mail.who }}\n(urgent)",
    })  # fmt: skip
    notifier = mailer(templates=folder)
    html, text = part(notifier, notice, "html"), part(notifier, notice, "plain")
    assert "AN UNHAPPY CUSTOMER NEEDS ATTENTION" in html
    assert "Our logo" in html
    assert "Set the status" in html
    assert text.endswith("Bye, Nina Okafor\n")
    assert notifier.mail(notice)["Subject"] == "Care: Jane Doe, ABC Ltd (urgent)"


def test_a_topic_can_have_a_template_of_its_own(
    mailer: Mailer, write: Callable[..., Path], every_topic: dict[Topic, Notice]
) -> None:
    """Named as the topic; the subject is no part of it."""
    notifier = mailer(templates=write({"escalated.html": "<p>{{ mail.reason }}</p>", "escalated.txt": "Help!"}))
    assert part(notifier, every_topic[Topic.ESCALATED], "plain") == "Help!\n"
    assert "<h1" not in part(notifier, every_topic[Topic.ESCALATED], "html")
    assert notifier.mail(every_topic[Topic.ESCALATED])["Subject"].startswith("[Escalated]")
    assert "<h1" in part(notifier, every_topic[Topic.OPENED], "html")


def test_a_style_can_be_replaced(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """It is put at each element; what holds for some screens only stays in the head."""
    style = "h1 { color: #123456 }\n@media (prefers-color-scheme: dark) { h1 { color: #abcdef !important } }"
    html = part(mailer(templates=write({"style.css": style})), notice, "html")
    assert 'style="color: #123456' in html.replace("color:#", "color: #")
    assert "prefers-color-scheme: dark" in html
    assert "<h1" in html


def test_ours_have_their_style_inline_and_their_rules_in_the_head(mailer: Mailer, notice: Notice) -> None:
    """Dark and narrow screens are served; nothing is loaded from anywhere."""
    html = part(mailer(), notice, "html")
    assert "@media (max-width: 480px)" in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<h1 style="' in html
    assert "src=" not in html
    assert "<link" not in html


def test_every_fault_is_told_at_once(mailer: Mailer, write: Callable[..., Path]) -> None:
    """When the notifier is built, with file and line."""
    folder = write({
        "mail.html": "<p>\n{% if mail.reason %}\n</p>",
        "headr.html": "<h1>x</h1>",
        "footer.txt": '{% include "fotter.txt" %}',
        "escalated.txt": "{{ mail.reason|shout }}",
        "notes.txt": "{{ }}",
    })  # fmt: skip
    (folder / "answers.txt").write_bytes(b"\xff\xfe")
    found = dict(faults(mailer, folder))
    assert found["headr.html"] == "is used by nothing; did you mean 'header.html'?"
    assert found["footer.txt"] == "names 'fotter.txt', which does not exist; did you mean 'footer.txt'?"
    assert found["notes.txt, line 1"].startswith("cannot be read: Expected an expression")
    (unended,) = [problem for place, problem in found.items() if place.startswith("mail.html, line ")]
    assert unended.startswith("cannot be read: Unexpected end of template")
    assert found["escalated.txt, line 1"] == "cannot be read: No filter named 'shout'."
    assert found["answers.txt"].startswith("cannot be read: 'utf-8' codec")


def test_a_folder_that_is_none(mailer: Mailer, tmp_path: Path) -> None:
    """A slip of the pen is no folder without templates."""
    assert faults(mailer, tmp_path / "nowhere") == [("folder", "is no folder that can be read")]


def test_what_is_included_by_value_cannot_be_judged(mailer: Mailer, write: Callable[..., Path]) -> None:
    """A template that chooses at the last moment may use any."""
    mailer(templates=write({"header.html": "{% include mail.topic ~ '.part.html' %}", "opened.part.html": "x"}))


FAILING = {
    "{{ mail.nothing }}": "UndefinedError",
    "{{ 1 / 0 }}": "ZeroDivisionError",
    "{{ mail.comment|int + mail.comment }}": "TypeError",
    "{{ notice.response.attributes[mail.comment].x }}": "UndefinedError",
    "{{ mail.__class__.__mro__ }}": "SecurityError",
    "{{ ''.__class__ }}": "SecurityError",
    "{{ cycler.__init__.__globals__ }}": "SecurityError",
    "{{ range(10 ** 9) }}": "OverflowError",
    "{% include mail.comment %}": "TemplateNotFound",
}


@pytest.mark.parametrize("template", FAILING)
def test_a_template_that_fails_is_named_and_tells_nothing(
    template: str, mailer: Mailer, write: Callable[..., Path], notice: Notice
) -> None:
    """The error has its name and line, and nothing that a respondent typed, nor has its cause; it can be mended."""
    notifier = mailer(templates=write({"footer.html": f"<p>\n\n{template}</p>"}))
    secret = attrs.evolve(notice, response=attrs.evolve(notice.response, comment="typed by Jane"))
    with pytest.raises(NotDelivered) as caught:
        notifier.notify(secret)
    problem = caught.value
    assert problem.reason == f"the template footer.html, line 3, cannot be shown: {FAILING[template]}"
    assert not problem.is_final
    assert "Jane" not in "".join(traceback.format_exception(problem))


def test_a_template_cannot_change_anything(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """Neither what is shown, nor the environment."""
    for attempt in ("{% do notice.labels.clear() %}", "{% set notice.zone = 'x' %}", "{{ notice.labels.clear() }}"):
        folder = write({"footer.html": attempt})
        with pytest.raises((NotDelivered, EmailTextError)):
            mailer.__wrapped__(templates=folder).mail(notice)  # type: ignore[attr-defined]
    assert notice.labels


def test_a_host_s_template_is_escaped_as_well(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """Whatever it shows, in HTML and in text (law L12)."""
    folder = write(
        {"footer.html": "<p>{{ notice.response.contact.name }}</p>", "footer.txt": "{{ mail.comment|line }}"}
    )
    contact = Contact(name="<b>Jane</b>\u202e")
    changed = attrs.evolve(notice, response=attrs.evolve(notice.response, contact=contact, comment="a\n\u2028b"))
    notifier = mailer(templates=folder)
    assert "&lt;b&gt;Jane&lt;/b&gt;\ufffd</p>" in part(notifier, changed, "html")
    assert part(notifier, changed, "plain").endswith("\na b\n")


def test_a_template_speaks_the_readers_language(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """Its own words are translated where a translation knows them."""
    notifier = mailer(templates=write({"footer.txt": '{{ _("The issue now") }} {{ ngettext("Note", "Notes", 2) }}'}))
    assert part(notifier, attrs.evolve(notice, language="de"), "plain").endswith("Aktueller Stand des Falls Notizen\n")
    assert part(notifier, notice, "plain").endswith("The issue now Notes\n")


def test_nothing_is_loaded_from_anywhere(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """A style sheet that a host's template links to is left to the reader's client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/style.css"
        folder = write({"mail.html": f'<html><head><link rel="stylesheet" href="{url}"></head><body>x</body></html>'})
        asked: list[object] = []
        watching = threading.Thread(target=lambda: asked.append(_first_of(listener)))
        watching.start()
        part(mailer(templates=folder), notice, "html")
        watching.join()
        assert asked == [None]


def _first_of(listener: socket.socket) -> object:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return None
    connection.close()
    return "asked"


def test_a_template_that_is_spoilt_later_is_named(mailer: Mailer, write: Callable[..., Path], notice: Notice) -> None:
    """It was sound when the notifier was built."""
    folder = write({"footer.html": "<p>x</p>"})
    notifier = mailer(templates=folder)
    write({"footer.html": "<p>\n{% if %}</p>"})
    with pytest.raises(
        NotDelivered, match=r"^the template footer\.html, line 2, cannot be shown: TemplateSyntaxError$"
    ):
        notifier.mail(notice)


def test_a_style_that_cannot_be_put_in_place_is_told(
    write: Callable[..., Path], notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As our error, without what the inliner says."""

    class Failing:
        def inline(self, page: str) -> str:
            raise ValueError(page)

    monkeypatch.setattr(rendering, "_css_inliner", Failing)
    with pytest.raises(NotDelivered, match=r"^the style of the mail cannot be put in place: ValueError$") as caught:
        EmailNotifier("smtp://localhost", "care@shop.example").mail(notice)
    assert caught.value.__suppress_context__
