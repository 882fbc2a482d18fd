"""Installed packages that announce plugins, as a folder on the path."""

from __future__ import annotations

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
