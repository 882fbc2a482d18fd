"""A storage of resolutionkit: everything in one file of JSON lines."""

import re
from collections.abc import Mapping
from pathlib import Path

from json_lines_store.store import JsonLinesStore
from resolutionkit.hooks import StoreOpener, StoreOptions, hookimpl

__all__ = ["JsonLinesStore", "resolutionkit_stores"]


@hookimpl
def resolutionkit_stores() -> Mapping[str, StoreOpener]:
    """Answer to ``jsonl:``."""
    return {"jsonl": open_store}


def open_store(options: StoreOptions) -> JsonLinesStore:
    """Open the file of a URL."""
    return JsonLinesStore(path_of(options.url), create=options.create is not False)


def path_of(url: str) -> Path:
    """Return the path in a URL: jsonl:///absolute/path, or jsonl:relative/path."""
    path = url.partition(":")[2].removeprefix("//")
    return Path(re.sub(r"^/(?=[A-Za-z]:)", "", path))  # jsonl:///C:/recovery.jsonl
