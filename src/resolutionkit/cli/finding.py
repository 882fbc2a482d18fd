"""What ``policy check`` warns of: a place, what would go wrong there, and what would be right."""

from __future__ import annotations

from attrs import frozen


@frozen
class Finding:
    """What is sound, and would go wrong later all the same (requirement F6).

    Attributes:
        place: The path of the key in the file.
        problem: What would go wrong.
        right: What would be right.
    """

    place: str
    problem: str
    right: str
