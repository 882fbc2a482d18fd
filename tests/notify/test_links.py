"""Links: what is signed comes back, what is changed does not, and keys take turns."""

from __future__ import annotations

import base64
import pickle
import re
import string
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolutionkit import InvalidValue, Response
from resolutionkit.model.messages import Message, Topic, Why
from resolutionkit.model.notices import Notice
from resolutionkit.notify.links import LinkAction, LinkClaim, LinkExpired, LinkForged, Links

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW, OTHER = "old-" * 8, "new-" * 8, "other-" * 6
URL = "https://app.example/recovery"
ISSUE = "0193489e-5a00-7000-8000-000000000001"
CODES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
IDS = CODES | st.uuids().map(str) | st.uuids().map(lambda uuid: uuid.hex)


def notice(
    *, account: str = "acme", recipient: str = "ed", issue: str | None = ISSUE, response: str = "r-1", **facts: Any
) -> Notice:
    """Return a notice that somebody is told of something."""
    message = Message(
        id=facts.get("id", "0193489e-5a00-7000-8000-000000000002"),
        issue=issue,
        response=response,
        first_event=1 if issue else 0,
        last_event=3 if issue else 0,
        recipient=recipient,
        topic=Topic.OPENED,
        why=(Why.ASSIGNEE,),
        created_at=facts.get("created_at", NOON),
    )
    return Notice(account=account, message=message, response=Response(id="r-1", score=2, received_at=NOON))


def links(*keys: str, **settings: Any) -> Links:
    """Return links signed with keys."""
    return Links(URL, keys or (NEW, OLD), **settings)


def token(url: str) -> str:
    """Return what follows the mounted URL."""
    assert url.startswith(f"{URL}/")
    return url.removeprefix(f"{URL}/")


def test_a_link_says_who_may_do_what_until_when() -> None:
    """All that was signed comes back, with the issue's version of the message and the instant at which it expires."""
    made = token(links().to(notice(), LinkAction.STATUS, status="in_progress"))
    assert links().read(made, NOON) == LinkClaim(
        account="acme",
        recipient="ed",
        action=LinkAction.STATUS,
        issue=ISSUE,
        response="r-1",
        status="in_progress",
        message="0193489e-5a00-7000-8000-000000000002",
        version=3,
        expires_at=NOON + timedelta(days=30),
    )


FIELDS = st.fixed_dictionaries(
    {"account": CODES, "recipient": CODES, "issue": st.none() | IDS, "response": IDS, "id": IDS}
)


@given(FIELDS, st.sampled_from(LinkAction))
def test_whatever_the_ids_are_they_come_back(fields: dict[str, Any], action: LinkAction) -> None:
    """Ids in any script, UUIDs in any spelling, and with marks of our own in front."""
    action = action if fields["issue"] else LinkAction.FLAG
    claim = links().read(token(links().to(notice(**fields), action)), NOON)
    fields["message"] = fields.pop("id")
    assert {name: getattr(claim, name) for name in fields} == fields
    assert claim.action is action


def test_a_link_is_short_and_has_nothing_that_a_mail_program_would_cut() -> None:
    """Letters, digits, hyphens, underscores and dots in one segment of the path."""
    made = token(links().to(notice(recipient="bridget.jones@partner.example"), LinkAction.STATUS, status="in_progress"))
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", made)
    assert len(made) < 240


def test_the_same_message_has_the_same_link() -> None:
    """A mail that is sent again is the very same mail, whatever the issue has become meanwhile."""
    again = attrs.evolve(notice(), attempt=2)
    assert links().to(again, LinkAction.NOTE) == links().to(notice(), LinkAction.NOTE)


def test_a_link_expires_at_its_instant() -> None:
    """A microsecond before it is good; at the very instant it is not, and says since when."""
    made = token(links(lasts=timedelta(days=2)).to(notice(), LinkAction.VIEW))
    end = NOON + timedelta(days=2)
    assert links().read(made, end - timedelta(microseconds=1)).action is LinkAction.VIEW
    with pytest.raises(LinkExpired, match="2026-11-22T12:00:00") as caught:
        links().read(made, end)
    assert caught.value.expired_at == end


def test_an_expired_link_that_is_forged_is_forged() -> None:
    """What is not proved is not told from."""
    made = token(links(OTHER).to(notice(), LinkAction.VIEW))
    with pytest.raises(LinkForged):
        links().read(made, NOON + timedelta(days=3650))


ALPHABET = string.ascii_letters + string.digits + "-_.="


@given(st.data())
def test_any_changed_character_is_forged(data: st.DataObject) -> None:
    """Wherever it stands, the last one included, of which some bits are spare."""
    made = token(links().to(notice(), LinkAction.STATUS, status="resolved"))
    place = data.draw(st.sampled_from([*range(len(made)), len(made) - 1]))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda letter: letter != made[place]))
    with pytest.raises(LinkForged):
        links().read(made[:place] + other + made[place + 1 :], NOON)


@pytest.mark.parametrize("last", sorted(set(ALPHABET)))
def test_a_link_has_one_spelling(last: str) -> None:
    """No other last character proves the same link."""
    made = token(links().to(notice(), LinkAction.VIEW))
    if last == made[-1]:
        assert links().read(made, NOON)
        return
    with pytest.raises(LinkForged):
        links().read(made[:-1] + last, NOON)


@given(st.text(max_size=300))
def test_what_nobody_signed_is_forged(made_up: str) -> None:
    """Any text at all."""
    with pytest.raises(LinkForged):
        links().read(made_up, NOON)


@pytest.mark.parametrize(
    "bent",
    [lambda made: made[:-5], lambda made: made + "A", lambda made: made.upper(), lambda made: made + "\n",
     lambda made: made.replace(".", "!."), lambda made: made + "!", lambda made: made + "=", lambda made: "." + made,
     lambda made: made * 100, lambda made: made.encode(), lambda made: None],
    ids=["cut", "longer", "case", "line", "bang", "end", "padding", "dot", "long", "bytes", "none"],
)  # fmt: skip
def test_a_bent_link_is_forged(bent: Any) -> None:
    """Cut by a mail program, added to, in other case, far too long, or no text at all."""
    made = token(links().to(notice(), LinkAction.VIEW))
    with pytest.raises(LinkForged):
        links().read(bent(made), NOON)


@given(st.sampled_from(["account", "recipient", "issue", "response", "message"]), st.data())
def test_parts_of_two_links_do_not_make_a_third(field: str, data: st.DataObject) -> None:
    """The signature of one person's link proves nobody else's, nor one on another account or issue."""
    mine, theirs = notice(), notice(**{"id" if field == "message" else field: data.draw(CODES)})
    one, two = (token(links().to(each, LinkAction.NOTE)) for each in (mine, theirs))
    if one == two:
        return
    for swapped in (
        one.rpartition(".")[0] + "." + two.rpartition(".")[2],
        two.rpartition(".")[0] + "." + one.rpartition(".")[2],
    ):
        with pytest.raises(LinkForged):
            links().read(swapped, NOON)


def test_any_of_the_keys_proves_a_link_and_the_first_signs() -> None:
    """A new key goes first; links of the old one live on until it is taken out."""
    before, after = (
        token(links(OLD).to(notice(), LinkAction.VIEW)),
        token(links(NEW, OLD).to(notice(), LinkAction.VIEW)),
    )
    assert links(NEW, OLD).read(before, NOON) == links(NEW, OLD).read(after, NOON)
    assert links(NEW).read(after, NOON)
    for keys, gone in [((NEW,), before), ((OLD,), after), ((OTHER,), before)]:
        with pytest.raises(LinkForged):
            links(*keys).read(gone, NOON)


@given(
    st.lists(st.text(string.ascii_letters, min_size=32, max_size=40), min_size=1, max_size=4, unique=True), st.data()
)
def test_keys_rotate(keys: list[str], data: st.DataObject) -> None:
    """A link that any key has signed is proved while the key is in the list, wherever, and never without it."""
    signing = data.draw(st.sampled_from(keys))
    made = token(links(signing).to(notice(), LinkAction.VIEW))
    assert links(*keys).read(made, NOON).recipient == "ed"
    others = [key for key in keys if key != signing]
    if others:
        with pytest.raises(LinkForged):
            links(*others).read(made, NOON)


def test_no_error_shows_what_a_link_claims() -> None:
    """Neither its words, nor its attributes, nor what caused it."""
    secret = "bridget.secret@partner.example"
    made = token(links(OTHER).to(notice(recipient=secret, account=secret), LinkAction.VIEW))
    with pytest.raises(LinkForged) as caught:
        links().read(made, NOON)
    told = "".join(traceback.format_exception(caught.value, chain=True)) + repr(vars(caught.value))
    assert secret not in told
    assert made.partition(".")[0] not in told
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("error", [LinkForged(), LinkExpired(NOON)], ids=["forged", "expired"])
def test_the_errors_survive_a_pickle(error: Any) -> None:
    """Words and facts are the same."""
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    "keys",
    ["k" * 40, [], ["k" * 31], [NEW, "short"], ["   " + "k" * 29 + "   "], [b"k" * 40], None, {NEW}],
    ids=["text", "none", "31", "second", "blank", "bytes", "nothing", "set"],
)
def test_weak_keys_are_refused_and_never_shown(keys: Any) -> None:
    """A key shorter than 32 characters, white space not counted, a single text, or no list in an order."""
    with pytest.raises(InvalidValue, match=r"keys.*32 characters") as caught:
        Links(URL, keys)
    assert "kkk" not in str(caught.value)


def test_a_repr_shows_no_key() -> None:
    """A log may show it."""
    assert repr(links()) == f"<Links to {URL}>"


@pytest.mark.parametrize("url", ["/recovery", "ftp://a.example", "https://a.example/x?y=1", "https://a.example/#x",
                                 "https://", "https://[", "https://a example/", "https://ä.example/", 3])  # fmt: skip
def test_a_url_that_nothing_can_be_put_behind_is_refused(url: Any) -> None:
    """It has to be absolute, and end in its path."""
    with pytest.raises(InvalidValue, match="url"):
        Links(url, [NEW])


def test_a_slash_at_the_end_of_the_url_is_no_matter() -> None:
    """One slash stands between the URL and the token."""
    assert Links(f"{URL}/", [NEW]).to(notice(), LinkAction.VIEW) == Links(URL, [NEW]).to(notice(), LinkAction.VIEW)
    assert Links(f"{URL}/", [NEW]).url == URL


@pytest.mark.parametrize(
    "lasts", [timedelta(0), timedelta(days=-1), timedelta.max, 30, None], ids=["zero", "past", "ever", "number", "none"]
)
def test_links_last_for_some_time(lasts: Any) -> None:
    """A time of nothing, and what is no time, are refused."""
    with pytest.raises(InvalidValue, match="lasts"):
        links(lasts=lasts)


@pytest.mark.parametrize("action", [action for action in LinkAction if action.needs_issue])
def test_a_response_without_an_issue_has_no_links_to_work_one(action: LinkAction) -> None:
    """It can be looked at and flagged."""
    with pytest.raises(InvalidValue, match="the response has no issue"):
        links().to(notice(issue=None), action)


def test_only_a_status_link_names_a_status() -> None:
    """Anything else would say two things."""
    with pytest.raises(InvalidValue, match="sets no status"):
        links().to(notice(), LinkAction.NOTE, status="resolved")


@pytest.mark.parametrize("payload", ["", "{}", "[]", '["x",1,2,3,4,5,6]', '["v","a","b","=r","~!","x",0]', "\\xff"])
def test_what_we_signed_and_is_no_link_is_forged(payload: str) -> None:
    """Something else of the host's, signed with the same key and salt, or of a version that is not known yet."""
    one = links()
    signed = one._signer.sign(base64.urlsafe_b64encode(payload.encode()).rstrip(b"=")).decode()
    with pytest.raises(LinkForged):
        one.read(signed, NOON)
