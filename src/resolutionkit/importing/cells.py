"""From the text of a cell to a number or a yes; dates stand in ``dates``. What is not exactly one is refused.

Only ASCII digits are digits here: a file that mixes scripts is more likely damaged than meant, and no two readers
of it agree. Blank cells are the caller's to pass over.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from resolutionkit.errors import shown
from resolutionkit.importing.rows import RowRefused
from resolutionkit.model.scale import Score

YES = frozenset({"yes", "y", "true", "1"})
"""The words for yes where a mapping names none; case does not matter."""
NO = frozenset({"no", "n", "false", "0"})
"""The words for no where a mapping names none; case does not matter."""

_LONGEST = 40
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def number(text: str, column: str, *, decimal_comma: bool = False) -> Score:
    """Return an int for a whole number, else a float: ``"10"`` is 10, ``"10.0"`` is 10.0.

    Args:
        text: The cell, without white space around it.
        column: Its column, for the error.
        decimal_comma: Whether a comma, and not a point, stands before the decimals.

    Raises:
        RowRefused: It is no number in ASCII digits, or too large for a float.
    """
    if _WHOLE.fullmatch(text) and len(text) <= _LONGEST:
        return int(text)
    return real(text, column, decimal_comma=decimal_comma)


def real(text: str, column: str, *, decimal_comma: bool = False) -> float:
    """Return a float, as :func:`number` does.

    Raises:
        RowRefused: It is no number in ASCII digits, or too large for a float.
    """
    value = float(_plain(text, column, decimal_comma=decimal_comma))
    if not math.isfinite(value):
        raise RowRefused(column, f"{shown(text)} is too large a number")
    return value


def exact(text: str, column: str, *, decimal_comma: bool = False) -> Decimal:
    """Return a decimal with the digits that the cell has.

    Raises:
        RowRefused: It is no number in ASCII digits, or its exponent is beyond what a decimal may have.
    """
    plain = _plain(text, column, decimal_comma=decimal_comma)
    try:
        return Decimal(plain)
    except InvalidOperation as problem:
        raise RowRefused(column, f"{shown(text)} is too large or too small a number") from problem


def whole(text: str, column: str) -> int:
    """Return a whole number.

    Raises:
        RowRefused: It is none in ASCII digits.
    """
    if _WHOLE.fullmatch(text) and len(text) <= _LONGEST:
        return int(text)
    raise RowRefused(column, f"{shown(text)} is not a whole number")


def yes_or_no(text: str, column: str, yes: frozenset[str] = YES, no: frozenset[str] = NO) -> bool:
    """Return whether a word says yes; the words are in lower case.

    Raises:
        RowRefused: It is neither one of the words for yes nor one of those for no. A wish to be contacted is not
            lost because it was spelt in a new way.
    """
    word = text.casefold()
    if word in yes or word in no:
        return word in yes
    known = f"{', '.join(sorted(yes))} (yes) or {', '.join(sorted(no))} (no)"
    raise RowRefused(column, f"{shown(text)} is neither yes nor no; expected {known}")


def _plain(text: str, column: str, *, decimal_comma: bool) -> str:
    swapped = text.translate({ord(","): ".", ord("."): ","}) if decimal_comma else text
    if _NUMBER.fullmatch(swapped) and len(text) <= _LONGEST:
        return swapped
    mark = f" with a decimal {'comma' if decimal_comma else 'point'}" if "," in text or "." in text else ""
    other = not decimal_comma and "," in text and _NUMBER.fullmatch(text.replace(",", ".", 1))
    hint = "; set [numbers] decimal_comma = true if the file writes 6,5" if other else ""
    raise RowRefused(column, f"{shown(text)} is not a number{mark}{hint}")
