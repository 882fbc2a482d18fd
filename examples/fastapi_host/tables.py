"""The tables that this host had before: its staff, their teams, who is signed in, and what customers answered."""

import os
from datetime import UTC, datetime

from sqlalchemy import DateTime, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DATABASE = os.environ.get("HOST_DATABASE", "postgresql://postgres@127.0.0.1:5432/fastapi_host")

engine = create_async_engine(make_url(DATABASE).set(drivername="postgresql+psycopg"))
# People are asked for while a transaction holds a connection: they have a pool of their own to come from.
people_engine = create_async_engine(engine.url)


class Table(DeclarativeBase):
    """The root of the host's tables."""


class Team(Table):
    """A team, and who leads it."""

    __tablename__ = "team"

    code: Mapped[str] = mapped_column(primary_key=True)
    lead: Mapped[str | None]


class Staff(Table):
    """Somebody who signs in. Addresses are kept in lower case."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    salt: Mapped[bytes]
    password: Mapped[bytes]
    manager: Mapped[str | None]
    team: Mapped[str]
    sees_all: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class Token(Table):
    """That somebody has signed in: the digest of what the client sends, and until when it is good."""

    __tablename__ = "token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[str]
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Answer(Table):
    """What a customer answered after a visit; a visit is answered once."""

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[str] = mapped_column(unique=True)
    team: Mapped[str]
    score: Mapped[int]
    comment: Mapped[str | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
