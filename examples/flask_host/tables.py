"""The tables that this host had before: its staff, their teams, and what customers answered."""

import os
from datetime import UTC, datetime

from sqlalchemy import Connection, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.security import generate_password_hash

DATABASE = os.environ.get("HOST_DATABASE", "sqlite:///flask_host.db")

reading = create_engine(DATABASE)
writing = create_engine(DATABASE)


@event.listens_for(writing, "connect")
def leave_begin_to_us(connection, _record):
    """Keep the driver from beginning transactions by itself, which it does too late."""
    connection.isolation_level = None


@event.listens_for(writing, "begin")
def wait_for_the_turn(connection: Connection) -> None:
    """Begin as a writer: SQLite has one at a time, and the others wait."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class Table(DeclarativeBase):
    """The root of the host's tables."""


class Team(Table):
    """A team, and who leads it."""

    __tablename__ = "team"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    lead: Mapped[str | None] = mapped_column(String(20))


class Staff(Table):
    """Somebody who signs in. Addresses are kept in lower case."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    password: Mapped[str]
    manager: Mapped[str | None] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(20))
    sees_all: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)


class Answer(Table):
    """What a customer answered after a visit; a visit is answered once."""

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    visit: Mapped[str] = mapped_column(String(20), unique=True)
    team: Mapped[str] = mapped_column(String(20))
    score: Mapped[int]
    comment: Mapped[str | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    answered_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


def seed(password: str) -> None:
    """Make the tables, and four people with one password."""
    Table.metadata.create_all(writing)
    people = (
        ("helena", "Helena Marchetti", None, "HEAD", True),
        ("priya", "Priya Raman", "helena", "SERVICE", False),
        ("nathan", "Nathan Birch", "priya", "SALES", False),
        ("leo", "Leo Frank", "priya", "SERVICE", False),
    )
    with Session(writing) as session, session.begin():
        for code, lead in (("HEAD", "helena"), ("SERVICE", "priya"), ("SALES", "nathan")):
            session.merge(Team(code=code, lead=lead))
        for key, name, manager, team, sees_all in people:
            session.merge(
                Staff(
                    id=key,
                    name=name,
                    email=f"{key}@host.example",
                    password=generate_password_hash(password),
                    manager=manager,
                    team=team,
                    sees_all=sees_all,
                )
            )
