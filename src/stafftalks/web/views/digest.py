"""A person's choice of mail that counts what waits for them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stafftalks.store import digest
from stafftalks.values.errors import MisuseError
from stafftalks.web import access, faults
from stafftalks.web.forms.digest import DigestForm


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """How often, when and where to; off until chosen."""
    hq, username = access.headquarters(), access.user_of(request).username
    chosen = digest.choice(username)
    form = DigestForm(request.POST if request.method == "POST" else None, initial=DigestForm.initial_of(chosen))
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        said = form.cleaned_data
        try:
            digest.choose(username, form.chosen_every(), said["hour"], said["email"], now=hq.clock.now())
        except MisuseError as error:
            found = faults.of_error(error)
        else:
            messages.success(request, _("Kept."))
            return HttpResponseRedirect(reverse("me-digest"))
    context = {"place": "me", "form": form, "chosen": chosen, "mail_works": bool(settings.EMAIL_HOST)}
    return faults.page(request, "web/me_digest.html", context, found)
