"""Any element on paper: as PDF, as a document, and as a page made to be printed. The journal records each file; none is a release."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stafftalks.formats import document, labelling
from stafftalks.formats import paper as papers
from stafftalks.planning.refs import ElementRef
from stafftalks.services import labels, prints, releases
from stafftalks.services.prints import Material
from stafftalks.services.workspace import Piece
from stafftalks.values.ids import ElementId, PartyId, VersionHash
from stafftalks.web import access
from stafftalks.web.papers import paper_of

_VERSION = re.compile(r"[a-z2-7]{52}")


@require_GET
def view(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The paper as a page: with its banner on every printed sheet."""
    material, paper = _made(request, party, element)
    context = {"place": "elements", "paper": paper, "piece": material.piece, "markings": material.markings}
    return render(request, "web/prints/view.html", context)


@require_GET
def pdf(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The paper as PDF; the journal records who printed which version."""
    material, paper = _made(request, party, element)
    return _taken_out(request, material.piece, papers.pdf(paper), "pdf", "application/pdf")


@require_GET
def docx(request: HttpRequest, party: PartyId, element: ElementId) -> HttpResponse:
    """The paper as a document for office programs. It goes on being worked with, so only the journal says who took it out."""
    material, paper = _made(request, party, element, named=False)
    policies = labels.policies(access.headquarters())
    labelled = [labelling.labelling(policies, piece.content) for piece in material.pieces]
    bound = labelling.binding_of(policies, labelled, material.piece.at)
    return _taken_out(request, material.piece, document.docx_of(paper, binding=bound), "docx", document.TYPE)


def _taken_out(request: HttpRequest, piece: Piece, made: bytes, form: str, sort: str) -> HttpResponse:
    """The file, named by what it is and not by what it is called, once the journal has recorded it."""
    sentence = f"{piece.kind}: {piece.title}, version {piece.version[:8]} of {piece.party}, as {form.upper()}."
    prints.note(access.headquarters(), access.person_of(request), "printed", piece.element, sentence)
    answer = HttpResponse(made, content_type=sort)
    answer["Content-Disposition"] = f'attachment; filename="{piece.party}-{piece.kind}-{piece.version[:8]}.{form}"'
    return answer


def _made(
    request: HttpRequest, party: PartyId, element: ElementId, *, named: bool = True
) -> tuple[Material, papers.Paper]:
    hq = access.headquarters()
    version = request.GET.get("version", "")
    wanted = VersionHash(version) if _VERSION.fullmatch(version) else None
    material = prints.gather(hq, ElementRef(party, element, wanted))
    if material is None:
        raise Http404
    paper = paper_of(
        material, labels.policies(hq), person=access.person_of(request) if named else None, hq_party=hq.party, names=releases.partner_names(hq),
        now=hq.clock.now(), turned=request.GET.get("dir") == "rtl",
    )  # fmt: skip
    return material, paper
