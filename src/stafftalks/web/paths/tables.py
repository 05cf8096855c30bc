"""Paths of: tables brought in, and taken out again."""

from django.urls import URLPattern, path

from stafftalks.web.views import exports, tables

PATHS: list[URLPattern] = [
    path("bring-in/", tables.start, name="tables"),
    path("bring-in/<id:table>/", tables.show, name="table"),
    path("bring-in/<id:table>/progress", tables.progress, name="table-progress"),
    path("bring-in/<id:table>/left-out.csv", tables.left_out, name="table-left-out"),
    path("take-out/<slug:kind>.<slug:form>", exports.export, name="export-table"),
]
