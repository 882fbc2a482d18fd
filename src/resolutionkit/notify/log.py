"""A notifier that writes to the standard log: for development, and as the example for authors of notifiers."""

from __future__ import annotations

import logging

from resolutionkit.ports import Notice

LOGGER = logging.getLogger("resolutionkit.notify")
LOGGER.addHandler(logging.NullHandler())


class LogNotifier:
    """Logs who is told of what, at level INFO, with nothing that a respondent typed (law L12).

    The log record carries ``account``, ``message_id``, ``issue_id``, ``topic`` and ``recipient`` as extras.
    """

    name = "log"

    def notify(self, notice: Notice, /) -> None:
        """Log one message."""
        message = notice.message
        LOGGER.info(
            "%s of issue %s told to %s: %s",
            message.topic.value,
            message.issue,
            ascii(message.recipient),
            ", ".join(message.why),
            extra={
                "account": notice.account,
                "message_id": message.id,
                "issue_id": message.issue,
                "topic": message.topic.value,
                "recipient": message.recipient,
            },
        )
