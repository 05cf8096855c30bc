"""Paths of: disclosure letters."""

from django.urls import URLPattern, path

from stafftalks.web.views import letters

PATHS: list[URLPattern] = [
    path("letters/", letters.listing, name="letters"),
    path("letters/<id:element>/", letters.show, name="letter"),
    path("letters/<id:element>/check/", letters.check, name="letter-check"),
]
