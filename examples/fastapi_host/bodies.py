"""What this host takes over HTTP, field by field; a field that is not here is refused."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """The root of all bodies."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict:
        """Return the fields that the client sent."""
        return self.model_dump(exclude_unset=True)


class SignIn(Body):
    """Who somebody is."""

    id: str
    password: str


class NewAnswer(Body):
    """What a customer answers."""

    visit: str
    team: str
    score: int
    comment: str | None = None
    name: str | None = None
    email: str | None = None


class NewNote(Body):
    """A note."""

    note: str
    spoke: bool = False
    key: str | None = None


class NewStatus(Body):
    """Another status."""

    status: str
    note: str | None = None
    spoke: bool = False
    reason: str | None = None
    expected_version: int | None = None
    key: str | None = None


class NewAssignee(Body):
    """Somebody else who works it."""

    assignee: str
    note: str | None = None
    follow: bool = False
    expected_version: int | None = None
    key: str | None = None


class NewFollower(Body):
    """Somebody who hears of it; nobody named is whoever asks."""

    who: str | None = None
    key: str | None = None


class NewFlag(Body):
    """Why a response is an issue."""

    note: str
    assignee: str | None = None
    key: str | None = None
