"""Where an optional dependency is not installed, the error names the extra that brings it."""

from __future__ import annotations

import sys

import pytest

from resolutionkit import Links, MissingExtra, Tracker
from resolutionkit.web import link_app, link_wsgi_app
from support.linking import KEY, LINKS

BRINGS = {"starlette": "web", "jinja2": "web", "python_multipart": "web", "a2wsgi": "wsgi"}


@pytest.mark.parametrize("name", BRINGS)
def test_the_extra_is_named(tracker: Tracker, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Whichever is missing, and before any mail is sent."""
    for loaded in [one for one in sys.modules if one.startswith("resolutionkit.web.")]:
        monkeypatch.delitem(sys.modules, loaded)
    for loaded in [name, *(one for one in sys.modules if one.startswith(f"{name}."))]:
        monkeypatch.setitem(sys.modules, loaded, None)
    with pytest.raises(MissingExtra) as caught:
        link_wsgi_app(tracker, LINKS)
    assert caught.value.extra == BRINGS[name]


def test_what_else_is_missing_is_not_ours(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the host's, say."""
    monkeypatch.setitem(sys.modules, "resolutionkit.web.app", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        link_app(tracker, LINKS)
    assert not isinstance(caught.value, MissingExtra)


def test_links_name_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are signed by itsdangerous."""
    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    with pytest.raises(MissingExtra) as caught:
        Links("https://app.example/recovery", [KEY])
    assert caught.value.extra == "links"
