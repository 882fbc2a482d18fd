"""A survey product on Flask: people sign in, customers answer, and unhappy ones become issues.

``flask --app app seed PASSWORD`` makes the tables and four people; ``flask --app app run`` serves it.
"""

import os
import secrets
import uuid
from datetime import UTC, datetime
from functools import wraps

import click
from flask import Flask, abort, request, session
from recovery import tracker
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tables import Answer, Staff, reading, seed, writing
from werkzeug.security import check_password_hash

import resolutionkit as rk

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("HOST_SECRET") or secrets.token_hex()
# A page of another site can neither send the cookie with a POST, nor JSON without asking first.
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"


@app.cli.command("seed")
@click.argument("password")
def seed_command(password: str) -> None:
    """Make the tables, and four people with one password."""
    seed(password)
    tracker()


# --- what every view needs ---


def given(*names: str) -> dict:
    """Return the fields of the body; those whose names end with ``?`` may be missing, and no other may be there."""
    body = request.get_json()
    required = {name for name in names if not name.endswith("?")}
    if not isinstance(body, dict) or not required <= set(body) <= {name.rstrip("?") for name in names}:
        abort(422, f"expected {', '.join(names)}")
    return body


def signed_in(view):
    """Let nobody in who has not signed in, and hand the view the desk of who has."""

    @wraps(view)
    def guarded(**arguments):
        if "staff" not in session:
            abort(401)
        return view(desk=tracker().as_user(session["staff"]), **arguments)

    return guarded


def acts(*names: str):
    """Take these fields from who has signed in, and hand them to the view as arguments."""

    def with_fields(view):
        @wraps(view)
        def acting(desk: rk.Desk, **arguments: str):
            return view(desk=desk, **arguments, **given(*names))

        return signed_in(acting)

    return with_fields


@app.post("/sign-in")
def sign_in():
    """Begin a session, in a cookie that is signed."""
    body = given("id", "password")
    with Session(reading) as database:
        staff = database.get(Staff, str(body["id"]))
    if staff is None or not staff.is_active or not check_password_hash(staff.password, str(body["password"])):
        abort(401)
    session["staff"] = staff.id
    return {"name": staff.name}


# --- a customer answers ---


@app.post("/answers")
def take_answer():
    """Keep an answer, and the issue that may come of it, or neither."""
    fields = given("visit", "team", "score", "comment?", "name?", "email?")
    answer = Answer(id=str(uuid.uuid4()), answered_at=datetime.now(UTC), **fields)
    try:
        keep(answer)
    except IntegrityError:
        abort(409, "this visit was answered before")
    return {"visit": fields["visit"]}, 201


# begin resolutionkit: response
def response(answer: Answer) -> rk.Response:
    return rk.Response(
        id=answer.id,
        score=answer.score,
        received_at=answer.answered_at,
        contact=rk.Contact(name=answer.name, email=answer.email),
        group=answer.team,
        comment=answer.comment,
    )


# end resolutionkit


def keep(answer: Answer) -> None:
    """Commit both rows, or neither: ours comes last, and may still fail."""
    with Session(writing) as database, database.begin():
        # begin resolutionkit: record
        with tracker().joined(database) as t:
            t.record(response(answer))
        # end resolutionkit
        database.add(answer)


# --- people work on it ---


# begin resolutionkit: inbox
@app.get("/inbox")
@signed_in
def inbox(desk: rk.Desk):
    page = desk.inbox().open(limit=20, after=request.args.get("after"))
    return {"counts": rk.plain_data(desk.inbox().counts()), **rk.plain_data(page)}


@app.get("/issues/<issue_id>")
@signed_in
def issue(desk: rk.Desk, issue_id: str):
    return rk.plain_data(desk.issue(issue_id))


# end resolutionkit


# begin resolutionkit: commands
@app.post("/issues/<issue_id>/note")
@acts("note", "spoke?", "key?")
def note(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.add_note(issue_id, **fields))


@app.post("/issues/<issue_id>/status")
@acts("status", "note?", "spoke?", "reason?", "expected_version?", "key?")
def status(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.set_status(issue_id, **fields))


@app.post("/issues/<issue_id>/assign")
@acts("assignee", "note?", "follow?", "expected_version?", "key?")
def assign(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.assign(issue_id, **fields))


@app.post("/issues/<issue_id>/follow")
@acts("who?", "key?")
def follow(desk: rk.Desk, issue_id: str, **fields):
    return rk.plain_data(desk.follow(issue_id, **fields))


@app.post("/responses/<response_id>/flag")
@acts("note", "assignee?", "key?")
def flag(desk: rk.Desk, response_id: str, **fields):
    return rk.plain_data(desk.flag(response_id, **fields))


@app.errorhandler(rk.ResolutionKitError)
def refused(problem: rk.ResolutionKitError):
    return {"error": str(problem)}, problem.http_status


# end resolutionkit
