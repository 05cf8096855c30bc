"""Proposing an accord: partners, title, purpose, realms, clauses. Rows are added and removed without a script."""

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stafftalks.accord.bodies import Clause, Proposal
from stafftalks.services import accords
from stafftalks.services.ports import Headquarters
from stafftalks.values.errors import StafftalksError
from stafftalks.values.ids import PartyId
from stafftalks.values.person import Role
from stafftalks.web import access, faults
from stafftalks.web.faults import Fault
from stafftalks.web.forms.accord import DUTIES, area, realm_choices

_MOST_CLAUSES = 200


class ProposalForm(forms.Form):
    """All of a proposal but its clauses."""

    partners = forms.MultipleChoiceField(
        label=gettext_lazy("Partners"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who the parties are is fixed for good with the proposal; another circle is another accord."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), max_length=20_000, widget=area(4),
        help_text=gettext_lazy("What the parties would plan for together, in a paragraph."),
    )  # fmt: skip
    realms = forms.MultipleChoiceField(
        label=gettext_lazy("Realms proposed"), widget=forms.CheckboxSelectMultiple, choices=realm_choices(),
        help_text=gettext_lazy("Each partner accepts all or fewer. A realm opens only when every party has accepted it."),
    )  # fmt: skip
    message = forms.CharField(
        label=gettext_lazy("Message to the partners"), required=False, max_length=20_000, widget=area(3)
    )

    def __init__(self, *args: object, hq: Headquarters, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["partners"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(row.party, f"{row.name} ({row.party})") for row in hq.partners.partners()]


class ClauseRow(msgspec.Struct, frozen=True):
    """One clause as typed, and what must be put right in it by field."""

    number: int
    heading: str = ""
    text: str = ""
    duty: str = "none"
    errors: dict[str, str] = {}


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """The form; `add` and `remove` buttons give it back with what was typed, `send` founds the accord."""
    hq, person = access.headquarters(), access.need_role(request, Role.HEAD)
    if request.method == "GET":
        return _page(request, ProposalForm(hq=hq), [ClauseRow(0)], ())
    rows = _rows(request)
    deed = request.POST.get("do", "send")
    if deed != "send":
        rows = _changed(rows, deed)
        form = ProposalForm(initial=_typed(request), hq=hq)
        return _page(request, form, rows, ())
    form = ProposalForm(request.POST, hq=hq)
    checked = [_checked(row) for row in rows]
    found = faults.of_forms(form) + _faults_of(checked)
    if not found:
        try:
            accord = _propose(request, form, checked)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            sentence = _(
                "%(who)s has proposed. It goes to the partners with the next exchange; they can ask, accept or decline."
            )
            messages.success(request, sentence % {"who": person.name})
            return HttpResponseRedirect(reverse("accord", args=[accord]))
    return _page(request, form, checked, found)


def _propose(request: HttpRequest, form: ProposalForm, rows: list[ClauseRow]) -> str:
    said = form.cleaned_data
    clauses = tuple(
        Clause(str(number), row.heading, row.text, row.duty)  # type: ignore[arg-type]  # one of DUTIES, checked
        for number, row in enumerate(rows, start=1)
    )
    proposal = Proposal(said["title"], said["purpose"], tuple(sorted(said["realms"])), clauses, said["message"])
    partners = [PartyId(party) for party in said["partners"]]
    return accords.propose(access.headquarters(), access.person_of(request), partners, proposal)


def _page(request: HttpRequest, form: ProposalForm, rows: list[ClauseRow], found: tuple[Fault, ...]) -> HttpResponse:
    context: dict[str, object] = {
        "place": "accords",
        "form": form,
        "rows": rows,
        "duties": DUTIES,
        "has_partners": bool(access.headquarters().partners.partners()),
    }
    return faults.page(request, "web/propose.html", context, found)


def _rows(request: HttpRequest) -> list[ClauseRow]:
    """The clause rows as typed, in their order; numbers need not be without gaps."""
    numbers = sorted(
        int(number)
        for name in request.POST
        if (parts := name.split("-"))[0] == "clause"
        and len(parts) == 3
        and (number := parts[1]).isascii()
        and number.isdecimal()
    )
    post = request.POST
    return [
        ClauseRow(
            index,
            post.get(f"clause-{number}-heading", "").strip(),
            post.get(f"clause-{number}-text", "").replace("\r\n", "\n").strip(),
            post.get(f"clause-{number}-duty", "none"),
        )
        for index, number in enumerate(dict.fromkeys(numbers[: _MOST_CLAUSES * 3]))
    ]


def _changed(rows: list[ClauseRow], deed: str) -> list[ClauseRow]:
    """The rows with one more, or one fewer."""
    what, _colon, number = deed.partition(":")
    if what == "add" and len(rows) < _MOST_CLAUSES:
        return [*rows, ClauseRow(len(rows))]
    kept = [row for row in rows if not (what == "remove" and number == str(row.number))]
    return [msgspec.structs.replace(row, number=index) for index, row in enumerate(kept)]


def _checked(row: ClauseRow) -> ClauseRow:
    errors: dict[str, str] = {}
    if not row.heading:
        errors["heading"] = _("Clause %d needs a heading.") % (row.number + 1)
    if not row.text:
        errors["text"] = _("Clause %d needs a text, or remove the clause.") % (row.number + 1)
    if row.duty not in dict(DUTIES):
        errors["duty"] = _("Clause %d: choose no duty, inform or consult.") % (row.number + 1)
    return msgspec.structs.replace(row, errors=errors)


def _faults_of(rows: list[ClauseRow]) -> tuple[Fault, ...]:
    return tuple(
        Fault(sentence, f"clause-{row.number}-{name}" + ("-none" if name == "duty" else ""))
        for row in rows
        for name, sentence in row.errors.items()
    )


def _typed(request: HttpRequest) -> dict[str, object]:
    several = ("partners", "realms")
    return {
        name: request.POST.getlist(name) if name in several else request.POST.get(name)
        for name in ProposalForm.base_fields
    }
