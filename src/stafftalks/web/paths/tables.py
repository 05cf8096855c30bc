"""Paths of: bringing tables in."""

from django.urls import URLPattern

PATHS: list[URLPattern] = []
