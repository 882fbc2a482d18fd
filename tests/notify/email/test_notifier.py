"""What a host tells the email channel: each wrong argument is refused, and no password is ever shown."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from resolutionkit import EmailNotifier, InvalidValue, MissingExtra
from resolutionkit.notify.email.server import server_of

CARE = "Care team <care@shop.example>"


def test_it_is_named_and_shows_no_password() -> None:
    """Preferences know it as email; its repr says where mail goes out."""
    notifier = EmailNotifier("smtps://care:s3cret@mail.example", CARE)
    assert notifier.name == "email"
    assert repr(notifier) == "<EmailNotifier from care@shop.example by smtps://mail.example:465>"


@pytest.mark.parametrize(
    ("url", "host", "port", "encrypts"),
    [
        ("smtp://mail.example", "mail.example", 587, True),
        ("smtp://mail.example:25", "mail.example", 25, True),
        ("smtps://mail.example/", "mail.example", 465, True),
        ("smtp://localhost:1025", "localhost", 1025, False),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, False),
        ("smtp://[::1]:25", "::1", 25, False),
        ("smtp://mail.localhost", "mail.localhost", 587, False),
        ("smtp://localhost.example", "localhost.example", 587, True),
    ],
)
def test_a_server_is_spoken_to_encrypted_unless_it_is_here(url: str, host: str, port: int, encrypts: bool) -> None:
    """The ports are the usual ones; another machine gets nothing in the open, unless the host says so."""
    server = server_of(url, require_tls=None, certificates=None)
    assert (server.host, server.port, server.must_encrypt) == (host, port, encrypts)
    assert server_of(url, require_tls=False, certificates=None).must_encrypt is False
    assert server_of(url, require_tls=True, certificates=None).must_encrypt is True
    assert str(server).startswith(f"smtp{'s' if url.startswith('smtps') else ''}://")


def test_special_characters_of_a_password_are_written_as_in_any_url() -> None:
    """And come back as they are meant."""
    server = server_of("smtp://a%40b.example:p%2F%3A%40%23@mail.example", require_tls=None, certificates=None)
    assert (server.user, server.password) == ("a@b.example", "p/:@#")
    assert "p/" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://care:s3cret@mail.example",
        "smtp://",
        "smtp://care:s3cret@",
        "smtp://care:s3cret/more@mail.example",
        "smtp://care:s3cret#more@mail.example",
        "smtp://care:s3cret?more@mail.example",
        "smtp://care:s3cret@mail.example:port",
        "smtp://care:s3cret@mail.example:0",
        "smtp://care:s3cret@mail.example:99999",
        "smtp://care:s3cret@[mail.example",
        "smtp://care:s3cret@mail..example",
        "smtp://care:s3cret%C3%BC@mail.example",
        "smtp://care:s3cret%0A@mail.example",
        "smtp://:s3cret@mail.example",
        "smtp://care:s3cret@mail.example/path",
        "smtp://care:s3cret@mail.example\r\n",
        587,
        None,
    ],
)
def test_a_server_that_is_none_is_refused_without_its_password(url: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever part of the URL it ended up in; not in the error, its cause, its context or a log."""
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidValue) as caught:
        EmailNotifier(url, CARE)
    problem = caught.value
    assert problem.field == "server"
    assert "s3cret" not in f"{problem} {problem.value!r} {problem.__cause__!r} {caplog.text}"
    assert problem.__suppress_context__ or problem.__context__ is None
    assert pickle.loads(pickle.dumps(problem)).args == problem.args


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", "nobody"),
        ("sender", "Care\r\nBcc: x@y.example <care@shop.example>"),
        ("sender", "jürgen@shop.example"),
        ("sender", None),
        ("reply_to", "a b@shop.example"),
        ("timeout", timedelta(0)),
        ("timeout", timedelta(hours=2)),
        ("timeout", 20),
        ("desk_url", "javascript:alert(1)"),
        ("desk_url", "/issues/{issue}"),
        ("desk_url", 'https://app.example/ "onclick'),
        ("desk_url", 7),
        ("preferences_url", "https://[app"),
    ],
)
def test_a_wrong_argument_is_refused(name: str, value: Any) -> None:
    """When the notifier is built, with the argument's name."""
    given: dict[str, Any] = {"sender": CARE, name: value}
    with pytest.raises(InvalidValue) as caught:
        EmailNotifier("smtp://localhost", **given)
    assert caught.value.field == name


@pytest.mark.parametrize("package", ["jinja2", "css_inline"])
def test_what_is_not_installed_is_named(package: str) -> None:
    """With the extra that brings it."""
    with patch.dict("sys.modules", {package: None}), pytest.raises(MissingExtra, match=r"resolutionkit\[email\]"):
        EmailNotifier("smtp://localhost", CARE)


def test_folders_are_paths_or_strings(tmp_path: Path) -> None:
    """Either will do."""
    make: Callable[..., EmailNotifier] = EmailNotifier
    for folder in (tmp_path, str(tmp_path)):
        make("smtp://localhost", CARE, templates=folder, translations=folder)
