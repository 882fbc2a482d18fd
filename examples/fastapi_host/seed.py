"""Make all tables, and four people with one password: ``python seed.py PASSWORD``."""

import os
import sys

from signing_in import hashed
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tables import Staff, Table, Team, engine

from resolutionkit.storage.sql import migrating

TEAMS = (("HEAD", "helena"), ("SERVICE", "priya"), ("SALES", "nathan"))
PEOPLE = (
    ("helena", "Helena Marchetti", None, "HEAD", True),
    ("priya", "Priya Raman", "helena", "SERVICE", False),
    ("nathan", "Nathan Birch", "priya", "SALES", False),
    ("leo", "Leo Frank", "priya", "SERVICE", False),
)


def seed(password: str) -> None:
    """Make the tables and the people; what is there stays."""
    database = create_engine(engine.url)
    Table.metadata.create_all(database)
    # begin resolutionkit: tables
    migrating.upgrade(database)
    # end resolutionkit
    with Session(database) as session, session.begin():
        for code, lead in TEAMS:
            session.merge(Team(code=code, lead=lead))
        for key, name, manager, team, sees_all in PEOPLE:
            salt = os.urandom(16)
            session.merge(
                Staff(
                    id=key,
                    name=name,
                    email=f"{key}@host.example",
                    salt=salt,
                    password=hashed(password, salt),
                    manager=manager,
                    team=team,
                    sees_all=sees_all,
                )
            )
    database.dispose()


if __name__ == "__main__":
    seed(sys.argv[1])
