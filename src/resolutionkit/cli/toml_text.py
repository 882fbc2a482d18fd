"""Data as the text of a TOML file: what ``policy versions`` shows of a version, so that it can be had again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from resolutionkit.datafile import key_of


def toml_text(data: Mapping[str, Any]) -> str:
    """Return a TOML file that says what the data says: texts, numbers, switches, lists and tables; None is left out."""
    return "\n".join(_lines(data, "")).strip("\n") + "\n"


def _lines(data: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a table: first what stands in its own lines, then the tables within it, under their paths."""
    inner = {name: value for name, value in data.items() if _is_own_table(value)}
    for name, value in data.items():
        if name not in inner and value is not None:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in inner.items():
        own = f"{path}.{_key(name)}" if path else _key(name)
        if isinstance(value, Mapping):
            yield from ("", f"[{own}]")
            yield from _lines(value, own)
            continue
        for one in value:
            yield from ("", f"[[{own}]]")
            yield from _lines(one, own)


def _is_own_table(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    # A small table reads better in its line.
    return isinstance(value, Mapping) and (len(value) != 1 or any(map(_is_nested, value.values())))


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping)


def _key(name: str) -> str:
    return key_of(name) if name.isascii() and name and "\\" not in key_of(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(name)} = {_value(one)}' for name, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but that DEL may not stand there as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
