"""What every view of this host needs: who has signed in, and the fields of a body."""

import json
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

import resolutionkit as rk
from product.recovery import desk_of


class WrongFields(BadRequest):
    """A body has other fields than the view takes."""


def given(request: HttpRequest, *names: str) -> dict:
    """Return the fields of the body; those whose names end with ``?`` may be missing, and no other may be there."""
    try:
        body = json.loads(request.body)
    except ValueError as problem:
        raise WrongFields("expected JSON") from problem
    required = {name for name in names if not name.endswith("?")}
    if not isinstance(body, dict) or not required <= set(body) <= {name.rstrip("?") for name in names}:
        raise WrongFields(f"expected {', '.join(names)}")
    return body


def answered(view):
    """Answer with what the view returns, as JSON, or say which fields it takes."""

    @wraps(view)
    def answering(request: HttpRequest, **arguments: str) -> JsonResponse:
        try:
            found = view(request, **arguments)
        except WrongFields as problem:
            return JsonResponse({"error": str(problem)}, status=422)
        return found if isinstance(found, JsonResponse) else JsonResponse(found)

    return answering


def at_desk(view):
    """Hand the view the desk of who has signed in, and let nobody else in."""

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: str) -> JsonResponse | dict:
        if not request.user.is_authenticated:
            return JsonResponse({"error": "sign in first"}, status=401)
        with desk_of(request.user.id) as desk:
            return view(request, desk, **arguments)

    return guarded


def reads(view):
    """Show something to who has signed in."""
    return require_GET(answered(at_desk(view)))


def acts(*names: str):
    """Take these fields from who has signed in, and hand them to the view as arguments."""

    def with_fields(view):
        def acting(request: HttpRequest, desk: rk.Desk, **arguments: str) -> dict:
            return view(desk, **arguments, **given(request, *names))

        return require_POST(answered(at_desk(acting)))

    return with_fields
