"""Elements of one kind as a table to take away: CSV or XLSX, with the columns that bringing in takes back."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stafftalks.formats import headings, labelling, writing
from stafftalks.planning import forms
from stafftalks.planning.element import UnknownContent
from stafftalks.planning.kinds import LABELS
from stafftalks.planning.text import MARK_LABEL
from stafftalks.services import labels, prints, workspace
from stafftalks.services.workspace import Piece
from stafftalks.web import access


@require_GET
def export(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """The elements of `kind`, ours unless `whose=all`, of `contingency` or of `plan`; the journal records that they were taken out."""
    if kind not in headings.kinds() or form not in ("csv", "xlsx"):
        raise Http404
    hq = access.headquarters()
    plan = request.GET.get("plan", "")
    found = [
        piece
        for piece in workspace.pieces(hq, kinds=(kind,), contingency=request.GET.get("contingency", ""))
        if (piece.own or request.GET.get("whose") == "all")
        and not isinstance(piece.content, UnknownContent)
        and (
            not plan
            or any(name == "plan" and str(ref).startswith(plan) for name, ref in workspace.references(piece.content))
        )
    ]
    flats = [_flat(piece) for piece in found]
    policies = labels.policies(hq)
    labellings = [labelling.labelling(policies, piece.content) for piece in found]
    fields = writing.columns(kind, flats)
    names = [MARK_LABEL, *(field.label for field in fields), "Party", "Element"]
    rows = [
        [*writing.row(fields, flat, labelled.marks.of("")), piece.party, piece.key]
        for piece, flat, labelled in zip(found, flats, labellings, strict=True)
    ]
    banner = labelling.banner(policies, labellings)
    prints.note(
        hq, access.person_of(request), "table taken out", kind, f"{len(rows):,} of kind {kind}, as {form.upper()}."
    )
    title = str(LABELS[kind][1])
    if form == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(
            writing.csv_lines(names, rows, banner), content_type="text/csv; charset=utf-8"
        )
    else:
        bound = labelling.binding_of(policies, labellings, max((piece.at for piece in found), default=0))
        made = writing.workbook(_(title), fields, names, rows, banner, binding=bound)
        answer = HttpResponse(made, content_type=writing.TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{hq.party}-{kind}.{form}"'
    return answer


def _flat(piece: Piece) -> Mapping[str, str]:
    return {} if isinstance(piece.content, UnknownContent) else forms.flatten(piece.content)
