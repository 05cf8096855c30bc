"""Paths of: talk over all accords, minutes, engagements, reports as sources, notes of our own."""

from django.urls import URLPattern, path

from stafftalks.web.views import engagements, minutes, notes, sources, threads

PATHS: list[URLPattern] = [
    path("talk/", threads.listing, name="threads"),
    path("talk/<party:party>/<id:element>/", threads.show, name="thread"),
    path("minutes/", minutes.listing, name="minutes"),
    path("minutes/actions/", minutes.actions, name="minutes-actions"),
    path("minutes/<party:party>/<id:element>/", minutes.show, name="minutes-session"),
    path("sources/", sources.listing, name="sources"),
    path("sources/<party:party>/<id:element>/", sources.show, name="source"),
    path("engagements/", engagements.listing, name="engagements"),
    path("engagements/<party:party>/<id:element>/", engagements.show, name="engagement"),
    path("notes/", notes.listing, name="notes"),
    path("notes/<party:party>/<id:element>/", notes.on, name="notes-on"),
]
