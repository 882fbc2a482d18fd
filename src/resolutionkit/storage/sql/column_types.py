"""The two kinds of text in the tables, as each database spells them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.ext.compiler import compiles

_MARIADB, _MYSQL = "utf8mb4_nopad_bin", "utf8mb4_0900_bin"
"""The collations by code points in which trailing blanks count; neither server knows the other's."""


class CodePoints(String):
    """A string of at most so many characters, ordered by code points; trailing blanks count, and case does."""

    cache_ok = True


class Body(Text):
    """Text of up to 200,000 characters, the longest that a response may have, and its JSON. It is never compared."""

    cache_ok = True


@compiles(CodePoints, "postgresql")
def _code_points_on_postgresql(column_type: CodePoints, _compiler: Any, **_: Any) -> str:
    return f'VARCHAR({column_type.length}) COLLATE "C"'


@compiles(CodePoints, "mysql", "mariadb")
def _code_points_on_mysql(column_type: CodePoints, compiler: Any, **_: Any) -> str:
    # A URL that begins with mysql: may lead to a MariaDB: the dialect knows once it is connected.
    collation = _MARIADB if compiler.dialect.is_mariadb else _MYSQL
    return f"VARCHAR({column_type.length}) CHARACTER SET utf8mb4 COLLATE {collation}"


@compiles(Body, "mysql", "mariadb")
def _body_on_mysql(_type: Body, _compiler: Any, **_: Any) -> str:
    return "MEDIUMTEXT CHARACTER SET utf8mb4"
