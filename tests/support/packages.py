"""Installed packages that announce plugins, as a folder on the path."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path


def install(folder: Path, name: str, module: str, *, point: str | None = None) -> None:
    """Put a package with one module into a folder, as an installer does.

    Args:
        folder: A folder on the path.
        name: The package's name; its module is called the same.
        module: The module's text.
        point: The name of its entry point; None for the package's.
    """
    (folder / f"{name}.py").write_text(module, encoding="utf-8")
    known = folder / f"{name}-1.2.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
    (known / "entry_points.txt").write_text(f"[resolutionkit]\n{point or name} = {name}\n", encoding="utf-8")


def install_project(project: Path, folder: Path) -> None:
    """Put an example's package into a folder, as ``pip install`` does with what the project file says.

    Args:
        project: The folder that has the project file.
        folder: A folder on the path.
    """
    data = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    about, wheel = data["project"], data["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name in wheel.get("packages", ()):
        shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in wheel.get("only-include", ()):
        shutil.copy(project / name, folder / name)
    known = folder / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n", encoding="utf-8"
    )
    points = [f"{point} = {module}\n" for point, module in about["entry-points"]["resolutionkit"].items()]
    (known / "entry_points.txt").write_text(f"[resolutionkit]\n{''.join(points)}", encoding="utf-8")
