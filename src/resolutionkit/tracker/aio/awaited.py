"""A method of a sync face, as one that is awaited: the same parameters, the same result, the same description.

So there is nothing to keep equal by hand. A face writes each method as a name and a sentence::

    @awaited(Desk.set_status)
    def set_status(self) -> None:
        \"\"\"Move an issue to a status; the same status again only keeps the note.\"\"\"

The sentence is the first of the sync method's, for those who read the source or have an editor show it; whoever asks
the method itself (``help()``, ``inspect``, the reference) is told all that the sync one says.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

from resolutionkit import bridge

P = ParamSpec("P")
T = TypeVar("T")

_Awaited: TypeAlias = Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]


class Named(Protocol):
    """A method as it is written: a name and a sentence."""

    __module__: str
    __qualname__: str

    def __call__(self, face: Any, /) -> None:
        """Do nothing; it is never called."""


def awaited(method: Callable[Concatenate[Any, P], T]) -> Callable[[Named], _Awaited[P, T]]:
    """Return what makes a written name the awaited form of a method; the face has its sync twin as ``_sync``."""

    def made(named: Named) -> _Awaited[P, T]:
        @wraps(method)
        async def waited(face: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return await bridge.run(method, face._sync, *args, **kwargs)

        waited.__module__, waited.__qualname__ = named.__module__, named.__qualname__
        return waited

    return made
