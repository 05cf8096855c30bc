"""Options: courses of action as columns, with their five tests, the weighted criteria and how much hangs on the weights."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.planning import forms, weighing
from stafftalks.planning.options import Contribution, Option, Verdict
from stafftalks.planning.refs import ElementRef
from stafftalks.planning.weighing import TOP_SCORE, TOP_WEIGHT, Weighing
from stafftalks.services import comparing, workspace
from stafftalks.services.editing import FieldsError
from stafftalks.services.workspace import Piece
from stafftalks.values.errors import MisuseError, StafftalksError
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.templatetags.options import cell_id
from stafftalks.web.views.drafts import WRITERS

MOST_COLUMNS = 8
_TESTS = ("suitable", "feasible", "acceptable", "distinguishable", "complete")


class Cell(msgspec.Struct, frozen=True):
    """One cell of an option's column. `path` and `why` name the inputs where it can be written; `error` stands at it."""

    shown: str = ""
    rationale: str = ""
    path: str = ""
    why: str = ""
    error: str = ""


class Line(msgspec.Struct, frozen=True):
    """One row of the comparison: a test or a criterion, across all options."""

    label: str
    help: str
    cells: tuple[Cell, ...]
    weight: int = 0
    weights: tuple[int, ...] = ()


class Column(msgspec.Struct, frozen=True):
    """One option: itself, what each side would bring, and whether this person may write in it."""

    piece: Piece
    sides: tuple[tuple[str, tuple[Contribution, ...]], ...]
    write: bool
    form: str


class _Asked(msgspec.Struct, frozen=True):
    """What the query asks to compare, and under which weights."""

    keys: tuple[str, ...]
    scenario: ElementRef | None
    contingency: str
    weights: dict[str, str]
    write: bool


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every option by the scenario or contingency it answers."""
    hq = access.headquarters()
    groups = comparing.grouped(hq)
    scenarios = {
        piece.key: piece for piece in workspace.pieces(hq, kinds=("scenario",))
    }  # fmt: skip
    rows = [(group, scenarios.get(str(group.scenario)) if group.scenario else None) for group in groups]
    context = {"place": "options", "rows": rows, "may_write": _may_write(request)}
    return render(request, "web/options/list.html", context)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The options side by side; what is typed into a column is kept in that option, at home."""
    asked = _asked(request.GET)
    pieces = comparing.chosen(access.headquarters(), asked.keys, asked.scenario, asked.contingency)
    typed: Mapping[str, str] = {}
    errors: dict[str, str] = {}
    found: tuple[Fault, ...] = ()
    if request.method == "POST":
        access.need_role(request, *WRITERS)
        deed, _colon, key = request.POST.get("do", "").partition(":")
        try:
            sentence = _done(request, pieces, deed, key)
        except FieldsError as error:
            typed = {name: str(text) for name, text in request.POST.items()}
            errors = {f"{key}|{path}": said for path, said in error.errors.items()}
            found = tuple(Fault(said, cell_id(f"{key}|{path}")) for path, said in error.errors.items())
        except StafftalksError as error:
            typed, found = {name: str(text) for name, text in request.POST.items()}, faults.of_error(error)
        else:
            messages.success(request, sentence)
            return HttpResponseRedirect(request.get_full_path())
    context = _context(request, asked, pieces[:MOST_COLUMNS], typed, errors)
    context["left_out"] = pieces[MOST_COLUMNS:]
    return faults.page(request, "web/options/compare.html", context, found)


def _done(request: HttpRequest, pieces: tuple[Piece, ...], deed: str, key: str) -> str:
    """Does what the pressed button says; the sentence that tells so."""
    hq, person = access.headquarters(), access.person_of(request)
    if deed == "column":
        piece = next((one for one in pieces if one.key == key and one.own), None)
        if piece is None:
            raise MisuseError(_("That option is not among those on this page, or it is not ours to write in."))
        if request.POST.get(f"version:{key}", "") != piece.version:
            raise MisuseError(
                _(
                    "Somebody revised this option while the page was open. What you typed is below: read it again, then save."
                )
            )
        prefix = f"{key}|"
        fields = {
            name.removeprefix(prefix): str(text) for name, text in request.POST.items() if name.startswith(prefix)
        }
        comparing.score(hq, person, piece, fields)
        return _("Saved at home: %(title)s. Partners hold what they held before.") % {"title": piece.title}
    weights = _weights(_criteria(pieces), {name: str(text) for name, text in request.POST.items()})
    if deed == "criterion":
        name = " ".join(request.POST.get("criterion", "").split())
        if not name or len(name) > 200:
            raise MisuseError(_("Name the criterion to add: a word or a few, as “Speed”."))
        weights.setdefault(name, 1)
    count = comparing.weigh_alike(hq, person, pieces, weights)
    return _("Kept at home in options of ours: %(count)d.") % {"count": count}


def _context(
    request: HttpRequest, asked: _Asked, pieces: tuple[Piece, ...], typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, object]:
    options = {piece.key: piece.content for piece in pieces if isinstance(piece.content, Option)}
    criteria = _criteria(pieces)
    weights = _weights(criteria, asked.weights)
    kept = {name: given[0] for name, given in criteria.items()}
    result = weighing.weigh(options, weights)
    titles = {piece.key: piece.title for piece in pieces}
    write = asked.write and _may_write(request)
    columns = [_column(piece, options[piece.key], write=write) for piece in pieces]
    hq = access.headquarters()
    scenario = workspace.piece(hq, asked.scenario) if asked.scenario else None
    return {
        "place": "options",
        "columns": columns,
        "pieces": pieces,
        "tests": [_test(name, columns, typed, errors) for name in _TESTS],
        "criteria": [
            _criterion(name, weights[name], given, columns, typed, errors) for name, given in criteria.items()
        ],
        "verdicts": [(verdict.value, forms.choice_label(verdict)) for verdict in Verdict],
        "means": [_mean(result, column.piece.key) for column in columns],
        "leaders": [titles[key] for key in result.leaders],
        "turns": _turns(result, titles),
        "what_if": weights != kept,
        "disputed": any(len(given) > 1 for given in criteria.values()),
        "scenario": scenario,
        "contingency": asked.contingency,
        "write": write,
        "may_write": _may_write(request),
        "any_own": any(piece.own for piece in pieces),
        "top_score": TOP_SCORE,
        "top_weight": TOP_WEIGHT,
        "new_criterion": typed.get("criterion", ""),
        "query": request.GET.urlencode(),
    }


def _asked(query: QueryDict) -> _Asked:
    scenario = query.get("scenario", "")
    try:
        ref = ElementRef.parse(scenario) if scenario else None
    except StafftalksError:
        ref = None
    weights = {name: str(text) for name, text in query.items() if name.startswith("w.")}
    return _Asked(tuple(query.getlist("o")), ref, query.get("contingency", ""), weights, query.get("write") == "1")


def _may_write(request: HttpRequest) -> bool:
    return access.person_of(request).lacking(*WRITERS) is None


def _criteria(pieces: tuple[Piece, ...]) -> dict[str, tuple[int, ...]]:
    return weighing.criteria_of([piece.content for piece in pieces if isinstance(piece.content, Option)])


def _weights(criteria: Mapping[str, tuple[int, ...]], typed: Mapping[str, str]) -> dict[str, int]:
    """Each criterion's weight: as typed where that is a figure from 0 to 100, else as the first option has it."""
    found: dict[str, int] = {}
    for name, given in criteria.items():
        text = typed.get(f"w.{name}", "").strip()
        sensible = text.isascii() and text.isdecimal() and len(text) < 4
        found[name] = min(int(text), TOP_WEIGHT) if sensible else given[0]
    return found


def _column(piece: Piece, option: Option, *, write: bool) -> Column:
    sides: dict[str, list[Contribution]] = {}
    for row in option.contributions:
        sides.setdefault(row.party, []).append(row)
    listed = tuple((party, tuple(rows)) for party, rows in sides.items())
    return Column(piece, listed, write and piece.own, f"column-{piece.party}-{piece.element}")


def _test(name: str, columns: list[Column], typed: Mapping[str, str], errors: Mapping[str, str]) -> Line:
    spec = next(field for field in forms.describe("option").fields if field.name == "validity")
    described = next(field for field in spec.fields if field.name == name)
    cells = []
    for column in columns:
        option = column.piece.content
        if not isinstance(option, Option):
            continue
        test = getattr(option.validity, name)
        path = f"{column.piece.key}|validity.{name}.verdict"
        why = f"{column.piece.key}|validity.{name}.rationale"
        shown, rationale = typed.get(path, test.verdict.value), typed.get(why, test.rationale)
        cells.append(Cell(shown, rationale, path, why, errors.get(path) or errors.get(why, "")))
    return Line(described.label, described.help, tuple(cells))


def _criterion(
    name: str,
    weight: int,
    given: tuple[int, ...],
    columns: list[Column],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Line:
    cells = []
    for column in columns:
        option = column.piece.content
        if not isinstance(option, Option):
            continue
        at = next((number for number, row in enumerate(option.criteria) if row.criterion == name), None)
        if at is None:
            cells.append(Cell())
            continue
        row = option.criteria[at]
        path, why = f"{column.piece.key}|criteria.{at}.score", f"{column.piece.key}|criteria.{at}.rationale"
        shown = typed.get(path, "" if row.score is None else str(row.score))
        cells.append(Cell(shown, typed.get(why, row.rationale), path, why, errors.get(path) or errors.get(why, "")))
    return Line(name, "", tuple(cells), weight, given)


class Mean(msgspec.Struct, frozen=True):
    """An option's weighted mean as shown: one figure, or a range where scores are missing; `high` in percent of the scale for the bar."""

    text: str
    missing: tuple[str, ...]
    leads: bool
    low_percent: float
    wide_percent: float


def _mean(result: Weighing, key: str) -> Mean:
    one = next(found for found in result.options if found.key == key)
    text = _figure(one.low) if one.low == one.high else f"{_figure(one.low)} – {_figure(one.high)}"
    low, high = float(one.low) * 10, float(one.high) * 10
    return Mean(text, one.missing, key in result.leaders, round(low, 2), round(max(high - low, 0.8), 2))


def _turns(result: Weighing, titles: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """How far each weight may move before another option leads, in words."""
    lines = []
    for turn in result.turns:
        if turn.holds:
            said = _("No weight of it from 0 to 100 changes who leads.")
        else:
            parts = []
            if turn.above:
                parts.append(
                    _("above %(at)s, %(who)s leads") % {"at": _figure(turn.high), "who": _named(turn.above, titles)}
                )
            if turn.below:
                parts.append(
                    _("below %(at)s, %(who)s leads") % {"at": _figure(turn.low), "who": _named(turn.below, titles)}
                )
            said = "; ".join(parts)
            said = said[:1].upper() + said[1:] + "."
        lines.append((turn.criterion, turn.weight, said))
    return lines


def _named(keys: tuple[str, ...], titles: Mapping[str, str]) -> str:
    return _(" or ").join(f"“{titles[key]}”" for key in keys)


def _figure(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
