"""Between code that is async and code that is not: run a plain function, and let it wait for something async.

The function runs in a greenlet of the task that calls it. Where it waits, the greenlet stands still and the task awaits
in its stead: no thread is used, the event loop goes on, and a cancelled task raises in the function where it waits. So
faces and stores that are async run the same code as the others. Authors of an async store need it too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from resolutionkit.errors import MissingExtra

__all__ = ["run", "wait"]

P = ParamSpec("P")
T = TypeVar("T")


def load_greenlet() -> Any:
    """Return the module that all of this needs; whoever will need it later calls this to be told of its absence early.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import greenlet
    except ModuleNotFoundError as problem:
        raise MissingExtra("sql-async", "async work") from problem
    return greenlet


async def run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that may :func:`wait`, and return what it returns.

    Args:
        function: The function; it is called here and now, in this thread.
        args: What it is called with.
        kwargs: What it is called with, by name.

    Raises:
        MissingExtra: greenlet is not installed.
    """
    greenlet = load_greenlet()
    here = greenlet.getcurrent()
    beside = greenlet.greenlet(function, here)
    beside.gr_context = here.gr_context  # context variables are those of the task
    given: Any = beside.switch(*args, **kwargs)
    while not beside.dead:
        try:
            answer = await given
        except BaseException as problem:  # noqa: BLE001  (it is the function's to handle, or to let through)
            given = beside.throw(problem)
        else:
            given = beside.switch(answer)
    result: T = given
    return result


def wait(awaitable: Awaitable[T], /) -> T:
    """Wait for something async in a function that :func:`run` runs, or SQLAlchemy's ``run_sync``.

    Args:
        awaitable: What to wait for; it is awaited by the task.

    Returns:
        What awaiting it gives.

    Raises:
        RuntimeError: Nobody runs the function so that it could wait.
    """
    outside = load_greenlet().getcurrent().parent
    if outside is None:
        if callable(close := getattr(awaitable, "close", None)):
            close()  # a coroutine that nobody awaits would warn of itself
        raise RuntimeError("only a function that resolutionkit.bridge.run() runs can wait for something async")
    # Both ways to run it take an awaitable from the greenlet that stands still, and give it the result or the error.
    answer: T = outside.switch(awaitable)
    return answer
