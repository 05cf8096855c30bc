"""Paths of: options side by side, coverage of requirements, and any two texts beside each other."""

from django.urls import URLPattern, path

from stafftalks.web.views import comparing, coverage, options

PATHS: list[URLPattern] = [
    path("options/", options.listing, name="options"),
    path("options/compare/", options.show, name="options-compare"),
    path("coverage/", coverage.show, name="coverage"),
    path("compare/", comparing.show, name="compare"),
]
