"""The kinds of columns that databases spell differently.

Migrations use them too: what one renders never changes, and a column that shall become another gets another type.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Float, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

_MARIADB, _MYSQL = "utf8mb4_nopad_bin", "utf8mb4_0900_bin"
"""The collations by code points in which trailing blanks count; neither server knows the other's."""
_POSTGRESQL = "C"


class CodePoints(String):
    """A string of at most so many characters, ordered by code points; trailing blanks count, and case does."""

    cache_ok = True


class Body(Text):
    """Text of up to 200,000 characters, the longest that a response may have, and its JSON. It is never compared."""

    cache_ok = True


def measure() -> TypeEngine[float]:
    """Return a number of 53 binary digits; MySQL calls it DOUBLE, and is compared with what it is asked for."""
    return Float(53).with_variant(mysql.DOUBLE(asdecimal=False), "mysql", "mariadb")


def collation_on(dialect: Dialect) -> str | None:
    """Return the collation of :class:`CodePoints`; None where every column has it unless told otherwise."""
    if dialect.name in {"mysql", "mariadb"}:
        # A URL that begins with mysql: may lead to a MariaDB: the dialect knows once it is connected.
        return _MARIADB if getattr(dialect, "is_mariadb", False) else _MYSQL
    return _POSTGRESQL if dialect.name == "postgresql" else None


@compiles(CodePoints, "postgresql")
def _code_points_on_postgresql(column_type: CodePoints, compiler: Any, **_: Any) -> str:
    return f'VARCHAR({column_type.length}) COLLATE "{collation_on(compiler.dialect)}"'


@compiles(CodePoints, "mysql", "mariadb")
def _code_points_on_mysql(column_type: CodePoints, compiler: Any, **_: Any) -> str:
    return f"VARCHAR({column_type.length}) CHARACTER SET utf8mb4 COLLATE {collation_on(compiler.dialect)}"


@compiles(Body, "mysql", "mariadb")
def _body_on_mysql(_type: Body, _compiler: Any, **_: Any) -> str:
    return "MEDIUMTEXT CHARACTER SET utf8mb4"
