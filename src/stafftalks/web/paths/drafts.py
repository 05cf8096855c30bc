"""Paths of: what is being typed, kept; changes of single fields."""

from django.urls import URLPattern, path

from stafftalks.web.views import changes

PATHS: list[URLPattern] = [
    path("elements/<id:element>/change/", changes.change, name="element-change"),
]
