"""Mail that counts what waits: sent once for each day or week over a real server on loopback, saying nothing of what it counts."""

import email
import socketserver
import threading
from collections.abc import Iterator
from email.message import Message

import pytest
from django.test import override_settings

from stafftalks.services import elements, registry
from stafftalks.site import mailing
from stafftalks.site.home import Config, Home
from stafftalks.store import digest, kept
from stafftalks.store.models import User
from stafftalks.values.errors import HostError, MisuseError
from tests.fakes import HEAD, OFFICER, PLANNER
from tests.web import world as worlds
from tests.web.conftest import account
from tests.web.world import World, content

pytestmark = pytest.mark.django_db
DAY = 86_400


class Postman(socketserver.ThreadingTCPServer):
    """A mail server that takes everything, or refuses with `refusal`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.taken: list[Message] = []
        self.refusal = ""


class Counter(socketserver.StreamRequestHandler):
    """One conversation in SMTP, as far as a sender needs it."""

    def handle(self) -> None:
        self.say("220 post.example ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                raw = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    raw += part
                self.server.taken.append(email.message_from_bytes(raw))
                self.say("250 taken")
            elif verb == "RCPT" and self.server.refusal:
                self.say(f"550 {self.server.refusal}")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def post() -> Iterator[Postman]:
    server = Postman()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": server.server_address[1], "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False, "EMAIL_TIMEOUT": 10,
    }  # fmt: skip
    with override_settings(**settings):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


CONFIG = Config(
    party="XMR", smtp_host="127.0.0.1", smtp_from="hq@meridia.example", web_origins=("https://hq.meridia.example",)
)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    before = list(registry._CURRENT)
    found = worlds.story()
    registry.install(found.hq)
    for person in (HEAD, OFFICER, PLANNER):
        account(person)
    yield found
    registry._CURRENT[:] = before


def ask(world: World, every: str = "daily", person: object = HEAD) -> None:
    digest.choose(person.username, every, 6, f"{person.username}@meridia.example", now=world.hq.clock.now())


def body(message: Message) -> str:
    return message.get_payload(decode=True).decode()


def test_it_counts_and_leads_and_says_nothing_of_what_it_counts(world: World, post: Postman) -> None:
    ask(world, person=PLANNER)
    ask(world)
    world.advance(DAY)
    elements.add(world.hq, OFFICER, content("report", title="Submarine off Mersel", said="Secret."))
    told = mailing.send_due(world.hq, CONFIG)
    assert (told.sent, told.failures) == (2, ())
    for message in post.taken:
        said = body(message) + str(message["Subject"])
        assert "https://hq.meridia.example/" in said
        assert message["From"] == "hq@meridia.example"
        assert message["Message-ID"].endswith("@meridia.example>"), "the machine is not named"
        for secret in ("Submarine", "Vael", "Torvia", "XTV", "Oda", "oda", "Strait", "report"):
            assert secret not in said, secret
    assert "1 element written or revised by colleagues." in body(post.taken[0])


def test_titles_are_named_only_where_the_administrator_allows_it(world: World, post: Postman) -> None:
    ask(world)
    world.advance(DAY)
    elements.add(world.hq, OFFICER, content("report", title="Submarine off Mersel", said="Secret."))
    mailing.send_due(world.hq, Config(party="XMR", smtp_host="127.0.0.1", digest_titles=True, smtp_from="a@b.example"))
    assert "- Submarine off Mersel" in body(post.taken[0])
    assert "Secret." not in body(post.taken[0])


def test_one_day_has_one_mail_whatever_restarts(world: World, post: Postman) -> None:
    ask(world)
    world.advance(DAY)
    for _start in range(3):
        mailing.send_due(world.hq, CONFIG)
    assert len(post.taken) == 1
    world.advance(DAY)
    mailing.send_due(world.hq, CONFIG)
    assert len(post.taken) == 2


def test_two_that_look_at_once_claim_a_day_once(world: World) -> None:
    ask(world)
    world.advance(DAY)
    now = world.hq.clock.now()
    assert [due.person for due in digest.claim(now)] == [HEAD.username]
    assert digest.claim(now) == ()


def test_a_week_has_one_mail_and_off_has_none(world: World, post: Postman) -> None:
    ask(world, "weekly")
    ask(world, "off", PLANNER)
    for _day in range(14):
        world.advance(DAY)
        mailing.send_due(world.hq, CONFIG)
    assert len(post.taken) == 2
    assert {message["To"] for message in post.taken} == {"hal@meridia.example"}


def test_what_the_server_refuses_is_told_with_its_reason_and_tried_again_later(world: World, post: Postman) -> None:
    ask(world)
    world.advance(DAY)
    post.refusal = "no such mailbox"
    told = mailing.send_due(world.hq, CONFIG)
    assert "no such mailbox" in told.failures[0]
    (failing,) = digest.failing()
    assert (failing.person, failing.failures) == (HEAD.username, 1)
    assert "no such mailbox" in failing.last_error
    assert mailing.send_due(world.hq, CONFIG).failures == (), "not at once again"
    post.refusal = ""
    world.advance(600)
    assert mailing.send_due(world.hq, CONFIG).sent == 1
    assert digest.failing() == ()


def test_nobody_who_may_no_longer_sign_in_is_written_to(world: World, post: Postman) -> None:
    ask(world)
    User.objects.filter(username=HEAD.username).update(is_active=False)
    world.advance(DAY)
    mailing.send_due(world.hq, CONFIG)
    assert post.taken == []


def test_without_a_server_nothing_is_sent_and_nothing_claimed(world: World, post: Postman) -> None:
    ask(world)
    world.advance(DAY)
    assert mailing.send_due(world.hq, Config()).sent == 0
    assert mailing.send_due(world.hq, CONFIG).sent == 1


def test_no_mail_is_asked_for_without_an_address() -> None:
    with pytest.raises(MisuseError, match="address"):
        digest.choose("hal", "daily", 6, "", now=0)


def test_the_password_comes_from_a_file_of_its_own(tmp_path) -> None:
    home = Home(tmp_path)
    home.write_config(Config(smtp_host="post.example", smtp_password_file="smtp-password"))
    with pytest.raises(MisuseError, match="smtp_password_file"):
        home.smtp_password()
    (tmp_path / "smtp-password").write_text("open sesame\n")
    assert home.smtp_password() == "open sesame"
    assert "open sesame" not in home.config_file.read_text()


def test_the_thread_looks_at_once_survives_a_look_that_fails_and_ends_when_told() -> None:
    looked, let_go = threading.Event(), threading.Event()

    def look() -> None:
        looked.set()
        raise HostError("The database is busy.")

    thread = mailing.DigestThread(look, between=let_go.set)
    thread.start()
    assert looked.wait(10)
    assert let_go.wait(10)
    thread.stop()
    assert not thread._thread.is_alive()


def test_a_round_sends_and_clears_what_nobody_came_back_to(world: World, post: Postman) -> None:
    ask(world)
    kept.keep(HEAD.username, "/elements/new/report/", {"title": "Old"}, at=world.hq.clock.now())
    world.advance(91 * DAY)
    mailing.Rounds(world.hq, CONFIG)()
    assert len(post.taken) == 1
    assert kept.kept(HEAD.username, "/elements/new/report/") is None
