"""Paths of: what is being typed, kept; changes of single fields."""

from django.urls import URLPattern, path

from stafftalks.web.views import changes, digest, writing

PATHS: list[URLPattern] = [
    path("elements/<id:element>/change/", changes.change, name="element-change"),
    path("me/digest/", digest.choose, name="me-digest"),
    path("writing/keep/", writing.keep, name="writing-keep"),
    path("writing/kept/", writing.found, name="writing-kept"),
    path("writing/drop/", writing.drop, name="writing-drop"),
    path("writing/leave/", writing.leave, name="writing-leave"),
    path("writing/signed-in/", writing.signed_in, name="writing-signed-in"),
]
