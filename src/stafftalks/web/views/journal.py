"""The journal of our own people's acts, which never leaves; whether it and the exchange log are as they were written; lines taken out as files."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.request import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stafftalks import __version__
from stafftalks.formats import audit_lines
from stafftalks.formats.audit_lines import Chained
from stafftalks.services import audit
from stafftalks.services.logs import JOURNAL, LOGS, LinesWanted, columns
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.windows import Window, offset_of

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl", "cef": "text/plain; charset=utf-8"}
MOST_AT_ONCE = 200_000
"""Lines that a page checks while its reader waits; more are checked by the command."""


class Asked(msgspec.Struct, frozen=True):
    """What the page was asked for, as typed, and as lines."""

    who: str
    act: str
    about: str
    words: str
    since: str
    until: str
    wanted: LinesWanted


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Acts, newest first, by time, person, act and by what they are about."""
    access.need_role(request, *READERS)
    return _page(request)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Holds every line of both logs to the one before it, and to heads that were written down; the journal records what was found."""
    person, hq = access.need_role(request, *READERS), access.headquarters()
    total = sum(head.size for head in audit.heads(hq))
    typed = request.POST.get("heads", "")
    try:
        if total > MOST_AT_ONCE:
            sentence = _(
                "The logs have %(count)d lines, too many to check while you wait: run `stafftalks audit verify`."
            )
            raise MisuseError(sentence % {"count": total})
        checks = audit.verify(hq, audit.parse_heads([typed]))
    except StafftalksError as error:
        return _page(request, faults.of_error(error), heads=typed)
    audit.note(hq, person.username, checks)
    for found in checks:
        level = messages.SUCCESS if found.sound else messages.ERROR
        messages.add_message(request, level, found.sentence, extra_tags="good" if found.sound else "bad")
    return HttpResponseRedirect(reverse("journal"))


@require_POST
def take_out(request: HttpRequest, log: str) -> HttpResponseBase:
    """Lines of a log as a file, as CSV, JSON lines or CEF, streamed; the journal records it."""
    person, hq = access.need_role(request, *READERS), access.headquarters()
    form = request.POST.get("form", "")
    if log not in LOGS or form not in FORMS:
        raise Http404
    wanted = asked_of(request.POST, log).wanted
    stop = audit.note_taken_out(hq, person.username, log, form.upper(), wanted)
    lines = (
        Chained(log, line.n, line.says, line.value, line.before)
        for line in audit.log_of(hq, log).lines(0, stop, wanted)
    )
    answer = StreamingHttpResponse(_pieces(form, log, hq.party, lines), content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{hq.party}-{log}.{form}"'
    return answer


def asked_of(query: QueryDict, log: str) -> Asked:
    """What was asked for; of the exchange log, who is the partner, about the accord, act the outcome."""
    names = ("person", "subject", "act") if log == JOURNAL else ("partner", "accord", "outcome")
    who, about, act = (query.get(name, "").strip() for name in names)
    words, since, until = (query.get(name, "").strip() for name in ("words", "since", "until"))
    wanted = LinesWanted(day_of(since), day_of(until, last=True), who, about, act, words)
    return Asked(who, act, about, words, since, until, wanted)


def day_of(text: str, *, last: bool = False) -> int:
    """The first second of a day in UTC, or its last; 0 where the text is no day."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int((day + timedelta(days=1, seconds=-1) if last else day).timestamp())


def _page(request: HttpRequest, found: tuple[faults.Fault, ...] = (), heads: str = "") -> HttpResponse:
    hq, offset = access.headquarters(), offset_of(request)
    asked = asked_of(request.GET, JOURNAL)
    total, lines = hq.journal.window(asked.wanted, offset, 50)
    subjects = [str(line.says["subject"]) for line in lines]
    context = {
        "place": "journal",
        "lines": lines,
        "about": [f"{hq.party}/{subject}" for subject in subjects if subject and "/" not in subject],
        "window": Window(total, offset),
        "asked": asked,
        "kept": {
            "person": asked.who,
            "act": asked.act,
            "subject": asked.about,
            "words": asked.words,
            "since": asked.since,
            "until": asked.until,
        },
        "standings": audit.standings(hq),
        "heads": heads,
        "faults": found,
    }
    return render(request, "web/journal.html", context, status=faults.UNPROCESSABLE if found else 200)


def _pieces(form: str, log: str, party: str, lines: Iterator[Chained]) -> Iterator[str | bytes]:
    match form:
        case "csv":
            yield from audit_lines.csv_lines(log, lines, columns(log))
        case "cef":
            yield from (f"{audit_lines.cef(one, party, __version__)}\n" for one in lines)
        case _:
            yield from map(audit_lines.json_line, lines)
