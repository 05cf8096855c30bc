"""Paths of: finding and saved views."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
