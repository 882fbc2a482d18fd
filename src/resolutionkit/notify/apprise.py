"""Channels that Apprise reaches: Slack, Teams, text messages and a hundred more. The only module that knows it (C10).

What is said stands in ``wording``; how long a text message may be, in ``sms``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from resolutionkit.errors import InvalidValue, MissingExtra, shown
from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.model.messages import Medium
from resolutionkit.model.notices import Notice
from resolutionkit.model.values import CODE_MAX, code, flag
from resolutionkit.notify.sms import sms_text
from resolutionkit.notify.taming import unlinked
from resolutionkit.notify.wording import short_text

Targets: TypeAlias = Mapping[str, str] | Callable[[Notice], str | None]
"""Where each recipient is reached: an Apprise URL by a person's id or address, or what gives one for a notice."""

TIMEOUT = timedelta(seconds=30)
_MAPPING = "Apprise URLs by person, or a function that gives one for a notice"
_PARTS_MAX = 10
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~<>=-])")


class AppriseNotifier:
    """Tells people where Apprise can reach them: in a chat, by text message, on a telephone (requirement C10).

    A channel has one place for each person: a URL that leads to several is refused. Where one of several took a message
    and another did not, trying again would tell the first one twice, and not trying would tell the other never. So
    whoever is to be told in two places gets two channels, each with a line of its own in the ledger.

    The text is short and plain, and what people typed in it is inert whatever markup the service has (rule C12).

    Args:
        name: The channel's name, as preferences and the ledger use it.
        targets: Where each recipient is reached: a mapping of Apprise URLs, or a function that gives one for a notice,
            or None where the recipient has no such place.
        link: Gives the link for a notice, such as ``lambda notice: links.to(notice, LinkAction.VIEW)``; None for none.
            A daily alert is about no single response, and has none.
        parts: For text messages: of how many parts one may be at most, 1 to 10. It then has neither what people wrote
            nor a reference. None for chats.
        shows_words: Whether a chat is shown what people wrote: the reason, the note, the customer's comment.
        timeout: How long a service may take.

    Raises:
        InvalidValue: An argument is not acceptable; the error shows no URL, since it is a secret.
        MissingExtra: The extra ``apprise`` is not installed.
    """

    def __init__(
        self,
        name: str,
        targets: Targets,
        *,
        link: Callable[[Notice], str] | None = None,
        parts: int | None = None,
        shows_words: bool = True,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        """Check what is given, and connect to nothing yet."""
        self.name: str = code(name, "name", InvalidValue, CODE_MAX)
        self._apprise: Any = _apprise()
        self._link = link
        self._parts = _checked_parts(parts)
        self.medium: Medium = Medium.CHAT if self._parts is None else Medium.TEXT
        self._shows_words = flag(shows_words, "shows_words", InvalidValue)
        self._timeout = _span(timeout)
        self._target = self._looked_up(targets)

    def __repr__(self) -> str:
        """Show the name; where it leads to is a secret."""
        return f"<AppriseNotifier {self.name!r}>"

    def notify(self, notice: Notice, /) -> None:
        """Tell one person one thing.

        Raises:
            NotDelivered: The service did not take it; finally, where the recipient has no place on this channel.
        """
        url = self._target(notice)
        if url is None:
            raise NotDelivered("the recipient has no place on this channel", is_final=True)
        service, problem = self._service(url)
        if problem is not None:
            raise NotDelivered(f"the place of the recipient cannot be used: {problem}")
        manager = self._apprise.Apprise(asset=service.asset)
        manager.add(service)
        title, body, body_format = self._said(notice, service)
        self._check(manager.notify(body=body, title=title, body_format=body_format))

    def _said(self, notice: Notice, service: Any) -> tuple[str, str, Any]:
        formats = self._apprise.NotifyFormat
        link = None if self._link is None or notice.digest is not None else self._link(notice)
        if self._parts is not None:
            text = short_text(notice, unlinked)
            return "", sms_text(f"{text.title}. {'. '.join(text.facts)}", link, self._parts), formats.TEXT
        text = short_text(notice)
        # A message that is told twice after a crash has the same reference, by which the ledger knows it too.
        lines = [*text.facts, *(text.words if self._shows_words else ()), f"Ref. {notice.message.id}"]
        if service.resolve_format(formats.TEXT) == formats.MARKDOWN:
            return text.title, _as_markdown(lines, link), formats.MARKDOWN
        return text.title, "\n".join([*lines, *([] if link is None else [link])]), formats.TEXT

    def _check(self, result: Any) -> None:
        """Go by what became of the last attempt: a URL may say that its failures count as success."""
        (one,) = result
        attempts = one.attempts
        if attempts and bool(attempts[-1]):
            return
        is_slow = bool(attempts) and attempts[-1].status == self._apprise.AppriseResultStatus.TIMEOUT
        why = "did not answer in time, and may have taken it" if is_slow else "did not take it"
        raise NotDelivered(f"{shown(str(one.name))} {why}")

    def _service(self, url: object) -> tuple[Any, str | None]:
        asset = self._apprise.AppriseAsset(
            async_mode=False,
            app_id="resolutionkit",
            app_desc="resolutionkit",
            service_timeout=self._timeout.total_seconds(),
            http_redirects=False,
            image_url_mask=None,  # no picture of somebody else's in our messages
            image_url_logo=None,
            app_url=None,
        )
        service = self._apprise.Apprise.instantiate(url, asset=asset) if isinstance(url, str) else None
        if service is None:
            return None, "it is no URL that Apprise knows"
        return service, "it leads to several places" if len(service) > 1 else None

    def _looked_up(self, targets: object) -> Callable[[Notice], str | None]:
        if callable(targets):
            return targets
        if not isinstance(targets, Mapping):
            raise InvalidValue("targets", type(targets).__name__, _MAPPING)
        known = dict(targets)
        for who, url in known.items():
            _, problem = self._service(url)
            if problem is not None:
                one_each = f"one URL, for one place ({problem}); for several use several channels"
                raise InvalidValue(f"targets[{who!r}]", "what was given", one_each)
        return lambda notice: known.get(notice.recipient)


def _as_markdown(lines: list[str], link: str | None) -> str:
    """Return lines for a service that has nothing but Markdown: as text, Apprise would escape the link to pieces."""
    said = [_MARKDOWN.sub(r"\\\1", line) for line in lines]
    if link is not None:
        said.append(f"[Open]({link.replace('(', '%28').replace(')', '%29')})")
    return "  \n".join(said)


def _checked_parts(parts: object) -> int | None:
    if parts is None or (type(parts) is int and 1 <= parts <= _PARTS_MAX):
        return parts
    raise InvalidValue("parts", parts, f"1 to {_PARTS_MAX}, or None")


def _span(timeout: object) -> timedelta:
    if isinstance(timeout, timedelta) and timedelta(0) < timeout <= timedelta(minutes=5):
        return timeout
    raise InvalidValue("timeout", timeout, "a timedelta of more than nothing, and at most 5 minutes")


def _apprise() -> Any:
    try:
        import apprise
    except ModuleNotFoundError as problem:
        if problem.name != "apprise":
            raise
        raise MissingExtra("apprise", "a channel through Apprise") from problem
    return apprise
