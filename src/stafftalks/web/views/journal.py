"""The journal of our own people's acts; it never leaves this headquarters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stafftalks.values.person import Role
from stafftalks.web import access
from stafftalks.web.windows import Window, offset_of


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Acts, newest first, by person and by what they are about."""
    access.need_role(request, Role.AUDITOR, Role.ADMINISTRATOR)
    hq, offset = access.headquarters(), offset_of(request)
    person, subject = request.GET.get("person", "").strip(), request.GET.get("subject", "").strip()
    total, rows = hq.journal.find(person=person, subject=subject, offset=offset, limit=50)
    context = {
        "place": "journal",
        "rows": rows,
        "about": [f"{hq.party}/{row.subject}" for row in rows if "/" not in row.subject],
        "window": Window(total, offset),
        "who": person,
        "subject": subject,
    }
    return render(request, "web/journal.html", context)
