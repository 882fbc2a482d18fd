"""The schema of policy files as the tables of keys have it; run as a program, this writes the file that ships anew."""

from __future__ import annotations

import json
from pathlib import Path

import resolutionkit
from resolutionkit.policy.policy_schema import SCHEMA_FILE, made_schema

FILE = Path(resolutionkit.__file__).parent / "policy" / SCHEMA_FILE


def text() -> str:
    """Return the content of the file."""
    return json.dumps(made_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
