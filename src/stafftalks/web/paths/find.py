"""Paths of: finding and saved views."""

from django.urls import URLPattern, path

from stafftalks.web.views import find

PATHS: list[URLPattern] = [
    path("find/", find.show, name="find"),
    path("find/titles.json", find.titles, name="find-titles"),
    path("find/views/", find.save, name="find-save"),
    path("find/views/<int:view>/", find.manage, name="find-view"),
]
