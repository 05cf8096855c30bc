"""What a person chooses for itself, and the pages that stand for the palette and the list of keys where no script runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stafftalks.store import choices as kept
from stafftalks.web import access, faults, keys, menu
from stafftalks.web.forms.me import ChoicesForm
from stafftalks.web.templatetags.stafftalks import tr


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Language, look, density and shortcuts; they hold from the answer on."""
    user = access.user_of(request)
    form = ChoicesForm(
        request.POST if request.method == "POST" else None, initial=ChoicesForm.initial_of(kept.of(user))
    )
    found: tuple[faults.Fault, ...] = ()
    if request.method == "POST" and not (found := faults.of_forms(form)):
        chosen = form.chosen()
        kept.choose(user, chosen, keys=keys.NAMES)
        with translation.override(chosen.language or translation.get_language()):
            messages.success(request, _("Kept. It holds for you, wherever you sign in."))
        return HttpResponseRedirect(reverse("me"))
    return faults.page(request, "web/me/choices.html", {"place": "me", "form": form}, found)


@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """Every room, or those whose name holds the words asked for; and the way to find an element by them."""
    asked = request.GET.get("q", "").strip()
    groups = []
    for group, ways in menu.rooms(access.person_of(request).roles):
        fitting = [way for way in ways if asked.casefold() in tr(way.room.label).casefold()]
        if fitting:
            groups.append((group, fitting))
    find = menu.url_of("find")
    context = {
        "place": "go",
        "asked": asked,
        "groups": groups,
        "seek": (find or reverse("elements")) if asked else "",
        "seek_name": "q" if find else "text",
    }
    return render(request, "web/me/go.html", context)


@require_GET
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The list of keys: a page, or with `part` only what the dialog shows."""
    off = kept.of(access.user_of(request)).keys_off
    ways = [way for _group, ways in menu.rooms(access.person_of(request).roles) for way in ways if way.room.key]
    context = {
        "place": "shortcuts",
        "shortcuts": [(one, one.name not in off) for one in keys.SHORTCUTS],
        "ways": ways,
        "apple": keys.APPLE,
    }
    part = request.GET.get("part") == "1"
    return render(request, "web/me/keys_part.html" if part else "web/me/shortcuts.html", context)
