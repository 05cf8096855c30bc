"""Paths of: long analyses."""

from django.urls import URLPattern, path

from stafftalks.web.views import analyses, analysis

_ONE = "analyses/<id:run>/"

PATHS: list[URLPattern] = [
    path("analyses/", analyses.listing, name="analyses"),
    path("analyses/new/<slug:kind>/", analyses.new, name="analysis-new"),
    path(_ONE, analysis.show, name="analysis"),
    path(f"{_ONE}progress/", analysis.progress, name="analysis-progress"),
    path(f"{_ONE}stop/", analysis.stop, name="analysis-stop"),
    path(f"{_ONE}again/", analysis.again, name="analysis-again"),
    path(f"{_ONE}surely/", analysis.surely, name="analysis-surely"),
    path(f"{_ONE}on/", analysis.go_on, name="analysis-go-on"),
    path(f"{_ONE}rows.<slug:form>", analysis.rows, name="analysis-rows"),
    path(f"{_ONE}forget/", analysis.forget, name="analysis-forget"),
    path(f"{_ONE}write/", analysis.write, name="analysis-write"),
]
