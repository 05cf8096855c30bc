"""Reports as sources: which go back to one, how each statement came, what rests on it; and what an assessment rests on."""

from collections.abc import Iterable, Sequence

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from stafftalks.planning import attribution
from stafftalks.planning.attribution import Link, Source, Step, Weakest
from stafftalks.planning.intelligence import Assessment, Report
from stafftalks.services import sources
from stafftalks.services.sources import Library, Resting
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId
from stafftalks.web import access
from stafftalks.web.windows import Window, offset_of

_TOLD = 10
_TITLES = 5


class Told(msgspec.Struct, frozen=True):
    """A report as drawn: its chain, and its weakest step."""

    piece: Piece
    report: Report
    steps: tuple[Step, ...]
    weakest: Weakest | None


class Group(msgspec.Struct, frozen=True):
    """A source: what it is called in words, the first reports that go back to it, how many more do, and why they are held for one."""

    name: str
    told: tuple[Told, ...]
    more: int
    reasons: tuple[str, ...]
    source: Source

    @property
    def named_apart(self) -> bool:
        """Whether its reports name two roots, and only what they pass on makes them one."""
        return len(self.source.names) > 1


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The sources behind the reports held here, those told most often first; of one contingency where that is asked."""
    hq = access.headquarters()
    library = sources.library(hq)
    contingency, view = request.GET.get("contingency", ""), request.GET.get("show", "")
    offset = offset_of(request)
    context: dict[str, object] = {
        "place": "sources",
        "contingencies": _contingencies(library),
        "contingency": contingency,
        "show": view,
        "reports": len(library.reports),
        "sources": len(library.sources),
    }
    if view == "assessments":
        found = [piece for piece in library.assessments if contingency in ("", piece.contingency)]
        context["resting"] = [sources.resting(library, piece) for piece in found[offset : offset + 50]]
        context["window"] = Window(len(found), offset)
    else:
        groups = [
            source
            for source in library.sources
            if not contingency or any(library.reports[key].contingency == contingency for key in source.keys)
        ]
        groups.sort(key=lambda source: (-len(source.keys), source.keys))
        context["groups"] = [_group(library, source) for source in groups[offset : offset + 50]]
        context["window"] = Window(len(groups), offset)
    return render(request, "web/talks/sources.html", context)


@require_GET
def show(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """A report with its chain, or an assessment with what it rests on."""
    library = sources.library(access.headquarters())
    key = f"{party}/{element}"
    report = library.reports.get(key)
    if report is not None:
        return render(request, "web/talks/report.html", _report(library, report))
    assessment = next((piece for piece in library.assessments if piece.key == key), None)
    if assessment is None:
        raise Http404
    return render(request, "web/talks/assessment.html", _assessment(library, assessment))


def words_of(resting: Resting) -> str:
    """What the assessment rests on, in one sentence: reports, those that are gone, independent sources."""
    reports = ngettext("%d report", "%d reports", resting.basis.cited) % resting.basis.cited
    found = ngettext("%d independent source", "%d independent sources", resting.basis.independent)
    independent = found % resting.basis.independent
    if not resting.basis.cited:
        return _("Cites no report.")
    if not resting.absent:
        return _("Rests on %(reports)s, %(sources)s.") % {"reports": reports, "sources": independent}
    gone = ngettext("%d is not held here any more", "%d are not held here any more", len(resting.absent))
    words = {"reports": reports, "gone": gone % len(resting.absent), "sources": independent}
    return _("Rests on %(reports)s, of which %(gone)s; the rest go back to %(sources)s.") % words


def _report(library: Library, piece: Piece) -> dict[str, object]:
    source = library.source_of[piece.key]
    group = _group(library, source)
    assessments = library.citing.get(piece.key, ())
    return {
        "place": "sources",
        "piece": piece,
        "told": _told(piece),
        "group": group,
        "others": [one for one in group.told if one.piece.key != piece.key],
        "others_count": len(group.told) + group.more - 1,
        "resting": [(one, words_of(sources.resting(library, one))) for one in assessments[:50]],
        "citing": len(assessments),
        "telling": library.telling.get(piece.key, ())[:50],
        "party": piece.party,
        "element": piece.element,
    }


def _assessment(library: Library, piece: Piece) -> dict[str, object]:
    resting = sources.resting(library, piece)
    content = piece.content
    return {
        "place": "sources",
        "piece": piece,
        "content": content if isinstance(content, Assessment) else None,
        "resting": resting,
        "sentence": words_of(resting),
        "groups": [_group(library, source) for source in resting.basis.sources],
        "party": piece.party,
        "element": piece.element,
    }


def _group(library: Library, source: Source) -> Group:
    keys = [key for key in source.keys if key in library.reports]
    told = tuple(_told(library.reports[key]) for key in keys[:_TOLD])
    reasons = tuple(dict.fromkeys(_reason(library, link) for link in source.links[:_TOLD]))
    return Group(_name(source, told), told, len(keys) - len(told), reasons, source)


def _name(source: Source, told: Sequence[Told]) -> str:
    """What a source is called: the root it names, else who stands first in the chain that begins it, else the report's own title."""
    if source.names:
        return source.names[0]
    first = next((one for one in told if one.report.hops and not _passes_on(one.report)), None)
    first = first or next((one for one in told if one.report.hops), None)
    if first is None:
        return told[0].piece.title if told else ""
    hop = first.report.hops[0]
    return _("withheld by %(party)s") % {"party": hop.withheld_by} if hop.withheld_by else hop.actor


def _passes_on(report: Report) -> bool:
    return any(hop.repeats is not None for hop in report.hops)


def _reason(library: Library, link: Link) -> str:
    """Why two reports or more are held for one, in a sentence with their titles."""
    titles = _titles(library, link.keys)
    if link.rule == "named":
        return _("%(titles)s name the same root source: %(what)s.") % {"titles": titles, "what": link.what}
    if link.rule == "repeats":
        other = [key for key in link.keys if key != link.what]
        passing = _titles(library, other)
        held = library.reports.get(link.what)
        what = f"“{held.title}”" if held else _("one report that is not held here")
        said = ngettext("%(titles)s passes on %(what)s.", "%(titles)s pass on %(what)s.", len(other))
        return said % {"titles": passing, "what": what}
    return _(
        "%(titles)s begin with the same step: %(what)s. If those are different people, name a root source for each."
    ) % {"titles": titles, "what": link.what.replace("T00:00:00Z", "")}


def _titles(library: Library, keys: Iterable[str]) -> str:
    """The first titles, quoted, and how many more there are."""
    told = list(keys)
    shown = [f"“{library.reports[key].title}”" if key in library.reports else key for key in told[:_TITLES]]
    more = [_("and %d more") % (len(told) - _TITLES)] if len(told) > _TITLES else []
    return ", ".join([*shown, *more])


def _told(piece: Piece) -> Told:
    report = piece.content if isinstance(piece.content, Report) else Report(title=piece.title, said="–")
    return Told(piece, report, attribution.chain(report), attribution.weakest(report))


def _contingencies(library: Library) -> list[str]:
    found = {piece.contingency for piece in (*library.reports.values(), *library.assessments)}
    return sorted(found - {""})
