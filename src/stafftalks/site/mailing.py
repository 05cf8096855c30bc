"""Mail that counts what waits for each person who asked for it, over the administrator's SMTP server. Off unless both switched it on.

It says how many things wait and where to read them, and nothing of what they are: mail passes through machines that are not this
headquarters'. Where the administrator set `digest_titles`, it also names accords and elements, because somebody accountable weighed that.
It is sent by a thread of `serve`, or by `stafftalks digest send` at whatever times a scheduler runs it; a row for each person keeps either
from sending a day's or week's mail twice.
"""

import logging
import smtplib
from collections.abc import Callable
from email.utils import make_msgid
from typing import Final

import msgspec
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stafftalks.services import overview
from stafftalks.services.ports import Headquarters
from stafftalks.site.home import Config
from stafftalks.site.looking import LookingThread
from stafftalks.store import digest, kept, notes
from stafftalks.store.digest import Due
from stafftalks.store.models import User
from stafftalks.values.errors import StafftalksError

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 60.0
"""How often the thread looks whether a mail is due, in seconds."""
_TITLES: Final = 20
_DAY: Final = 86_400


class Told(msgspec.Struct, frozen=True):
    """What one round of sending came to."""

    sent: int
    nothing: int
    failures: tuple[str, ...]


class Counts(msgspec.Struct, frozen=True):
    """How much waits for a person: what needs them, what partners said since the last mail in how many accords, what colleagues wrote.

    `titles` name it where the administrator allows that; else they are empty.
    """

    needs: int
    news: int
    accords: int
    colleagues: int
    titles: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is anything to write of."""
        return bool(self.needs or self.news or self.colleagues)


def send_due(hq: Headquarters, config: Config) -> Told:
    """Sends every mail that is due now; what fails is kept with its reason and tried again later. Nothing where mail is not set up."""
    if not config.smtp_host:
        return Told(0, 0, ())
    now, sent, nothing = hq.clock.now(), 0, 0
    failures: list[str] = []
    for due in digest.claim(now):
        try:
            counts = count(hq, due, titles=config.digest_titles)
            if counts.anything:
                _send(compose(config, due, counts))
                sent += 1
            else:
                nothing += 1
            digest.sent(due, now=now, mailed=counts.anything)
        except (OSError, smtplib.SMTPException, StafftalksError, ValueError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            digest.failed(due, reason, now=now)
            failures.append(f"{due.person}: {reason}")
            _LOG.warning("The digest for %s was not sent: %s", due.person, reason)
    return Told(sent, nothing, tuple(failures))


def count(hq: Headquarters, due: Due, *, titles: bool) -> Counts:
    """What waits for the person whose mail is due."""
    user = User.objects.get(username=due.person)
    person = user.person()
    mentions = [overview.Need("mention", row.sentence, row.target, row.at) for row in notes.mentions_of(user.username)]
    needs = overview.needs(hq, person, mentions)
    news = overview.fresh(hq, due.since)
    rows = overview.colleagues(hq, person, due.since)
    named: tuple[str, ...] = ()
    if titles:
        accords = dict.fromkeys(one.view.title for one in news)
        named = (*accords, *dict.fromkeys(row.title for row in rows))[:_TITLES]
    return Counts(len(needs), len(news), len({one.view.row.id for one in news}), len(rows), named)


def compose(config: Config, due: Due, counts: Counts) -> EmailMessage:
    """The mail, in its reader's language: counts and one link; never a text, a party's name or who wrote."""
    with translation.override(due.language or "en"):
        lines = []
        if counts.needs:
            lines.append(ngettext("%d thing needs you.", "%d things need you.", counts.needs) % counts.needs)
        if counts.news:
            news = ngettext("%d new entry from partners", "%d new entries from partners", counts.news) % counts.news
            accords = ngettext("in %d accord.", "in %d accords.", counts.accords) % counts.accords
            lines.append(f"{news} {accords}")
        if counts.colleagues:
            words = ngettext(
                "%d element written or revised by colleagues.",
                "%d elements written or revised by colleagues.",
                counts.colleagues,
            )
            lines.append(words % counts.colleagues)
        if counts.titles:
            lines += ["", *(f"- {title}" for title in counts.titles)]
        lines += [
            "",
            f"{config.pages}/",
            "",
            _("This mail was asked for at %(where)s, where it can be switched off.")
            % {"where": f"{config.pages}/me/digest/"},
        ]
        subject = _("Stafftalks: %(needs)d waiting, %(news)d new") % {
            "needs": counts.needs,
            "news": counts.news + counts.colleagues,
        }
    # Django would name this machine; the sender's own domain says nothing new.
    domain = config.smtp_from.rpartition("@")[2] or "localhost"
    headers = {"Message-ID": make_msgid(domain=domain)}
    return EmailMessage(subject, "\n".join(lines), config.smtp_from or None, [due.email], headers=headers)


def _send(message: EmailMessage) -> None:
    message.connection = get_connection(fail_silently=False)
    message.send(fail_silently=False)


class Rounds:
    """What is done at every look: the mails that are due, and once a day clearing what nobody came back to."""

    def __init__(self, hq: Headquarters, config: Config) -> None:
        self._hq = hq
        self._config = config
        self._purged_at = 0

    def __call__(self) -> None:
        """One look."""
        send_due(self._hq, self._config)
        now = self._hq.clock.now()
        if now - self._purged_at >= _DAY:
            kept.purge(now)
            self._purged_at = now


class DigestThread(LookingThread):
    """Looks every minute, until stopped; `between` as in `LookingThread`."""

    def __init__(self, look: Callable[[], None], *, between: Callable[[], None]) -> None:
        super().__init__(
            "digest", look, failed="The digests could not be looked through", between=between, every_s=EVERY_S
        )
