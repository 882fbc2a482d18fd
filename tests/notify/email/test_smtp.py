"""Handing mails to a server of this machine, which also misbehaves: what is tried again, and what never is."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from traceback import format_exception

import attrs
import pytest

from resolutionkit.model.deliveries import NotDelivered
from resolutionkit.notify.email.notifier import EmailNotifier
from resolutionkit.notify.email.patience import Answers
from resolutionkit.ports import Notice
from support.mailing import PASSWORD, MailServer, hang_up

Serve = Callable[..., MailServer]
Sending = Callable[..., EmailNotifier]


def refusal(notifier: EmailNotifier, notice: Notice) -> NotDelivered:
    """Return why a mail was not delivered."""
    with pytest.raises(NotDelivered) as caught:
        notifier.notify(notice)
    return caught.value


@contextmanager
def saying(*answers: bytes) -> Iterator[EmailNotifier]:
    """Yield a notifier whose server says just this, line by line, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    connection.sendall(answer + b"\r\n")
                    connection.recv(1000)

        speaking = threading.Thread(target=speak)
        speaking.start()
        yield EmailNotifier(f"smtp://127.0.0.1:{listener.getsockname()[1]}", "care@shop.example")
        speaking.join(10)


@pytest.mark.parametrize("encryption", [None, "starttls", "smtps"])
def test_a_mail_arrives(encryption: str | None, serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """In the open to this machine, encrypted after a word, or encrypted from the beginning."""
    server = serve(encryption)
    scheme = "smtps" if encryption == "smtps" else "smtp"
    sending_to(server, scheme=scheme, require_tls=encryption is not None).notify(notice)
    (taken,), (mail,) = server.taken, server.mails
    assert (taken.mail_from, taken.rcpt_tos) == ("care@shop.example", ["nina@host.example"])
    assert mail["To"] == "Nina Okafor <nina@host.example>"


def test_somebody_signs_in(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """With the user and the password of the URL, whose special characters were written as %40."""
    server = serve("starttls", signs_in=True)
    sending_to(server, password=PASSWORD).notify(notice)
    assert len(server.mails) == 1


def test_a_wrong_password_is_tried_again(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """Somebody can mend it; nothing that can be seen of it has the password."""
    notifier = sending_to(serve("starttls", signs_in=True), password="not the password")
    problem = refusal(notifier, notice)
    assert problem.reason == "the mail server did not accept the user and password (535)"
    assert (problem.is_final, problem.disables) == (False, False)
    assert "not the password" not in "".join(format_exception(problem)) + repr(notifier) + repr(vars(notifier))


def test_a_server_where_nobody_can_sign_in(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """A password for a server that wants none is told as such."""
    problem = refusal(sending_to(serve(), password=PASSWORD), notice)
    assert problem.reason == "the mail server offers no way of signing in that we know"
    assert not problem.is_final


def test_a_server_that_wants_somebody_to_sign_in(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """Without a user it refuses the sender, which can be mended."""
    problem = refusal(sending_to(serve("starttls", signs_in=True)), notice)
    assert problem.reason == "the mail server refused the sender (530 5.7.0)"
    assert not problem.is_final


def test_encryption_that_is_required_but_not_offered(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """Nothing is sent then, neither a password nor a mail."""
    server = serve()
    problem = refusal(sending_to(server, password=PASSWORD, require_tls=True), notice)
    assert problem.reason == "the mail server offers no encryption (STARTTLS), and nothing is sent without"
    assert not problem.is_final
    assert server.taken == []


@pytest.mark.parametrize("encryption", ["starttls", "smtps"])
def test_a_certificate_that_nobody_vouches_for(
    encryption: str, serve: Serve, sending_to: Sending, notice: Notice
) -> None:
    """A server that anybody could be gets nothing, also where it is on this machine."""
    server = serve(encryption)
    scheme = "smtps" if encryption == "smtps" else "smtp"
    problem = refusal(sending_to(server, scheme=scheme, certificates=ssl.create_default_context()), notice)
    assert problem.reason.startswith("the certificate of the mail server is not to be trusted:")
    assert (problem.is_final, server.taken) == (False, [])


def test_a_certificate_of_somebody_else(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """A certificate is that of one name."""
    server = serve("starttls", name="other.example")
    problem = refusal(sending_to(server), notice)
    assert "not valid for 'localhost'" in problem.reason
    assert server.taken == []


FINAL = [
    ("RCPT", "550 5.1.1 no such mailbox", True),
    ("RCPT", "550 no such mailbox", True),
    ("RCPT", "551 5.1.6 moved", True),
    ("RCPT", "553 5.1.3 no address", True),
    ("RCPT", "550 5.2.1 closed for good", True),
    ("DATA", "550 5.1.1 no such mailbox after all", True),
    ("DATA", "552 5.2.3 too big for this mailbox", True),
    ("RCPT", "550 5.7.1 relaying denied", False),
    ("RCPT", "550 5.2.2 full", False),
    ("RCPT", "552 5.2.2 full", False),
    ("RCPT", "552 full", False),
    ("MAIL", "550 5.1.8 a sender that we do not know", False),
    ("MAIL", "553 5.1.7 a sender that we do not know", False),
    ("DATA", "554 5.7.1 looks like spam", False),
    ("DATA", "554 no", False),
    ("MAIL", "451 4.3.0 later", False),
    ("RCPT", "450 4.2.1 busy", False),
    ("RCPT", "452 4.5.3 too many", False),
    ("DATA", "451 4.3.0 later", False),
    ("DATA", "421 4.3.2 going down", False),
]


@pytest.mark.parametrize("refused", FINAL, ids=lambda one: f"{one[0]} {one[1]}")
def test_a_refusal_is_final_where_another_try_is_of_no_use(
    refused: tuple[str, str, bool], serve: Serve, sending_to: Sending, notice: Notice
) -> None:
    """A mailbox that does not exist, a mail that is too big; all else may be mended, and only its codes are told."""
    command, answer, is_final = refused
    server = serve()
    server.answers[command] = [answer]
    problem = refusal(sending_to(server), notice)
    assert problem.is_final is is_final
    what = {"MAIL": "sender", "RCPT": "recipient", "DATA": "mail"}[command]
    code, status, *_ = [*answer.split(), ""]
    shown = f"{code} {status}" if status[:2] in ("4.", "5.") else code
    assert problem.reason == f"the mail server refused the {what} ({shown})"
    assert (problem.retry_after, server.taken) == (None, [])


def test_a_greylisting_server_takes_the_second_try(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """It is the same mail, by its id, and arrives once."""
    server = serve()
    server.answers["RCPT"] = ["451 4.7.1 greylisted, come back later"]
    notifier = sending_to(server)
    assert not refusal(notifier, notice).is_final
    notifier.notify(notice)
    (mail,) = server.mails
    assert mail["Message-ID"] == f"<{notice.message.id}@shop.example>"


def test_what_a_server_says_of_the_mail_is_told_nowhere(
    serve: Serve, sending_to: Sending, notice: Notice, caplog: pytest.LogCaptureFixture
) -> None:
    """A filter may quote the respondent (law L12): of an answer to a mail the codes alone are left."""
    server = serve()
    server.answers["DATA"] = ["554 5.6.0 I do not like: Two days late"]
    with caplog.at_level(logging.DEBUG):
        problem = refusal(sending_to(server), notice)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("resolutionkit")]
    assert "Two days late" not in "".join(format_exception(problem)) + "".join(ours)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up(command: str, serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """Whenever it does, the mail was not delivered, and is tried again."""
    server = serve()
    server.answers[command] = [hang_up]
    problem = refusal(sending_to(server), notice)
    assert problem.reason.startswith(("the mail server broke off", "the mail server smtp://localhost"))
    assert not problem.is_final


def test_a_server_that_hangs_up_in_the_middle_of_a_mail(notice: Notice) -> None:
    """It asked for the mail, and was gone before it had it."""
    with saying(b"220 hello", b"250 mail.test", b"250 ok", b"250 ok", b"354 go on") as notifier:
        problem = refusal(notifier, notice)
    assert "the mail server" in problem.reason
    assert not problem.is_final


def test_a_goodbye_that_fails_is_no_failure(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """The mail was taken: whatever comes then, it must not be sent again."""
    server = serve()
    server.answers["QUIT"] = [hang_up, "421 4.3.2 not now"]
    notifier = sending_to(server)
    notifier.notify(notice)
    notifier.notify(notice)
    assert len(server.taken) == 2


def test_a_slow_server(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """What is not answered in time was not delivered."""
    server = serve()
    server.delay = 5
    problem = refusal(sending_to(server, timeout=timedelta(seconds=0.2)), notice)
    assert problem.reason == "the mail server did not answer in time"
    assert not problem.is_final


def test_a_server_that_is_not_there(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """The error says which, as it was named, but for user and password."""
    server = serve()
    notifier = sending_to(server, password=PASSWORD)
    with server.cut_off():
        problem = refusal(notifier, notice)
    assert problem.reason == (
        f"the mail server smtp://localhost:{server.port} cannot be reached (ConnectionRefusedError)"
    )


def test_a_server_that_does_not_want_to(notice: Notice) -> None:
    """A server may refuse before anything was said."""
    with saying(b"554 5.7.1 go away") as notifier:
        problem = refusal(notifier, notice)
    assert problem.reason == "the mail server refused to begin (554)"
    assert not problem.is_final


def test_an_address_beyond_ascii(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """A server that speaks SMTPUTF8 takes it; with another there is no way, ever."""
    abroad = attrs.evolve(notice, person=None, message=attrs.evolve(notice.message, recipient="jürgen@müller.example"))
    server, old = serve(), serve(utf8=False)
    sending_to(server).notify(abroad)
    assert server.taken[0].rcpt_tos == ["jürgen@xn--mller-kva.example"]
    assert "SMTPUTF8" in server.taken[0].mail_options
    assert "\r\nTo: jürgen@xn--mller-kva.example\r\n".encode() in server.raw[0]
    problem = refusal(sending_to(old), abroad)
    assert problem.is_final
    assert "SMTPUTF8" in problem.reason


def test_a_mail_that_is_bigger_than_the_server_takes(serve: Serve, sending_to: Sending, notice: Notice) -> None:
    """It is told its size before it gets it, and refuses for good."""
    problem = refusal(sending_to(serve(size=2000)), notice)
    assert problem.reason == "the mail is bigger than the mail server takes (552)"
    assert problem.is_final


def test_a_server_that_does_not_want_the_mail(notice: Notice) -> None:
    """It may say so before it has seen it, which is a refusal like another."""
    with saying(b"220 hello", b"250 mail.test", b"250 ok", b"250 ok", b"554 5.5.1 no") as notifier:
        problem = refusal(notifier, notice)
    assert problem.reason == "the mail server refused the mail (554 5.5.1)"
    assert not problem.is_final


@pytest.mark.parametrize("nonsense", [b"hello", b"\xff\xfe 250", b"250-" + b"x" * 9000, b"-1 no"])
def test_a_server_that_speaks_another_language(nonsense: bytes, notice: Notice) -> None:
    """Whatever answers at that port, it is our error, and another try."""
    with saying(nonsense) as notifier:
        assert not refusal(notifier, notice).is_final


@contextmanager
def flooding(*pieces: bytes, pause: float) -> Iterator[EmailNotifier]:
    """Yield a notifier, patient for a second, whose server says the pieces again and again and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def speak() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                while not over.wait(pause):
                    for piece in pieces:
                        connection.sendall(piece)

        speaking = threading.Thread(target=speak)
        speaking.start()
        url = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield EmailNotifier(url, "care@shop.example", timeout=timedelta(seconds=1))
        finally:
            over.set()
            speaking.join(10)


@pytest.mark.parametrize(
    ("piece", "pause", "reason"),
    [
        (b"2", 0.05, "the mail server did not answer in time"),
        (b"220-and a little more\r\n", 0.05, "the mail server did not answer in time"),
        (b"220-and so on and on\r\n" * 100, 0.0, "the mail server broke off (SMTPServerDisconnected)"),
    ],
    ids=["a letter now and then", "a line now and then", "lines without end"],
)
def test_a_server_whose_answer_never_ends(piece: bytes, pause: float, reason: str, notice: Notice) -> None:
    """It is waited for as long as one that says nothing, and fills no memory."""
    found: list[NotDelivered] = []
    with flooding(piece, pause=pause) as notifier:
        asking = threading.Thread(target=lambda: found.append(refusal(notifier, notice)), daemon=True)
        asking.start()
        asking.join(6)
        assert not asking.is_alive(), "still waiting"
    assert [one.reason for one in found] == [reason]
    assert not found[0].is_final


def test_lines_are_whole_however_they_come_in() -> None:
    """In one piece, or letter by letter, or without an end."""
    said = b"220-one\r\n220 two\r\nrest"
    for size in (1, 3, 8, 100):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            speaking = threading.Thread(target=lambda: speak(theirs, said, size))  # noqa: B023  (it ends within the loop)
            answers = Answers(ours)
            answers.begin(5.0)
            speaking.start()
            assert [answers.readline(100) for _ in range(4)] == [b"220-one\r\n", b"220 two\r\n", b"rest", b""]
            speaking.join(5)


def speak(line: socket.socket, said: bytes, size: int) -> None:
    """Say something in pieces, and hang up."""
    for start in range(0, len(said), size):
        line.sendall(said[start : start + size])
        time.sleep(0.001)
    line.shutdown(socket.SHUT_WR)


def test_a_line_without_an_end_comes_in_parts() -> None:
    """As smtplib asks for it, which refuses what is too long."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"x" * 50 + b"\n")
        answers = Answers(ours)
        answers.begin(5.0)
        assert answers.readline(20) == b"x" * 20
        assert answers.readline(100) == b"x" * 30 + b"\n"
