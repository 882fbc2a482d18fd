"""The command line: ``resolutionkit``. It needs click and rich, the extra ``cli``; nothing else imports it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from resolutionkit.errors import MissingExtra

_NEEDED = ("click", "rich")
_MISSING = 9
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code.

    Args:
        arguments: What stands after the program's name; None for what the process was started with.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        problem = MissingExtra("cli", "the command line")
        sys.stderr.write(f'error: {problem.what} needs an optional dependency: pip install "resolutionkit[cli]"\n')
        return _MISSING
    try:
        from resolutionkit.cli.app import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # so early, or so late, that no command was running
        return _INTERRUPTED
