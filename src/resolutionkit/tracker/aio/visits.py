"""Following a link, awaited; see the sync visit, which does the work."""

from __future__ import annotations

from resolutionkit.notify.links import LinkClaim
from resolutionkit.tracker.aio.awaited import awaited
from resolutionkit.tracker.visits import LinkVisit


class AsyncLinkVisit:
    """What a link's recipient sees and does by it; made by ``tracker.by_link``.

    Looking changes nothing, however often and by whomever; only :meth:`act` acts.
    """

    def __init__(self, sync: LinkVisit) -> None:
        """Await what a sync visit does."""
        self._sync = sync
        self.claim: LinkClaim = sync.claim
        self.signed_in: str | None = sync.signed_in

    def __repr__(self) -> str:
        """Show what for, and of whom nothing."""
        return f"<Async{repr(self._sync)[1:]}"

    @awaited(LinkVisit.look)
    def look(self) -> None:
        """Return what the link's page shows; nothing is changed."""

    @awaited(LinkVisit.act)
    def act(self) -> None:
        """Do what the link is for, as its recipient; the same form, sent twice, acts once."""

    @awaited(LinkVisit.preferences)
    def preferences(self) -> None:
        """Return what the recipient of a link to preferences wants to be told of (requirement C3)."""

    @awaited(LinkVisit.set_preferences)
    def set_preferences(self) -> None:
        """Keep what the recipient of a link to preferences wants; the same again changes nothing."""
