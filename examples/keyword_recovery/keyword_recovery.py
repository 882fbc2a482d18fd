"""A plugin of resolutionkit: what a customer writes can make any score need recovery."""

import re

from resolutionkit import Classification
from resolutionkit.hooks import hookimpl

WORDS = re.compile(r"\b(refund|lawyer|cancel|cancell?ed|cancell?ing)\b", re.IGNORECASE)


@hookimpl
def resolutionkit_needs_recovery(classification: Classification) -> bool | None:
    """Say yes where one of the words stands in the comment, and leave every other response to its score."""
    return True if WORDS.search(classification.response.comment or "") else None
