"""What every template is given about the headquarters and the person signed in."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

import stafftalks
from stafftalks.services import releases
from stafftalks.store import choices
from stafftalks.store.choices import Choices
from stafftalks.store.models import User
from stafftalks.values.person import Person, Role
from stafftalks.web import access, assets, menu

HTMX = "vendor/htmx.min.js"
APP = "dist/app.js"
UNREVIEWED = frozenset({"ar", "he"})
"""Languages whose words were made by machine and that no speaker has reviewed yet: their pages say so."""


def headquarters(request: HttpRequest) -> dict[str, object]:
    """The headquarters' code and name, parties' names, who is signed in, the menu and what it counts; the page's direction and look.

    `?dir=rtl` turns a page, so that the look in right-to-left scripts can be checked in any language.
    """
    hq = access.headquarters()
    names = releases.partner_names(hq)
    turned = request.GET.get("dir") == "rtl"
    user = getattr(request, "user", None)
    chosen = choices.of(user) if isinstance(user, User) else Choices()
    context: dict[str, object] = {
        "hq_party": hq.party,
        "hq_name": names[hq.party],
        "names": names,
        "version": stafftalks.__version__,
        "page_dir": "rtl" if turned or get_language_bidi() else "ltr",
        "words_unreviewed": get_language() in UNREVIEWED,
        "look": chosen.look or "system",
        "scheme": chosen.look if chosen.look in ("light", "dark") else "light dark",
        "density": chosen.density or "regular",
        "keys_off": " ".join(sorted(chosen.keys_off)),
        "htmx_file": assets.present(HTMX),
        "app_file": assets.present(APP),
    }
    if isinstance(user, User):
        person = user.person()
        context |= {
            "person": person,
            "menu": [(group, ways) for group, ways in menu.rooms(person.roles) if group.listed],
            "is_auditor": bool(person.roles & {Role.AUDITOR, Role.ADMINISTRATOR}),
            "is_administrator": Role.ADMINISTRATOR in person.roles,
            "waiting_requests": _waiting(hq.desk.tally(), person),
        }
    return context


def _waiting(counted: Mapping[str, int], person: Person) -> int:
    """How many requests wait for a decision, and for the head of delegation those that wait for it as a third person too."""
    return counted.get("waiting", 0) + (counted.get("approved", 0) if Role.HEAD in person.roles else 0)
