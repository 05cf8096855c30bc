"""Private checks in words: how one stands and what happens next, what its terms say, what each side will know by it."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stafftalks.accord.bodies import CheckTerms
from stafftalks.accord.state import CheckState
from stafftalks.services import check_tells
from stafftalks.services.check_tells import LEARNS, MODES, Tell
from stafftalks.values.ids import PartyId
from stafftalks.web.templatetags.stafftalks import capital, number
from stafftalks.web.views.conflicts import height

STATES = {
    "proposed": gettext_lazy("proposed"),
    "declined": gettext_lazy("declined"),
    "lapsed": gettext_lazy("lapsed"),
    "running": gettext_lazy("running"),
    "done": gettext_lazy("done"),
    "stopped": gettext_lazy("stopped"),
    "broken": gettext_lazy("broken"),
}
_FAR = 253_402_300_799
_MARKS = {"proposed": "wait", "running": "wait", "done": "yes", "broken": "bad", "stopped": "no", "declined": "no"}


class Line(msgspec.Struct, frozen=True):
    """A check in a list: with whom, what comes out of it, how it stands with its mark, and what happens next. `ours` is whether we proposed it."""

    state: CheckState
    with_: PartyId
    ours: bool
    word: str
    mark: str
    next: str
    comes_out: str
    learns: str


class Said(msgspec.Struct, frozen=True):
    """One thing that terms say."""

    label: str
    text: str


class Known(msgspec.Struct, frozen=True):
    """What each side will know: line by line, and what the check cannot prevent."""

    lines: tuple[Tell, ...]
    limits: tuple[str, ...]


def line(state: CheckState, me: PartyId, name: str) -> Line:
    """The check as it stands for us; `name` is what the other side is called."""
    mark = _MARKS.get(state.state, "no")
    return Line(
        state,
        state.other(me),
        state.proposer == me,
        str(STATES[state.state]),
        mark,
        next_of(state, me, name),
        _(MODES[state.terms.mode]),
        learner(state.terms, ours=state.proposer == me, name=name),
    )


def next_of(state: CheckState, me: PartyId, name: str) -> str:
    """What happens next, in a sentence."""
    named = {"partner": name, "until": moment(state.terms.expires)}
    match state.state:
        case "proposed" if state.partner == me:
            return _("It waits for our answer, until %(until)s.") % named
        case "proposed":
            return _("It waits for the answer of %(partner)s, until %(until)s.") % named
        case "running" if state.next == me:
            return _("Our side computes and sends its part.")
        case "running":
            return _("It waits for what %(partner)s sends.") % named
        case "done" if state.learns(me):
            return _("It is done: see what came out.")
        case "done":
            return _("It is done. By its terms we are not told what came out.")
        case "declined" if state.partner == me:
            return _("We declined it.")
        case "declined":
            return _("%(partner)s declined it.") % named
        case "lapsed":
            return _("Its time is over.")
        case "broken":
            return _("Something in it is not as it must be, and nothing more is sent.")
        case _:
            return _("It was stopped.")


def learner(terms: CheckTerms, *, ours: bool, name: str) -> str:
    """Who is told what comes out."""
    if terms.learns == "both":
        return _("Both sides")
    return _("We alone") if (terms.learns == "proposer") == ours else _("%(partner)s alone") % {"partner": name}


def terms_in_words(terms: CheckTerms, *, ours: bool, name: str) -> tuple[Said, ...]:
    """What the terms say, in the order in which one reads them."""
    return (
        Said(_("Purpose"), terms.purpose),
        Said(_("Window"), _("%(start)s to %(end)s") % {"start": moment(terms.start), "end": moment(terms.end)}),
        Said(_("Heights"), str(capital(height(terms.floor_m, terms.ceiling_m)))),
        Said(
            _("Resources"), _("Claims on named resources are compared too.") if terms.resources else _("Not compared.")
        ),
        Said(_("What comes out"), _(MODES[terms.mode])),
        Said(_("Who learns it"), learner(terms, ours=ours, name=name)),
        Said(_("Number of activities"), activities(terms.activities)),
        Said(_("Auditor"), terms.auditor or _("None is agreed.")),
        Said(_("To be answered until"), moment(terms.expires)),
    )


def moment(seconds: int) -> str:
    """A time as the reader's language writes it, in UTC."""
    return date_format(datetime.fromtimestamp(min(max(seconds, 0), _FAR), UTC), "DATETIME_FORMAT")


def activities(count: int) -> str:
    """Up to how many activities a side are compared."""
    return ngettext(
        "Up to %(count)s a side. Messages are as large as for so many, whatever is planned.",
        "Up to %(count)s a side. Messages are as large as for so many, whatever is planned.",
        count,
    ) % {"count": number(count)}


def known(terms: CheckTerms, *, ours: bool) -> Known:
    """What each side will know by a check on these terms; `ours` is whether we propose it."""
    named = {"count": number(terms.activities), "auditor": terms.auditor}
    told = check_tells.tells(terms.mode, terms.learns, proposing=ours)
    return Known(
        tuple(Tell(*(_(text) % named for text in (tell.about, tell.we, tell.they))) for tell in told),
        tuple(_(text) % named for text in check_tells.limits(terms.mode, auditor=terms.auditor)),
    )


def choices(messages: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of a form, in the reader's language."""
    return [(name, _(message)) for name, message in messages]


def learns_choices() -> list[tuple[str, str]]:
    """Who may be told, as who proposes reads it."""
    return choices(LEARNS.items())
