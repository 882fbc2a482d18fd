"""How public names are written on a reference page: which directive, which signature, which types. Pure: text out."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from types import ModuleType
from typing import Any, get_type_hints

import attrs
from publicnames import FACE, public_names, public_path, value_doc

from resolutionkit import Access, AsyncDesk, AsyncInbox, RootCause, Workflow

_DEEP = re.compile(r"(?<![\w.~])~?((?:[a-z_]\w*\.)+[A-Za-z_]\w*)")
INTERNAL = frozenset(
    {"AttributeRule", "BuiltId", "Column", "ColumnId", "Constant", "Dates", "FileFormat", "IdRule", "Source", "YesNo"}
    | {"Known", "Row", "RowRefused"}  # with those above, what a loaded ImportMapping is made of and how it reads a row
    | {"AccessKind"}  # what Access.OWN and its like are made of
    | {"Reader", "Runner"}  # what desks and inboxes are made of, and nobody else
    | {"Field", "Operator", "Judged"}  # what a condition, which is read from text, is made of and asked about
    | {"Channels"}  # what a tracker makes of its notifiers and observers
    | {"Opening"}  # what AsyncTracker.open gives: the tracker, once it is awaited or entered
)
"""Types inside the package that public values show without being public: they are written, and not linked."""
MADE_BY_TRACKERS = frozenset({AsyncDesk, AsyncInbox})
"""What takes nothing from inside, and is not built by users all the same."""
CHECKED_ELSEWHERE = frozenset({RootCause})
"""Values that users build and that are checked where they are used."""


def directive(path: str) -> str:
    """Return the reStructuredText that describes a public name.

    Raises:
        LookupError: There is no such public name, or it is a value without a docstring.
    """
    thing = public_names().get(path)
    if thing is None:
        raise LookupError(f"{path} is no public name")
    if isinstance(thing, ModuleType):
        return "\n".join(_module(path, thing))
    if inspect.isclass(thing):
        return "\n".join(_class(path, thing))
    if inspect.isfunction(thing):
        return f".. autofunction:: {path}\n"
    return "\n".join(_value(path, value_doc(path)))


def _class(path: str, thing: type) -> Iterator[str]:
    is_error = issubclass(thing, BaseException)
    yield f".. auto{'exception' if is_error else 'class'}:: {path}"
    yield "   :members:"
    if is_error:
        yield "   :show-inheritance:"
    if issubclass(thing, Enum):
        yield "   :undoc-members:"
    if any(_is_hidden(base) for base in thing.__mro__[1:]):
        yield f"   :inherited-members: {', '.join(base.__name__ for base in thing.__mro__ if not _is_hidden(base))}"
    yield ""


def _is_hidden(base: type) -> bool:
    deep = f"{base.__module__}.{base.__qualname__}"
    return base.__module__.startswith(f"{FACE}.") and public_path(deep) is None


def _value(path: str, doc: str) -> Iterator[str]:
    if not doc:
        raise LookupError(f"{path} has no docstring below it")
    module, _, name = path.rpartition(".")
    yield from (f".. py:data:: {name}", f"   :module: {module}", "")
    yield from (f"   {line}" for line in doc.splitlines())
    yield ""


def _module(path: str, module: ModuleType) -> Iterator[str]:
    yield from _value(path, inspect.getdoc(module) or "")
    for name, value in vars(module).items():
        if isinstance(value, Workflow):
            yield from _value(f"{path}.{name}", value_doc(f"{module.__name__}.{name}"))


def public_text(text: str) -> str:
    """Return the text of a type with the paths that users know, to be shown by their last part."""

    def shown(match: re.Match[str]) -> str:
        path = match[1]
        return f"~{public_path(path) or path}"

    return _DEEP.sub(shown, text)


def signature(thing: Any, stringify: Any) -> str | None:
    """Return the signature to show, or None to leave it as it is.

    What users do not build shows none: errors, enumerations, protocols, what takes a type from inside, and values that
    are not checked when they are built, since only the library builds those.

    Args:
        thing: A class or function.
        stringify: Turns a type into text.
    """
    if not inspect.isclass(thing):
        return None
    if issubclass(thing, BaseException | Enum) or getattr(thing, "_is_protocol", False) or _is_made_inside(thing):
        return ""
    if not attrs.has(thing):
        return None
    return _attrs_signature(thing, stringify) if _is_checked(thing) else ""


def _is_checked(thing: type) -> bool:
    is_guarded = any(one.converter or one.validator for one in attrs.fields(thing))
    return is_guarded or hasattr(thing, "__attrs_post_init__") or thing in CHECKED_ELSEWHERE


def _is_made_inside(thing: type) -> bool:
    return thing in MADE_BY_TRACKERS or any(
        isinstance(one, str) and set(re.findall(r"\w+", one)) & INTERNAL for one in _raw(thing.__init__).values()
    )


def _raw(function: Any) -> dict[str, Any]:
    return dict(getattr(function, "__annotations__", {}))


def _attrs_signature(thing: type, stringify: Any) -> str:
    accepted, kept = get_type_hints(thing.__init__), get_type_hints(thing)
    fields = [one for one in attrs.fields(thing) if one.init]
    # What has a converter may take more than it keeps; a converter without types says nothing.
    parts = [f"{one.alias}: {stringify(accepted.get(one.alias, kept[one.name]))}{_default(one)}" for one in fields]
    is_keyword = [one.kw_only for one in fields]
    if True in is_keyword:
        parts.insert(is_keyword.index(True), "*")
    return f"({', '.join(parts)})"


def _default(one: attrs.Attribute[Any]) -> str:
    if one.default is attrs.NOTHING:
        return ""
    if isinstance(one.default, attrs.Factory):  # type: ignore[arg-type]
        made = one.default.factory
        return " = {}" if made is dict else " = ..."
    return f" = {_default_text(one.default)}"


def _is_bare(value: object) -> bool:
    """Say whether a value is what its class makes of nothing; some classes need to be told something."""
    needed = [one for one in attrs.fields(type(value)) if one.init and one.default is attrs.NOTHING]
    return not needed and value == type(value)()


def _default_text(value: object) -> str:
    if isinstance(value, Workflow):
        return f"workflows.{value.name.upper().replace('-', '_')}"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Access):
        return f"Access.{value.kind.name}"
    if attrs.has(type(value)):
        return f"{type(value).__name__}()" if _is_bare(value) else "..."
    if isinstance(value, timedelta):
        return f"timedelta(days={value / timedelta(days=1):g})"
    plain = (str, int, float, bool, type(None), tuple, frozenset)
    return repr(value) if isinstance(value, plain) else _constructed(value)


def _constructed(value: object) -> str:
    is_empty = hasattr(value, "__len__") and not len(value)  # type: ignore[arg-type]
    return f"{type(value).__name__}()" if is_empty else repr(value)


def is_type_variable(target: str) -> bool:
    """Say whether a name is a type variable's, as one capital with or without a suffix is: ``T``, ``T_co``."""
    return re.fullmatch(r"[A-Z](_co|_contra)?", target.rpartition(".")[2]) is not None


def attribute_types(thing: Any, stringify: Any) -> dict[str, str]:
    """Return the types of a class's attributes as text: annotated ones, and those that its constructor takes.

    A type from inside is left out: users have no use for its name.
    """
    if not inspect.isclass(thing):
        return {}
    try:
        hints = get_type_hints(thing.__init__) | get_type_hints(thing)
    except (NameError, TypeError):
        return {}
    texts = {name: stringify(hint) for name, hint in hints.items()}
    return {name: text for name, text in texts.items() if not set(re.findall(r"\w+", text)) & INTERNAL}
