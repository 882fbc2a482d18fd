"""Ids for rows that bring none, so that the same row imported twice is one response (requirement A4).

An id made of what a customer typed is personal data in disguise: whoever guesses the row finds its id. So it is an
HMAC-SHA256 under a key of the account. The text under it is JSON of the columns and values, in which no two rows
read alike.
"""

from __future__ import annotations

import hmac
import json
from typing import TypeAlias

from attrs import frozen

from resolutionkit.errors import InvalidValue
from resolutionkit.importing.rows import Row, RowRefused
from resolutionkit.importing.sources import Column, required

KEY_MIN = 16
"""The fewest bytes of an account's key."""
_PURPOSE = b"resolutionkit import row 1\n"


@frozen
class ColumnId:
    """The id stands in a column.

    Attributes:
        column: The column.
    """

    column: Column

    def of(self, row: Row, key: bytes) -> str:
        """Return the id of a row; the key is not needed.

        Raises:
            RowRefused: The cell is blank or missing.
        """
        return required(self.column, row, "id")


@frozen
class BuiltId:
    """The id is built from several columns, or from the whole row.

    The order of the columns makes no difference, nor does a column that is blank in the row. Two rows that are
    equal in all these columns are one response.

    Attributes:
        columns: The columns; None means all that the file has, so that a column added to it later changes the ids
            of the rows where it is not blank.
    """

    columns: tuple[Column, ...] | None = None

    def of(self, row: Row, key: bytes) -> str:
        """Return ``row-`` and 32 hexadecimal digits.

        Args:
            row: The row.
            key: The account's key for ids, at least 16 bytes; another key gives other ids.

        Raises:
            InvalidValue: The key is too short, or not bytes.
            RowRefused: All the columns are blank.
        """
        secret = _checked(key)
        names = row.keys() if self.columns is None else {column.name for column in self.columns}
        # Trimming columns of no content keeps ids when a tool adds an empty column to its export.
        filled = [[name, row[name]] for name in sorted(names) if row.get(name)]
        if not filled:
            raise RowRefused(None, "no id: every column that it is built from is blank")
        encoded = json.dumps(filled, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        return f"row-{hmac.digest(secret, _PURPOSE + encoded, 'sha256').hex()[:32]}"


def _checked(key: object) -> bytes:
    if isinstance(key, bytes) and len(key) >= KEY_MIN:
        return key
    # The error says what kind of value it is, and not the value: it may be most of a secret.
    given = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
    raise InvalidValue("key", given, f"at least {KEY_MIN} secret bytes of the account")


IdRule: TypeAlias = ColumnId | BuiltId
"""Where a response's id comes from."""
