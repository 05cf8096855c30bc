"""People and their roles, for the administrator. A password made here is shown once and is to be changed by its person."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.store import people
from stafftalks.store.models import User
from stafftalks.values.errors import StafftalksError
from stafftalks.values.person import Person, Role
from stafftalks.web import access, faults
from stafftalks.web.forms.people import PersonForm, RolesForm

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everyone, with roles."""
    access.need_role(request, Role.ADMINISTRATOR)
    return render(request, "web/people/list.html", {"place": "people", "people": User.objects.all()})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new person, with a password that is shown once."""
    by = access.need_role(request, Role.ADMINISTRATOR)
    form = PersonForm(request.POST if request.method == "POST" else None)
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        said = form.cleaned_data
        new = Person(said["username"], said["name"], frozenset(Role(role) for role in said["roles"]))
        password = one_time_password()
        try:
            people.add(new, password, by=by.username)
        except StafftalksError as error:
            found = faults.of_error(error)
        else:
            context = {"place": "people", "username": new.username, "name": new.name, "password": password}
            return render(request, "web/people/password.html", context)
    return faults.page(request, "web/people/add.html", {"place": "people", "form": form}, found)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: roles, a new password, closing and opening the account."""
    by = access.need_role(request, Role.ADMINISTRATOR)
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Http404
    deed = request.POST.get("do", "")
    form = RolesForm(request.POST if deed == "roles" else None, initial={"roles": user.roles})
    found: tuple[faults.Fault, ...] = ()
    try:
        match deed:
            case "roles":
                found = faults.of_forms(form)
                if not found:
                    people.set_roles(
                        username, frozenset(Role(role) for role in form.cleaned_data["roles"]), by=by.username
                    )
            case "password":
                password = one_time_password()
                people.set_password(username, password, by=by.username)
                made = {"place": "people", "username": username, "name": str(user), "password": password}
                return render(request, "web/people/password.html", made)
            case "close" | "open":
                people.set_active(username, active=deed == "open", by=by.username)
    except StafftalksError as error:
        found = faults.of_error(error)
    if deed and not found:
        messages.success(request, _("Changed. It holds from the person’s next page."))
        return HttpResponseRedirect(reverse("person", args=[username]))
    context: dict[str, object] = {"place": "people", "shown": user, "form": form, "self": by.username == username}
    return faults.page(request, "web/people/person.html", context, found)


def one_time_password() -> str:
    """20 characters (99 bits) in groups that can be read out; none that look alike."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _place in range(_GROUP)) for _group in range(_GROUPS))
