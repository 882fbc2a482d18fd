"""The project's checks, quickest first: `nox` runs them all, `nox -s tests-3.12 -- -k inbox` some of them."""

import os
import shutil
import zipfile
from pathlib import Path

import nox
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"  # a missing interpreter is a skip, on CI an error; never a download
nox.options.sessions = ["lint", "imports", "package", "types", "docs", "tests_lowest", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
IN_WHEEL = (
    "resolutionkit/py.typed",
    "resolutionkit/importing/shipped/qualtrics.toml",
    "resolutionkit/notify/email/templates/mail.html",
    "resolutionkit/notify/email/translations/de.po",
    "resolutionkit/notify/webhook_payload.schema.json",
    "resolutionkit/policy/policy.schema.json",
    "resolutionkit/reports/templates/report.typ",
    "resolutionkit/storage/sql/migrations/versions/revision_0001.py",
    "resolutionkit/web/templates/style.css",
    "resolutionkit/web/templates/words.html",
    ".dist-info/licenses/LICENSE",
)
HOST_TEST = """
from resolutionkit.testing import assert_issue, assert_told, sample_response

def test_a_host(resolutionkit_tracker, resolutionkit_recorder):
    resolutionkit_tracker.record(sample_response("r-1", 2))
    assert_issue(resolutionkit_tracker, "r-1", status="needs_attention", assignee="ed")
    assert_told(resolutionkit_recorder, "ed", about="r-1")
"""
"""What a host's own test may be, with nothing but the extra ``testing``."""
KEEPS = """
import sys
from datetime import UTC, datetime
from resolutionkit import Response, Tracker

with Tracker.open(sys.argv[1]) as tracker:
    tracker.record(Response(id="r-1", score=2, received_at=datetime.now(UTC)))
with Tracker.open(sys.argv[1]) as tracker:
    assert [line.response.id for line in tracker.issues()] == ["r-1"]
"""
"""What a storage that is installed as a plugin has to do: keep a response, and list its issue when opened again."""


def group(name: str, *packages: str) -> list[str]:
    """Return the requirements of a dependency group, or of the given packages in it."""
    found = nox.project.dependency_groups(PROJECT, name)
    return [line for line in found if not packages or canonicalize_name(Requirement(line).name) in packages]


def drivers() -> list[str]:
    """Return the drivers that are built from source, where the client library that they need is installed."""
    return group("built") if shutil.which("mariadb_config") else []


def lowest() -> list[str]:
    """Pin every direct dependency, those of the extras included, to the lowest version that we promise to work."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    pins = []
    for requirement in map(Requirement, lines):
        if requirement.name == project["name"] or (requirement.marker and not requirement.marker.evaluate()):
            continue
        floors = [clause.version for clause in requirement.specifier if clause.operator == ">="]
        if len(floors) != 1:
            message = f"{requirement} needs exactly one lower bound (>=)"
            raise ValueError(message)
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        pins.append(f"{requirement.name}{extras}=={floors[0]}")
    return sorted(set(pins))


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Check the style and the format of every file."""
    session.install(*group("lint", "ruff"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=OLDEST)
def imports(session: nox.Session) -> None:
    """Check who may import whom."""
    session.install(*group("lint", "import-linter"))
    session.run("lint-imports", "--no-cache", env={"PYTHONPATH": "src"})


@nox.session(python=OLDEST)
def package(session: nox.Session) -> None:
    """Build what is published, look into it, import it where nothing else is; run a host's test; install plugins."""
    session.install(*group("package"))
    session.run("validate-pyproject", "pyproject.toml")
    place = Path(session.create_tmp()).resolve()
    dist, fresh = place / "dist", place / "fresh"
    for old in dist.glob("*"):
        old.unlink()
    session.run("python", "-m", "build", "--outdir", str(dist), ".", silent=True)
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in IN_WHEEL:
        if not any(name.endswith(wanted) for name in names):
            session.error(f"{wheel.name} lacks {wanted}")
    session.run("check-wheel-contents", str(wheel))
    session.run("twine", "check", "--strict", str(wheel), str(sdist))
    session.run("python", "-m", "venv", "--clear", str(fresh))
    python = str(fresh / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    session.run(python, "-m", "pip", "install", "--quiet", str(wheel), external=True)
    session.run(python, "-I", "-W", "error", "-c", "from resolutionkit import *; print(Tracker)", external=True)
    host = place / "host"
    host.mkdir(exist_ok=True)
    (host / "test_host.py").write_text(HOST_TEST, encoding="utf-8")
    (host / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    session.run(python, "-m", "pip", "install", "--quiet", f"{wheel}[testing]", external=True)
    session.run(python, "-m", "pytest", "--quiet", str(host), external=True)
    plugins = ("keyword_recovery", "json_lines_store", "pager_notifier")
    beside = (f"{wheel}[cli]", *(f"./examples/{name}" for name in plugins))
    session.run(python, "-m", "pip", "install", "--quiet", *beside, external=True)
    session.run(python, "-I", "-m", "resolutionkit.cli", "plugins", external=True)
    log = place / "recovery.jsonl"
    log.unlink(missing_ok=True)
    session.run(python, "-I", "-W", "error", "-c", KEEPS, f"jsonl:{log}", external=True)


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Check the types inside, and that users see every public name fully typed."""
    session.install(".[all]", *group("types"))
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "resolutionkit", "--ignoreexternal")


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Build the documentation, with warnings as errors; `-- linkcheck` asks the network whether outer links answer."""
    session.install(".[all]", *group("docs"), *group("test"))
    session.run("pytest", "tests/docs/test_build.py")
    builder = "linkcheck" if "linkcheck" in session.posargs else "html"
    session.run("sphinx-build", "-W", "-n", "-E", "-q", "-b", builder, "docs", f"docs/_build/{builder}")


@nox.session(python=OLDEST)
def bench(session: nox.Session) -> None:
    """Measure the budgets, each against a rival in the same run: a report, and no check."""
    session.install(".[all]", *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(python=OLDEST)
def tests_lowest(session: nox.Session) -> None:
    """Run the tests with the oldest dependencies that we promise to work with."""
    session.install("-e", ".[all]", *lowest(), *group("test"), *drivers())
    session.run("pytest", "-n", "2", *(session.posargs or ["-m", "not thorough"]))


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with the newest dependencies: all on the oldest Python, most on the newest, the rest in between.

    What a server answers hardly depends on the Python that asks. The floor of coverage is measured where most run.
    """
    session.install("-e", ".[all]", *group("test"), *drivers())
    chosen = {OLDEST: [], NEWEST: ["-m", "not thorough", "--cov"]}
    between = ["-m", "not thorough and not servers"]
    session.run("pytest", "-n", "2", *(session.posargs or chosen.get(str(session.python), between)))
