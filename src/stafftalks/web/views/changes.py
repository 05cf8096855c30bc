"""Changing some fields of an own element from where they are shown: a table cell, a line of the timeline, a shape on the map.

Scripts ask for JSON and stay where they are; a plain form is led back to the page it came from. Either way nothing is overwritten unseen.
"""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stafftalks.planning import forms
from stafftalks.services import editing, elements
from stafftalks.services.editing import BothChangedError, FieldsError
from stafftalks.services.elements import ConflictError
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import ElementId, VersionHash
from stafftalks.web import access, faults

_FIELD = "f."


@require_POST
def change(request: HttpRequest, element: ElementId) -> HttpResponse:
    """Fields are sent as `f.<dotted path>`, rows to take away as `remove`, the version that was looked at as `based_on`.

    Answers a script with JSON: 200 {version, fields, sentence}, 422 {sentence, errors}, 409 {sentence, version, conflicts}; a form with a redirect to `next`.
    """
    hq, person = access.headquarters(), access.person_of(request)
    typed = {name.removeprefix(_FIELD): str(text) for name, text in request.POST.items() if name.startswith(_FIELD)}
    based_on = VersionHash(request.POST.get("based_on", ""))
    try:
        done = editing.change(hq, person, element, based_on, typed, removed=request.POST.getlist("remove"))
    except FieldsError as error:
        return _answer(request, element, 422, {"sentence": str(error), "errors": error.errors})
    except BothChangedError as error:
        both = [msgspec.to_builtins(conflict) for conflict in error.conflicts]
        said: dict[str, object] = {"sentence": _both(error), "version": error.current.version, "conflicts": both}
        return _answer(request, element, 409, said)
    except ConflictError as error:
        return _answer(request, element, 409, {"sentence": str(error), "version": error.current.version})
    except StafftalksError as error:
        return _answer(request, element, faults.status_of(error), {"sentence": str(error)})
    sentence = _("Saved at home. Someone else’s changes were kept too.") if done.merged else _("Saved at home.")
    fields = forms.flatten(elements.content(done.row))
    return _answer(request, element, 200, {"version": done.row.version, "fields": fields, "sentence": sentence})


def _both(error: BothChangedError) -> str:
    """That both changed the same, with what each field said before, says now and would have said."""
    told = [
        _("%(field)s was “%(before)s”, is now “%(theirs)s”, and you wrote “%(mine)s”.")
        % {"field": one.label, "before": one.before, "theirs": one.theirs, "mine": one.mine}
        for one in error.conflicts[:3]
    ]
    saved = _("%(person)s saved meanwhile. Nothing was overwritten, and your change was not kept.")
    return " ".join((saved % {"person": error.current.revised_by}, *told))


def _answer(request: HttpRequest, element: ElementId, status: int, said: dict[str, object]) -> HttpResponse:
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse(said, status=status)
    tell = messages.success if status == 200 else messages.error
    tell(request, str(said["sentence"]), extra_tags="good" if status == 200 else "bad")
    wanted = request.POST.get("next", "")
    home = reverse("element", args=[element])
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if allowed else home)
