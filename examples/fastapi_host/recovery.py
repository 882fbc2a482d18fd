"""What this host tells resolutionkit: who its people are."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from tables import DATABASE, Staff, Team, people_engine

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


async def people(**by):
    async with AsyncSession(people_engine) as session:
        found = await session.scalars(select(Staff).filter_by(**by))
        return [person(one) for one in found]


async def groups(**by):
    async with AsyncSession(people_engine) as session:
        found = await session.scalars(select(Team).filter_by(**by))
        return [rk.Group(code=team.code, lead=team.lead) for team in found]


def open_tracker():
    directory = rk.AsyncLookupDirectory(people, groups, leader="helena")
    return rk.AsyncTracker.open(DATABASE, directory=directory)


# end resolutionkit
