"""What is written to the log: every line that this package writes, with its logger, its level and its extras.

When a line is written is up to whoever does the work. No line has words that somebody typed, nor a customer's address,
nor the id of a response, which may be built of one (law L12): a log is read by more people than a survey.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from logging import DEBUG, ERROR, INFO, WARNING

from attrs import field, frozen

ROOT = "resolutionkit"
logging.getLogger(ROOT).addHandler(logging.NullHandler())


@frozen(eq=False)
class Line:
    """One kind of line.

    Attributes:
        name: The name of its logger, below ``resolutionkit``.
        level: How much it matters.
        text: What it says, with its facts by their names.
        extras: The names of its facts, which are attributes of the log record too.
        when: When it is written.
        is_wanted: Says whether anybody wants it at all.
    """

    name: str
    level: int
    text: str
    extras: tuple[str, ...]
    when: str
    _logger: logging.Logger = field(init=False, repr=False)
    is_wanted: Callable[[], bool] = field(init=False, repr=False)

    @_logger.default
    def _named(self) -> logging.Logger:
        return logging.getLogger(f"{ROOT}.{self.name}")

    @is_wanted.default
    def _asked(self) -> Callable[[], bool]:
        return partial(self._logger.isEnabledFor, self.level)  # commands ask it when nobody listens: no call too many

    @property
    def logger(self) -> str:
        """Return the whole name of its logger."""
        return self._logger.name

    def write(self, **facts: object) -> None:
        """Write it.

        Args:
            facts: What it tells, all of its extras; None where there is nothing to tell.
        """
        self._logger.log(self.level, self.text, facts, extra=facts, stacklevel=2)


_DELIVERY = ("account", "channel", "message_id", "issue_id", "topic", "fate", "attempt")
_TRIED = (*_DELIVERY, "duration", "error_type")
_COUNTED = ("account", "channel", "size", "sent", "duration")
_ACTED = ("account", "kind", "issue_id", "size", "outcome", "events", "error_type", "duration")

RECORDED = Line(
    "commands",
    DEBUG,
    "a response in account %(account)a: %(outcome)s, in %(duration).6f s",
    ("account", "issue_id", "outcome", "events", "error_type", "duration"),
    "a response was taken in or refused",
)
RECORDED_MANY = Line(
    "commands",
    DEBUG,
    "%(size)d responses in account %(account)a: %(outcome)s, %(refused)d refused, in %(duration).6f s",
    ("account", "size", "refused", "issues_opened", "outcome", "error_type", "duration"),
    "a batch of responses was taken in, by `record_many` or an import",
)
ACTED = Line(
    "commands",
    DEBUG,
    "%(kind)s of issue %(issue_id)s in account %(account)a: %(outcome)s, in %(duration).6f s",
    _ACTED,
    "a command was carried out or refused",
)
IMPORTED = Line(
    "commands",
    INFO,
    "%(rows)d rows imported in account %(account)a: %(rejected)d rejected, %(issues_opened)d issues opened",
    ("account", "rows", "rejected", "issues_opened", "is_dry_run"),
    "an import came to its end",
)
ERASED = Line(
    "commands",
    INFO,
    "erased in account %(account)a: %(responses)d responses, the words of %(issues)d issues; %(left)d issues left",
    ("account", "responses", "issues", "mentions", "addresses", "left"),
    "something was erased, or was looked for in vain",
)
SENT = Line(
    "delivery",
    DEBUG,
    "message %(message_id)s sent on %(channel)a in %(duration).6f s",
    _TRIED,
    "a channel took a message",
)
SETTLED = Line(
    "delivery",
    DEBUG,
    "message %(message_id)s not sent on %(channel)a: %(fate)s",
    _DELIVERY,
    "a message was deferred, suppressed, denied or dropped; the ledger says why",
)
BATCH_SENT = Line(
    "delivery",
    INFO,
    "%(sent)d of %(size)d messages sent on %(channel)a in account %(account)a, in %(duration).3f s",
    _COUNTED,
    "a channel is through with a batch",
)
RETRIED = Line(
    "delivery",
    WARNING,
    "message %(message_id)s failed on %(channel)a at attempt %(attempt)d (%(error_type)s), and is tried again",
    _TRIED,
    "a channel did not take a message, which is tried again",
)
LEASE_LOST = Line(
    "delivery",
    WARNING,
    "a lease ran out while it was used: message %(message_id)s on %(channel)a",
    ("account", "channel", "message_id"),
    "a worker was so slow that another may have sent the message as well",
)
DEAD = Line(
    "delivery",
    ERROR,
    "message %(message_id)s is a dead letter on %(channel)a, after attempt %(attempt)d",
    _TRIED,
    "a message became a dead letter; the ledger says why, and `send_again` has it tried once more",
)
DISABLED = Line(
    "delivery",
    ERROR,
    "channel %(channel)a of account %(account)a is disabled: its receiver is gone for good",
    ("account", "channel"),
    "a channel said that nothing more is to go to it; `enable_channel` undoes that",
)
UNKNOWN_ACCOUNT = Line(
    "delivery",
    ERROR,
    "what is due in account %(account)a, which nobody knows, is put off",
    ("account",),
    "a message is due in an account that `accounts=` does not know",
)
ACCOUNT_FAILED = Line(
    "delivery",
    ERROR,
    "nothing can be delivered in account %(account)a: %(fault)s; trying again in %(pause)s s",
    ("account", "error_type", "fault", "pause"),
    "the settings or the directory of an account raised; the other accounts go on",
)
UNREADABLE = Line(
    "delivery",
    ERROR,
    "issue %(issue_id)s of account %(account)a cannot be read (%(error_type)s); what is due of it is put off",
    ("account", "issue_id", "error_type"),
    "what is stored of an issue is damaged, or of a newer version; what is due of others goes on",
)
RESTING = Line(
    "delivery",
    ERROR,
    "the database cannot be used (%(error_type)s, from %(cause)s); trying again in %(pause)s s",
    ("error_type", "cause", "pause"),
    "a worker met an error of the database, and rests before it goes on",
)
LOGGED = Line(
    "notify",
    INFO,
    "%(topic)s of issue %(issue_id)s told to %(recipient)a: %(why)s",
    ("account", "message_id", "issue_id", "topic", "recipient", "why"),
    "`LogNotifier` is a channel, and was given a message",
)
FAULTY = Line(
    "plugins",
    ERROR,
    "the plugin %(plugin)s %(fault)s",
    ("plugin", "fault"),
    "a plugin is left out, or failed in a hook",
)
REPEATED = Line(
    "storage",
    DEBUG,
    "a transaction met a conflict at attempt %(attempt)d (%(error_type)s), and is run again in %(pause).3f s",
    ("attempt", "error_type", "pause"),
    "the database gave a transaction up, or others were in its way",
)
TIMERS_RAN = Line(
    "timers",
    INFO,
    "timers of account %(account)a: %(climbed)d climbed, %(reminded)d reminded, %(asked)d asked, %(failed)d failed",
    ("account", "climbed", "reminded", "asked", "failed"),
    "`run_timers` did something in an account, or failed to",
)
TIMER_FAILED = Line(
    "timers",
    ERROR,
    "the timers of issue %(issue_id)s in account %(account)a failed (%(error_type)s), and are put off",
    ("account", "issue_id", "error_type"),
    "an issue could not be looked at; the others go on, and it is tried again in ten minutes",
)
TIMERS_UNKNOWN = Line(
    "timers",
    ERROR,
    "the settings of account %(account)a cannot be had (%(error_type)s); its timers are put off",
    ("account", "error_type"),
    "`accounts=` does not know an account in which something is due, or failed",
)
LINK_REFUSED = Line(
    "web",
    INFO,
    "a link was answered with %(http_status)d: %(problem)s",
    ("problem", "http_status"),
    "a link is expired, forged or refused, or a form is not ours",
)
LINK_FAILED = Line(
    "web",
    ERROR,
    "a link was answered with %(http_status)d: %(problem)s",
    ("problem", "http_status"),
    "a link could not be answered, since the database cannot be used",
)

LINES: tuple[Line, ...] = tuple(one for one in globals().values() if isinstance(one, Line))
"""All of them, by their loggers, then their levels."""
