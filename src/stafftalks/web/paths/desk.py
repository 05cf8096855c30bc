"""Paths of: the release desk."""

from django.urls import URLPattern, path

from stafftalks.web.views import desk, desk_review, desk_together

PATHS: list[URLPattern] = [
    path("desk/", desk.listing, name="desk"),
    path("desk/together/", desk_together.show, name="desk-together"),
    path("desk/<slug:request_id>/", desk_review.review, name="desk-review"),
    path("desk/<slug:request_id>/redact/", desk_review.redact, name="desk-redact"),
]
