"""Paths of: what a person chooses for itself; going anywhere by keys or without a script; the design system."""

from django.urls import URLPattern, path

from stafftalks.web.views import design, me

PATHS: list[URLPattern] = [
    path("me/", me.choices, name="me"),
    path("go/", me.go, name="go"),
    path("shortcuts/", me.shortcuts, name="shortcuts"),
    path("design/", design.show, name="design"),
]
