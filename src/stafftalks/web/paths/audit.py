"""Paths of: what left, on whose authority; the logs checked and taken out."""

from django.urls import URLPattern, path

from stafftalks.web.views import audit, journal

PATHS: list[URLPattern] = [
    path("audit/", audit.listing, name="audit"),
    path("audit/<id:element>/", audit.show, name="audit-element"),
    path("audit/<id:element>/proof/<hash:accord>/", audit.proof, name="audit-proof"),
    path("journal/", journal.listing, name="journal"),
    path("journal/check/", journal.check, name="journal-check"),
    path("journal/take-out/<slug:log>/", journal.take_out, name="log-take-out"),
]
