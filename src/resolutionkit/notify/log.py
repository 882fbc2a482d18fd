"""A notifier that writes to the standard log: for development, and as the example for authors of notifiers."""

from __future__ import annotations

from resolutionkit import logs
from resolutionkit.ports import Notice


class LogNotifier:
    """Logs who is told of what, at level INFO, with nothing that a respondent typed (law L12).

    The log record carries ``account``, ``message_id``, ``issue_id``, ``topic``, ``recipient`` and ``why`` as extras.
    """

    name = "log"

    def notify(self, notice: Notice, /) -> None:
        """Log one message."""
        message = notice.message
        logs.LOGGED.write(
            account=notice.account,
            message_id=message.id,
            issue_id=message.issue,
            topic=message.topic.value,
            recipient=message.recipient,
            why=", ".join(message.why),
        )
