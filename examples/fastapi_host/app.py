"""A survey product on FastAPI and PostgreSQL: people sign in, customers answer, and unhappy ones become issues.

``python seed.py PASSWORD`` makes the tables and four people; ``uvicorn app:app`` serves it.
"""

import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from bodies import NewAnswer, NewAssignee, NewFlag, NewFollower, NewNote, NewStatus, SignIn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from recovery import open_tracker
from signing_in import new_token, signed_in
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from tables import Answer, engine, people_engine

import resolutionkit as rk


@asynccontextmanager
async def lifespan(app: FastAPI):
    """Hold open, while the application runs, what all requests share."""
    # begin resolutionkit: lifespan
    async with open_tracker() as app.state.tracker:
        yield
    # end resolutionkit
    await engine.dispose()
    await people_engine.dispose()


# begin resolutionkit: desk
def desk_of(request: Request, person: Annotated[str, Depends(signed_in)]) -> rk.AsyncDesk:
    return request.app.state.tracker.as_user(person)


# end resolutionkit

app = FastAPI(lifespan=lifespan)
Desk = Annotated[rk.AsyncDesk, Depends(desk_of)]


@app.post("/sign-in")
async def sign_in(body: SignIn):
    """Give a token."""
    return {"token": await new_token(body.id, body.password)}


# --- a customer answers ---


@app.post("/answers", status_code=201)
async def take_answer(body: NewAnswer):
    """Keep an answer, and the issue that may come of it, or neither."""
    answer = Answer(id=str(uuid.uuid4()), answered_at=datetime.now(UTC), **body.model_dump())
    try:
        await keep(answer)
    except IntegrityError as problem:
        raise HTTPException(409, "this visit was answered before") from problem
    return {"visit": body.visit}


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


async def keep(answer: Answer) -> None:
    """Commit both rows, or neither: ours comes last, and may still fail."""
    async with AsyncSession(engine) as session, session.begin():
        # begin resolutionkit: record
        async with app.state.tracker.joined(session) as t:
            await t.record(response(answer))
        # end resolutionkit
        session.add(answer)


# --- people work on it ---


# begin resolutionkit: inbox
@app.get("/inbox")
async def inbox(desk: Desk, after: str | None = None):
    page = await desk.inbox().open(limit=20, after=after)
    counts = await desk.inbox().counts()
    return {"counts": rk.plain_data(counts), **rk.plain_data(page)}


@app.get("/issues/{issue_id}")
async def issue(desk: Desk, issue_id: str):
    return rk.plain_data(await desk.issue(issue_id))


# end resolutionkit


# begin resolutionkit: commands
@app.post("/issues/{issue_id}/note")
async def note(desk: Desk, issue_id: str, body: NewNote):
    return rk.plain_data(await desk.add_note(issue_id, **body.given()))


@app.post("/issues/{issue_id}/status")
async def status(desk: Desk, issue_id: str, body: NewStatus):
    return rk.plain_data(await desk.set_status(issue_id, **body.given()))


@app.post("/issues/{issue_id}/assign")
async def assign(desk: Desk, issue_id: str, body: NewAssignee):
    return rk.plain_data(await desk.assign(issue_id, **body.given()))


@app.post("/issues/{issue_id}/follow")
async def follow(desk: Desk, issue_id: str, body: NewFollower):
    return rk.plain_data(await desk.follow(issue_id, **body.given()))


@app.post("/responses/{response_id}/flag")
async def flag(desk: Desk, response_id: str, body: NewFlag):
    return rk.plain_data(await desk.flag(response_id, **body.given()))


@app.exception_handler(rk.ResolutionKitError)
async def refused(_request: Request, problem: rk.ResolutionKitError):
    return JSONResponse({"error": str(problem)}, problem.http_status)


# end resolutionkit
