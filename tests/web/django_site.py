"""A Django site with the link pages beside its own, as ASGI and as WSGI: run with either word and a port."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from wsgiref.simple_server import make_server

import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from starlette.applications import Starlette
from starlette.routing import Mount

from resolutionkit import Tracker
from resolutionkit.web import link_app, link_wsgi_app
from support import organisation, response
from support.linking import LINKS
from support.linkpages import paths_of


def home(request: Any) -> HttpResponse:
    """Return a page of the host's, with a link to write a note."""
    return HttpResponse(paths_of(tracker, issue.id, "ed")["note"])  # type: ignore[index]


urlpatterns = [path("", home)]
links = LINKS
tracker = Tracker.open("memory:", directory=organisation())
issue: Any = tracker.record(response(received_at=datetime.now(UTC))).issue


def asgi() -> Any:
    """Return the site as ASGI, beside the mounted link pages."""
    # begin resolutionkit: asgi
    application = Starlette(
        routes=[
            Mount("/recovery", link_app(tracker, links)),
            Mount("/", get_asgi_application()),
        ]
    )
    # end resolutionkit
    return application  # noqa: RET504  (a page of the docs shows the name)


def wsgi() -> Any:
    """Return the site as WSGI: what is below the mounted path goes to the link pages."""
    # begin resolutionkit: wsgi
    site, pages = get_wsgi_application(), link_wsgi_app(tracker, links)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        mounted, path = "/recovery", environ["PATH_INFO"]
        if not path.startswith(f"{mounted}/"):
            return site(environ, start_response)
        within = {
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + mounted,
            "PATH_INFO": path.removeprefix(mounted),
        }
        return pages({**environ, **within}, start_response)

    # end resolutionkit
    return application


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="of a test")
    django.setup()
    if kind == "asgi":
        uvicorn.run(asgi(), port=port, log_level="error", lifespan="off")
    else:
        make_server("127.0.0.1", port, wsgi()).serve_forever()
