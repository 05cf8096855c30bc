"""Marking policies, for everyone to read and for administrators to load, add and take out; and our marking beside a partner's text."""

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stafftalks.formats.spif import SpifError
from stafftalks.planning.refs import ExactRef
from stafftalks.services import labels
from stafftalks.services.labels import Loaded
from stafftalks.services.rows import PolicyRow
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import AccordId, ElementId, PartyId, VersionHash
from stafftalks.values.label import LabelError
from stafftalks.values.person import Role
from stafftalks.values.policies import Policies, builtin
from stafftalks.values.policy import Policy, folded
from stafftalks.web import access, faults, meanings
from stafftalks.web.faults import Fault
from stafftalks.web.forms.labels import BesideForm, PlainPolicyForm, PolicyFileForm


class Listed(msgspec.Struct, frozen=True):
    """A line of the list: the policy, the row where it was loaded, and how it writes; `hidden` where a loaded one took its name over."""

    name: str
    policy: Policy | None
    row: PolicyRow | None
    banner: str = ""
    mark: str = ""
    hidden: bool = False


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every policy that is known here: loaded ones, then those that come with the product."""
    return _page(request)


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Loads a SPIF file; every fault of it is told, and nothing changes then."""
    person = access.need_role(request, Role.ADMINISTRATOR)
    form = PolicyFileForm(request.POST, request.FILES) if request.method == "POST" else PolicyFileForm()
    found: tuple[Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        try:
            loaded = labels.load_spif(access.headquarters(), person, form.cleaned_data["file"])
        except SpifError as error:
            found = tuple(Fault(sentence, "id_file") for sentence in error.faults)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            return _loaded(request, loaded)
    return _page(request, found, file_form=form)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Adds the plain policy under a name."""
    person = access.need_role(request, Role.ADMINISTRATOR)
    form = PlainPolicyForm(request.POST if request.method == "POST" else None)
    found: tuple[Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        try:
            loaded = labels.add_plain(access.headquarters(), person, form.cleaned_data["name"])
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            return _loaded(request, loaded)
    return _page(request, found, plain_form=form)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """One policy, by name: what it allows. An administrator can take a loaded one out, unless elements of ours need it."""
    hq = access.headquarters()
    name = request.GET.get("name", "")
    known = labels.policies(hq)
    policy = known.get(name)
    if policy is None:
        raise Http404
    row = next((one for one in hq.labels.policies() if folded(one.name) == folded(policy.name)), None)
    found: tuple[Fault, ...] = ()
    if request.method == "POST":
        person = access.need_role(request, Role.ADMINISTRATOR)
        try:
            labels.remove(hq, person, policy.name)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            messages.success(
                request,
                _("%(name)s is taken out. What is marked under it is marked under an unknown policy now.")
                % {"name": policy.name},
            )
            return HttpResponseRedirect(reverse("policies"))
    banner, mark = meanings.example(policy, known)
    context: dict[str, object] = {
        "place": "policies",
        "policy": policy,
        "row": row,
        "ladder": meanings.ladder(policy, known),
        "tags": meanings.tags(policy),
        "banner": banner,
        "mark": mark,
        "used": labels.using(hq, row) if row is not None else 0,
        "may_load": access.person_of(request).lacking(Role.ADMINISTRATOR) is None,
    }
    return faults.page(request, "web/policies/show.html", context, found)


@require_POST
def put_beside(
    request: HttpRequest, accord: AccordId, party: PartyId, element: ElementId, version: VersionHash
) -> HttpResponse:
    """Puts our marking beside a partner's exact version, or takes it back; the text itself is never touched."""
    hq = access.headquarters()
    form = BesideForm(request.POST)
    found = faults.of_forms(form)
    if not found:
        given = form.cleaned_data["marking"]
        try:
            labels.put_beside(hq, access.person_of(request), ExactRef(party, element, version), given)
        except LabelError as error:
            found = tuple(Fault(refusal.sentence) for refusal in error.refusals)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            said = _("Our marking stands beside theirs. It stays at home, and theirs is as it was.")
            messages.success(
                request, said if any(msgspec.structs.astuple(given)) else _("Our marking beside theirs is taken back.")
            )
            return HttpResponseRedirect(reverse("their-element", args=[accord, party, element]) + "#marking")
    context: dict[str, object] = {
        "place": "accords",
        "form": form,
        "proposals": meanings.proposals(labels.policies(hq)),
    }
    context["back"] = reverse("their-element", args=[accord, party, element])
    return faults.page(request, "web/policies/beside.html", context, found)


def _page(
    request: HttpRequest,
    found: tuple[Fault, ...] = (),
    *,
    file_form: PolicyFileForm | None = None,
    plain_form: PlainPolicyForm | None = None,
) -> HttpResponse:
    hq = access.headquarters()
    known = labels.policies(hq)
    rows = {folded(row.name): row for row in hq.labels.policies()}
    loaded = [_listed(known, row.name, known.get(row.name), row) for row in rows.values()]
    built = [
        msgspec.structs.replace(_listed(known, one.name, one, None), hidden=folded(one.name) in rows)
        for one in builtin(hq.party)
    ]
    context: dict[str, object] = {
        "place": "policies",
        "loaded": loaded,
        "built": built,
        "house": hq.party,
        "may_load": access.person_of(request).lacking(Role.ADMINISTRATOR) is None,
        "file_form": file_form or PolicyFileForm(),
        "plain_form": plain_form or PlainPolicyForm(),
    }
    return faults.page(request, "web/policies/list.html", context, found)


def _listed(known: Policies, name: str, policy: Policy | None, row: PolicyRow | None) -> Listed:
    if policy is None:
        return Listed(name, None, row)
    meant = known if known.get(policy.name) is policy else Policies([policy])
    return Listed(name, policy, row, *meanings.example(policy, meant))


def _loaded(request: HttpRequest, loaded: Loaded) -> HttpResponse:
    messages.success(request, _("%(name)s is loaded.") % {"name": loaded.policy.name})
    if loaded.unread:
        said = ngettext(
            "%d element of ours can no longer be read under it, and cannot leave until it is marked otherwise.",
            "%d elements of ours can no longer be read under it, and cannot leave until they are marked otherwise.",
            loaded.unread,
        )
        messages.info(request, said % loaded.unread, extra_tags="ask")
    for note in loaded.notes:
        messages.info(request, note, extra_tags="ask")
    return HttpResponseRedirect(f"{reverse('policy')}?name={loaded.policy.name}")
