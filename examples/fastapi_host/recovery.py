"""What this host tells resolutionkit: who its people are, and which refusal is which status."""

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


# begin resolutionkit: statuses
CONFLICTS = rk.StaleIssue, rk.MoveRefused, rk.ResponseHasIssue, rk.WriteConflict
REFUSALS = {
    CONFLICTS: 409,
    rk.AccessDenied: 403,
    (rk.IssueNotFound, rk.ResponseNotFound): 404,
    rk.StorageError: 503,
    rk.ResolutionKitError: 422,
}


def status_of(problem: rk.ResolutionKitError) -> int:
    return next(code for kind, code in REFUSALS.items() if isinstance(problem, kind))


# end resolutionkit
