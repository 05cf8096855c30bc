"""Paths of: what is printed."""

from django.urls import URLPattern, path

from stafftalks.web.views import prints

PATHS: list[URLPattern] = [
    path("print/<party:party>/<id:element>/", prints.view, name="print-view"),
    path("print/<party:party>/<id:element>/pdf", prints.pdf, name="print-pdf"),
    path("print/<party:party>/<id:element>/docx", prints.docx, name="print-docx"),
]
