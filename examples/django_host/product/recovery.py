"""What this host tells resolutionkit: who its people are."""

from contextlib import contextmanager
from functools import cache

from django.db import connection
from django.http import JsonResponse

import resolutionkit as rk
from product.models import Staff, Team


# begin resolutionkit: directory
def people(**by):
    return [
        rk.Person(
            id=one.id,
            name=one.name,
            email=one.email,
            manager=one.manager_id,
            access=rk.Access.EVERYTHING if one.sees_all else rk.Access.groups(one.team_id),
            active=one.is_active,
        )
        for one in Staff.objects.filter(**by)
    ]


def groups(**by):
    return [rk.Group(code=t.code, lead=t.lead_id) for t in Team.objects.filter(**by)]


@cache
def tracker() -> rk.Tracker:
    directory = rk.LookupDirectory(people, groups, leader="helena")
    url = f"sqlite:///{connection.settings_dict['NAME']}"
    return rk.Tracker.open(url, directory=directory)


@contextmanager
def desk_of(person_id):
    with tracker().joined(connection) as t:
        yield t.as_user(person_id)


# end resolutionkit


class Refusals:
    """A middleware that answers what the library refuses; the request's transaction is rolled back by then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, _request, problem):
        """Answer with the status that fits, and with what is allowed instead."""
        if not isinstance(problem, rk.ResolutionKitError):
            return None
        # begin resolutionkit: refusals
        return JsonResponse({"error": str(problem)}, status=problem.http_status)
        # end resolutionkit
