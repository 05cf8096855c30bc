"""Paths of: paginated print-outs."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
