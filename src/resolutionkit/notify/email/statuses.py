"""The words of the workflows that ship, for translators. They are said in ``policy.workflows``, and a test compares.

A host's own workflow is shown in the host's own words, unless its translations know them.
"""

from __future__ import annotations

from resolutionkit.notify.email.language import marked

WORDS = (
    marked("Needs Attention"),
    marked("Nobody has acted on it yet. Every unhappy customer's issue begins here."),
    marked("Resolution in Progress"),
    marked("Somebody has taken action, and is talking with the customer or waiting for an answer."),
    marked("Escalated"),
    marked("Escalate"),
    marked("Leadership has to step in at once; the highest in command is told."),
    marked("Can't Resolve"),
    marked("After much talk with the customer no agreement was found, and the talking has ended."),
    marked("Not an Issue"),
    marked("The answer asks for no action: too early to tell, or no experience to judge by."),
    marked("Resolved"),
    marked("The customer is content, or what went wrong can no longer happen. Usually follows progress."),
    marked("Open"),
    marked("The customer has answered and waits to be contacted."),
    marked("In Progress"),
    marked("Somebody is finding out from the customer what went wrong."),
    marked("Closed"),
    marked("The case is solved."),
)
