"""Talk in an accord: everything said about released elements, the reply forms, and what is agreed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.accord import state
from stafftalks.planning import compare, forms, summary
from stafftalks.planning.compare import Change
from stafftalks.planning.element import UnknownContent, decode
from stafftalks.planning.forms import FormErrors
from stafftalks.services import elements, threads
from stafftalks.services.accords import AccordView
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId
from stafftalks.values.realm import Realm
from stafftalks.web import access, element_inputs, faults, naming
from stafftalks.web.faults import Fault
from stafftalks.web.views.accords import frame, view_of
from stafftalks.web.views.drafts import TALK, WRITERS
from stafftalks.web.windows import LIMIT, Window, offset_of


@require_GET
def show(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """The threads of this accord: with something new first, then the newest."""
    hq, view = access.headquarters(), view_of(accord)
    heads = threads.heads(hq, accord=accord, since=access.user_of(request).last_seen_at)
    offset = offset_of(request)
    context = frame(view, "talk") | {
        "heads": heads[offset : offset + LIMIT],
        "window": Window(len(heads), offset),
        "titles_of_accords": {},
    }
    return render(request, "web/accord/talk.html", context)


@require_GET
def agreed(request: HttpRequest, accord: AccordId) -> HttpResponse:
    """What all parties have adopted word for word, and the clauses that all have accepted."""
    view = view_of(accord)
    found = state.agreed(view.accord)
    texts = []
    for item in found:
        history = view.accord.sheet(item.party).released.get(item.element, ())
        release = next((one for one in history if one.version == item.version), None)
        texts.append((item, summary.sections(decode(release.raw).content) if release else (), release))
    clauses = [clause for clause in state.clause_states(view.accord) if clause.agreed]
    context = frame(view, "agreed") | {
        "texts": texts,
        "clauses": [
            (clause, next(v for v in clause.variants if v.accepted_by == view.accord.parties)) for clause in clauses
        ],
    }
    return render(request, "web/accord/agreed.html", context)


@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId, kind: str) -> HttpResponse:
    """A comment, position, suggestion or adoption about an exact version; where that version was revised meanwhile, the page says so."""
    hq, view = access.headquarters(), view_of(accord)
    person = access.need_role(request, *WRITERS)
    newest = state.current_version(view.accord, party, element) if party in view.accord.parties else None
    if kind not in TALK or newest is None:
        raise Http404
    about = f"{party}/{element}/{newest.version}"
    typed = {"about": about} | {name: str(value) for name, value in request.GET.items() if name == "field"}
    errors: dict[str, str] = {}
    found: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] | None = None
    if request.method == "POST":
        data = {
            name: [str(value) for value in values]
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "do")
        }
        typed = {name: values[-1] for name, values in data.items()}
        if typed.get("about") != about:
            found, changes = _revised(view, party, element, typed.get("about", ""))
            typed["about"] = about
        else:
            content = forms.parse(kind, data)
            if isinstance(content, FormErrors):
                errors = content.errors
            else:
                try:
                    row = elements.add(hq, person, content)
                except StafftalksError as error:
                    found = faults.of_error(error)
                else:
                    messages.success(request, _("Saved at home. To let the partner read it, ask for its release now."))
                    realm = newest.realm if newest.realm in set(Realm) else ""
                    return HttpResponseRedirect(f"{reverse('element-release', args=[row.id])}?way={accord}.{realm}")
    spec = forms.describe(kind)
    context = frame(view, "talk") | {
        "party": party,
        "release": newest,
        "title": naming.title_of(newest.raw),
        "spec": spec,
        "tree": tuple(one for one in element_inputs.inputs(spec, typed, errors) if one.name != "about"),
        "about": about,
        "changes": changes,
        "sections": summary.sections(decode(newest.raw).content),
        "ours": party == hq.party,
    }
    listed = tuple(Fault(sentence, "f-" + name.replace(".", "-")) for name, sentence in errors.items())
    return faults.page(request, "web/accord/reply.html", context, found + listed)


def _revised(
    view: AccordView, party: PartyId, element: ElementId, about: str
) -> tuple[tuple[Fault, ...], tuple[Change, ...]]:
    """The sentence for a text that was revised while a reply was being written, and what the revision changed."""
    history = view.accord.sheet(party).released[element]
    before = next((item for item in history if about.endswith(item.version)), None)
    changes: tuple[Change, ...] = ()
    if before is not None:
        one, other = decode(before.raw).content, decode(history[-1].raw).content
        if not isinstance(one, UnknownContent) and not isinstance(other, UnknownContent):
            changes = compare.diff(one, other)
    sentence = _(
        "%(party)s revised this text while you were writing. What changed is below, and what you typed is kept: read it again, then save."
    )
    return (Fault(sentence % {"party": party}),), changes
