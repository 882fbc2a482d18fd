"""Notifiers that tell wrongly, each in one way; each names the test that is meant to catch it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from resolutionkit.ports import Notice


class Hearing:
    """Nothing is wrong with this one: it writes to a list, and can be cut off from it."""

    caught_by: ClassVar[str] = ""
    name = "list"

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_cut_off = False

    def notify(self, notice: Notice, /) -> None:
        """Write a line with the message's id."""
        self.write(f"{notice.message.id} {notice.recipient}")

    def write(self, line: str) -> None:
        """Write a line, if the list is there."""
        if self.is_cut_off:
            raise ConnectionError
        self.lines.append(line)

    def heard(self) -> list[str]:
        """Return the lines."""
        return self.lines

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Let no line through."""
        self.is_cut_off = True
        yield
        self.is_cut_off = False


class HasNoName(Hearing):
    """Cannot be named in preferences."""

    caught_by = "test_it_is_a_notifier_with_a_name"
    name = ""


class KnowsNoBareAddress(Hearing):
    """Expects everybody in the directory."""

    caught_by = "test_every_kind_of_notice_is_told"

    def notify(self, notice: Notice, /) -> None:
        """Ask for the person's name."""
        assert notice.person is not None
        super().notify(notice)


class KnowsNoReopening(Hearing):
    """Has no text for one of the topics."""

    caught_by = "test_each_topic_is_told"

    def notify(self, notice: Notice, /) -> None:
        """Look up the text."""
        assert notice.message.topic != "reopened"
        super().notify(notice)


class WritesAsciiOnly(Hearing):
    """Fails on what a respondent typed."""

    caught_by = "test_whatever_a_respondent_typed_can_be_told"

    def notify(self, notice: Notice, /) -> None:
        """Encode the response's id."""
        notice.issue.response.id.encode("ascii")
        super().notify(notice)


class HasNoRoom(Hearing):
    """Fails on what is too long for the other end, so that nobody hears of it at all."""

    caught_by = "test_the_longest_texts_can_be_told"

    def notify(self, notice: Notice, /) -> None:
        """Measure the comment."""
        assert len(notice.response.comment or "") < 10_000
        super().notify(notice)


class ExpectsAnIssue(Hearing):
    """Knows no response without one."""

    caught_by = "test_a_response_without_an_issue_is_told"

    def notify(self, notice: Notice, /) -> None:
        """Look at the issue."""
        assert notice.issue is not None
        super().notify(notice)


class TellsTextsApart(Hearing):
    """Takes the same words for the same message."""

    caught_by = "test_messages_of_one_text_are_told_apart"

    def write(self, line: str) -> None:
        """Compare what is said."""
        if line.partition(" ")[2] not in [one.partition(" ")[2] for one in self.lines]:
            super().write(line)


class RemembersTooEarly(Hearing):
    """Takes what it tried for what was told, and passes over the next try."""

    caught_by = "test_after_an_error_the_same_message_is_told"

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def notify(self, notice: Notice, /) -> None:
        """Look whether it was tried."""
        if notice.message.id not in self.seen:
            self.seen.add(notice.message.id)
            super().notify(notice)


class RefusesRepetitions(Hearing):
    """Takes a repetition for an error, so that it is tried again and again."""

    caught_by = "test_a_repetition_is_no_error"

    def notify(self, notice: Notice, /) -> None:
        """Look whether it was told."""
        assert not any(line.startswith(notice.message.id) for line in self.lines)
        super().notify(notice)


class RefusesThreads(Hearing):
    """Belongs to the thread that made it."""

    caught_by = "test_threads_may_tell_at_once"

    def __init__(self) -> None:
        super().__init__()
        self.owner = threading.get_ident()

    def notify(self, notice: Notice, /) -> None:
        """Look who asks."""
        assert self.owner == threading.get_ident()
        super().notify(notice)


class LosesSome(Hearing):
    """Says nothing about what it did not send."""

    caught_by = "test_each_notice_arrives"

    def notify(self, notice: Notice, /) -> None:
        """Pass over whoever is no person."""
        if notice.person is not None:
            super().notify(notice)


class NamesNoMessage(Hearing):
    """Gives the receiver nothing to recognise a repetition by."""

    caught_by = "test_a_repetition_can_be_recognised"

    def notify(self, notice: Notice, /) -> None:
        """Write the recipient only."""
        self.write(notice.recipient)


class HidesFailures(Hearing):
    """Takes an unreachable receiver for one that was told."""

    caught_by = "test_what_cannot_be_delivered_is_an_error"

    def write(self, line: str) -> None:
        """Never mind."""
        if not self.is_cut_off:
            super().write(line)
