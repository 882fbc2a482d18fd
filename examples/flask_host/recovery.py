"""What this host tells resolutionkit: who its people are."""

from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session
from tables import DATABASE, Staff, Team, reading

import resolutionkit as rk


# begin resolutionkit: directory
def person(one: Staff) -> rk.Person:
    return rk.Person(
        id=one.id,
        name=one.name,
        email=one.email,
        manager=one.manager,
        access=rk.Access.EVERYTHING if one.sees_all else rk.Access.groups(one.team),
        active=one.is_active,
    )


def people(**by):
    with Session(reading) as session:
        return [person(one) for one in session.scalars(select(Staff).filter_by(**by))]


def groups(**by):
    with Session(reading) as session:
        found = session.scalars(select(Team).filter_by(**by))
        return [rk.Group(code=team.code, lead=team.lead) for team in found]


@cache
def tracker() -> rk.Tracker:
    directory = rk.LookupDirectory(people, groups, leader="helena")
    return rk.Tracker.open(DATABASE, directory=directory, create=True)


# end resolutionkit
