"""How people of this host sign in: with a password, for a token that every request carries."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool
from tables import Staff, Token, engine

GOOD_FOR = timedelta(hours=12)
bearer = HTTPBearer(auto_error=False)


def hashed(password: str, salt: bytes) -> bytes:
    """Return what is kept of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def new_token(staff_id: str, password: str) -> str:
    """Return a token for somebody who knows the password."""
    async with AsyncSession(engine) as session, session.begin():
        staff = await session.get(Staff, staff_id)
        found = await run_in_threadpool(hashed, password, staff.salt if staff else b"nobody's")
        if staff is None or not staff.is_active or not hmac.compare_digest(found, staff.password):
            raise HTTPException(401, "wrong id or password")
        token = secrets.token_urlsafe()
        session.add(Token(digest=digest(token), staff=staff_id, ends_at=datetime.now(UTC) + GOOD_FOR))
    return token


async def signed_in(sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    """Return the id of who sends a request."""
    async with AsyncSession(engine) as session:
        token = await session.get(Token, digest(sent.credentials)) if sent else None
    if token is None or token.ends_at <= datetime.now(UTC):
        raise HTTPException(401, "sign in first")
    return token.staff
