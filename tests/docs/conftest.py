"""The docs' own extensions are plain modules in docs/_ext; the tests import them from there."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

collect_ignore = [] if find_spec("sphinx") else ["test_build.py"]
"""Sphinx is there in the session that builds the docs, which runs this file."""
