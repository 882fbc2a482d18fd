"""The three example hosts, each started once for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from support.servers import database
from support.serving import EXAMPLES, PASSWORD, Site, run, served


@contextmanager
def flask_site(folder: Path) -> Iterator[Site]:
    """Serve the host on Flask, on a SQLite file."""
    url = f"sqlite:///{folder / 'host.db'}"
    environment = {"HOST_DATABASE": url}
    code = EXAMPLES / "flask_host"
    run(["-m", "flask", "--app", "app", "seed", PASSWORD], code, environment)
    serve = ["-m", "flask", "--app", "app", "run", "--port", "{port}"]
    with served(serve, code, environment, folder / "log") as address:
        yield Site(address, url)


@contextmanager
def fastapi_site(folder: Path) -> Iterator[Site]:
    """Serve the host on FastAPI, on PostgreSQL."""
    with database("postgresql", tables=False) as url:
        environment = {"HOST_DATABASE": url}
        code = EXAMPLES / "fastapi_host"
        run(["seed.py", PASSWORD], code, environment)
        with served(["-m", "uvicorn", "app:app", "--port", "{port}"], code, environment, folder / "log") as address:
            yield Site(address, url)


@contextmanager
def django_site(folder: Path) -> Iterator[Site]:
    """Serve the host on Django, on a SQLite file."""
    environment = {"HOST_DATABASE": str(folder / "host.db")}
    code = EXAMPLES / "django_host"
    run(["manage.py", "migrate"], code, environment)
    run(["manage.py", "seed", PASSWORD], code, environment)
    serve = ["manage.py", "runserver", "--noreload", "127.0.0.1:{port}"]
    with served(serve, code, environment, folder / "log") as address:
        yield Site(address, f"sqlite:///{folder / 'host.db'}")


SITES: dict[str, Callable[[Path], AbstractContextManager[Site]]] = {
    "flask": flask_site,
    "fastapi": fastapi_site,
    "django": django_site,
}


@pytest.fixture(scope="session", params=SITES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return each host in turn, running."""
    with SITES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running
