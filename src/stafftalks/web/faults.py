"""What went wrong, as the summary at the top of a page says it; the page around it keeps everything that was typed."""

from collections.abc import Iterable

import msgspec
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from stafftalks.values.errors import HostError, PeerError, RefusedError, StafftalksError

UNPROCESSABLE = 422


class Fault(msgspec.Struct, frozen=True):
    """One sentence, and the id of the input that it is about where there is one."""

    sentence: str
    field_id: str = ""


def of_error(error: StafftalksError) -> tuple[Fault, ...]:
    """Each rule that said no, or the error's own sentence."""
    if isinstance(error, RefusedError):
        return tuple(Fault(refusal.sentence) for refusal in error.refusals)
    return (Fault(str(error)),)


def of_forms(*forms: BaseForm) -> tuple[Fault, ...]:
    """Each error of the bound forms, with the input's label before it."""
    found: list[Fault] = []
    for form in forms:
        for name, errors in form.errors.items():
            if name not in form.fields:
                found += [Fault(str(error)) for error in errors]
                continue
            bound = form[name]
            found += [Fault(f"{bound.label}: {error}", bound.id_for_label or bound.auto_id) for error in errors]
    return tuple(found)


def page(request: HttpRequest, template: str, context: dict[str, object], faults: Iterable[Fault] = ()) -> HttpResponse:
    """The page; with faults it is answered as 422 and they stand at its top."""
    listed = tuple(faults)
    return render(request, template, {**context, "faults": listed}, status=UNPROCESSABLE if listed else 200)


def status_of(error: StafftalksError) -> int:
    """The HTTP status of an error that no form caught."""
    if isinstance(error, RefusedError):
        return 403
    if isinstance(error, HostError):
        return 503
    return 400


def title_of(error: StafftalksError) -> str:
    """The heading of the page for such an error."""
    if isinstance(error, RefusedError):
        return _("This may not be done")
    if isinstance(error, HostError):
        return _("The machine could not do this now")
    if isinstance(error, PeerError):
        return _("What came from outside cannot be used")
    return _("This cannot be done")
