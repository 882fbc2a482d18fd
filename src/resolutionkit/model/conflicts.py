"""Errors that carry values of the model: what stands, what was tried, and what is allowed instead."""

from __future__ import annotations

from collections.abc import Sequence

from resolutionkit.errors import ResolutionKitError, shown
from resolutionkit.model.events import Event
from resolutionkit.model.issue import Issue


class MoveRefused(ResolutionKitError, ValueError):
    """The workflow has no such move from the issue's status (requirement B3).

    Attributes:
        status: The issue's status.
        wanted: The status that was asked for.
        allowed: The statuses that can be set now.
        reopen_to: The statuses that ``reopen`` can bring it to now.
        problem: What else is in the way; the empty string where nothing is.
    """

    http_status = 409

    def __init__(
        self, status: str, wanted: str, allowed: Sequence[str], reopen_to: Sequence[str] = (), problem: str = ""
    ) -> None:
        """Say which move was refused, and what is allowed instead."""
        self.status: str = str(status)
        self.wanted: str = str(wanted)
        self.allowed: tuple[str, ...] = tuple(map(str, allowed))
        self.reopen_to: tuple[str, ...] = tuple(map(str, reopen_to))
        self.problem = problem
        instead = [f"set_status to {', '.join(self.allowed)}"] if self.allowed else []
        instead += [f"reopen to {', '.join(self.reopen_to)}"] if self.reopen_to else []
        super().__init__(
            f"an issue in {self.status} cannot be moved to {shown(self.wanted)}{problem and ': ' + problem}; "
            f"allowed now: {' or '.join(instead) or 'nothing'}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.status, self.wanted, self.allowed, self.reopen_to, self.problem))


class StaleIssue(ResolutionKitError, ValueError):
    """Somebody else changed the issue since, in a way that conflicts with this command (requirement B13).

    Attributes:
        issue: The issue as it is now.
        events: What happened since the version that the caller knew, in order.
        expected_version: The version that the caller knew.
    """

    http_status = 409

    def __init__(self, issue: Issue, events: Sequence[Event], expected_version: int) -> None:
        """Say what happened in between."""
        self.issue = issue
        self.events: tuple[Event, ...] = tuple(events)
        self.expected_version = expected_version
        happened = ", ".join(f"{event.number} {event.kind} by {shown(event.actor)}" for event in self.events)
        since = f"since then: {happened}" if self.events else f"version {expected_version} does not exist yet"
        super().__init__(
            f"issue {issue.id} is at version {issue.version}, not {expected_version}; {since}; "
            f"look at it again and repeat the command with expected_version={issue.version}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.issue, self.events, self.expected_version))


_CORRECT_OR_RENAME = "pass replace=True to take it as a correction, or give the new response its own id"


class ResponseConflict(ResolutionKitError, ValueError):
    """A response id was delivered again with other content (requirement A4).

    Attributes:
        response_id: The id.
        differences: The fields that differ, as (name, stored value, given value).
        instead: What is allowed instead, in words.
    """

    http_status = 409

    def __init__(
        self, response_id: str, differences: Sequence[tuple[str, object, object]], instead: str | None = None
    ) -> None:
        """Show the difference."""
        self.response_id = response_id
        self.differences: tuple[tuple[str, object, object], ...] = tuple(differences)
        self.instead: str = (
            instead or "pass replace=True to take it as a correction, or give the new response its own id"
        )
        fields = "; ".join(f"{name}: stored {shown(old)}, given {shown(new)}" for name, old, new in self.differences)
        super().__init__(f"response {shown(response_id)} is recorded with other content ({fields}); {self.instead}")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.response_id, self.differences, self.instead))


class ResponseReplaced(ResolutionKitError, LookupError):
    """The response no longer stands for its survey and ticket: a later one does (requirements A5, D4).

    Attributes:
        response_id: The response that was asked for.
        replaced_by: The response that stands in its place.
    """

    http_status = 409

    def __init__(self, response_id: str, replaced_by: str) -> None:
        """Name both responses."""
        self.response_id = response_id
        self.replaced_by = replaced_by
        super().__init__(
            f"response {shown(response_id)} was replaced by {shown(replaced_by)}, a later answer for the same ticket; "
            "use that one"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.response_id, self.replaced_by))


class ResponseMoved(ResolutionKitError, LookupError):
    """The response is in another group by now: what led to it is outdated (requirements A8, D4).

    Attributes:
        response_id: The response.
        group: The code of the group in which it was looked for.
        moved_to: The code of the group that it is in, or None for none.
    """

    http_status = 409

    def __init__(self, response_id: str, group: str, moved_to: str | None) -> None:
        """Name the response, and both groups."""
        self.response_id = response_id
        self.group = group
        self.moved_to = moved_to
        now = "in no group" if moved_to is None else f"in group {shown(moved_to)}"
        super().__init__(f"response {shown(response_id)} moved from group {shown(group)} and is {now}; look there")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.response_id, self.group, self.moved_to))


class ResponseHasIssue(ResolutionKitError, ValueError):
    """The response cannot be flagged, since it belongs to an issue already (requirement A7).

    Attributes:
        response_id: The response.
        issue_id: The issue that it belongs to.
    """

    http_status = 409

    def __init__(self, response_id: str, issue_id: str) -> None:
        """Name the issue."""
        self.response_id = response_id
        self.issue_id = issue_id
        super().__init__(f"response {shown(response_id)} belongs to issue {issue_id}; work that one")

    def __reduce__(self) -> tuple[object, ...]:
        """Allow pickling."""
        return (type(self), (self.response_id, self.issue_id))
