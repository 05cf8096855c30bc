"""Paths of: scenarios and their rooms."""

from django.urls import URLPattern, path

from stafftalks.web.views import scenarios

PATHS: list[URLPattern] = [
    path("scenarios/", scenarios.listing, name="scenarios"),
    path("scenarios/<party:party>/<id:element>/", scenarios.room, name="scenario"),
]
