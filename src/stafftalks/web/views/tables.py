"""Bringing in a table, step by step: give it, match its columns, look at what is wrong with its rows, bring it in.

Small tables are worked on while the person waits; large ones by the worker behind the pages, which show how far it is and can be left.
"""

from collections.abc import Callable, Mapping
from typing import cast

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.formats import delimited, headings, writing
from stafftalks.formats.headings import Target
from stafftalks.planning.kinds import LABELS
from stafftalks.services import elements, table_reading, table_steps, tables
from stafftalks.services.table_rows import PART, Existing, Line, TableRow, Which
from stafftalks.services.tables import MatchingError
from stafftalks.store.tables import DjangoTables
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.values.label import Marking
from stafftalks.web import access, faults, large_forms
from stafftalks.web.faults import Fault
from stafftalks.web.views.drafts import WRITERS
from stafftalks.web.windows import LIMIT, Window, offset_of

TABLES = DjangoTables()
_AT_ONCE_BYTES = 256 * 1024
_AT_ONCE_ROWS = 2 * PART
_COMMON = "set."
STEPS = (
    gettext_noop("Give the table"),
    gettext_noop("Match its columns"),
    gettext_noop("Check its rows"),
    gettext_noop("Bring it in"),
)
_STEP_OF = {
    "reading": 0,
    "matching": 1,
    "checking": 2,
    "checked": 2,
    "bringing": 3,
    "stopped": 3,
    "done": 3,
    "failed": 0,
}


class Column(msgspec.Struct, frozen=True):
    """A column as the matching shows it: what stands in its first rows, the field it fills and why, what is wrong with that."""

    at: int
    heading: str
    sample: tuple[str, ...]
    path: str
    why: str
    error: str


class Value(msgspec.Struct, frozen=True):
    """A field that can be given once for all rows."""

    path: str
    target: Target
    text: str
    error: str
    known: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The HTML id."""
        return f"set-{self.path.replace('.', '-')}"


class Bad(msgspec.Struct, frozen=True):
    """A row with faults: what is wrong, and the cells in which it can be mended."""

    line: Line
    title: str
    sentences: tuple[str, ...]
    cells: tuple["Cell", ...]


class Cell(msgspec.Struct, frozen=True):
    """One cell to be mended: the input's name, its heading and what stands in it."""

    name: str
    heading: str
    text: str

    @property
    def id(self) -> str:
        """The HTML id."""
        return self.name.replace(".", "-")


@csrf_exempt
def start(request: HttpRequest) -> HttpResponse:
    """The person's tables under way, and the form for a new one, which may be large."""
    large_forms.allow(request)
    return _start(request)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _start(request: HttpRequest) -> HttpResponse:
    person = access.need_role(request, *WRITERS)
    hq = access.headquarters()
    typed = request.POST if request.method == "POST" else request.GET
    found: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            return _led(_taken(request))
        except StafftalksError as error:
            found = faults.of_error(error)
    kind = typed.get("kind", "")
    context: dict[str, object] = {
        "place": "tables",
        "kinds": [(name, LABELS[name][1]) for name in headings.kinds()],
        "kind": kind if kind in headings.kinds() else "activity",
        "encodings": delimited.ENCODINGS.items(),
        "typed": {name: typed.get(name, "") for name in ("text", "sheet", "encoding", "bare")},
        "common": [(name, text) for name, text in typed.items() if name.startswith(_COMMON) and text],
        "words": {
            "name": _("Pasted text"),
            "told": _("%(lines)s lines (%(size)s MB) are pasted and go along as a file. Read the table to go on."),
        },
        "under_way": TABLES.of(person.username),
        "contingencies": hq.holdings.contingencies(),
        "exported": ("activity", "force", "requirement"),
    }
    return faults.page(request, "web/tables/start.html", context, found)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, table: str) -> HttpResponse:
    """The table where it stands now; what is sent takes it a step on."""
    row = _mine(request, table)
    errors: Mapping[str, str] = {}
    found: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            return _ACTS[request.POST.get("do", "")](request, row)
        except KeyError:
            raise Http404 from None
        except MatchingError as error:
            errors = error.errors
            found = tuple(Fault(sentence, _field_id(name)) for name, sentence in errors.items())
        except StafftalksError as error:
            found = faults.of_error(error)
            row = _mine(request, table)
    context: dict[str, object] = {
        "place": "tables",
        "row": row,
        "steps": STEPS,
        "step_now": _STEP_OF[row.state],
        "marking": _marking(row),
    }
    match row.state:
        case "matching":
            context |= _matching(request, row, errors)
        case "checked":
            context |= _checked(request, row)
        case "done" | "stopped":
            context |= _listed(request, row, "left")
        case _:
            pass
    return faults.page(request, "web/tables/show.html", context, found)


@require_GET
def progress(request: HttpRequest, table: str) -> HttpResponse:
    """How far it is, for the page that shows it; the page is drawn anew once there is something to decide."""
    row = _mine(request, table)
    answer = render(request, "web/tables/progress.html", {"row": row})
    if not row.running:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
def left_out(request: HttpRequest, table: str) -> StreamingHttpResponse:
    """The rows that are not elements as CSV, each with the reason, to be mended and given again."""
    row = _mine(request, table)
    names = [_("Row"), _("Why it was left out"), *row.columns]
    answer = StreamingHttpResponse(
        writing.csv_lines(names, tables.left_out(TABLES, row)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    return answer


def _taken(request: HttpRequest) -> TableRow:
    """The table that was sent; read at once where it is small."""
    hq, person = access.headquarters(), access.person_of(request)
    upload = request.FILES.get("file")
    pasted = request.POST.get("text", "")
    if upload is not None and pasted.strip():
        raise MisuseError(_("Both a file was chosen and text was pasted: give one of the two."))
    source = upload.read() if upload is not None else pasted.encode("utf-8", "replace")
    common = {name.removeprefix(_COMMON): str(text) for name, text in request.POST.items() if name.startswith(_COMMON)}
    row = tables.take(
        hq, TABLES, person, source, kind=request.POST.get("kind", ""),
        name=(upload.name or "") if upload is not None else _("Pasted text"), sheet=request.POST.get("sheet", ""),
        encoding=request.POST.get("encoding", "") if upload is not None else "utf-8",
        headed=request.POST.get("bare") != "yes", common=common,
    )  # fmt: skip
    return _at_once(request, row, small=len(source) <= _AT_ONCE_BYTES)


def _match(request: HttpRequest, row: TableRow) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    columns = {at: request.POST.get(f"column.{at}", "") for at in range(len(row.columns))}
    common = {name.removeprefix(_COMMON): str(text) for name, text in request.POST.items() if name.startswith(_COMMON)}
    matched = tables.match(hq, TABLES, person, row.id, columns, common)
    if name := request.POST.get("keep_as", "").strip():
        tables.save_matching(hq, TABLES, person, row.id, name)
        messages.success(request, _("The matching is kept as “%(name)s”.") % {"name": name})
    if request.POST.get("do") == "match":
        matched = _at_once(request, tables.start_check(hq, TABLES, person, row.id), small=row.rows <= _AT_ONCE_ROWS)
    return _led(matched)


def _use(request: HttpRequest, row: TableRow) -> HttpResponse:
    name = request.POST.get("saved", "")
    return _led(tables.use_saved(access.headquarters(), TABLES, access.person_of(request), row.id, name))


def _back(request: HttpRequest, row: TableRow) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    return _led(tables.match(hq, TABLES, person, row.id, row.matching, row.common))


def _mend(request: HttpRequest, row: TableRow) -> HttpResponse:
    checking = tables.mend(
        access.headquarters(), TABLES, access.person_of(request), row.id,
        {(part, place, column): text for (part, place, column), text in _numbered(request, "c", 3)},
    )  # fmt: skip
    return _led(_at_once(request, checking, small=row.rows <= _AT_ONCE_ROWS))


def _bring(request: HttpRequest, row: TableRow) -> HttpResponse:
    hq, person = access.headquarters(), access.person_of(request)
    choices = {
        (part, place): cast("Existing", text)
        for (part, place), text in _numbered(request, "k", 2)
        if text in ("", "revise", "skip", "add")
    }
    if choices:
        tables.choose(hq, TABLES, person, row.id, choices)
    if request.POST.get("do") == "choose":
        return _led(row)
    which, existing = request.POST.get("which", ""), request.POST.get("existing", "")
    bringing = tables.start_bringing(
        hq, TABLES, person, row.id,
        which=cast("Which", which if which in ("all", "good", "chosen") else "all"),
        existing=cast("Existing", existing if existing in ("revise", "skip", "add") else ""),
        chosen=request.POST.get("chosen", ""),
    )  # fmt: skip
    return _led(_at_once(request, bringing, small=row.rows <= _AT_ONCE_ROWS))


def _stop(request: HttpRequest, row: TableRow) -> HttpResponse:
    stopped = tables.stop(access.headquarters(), TABLES, access.person_of(request), row.id)
    messages.success(request, _("Stopped. What was brought in so far stays; nothing is half done."))
    return _led(stopped)


def _resume(request: HttpRequest, row: TableRow) -> HttpResponse:
    going = tables.resume(access.headquarters(), TABLES, access.person_of(request), row.id)
    return _led(_at_once(request, going, small=0 < row.rows <= _AT_ONCE_ROWS))


def _discard(request: HttpRequest, row: TableRow) -> HttpResponse:
    tables.discard(access.headquarters(), TABLES, access.person_of(request), row.id)
    messages.success(request, _("The table is thrown away. Elements that it became stay."))
    return HttpResponseRedirect(reverse("tables"))


_ACTS: dict[str, Callable[[HttpRequest, TableRow], HttpResponse]] = {
    "match": _match,
    "preview": _match,
    "use": _use,
    "back": _back,
    "mend": _mend,
    "choose": _bring,
    "bring": _bring,
    "stop": _stop,
    "resume": _resume,
    "discard": _discard,
}


def _matching(request: HttpRequest, row: TableRow, errors: Mapping[str, str]) -> dict[str, object]:
    """The columns beside the fields, what is filled for all rows, and the first rows as they would read."""
    sent = request.POST if errors else None
    part = TABLES.part(row.id, 0)
    first = part.lines[:50] if part else ()
    columns = [
        Column(
            at, heading, tuple(line.cells[at] for line in first if line.cells[at])[:3],
            sent.get(f"column.{at}", "") if sent else row.matching.get(at, ""), row.why.get(at, ""), errors.get(str(at), ""),
        )
        for at, heading in enumerate(row.columns)
    ]  # fmt: skip
    fields = headings.targets(row.kind)
    filled = {column.path for column in columns} | set(row.common)
    lacking = {found.path for found in fields if found.spec.required} - filled
    labels = {found.path: found.label for found in fields}
    instead = {path: labels[other] for path, other in table_reading.instead(row.kind) if other in filled}
    known = {path: _titles(path) for path in ("plan", "scenario")}
    values = [
        Value(
            path,
            found,
            sent.get(_COMMON + path, "") if sent else row.common.get(path, ""),
            errors.get(path, ""),
            known.get(path, ()),
        )
        for path in tables.common_paths(row.kind)
        if (found := headings.target(row.kind, path))
    ]
    return {
        "columns": columns,
        "fields": fields,
        "values": values,
        "unmatched": [column for column in columns if not column.path],
        "lacking": [found.label for found in fields if found.path in lacking and found.path not in instead],
        "instead": [
            (found.label, instead[found.path]) for found in fields if found.path in lacking and found.path in instead
        ],
        "preview": tables.preview(TABLES, row),
        "preview_columns": [
            found.label for _at, path in sorted(row.matching.items()) if (found := headings.target(row.kind, path))
        ],
        "saved": TABLES.matchings(row.kind),
    }


def _checked(request: HttpRequest, row: TableRow) -> dict[str, object]:
    """The rows with faults, each with the cells to mend; the rows that match own elements; how many are good."""
    context = _listed(request, row, "faulty")
    total, known = tables.window(TABLES, row.id, "known", _offset(request, "known"), LIMIT)
    return context | {
        "good": row.rows - row.counts.faulty,
        "known": [(f"k.{part}.{place}", line, _title(row, line)) for part, place, line in known],
        "known_window": Window(total, _offset(request, "known")),
        "fields_matched": [
            (row.columns[at], found.label)
            for at, path in sorted(row.matching.items())
            if (found := headings.target(row.kind, path))
        ],
    }


def _listed(request: HttpRequest, row: TableRow, which: str) -> dict[str, object]:
    offset = offset_of(request)
    total, window = tables.window(TABLES, row.id, which, offset, LIMIT)
    return {"bad": [_bad(row, part, place, line) for part, place, line in window], "window": Window(total, offset)}


def _bad(row: TableRow, part: int, place: int, line: Line) -> Bad:
    columns = sorted({fault.column for fault in line.faults if fault.column >= 0})
    cells = tuple(Cell(f"c.{part}.{place}.{at}", row.columns[at], line.cells[at]) for at in columns)
    sentences = tuple(table_steps.said(row, fault.column, fault.sentence) for fault in line.faults) or (line.reason,)
    return Bad(line, _title(row, line), sentences, cells)


def _title(row: TableRow, line: Line) -> str:
    """What tells a row from others: its title, or what is taken instead."""
    for wanted in ("title", "what", "serial", "capability", "watched", "said"):
        at = next((at for at, path in row.matching.items() if path == wanted), None)
        if at is not None and line.cells[at]:
            return line.cells[at][:120]
    return next((cell for cell in line.cells if cell), "")[:120]


def _marking(row: TableRow) -> Marking:
    """The marking given for all rows: the page that shows them bears it."""
    given = {name: row.common.get(f"marking.{name}", "") for name in ("policy", "classification", "caveats")}
    caveats = tuple(line.strip() for line in given["caveats"].split("\n") if line.strip())
    return Marking(given["policy"], given["classification"], caveats)


def _titles(path: str) -> tuple[tuple[str, str], ...]:
    """Own elements that a reference can name, newest first."""
    hq = access.headquarters()
    _total, found = elements.find(hq, kind=path, limit=100)
    return tuple((f"{hq.party}/{row.id}", row.title) for row in found)


def _numbered(request: HttpRequest, sort: str, count: int) -> list[tuple[tuple[int, ...], str]]:
    """What was sent in inputs named as `c.0.17.3`: the numbers, and the text."""
    found = []
    for name, text in request.POST.items():
        parts = name.split(".")
        numbers = parts[1:]
        if parts[0] == sort and len(numbers) == count and all(part.isascii() and part.isdecimal() for part in numbers):
            found.append((tuple(int(part[:9]) for part in numbers), str(text)))
    return found


def _offset(request: HttpRequest, name: str) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 9 else 0


def _field_id(name: str) -> str:
    return f"column-{name}" if name.isdecimal() else f"set-{name.replace('.', '-')}" if name else ""


def _at_once(request: HttpRequest, row: TableRow, *, small: bool) -> TableRow:
    """A small table is worked on while the person waits; a large one is left to the worker."""
    if small:
        table_steps.work(access.headquarters(), TABLES, row.id, access.person_of(request))
    return row


def _led(row: TableRow) -> HttpResponse:
    return HttpResponseRedirect(reverse("table", args=[row.id]))


def _mine(request: HttpRequest, table: str) -> TableRow:
    person = access.need_role(request, *WRITERS)
    try:
        return tables.get(TABLES, person, table)
    except MisuseError:
        raise Http404 from None
