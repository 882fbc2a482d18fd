"""What the host answers. Each view is one transaction, and so is what it does with resolutionkit."""

from django.contrib.auth import authenticate, login
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_POST

import resolutionkit as rk
from product.models import Answer
from product.recovery import tracker
from product.requests import acts, answered, given, reads


@csrf_exempt  # nobody has signed in yet
@ensure_csrf_cookie
@require_POST
@answered
def sign_in(request: HttpRequest):
    """Begin a session of Django's."""
    body = given(request, "id", "password")
    staff = authenticate(request, username=str(body["id"]), password=str(body["password"]))
    if staff is None:
        return JsonResponse({"error": "wrong id or password"}, status=401)
    login(request, staff)
    return {"name": staff.name}


# --- a customer answers ---


@csrf_exempt  # customers never sign in
@require_POST
@answered
def take_answer(request: HttpRequest):
    """Keep an answer, and the issue that may come of it, or neither."""
    fields = given(request, "visit", "team", "score", "comment?", "name?", "email?")
    answer = Answer(team_id=fields.pop("team"), **fields)
    try:
        keep(answer)
    except IntegrityError:
        return JsonResponse({"error": "this visit was answered before"}, status=409)
    return JsonResponse({"visit": answer.visit}, status=201)


# begin resolutionkit: response
def response(answer: Answer) -> rk.Response:
    return rk.Response(
        id=str(answer.id),
        score=answer.score,
        received_at=answer.answered_at,
        contact=rk.Contact(name=answer.name, email=answer.email),
        group=answer.team_id,
        comment=answer.comment,
    )


# end resolutionkit


def keep(answer: Answer) -> None:
    """Commit both rows, or neither: ours comes last, and may still fail."""
    with transaction.atomic():
        # begin resolutionkit: record
        with tracker().joined(connection) as t:
            t.record(response(answer))
        # end resolutionkit
        answer.save(force_insert=True)


# --- people work on it ---


# begin resolutionkit: inbox
@reads
def inbox(request: HttpRequest, desk: rk.Desk):
    page = desk.inbox().open(limit=20, after=request.GET.get("after"))
    return {"counts": rk.plain_data(desk.inbox().counts()), **rk.plain_data(page)}


@reads
def issue(_request: HttpRequest, desk: rk.Desk, issue_id: str):
    return rk.plain_data(desk.issue(issue_id))


# end resolutionkit


# begin resolutionkit: commands
@acts("note", "spoke?", "key?")
def note(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.add_note(issue_id, **fields))


@acts("status", "note?", "spoke?", "reason?", "expected_version?", "key?")
def status(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.set_status(issue_id, **fields))


@acts("assignee", "note?", "follow?", "expected_version?", "key?")
def assign(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.assign(issue_id, **fields))


@acts("who?", "key?")
def follow(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.follow(issue_id, **fields))


@acts("note", "assignee?", "key?")
def flag(desk: rk.Desk, response_id: str, **fields):
    return rk.plain_data(desk.flag(response_id, **fields))


# end resolutionkit
